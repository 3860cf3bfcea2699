/** How a table of rows is set, as text for the address bar: `time:relative,group:path comm,filter:comm:nginx ret<0`. */

export interface EventsView {
  /** In the language of ../filter; "": every row. */
  filter: string;
  /** Names of one or two columns; none: rows, not groups. */
  group: string[];
  /** Name of the column that the groups' sums and percentiles are of; "": the first that has an amount. */
  of: string;
  /** What groups are sorted by; rows, as it were frozen; "-" in front: the other way round; "": as usual. */
  by: string;
  sort: string;
  /** Times count from the chosen row, or from the run's start. */
  relative: boolean;
  /** Names of the columns shown, in their order; none: those that fit. */
  columns: string[];
  /** In pixels, of columns that were given one. */
  widths: Record<string, number>;
}

export const [leastWidth, mostWidth] = [40, 2000];

/** What cannot be read is as usual; what names no column is found out where it is used. */
export function readEventsView(text: string): EventsView {
  // The filter comes last and may hold anything.
  const [, before = "", filter = ""] = /^(.*?)(?:(?:^|,)filter:(.*))?$/s.exec(text) ?? [];
  const parts = new Map(
    before.split(",").map((part): [string, string] => {
      const colon = part.indexOf(":");
      return [part.slice(0, colon), part.slice(colon + 1)];
    }),
  );
  const words = (name: string) => (parts.get(name) ?? "").split(" ").filter(Boolean);
  const widths: Record<string, number> = {};
  const given = words("widths");
  for (let i = 0; i + 1 < given.length; i += 2) {
    const width = Number(given[i + 1]);
    if (width >= leastWidth && width <= mostWidth) widths[given[i] ?? ""] = Math.round(width);
  }
  return {
    filter,
    group: words("group").slice(0, 2),
    of: parts.get("of") ?? "",
    by: parts.get("by") ?? "",
    sort: parts.get("sort") ?? "",
    relative: parts.get("time") === "relative",
    columns: words("columns"),
    widths,
  };
}

export function writeEventsView(view: EventsView): string {
  const parts: string[] = [];
  const add = (name: string, value: string) => {
    if (value) parts.push(`${name}:${value}`);
  };
  add("time", view.relative ? "relative" : "");
  add("columns", view.columns.join(" "));
  add(
    "widths",
    Object.entries(view.widths)
      .map(([name, width]) => `${name} ${width}`)
      .join(" "),
  );
  add("group", view.group.join(" "));
  add("of", view.of);
  add("by", view.by);
  add("sort", view.sort);
  add("filter", view.filter);
  return parts.join(",");
}
