/** The page is a static export: no Next server code runs with privileges. */
export default {
  output: "export",
  images: { unoptimized: true },
  devIndicators: false,
};
