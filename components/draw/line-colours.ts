/** Colours for a few lines side by side, told apart by lightness as well as by hue. */

/** matplotlib's viridis (CC0) at six even steps, without its darkest end on dark ground and its lightest on paper. */
const VIRIDIS = {
  dark: ["#fde725", "#90d743", "#35b779", "#21a585", "#31a0b5", "#8f9bdc"],
  light: ["#440154", "#443983", "#31688e", "#21778c", "#1f8a5f", "#5f8a00"],
};

export const lineColours = (dark: boolean): readonly string[] => (dark ? VIRIDIS.dark : VIRIDIS.light);
