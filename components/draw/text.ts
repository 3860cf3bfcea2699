/** Text for canvases, which know no markup: `<b>` is four letters. */
import { visible } from "../format";

const ASCII = /^[\x20-\x7e]*$/;

/** `text` cut to `cells` monospaced cells, with an ellipsis when cut; what is not ASCII counts as two cells. */
export function clip(text: string, cells: number): string {
  if (cells < 1) return "";
  const seen = visible(text.length > 4 * cells ? text.slice(0, 4 * cells) : text);
  if (ASCII.test(seen)) return seen.length <= cells ? seen : `${seen.slice(0, cells - 1)}…`;
  let used = 0;
  let kept = "";
  for (const character of seen) {
    used += ASCII.test(character) ? 1 : 2;
    if (used > cells - 1) return `${kept}…`;
    kept += character;
  }
  return kept;
}
