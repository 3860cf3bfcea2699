/** Colour scales for counts: perceptually uniform, so that equal steps of colour are equal steps of the scale. */

type Rgb = readonly [number, number, number];

/** matplotlib's inferno (CC0) at every 17th of its 256 entries; between them it is straight to within 2/255. */
const INFERNO: readonly Rgb[] = [
  [0, 0, 4],
  [12, 8, 38],
  [36, 12, 79],
  [66, 10, 104],
  [93, 18, 110],
  [120, 28, 109],
  [147, 38, 103],
  [174, 48, 92],
  [199, 62, 76],
  [221, 81, 58],
  [237, 105, 37],
  [248, 133, 15],
  [252, 165, 10],
  [250, 198, 45],
  [242, 230, 97],
  [252, 255, 164],
];

/** matplotlib's viridis (CC0), likewise; straight to within 7/255. */
const VIRIDIS: readonly Rgb[] = [
  [68, 1, 84],
  [72, 26, 108],
  [71, 47, 125],
  [65, 68, 135],
  [57, 86, 140],
  [49, 104, 142],
  [42, 120, 142],
  [35, 136, 142],
  [31, 152, 139],
  [34, 168, 132],
  [53, 183, 121],
  [84, 197, 104],
  [122, 209, 81],
  [165, 219, 54],
  [210, 226, 27],
  [253, 231, 37],
];

export const SCALES = ["viridis", "inferno"] as const;
export type Scale = (typeof SCALES)[number];

/** Entries, and how much of them is used on dark ground; on paper they are used from the other end. */
const TABLES: Record<Scale, { entries: readonly Rgb[]; dark: [number, number]; light: [number, number] }> = {
  inferno: { entries: INFERNO, dark: [0.16, 1], light: [1, 0.06] },
  viridis: { entries: VIRIDIS, dark: [0.06, 1], light: [0.97, 0] },
};
/** On paper the first quarter comes out of the paper: viridis begins with a yellow that would shout where there is least. */
const PAPER: Rgb = [243, 244, 246];
const FADED = 0.25;
const FIRST_STRENGTH = 0.45;

function mix(entries: readonly Rgb[], position: number): Rgb {
  const scaled = Math.min(1, Math.max(0, position)) * (entries.length - 1);
  const i = Math.min(entries.length - 2, Math.floor(scaled));
  const [a, b] = [entries[i] as Rgb, entries[i + 1] as Rgb];
  const f = scaled - i;
  return [a[0] + (b[0] - a[0]) * f, a[1] + (b[1] - a[1]) * f, a[2] + (b[2] - a[2]) * f];
}

/** On dark ground from dark to bright, on paper from pale to dark; the lowest colour still stands off the ground. */
export function countRamp(dark: boolean, scale: Scale): Rgb[] {
  const { entries, ...ends } = TABLES[scale];
  const [from, to] = dark ? ends.dark : ends.light;
  return Array.from({ length: 256 }, (_, i): Rgb => {
    const colour = mix(entries, from + ((to - from) * i) / 255);
    const strength = dark ? 1 : Math.min(1, FIRST_STRENGTH + (1 - FIRST_STRENGTH) * (i / 255 / FADED));
    const fade = (channel: 0 | 1 | 2) => PAPER[channel] + (colour[channel] - PAPER[channel]) * strength;
    return [fade(0), fade(1), fade(2)];
  });
}

/** As pixels of an ImageData's buffer. */
export function rampPixels(ramp: readonly Rgb[]): Uint32Array {
  const bytes = new Uint8ClampedArray(ramp.length * 4);
  ramp.forEach((rgb, i) => {
    bytes.set([...rgb, 255], i * 4);
  });
  return new Uint32Array(bytes.buffer);
}

export function rampGradient(ramp: readonly Rgb[]): string {
  const stops = ramp.filter((_, i) => i % 17 === 0).map((c) => `rgb(${c.map(Math.round).join(" ")})`);
  return `linear-gradient(90deg, ${stops.join(", ")})`;
}
