/** The pages there are, in the order of the header. */
export const pages = [
  { path: "/", title: "Live board" },
  { path: "/processes", title: "Processes" },
  { path: "/kernel", title: "Kernel" },
] as const;
