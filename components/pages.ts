/** The pages there are, in the order of the header; `role`: the least that has something to see there. */
export const pages = [
  { path: "/", title: "Live board", role: "viewer" },
  { path: "/processes", title: "Processes", role: "viewer" },
  { path: "/kernel", title: "Kernel", role: "operator" },
  { path: "/snapshots", title: "Snapshots", role: "viewer" },
  { path: "/access", title: "Access", role: "operator" },
] as const;
