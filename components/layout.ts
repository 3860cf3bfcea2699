/** Where panels stand: rows of one or two on twelve columns, in order, without gaps. */
import type { ToolInfo } from "../server/protocol";

/** Rows of events and time axes want width; flames and lists of keys do with less. */
const isWide = (view: ToolInfo["view"] | undefined) => view !== "flame" && view !== "top";

/** Columns of twelve for each panel. */
export function arrange(views: readonly (ToolInfo["view"] | undefined)[]): number[] {
  // Two wide ones fit on the screen one above the other.
  if (views.length <= 2 && views.every(isWide)) return views.map(() => 12);
  const spans: number[] = [];
  for (let i = 0; i < views.length; i += 2) {
    const left = isWide(views[i]);
    if (i + 1 === views.length) spans.push(12);
    else if (left === isWide(views[i + 1])) spans.push(6, 6);
    else spans.push(...(left ? [7, 5] : [5, 7]));
  }
  return spans;
}
