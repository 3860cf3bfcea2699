/** How the process table is set, as the address keeps it: `sort=-wait&find=nginx&tree&fold=2&pid=12-34567`. */

export interface ProcessView {
  /** A column's name; CPU at first. */
  sort: string;
  turned: boolean;
  find: string;
  tree: boolean;
  /** Numbers of processes whose children are folded away. */
  folded: readonly number[];
  /** The chosen process: its number and when it was started, milliseconds of CLOCK_BOOTTIME. */
  chosen: { pid: number; startedMs: number } | undefined;
  /** What the drawer shows of it. */
  tab: string;
  /** Whether system calls are counted. */
  calls: boolean;
}

const firstSort = "cpu";
export const firstTab = "about";
/** kthreadd, the parent of all kernel threads: a tree begins with them folded away. */
const foldedAtFirst = "2";

/** What cannot be read is left as it is at first: an address may have been typed by hand. */
export function readProcessView(text: string): ProcessView {
  const query = new URLSearchParams(text);
  const sort = query.get("sort") ?? "";
  const [, pid, startedMs] = /^(\d{1,7})-(\d{1,15})$/.exec(query.get("pid") ?? "") ?? [];
  return {
    sort: sort.replace(/^-/, "") || firstSort,
    turned: sort.startsWith("-"),
    find: query.get("find") ?? "",
    tree: query.has("tree"),
    folded: (query.get("fold") ?? foldedAtFirst)
      .split(".")
      .filter((number) => /^\d{1,7}$/.test(number))
      .map(Number),
    chosen: pid && startedMs ? { pid: Number(pid), startedMs: Number(startedMs) } : undefined,
    tab: query.get("show") ?? firstTab,
    calls: query.has("calls"),
  };
}

/** Only what differs from the beginning; "" when nothing does. */
export function writeProcessView(view: ProcessView): string {
  const parts: string[] = [];
  const add = (name: string, value: string) =>
    parts.push(value ? `${name}=${encodeURIComponent(value).replaceAll("%20", "+")}` : name);
  if (view.sort !== firstSort || view.turned) add("sort", (view.turned ? "-" : "") + view.sort);
  if (view.find) add("find", view.find);
  if (view.tree) add("tree", "");
  if (view.folded.join(".") !== foldedAtFirst) add("fold", view.folded.join("."));
  if (view.calls) add("calls", "");
  if (view.chosen) add("pid", `${view.chosen.pid}-${view.chosen.startedMs}`);
  if (view.chosen && view.tab !== firstTab) add("show", view.tab);
  return parts.join("&");
}
