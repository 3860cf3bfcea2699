/** How a top table is set, as text for the address bar: `-pid,show:total,with:lines,filter:comm:nginx`. */

export interface TopView {
  /** What bars and the first sort are of: amounts a second now, or in sum. */
  show: "rate" | "total";
  /** Column sorted by; "": what is shown. */
  by: string;
  /** Sorted the other way round. */
  turned: boolean;
  /** Rates over time stand above the table. */
  hasLines: boolean;
  /** In the language of ../filter; "": every row. */
  filter: string;
}

/** What cannot be read is as usual. */
export function readTopView(text: string): TopView {
  // The filter comes last and may hold anything.
  const [, before = "", filter = ""] = /^(.*?)(?:(?:^|,)filter:(.*))?$/s.exec(text) ?? [];
  const parts = before.split(",");
  const sort = parts.find((part) => part !== "" && !part.includes(":")) ?? "";
  const turned = sort.startsWith("-");
  return {
    show: parts.includes("show:total") ? "total" : "rate",
    by: turned ? sort.slice(1) : sort,
    turned,
    hasLines: parts.includes("with:lines"),
    filter,
  };
}

export function writeTopView({ show, by, turned, hasLines, filter }: TopView): string {
  const parts: string[] = [];
  if (by || turned) parts.push(`${turned ? "-" : ""}${by || show}`);
  if (show === "total") parts.push("show:total");
  if (hasLines) parts.push("with:lines");
  if (filter) parts.push(`filter:${filter}`);
  return parts.join(",");
}
