/** The page is a static export: no Next server code runs with privileges. */
export default {
  output: "export",
  images: { unoptimized: true },
  devIndicators: false,
  // `npm run check` checks the types of everything at once; building the page need not wait for it.
  typescript: { ignoreBuildErrors: true },
};
