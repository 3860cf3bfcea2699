/** A picture of what stands on the page: texts, grounds and canvases at their places, cut where the page cuts them. */
import type { Pen } from "./draw/pen";
import type { Picture } from "./draw/picture";
import { clip } from "./draw/text";

/** Things to press and to read aloud are not part of a picture; heads of columns are, and what a table is narrowed to. */
const LEFT_OUT = 'button:not([role="columnheader"] > button), select, fieldset, svg, .sr-only, [popover]';

/** `elements` lie below each other. */
export function pictureOfPage(elements: readonly HTMLElement[]): Picture | undefined {
  const boxes = elements.map((element) => element.getBoundingClientRect()).filter((box) => box.width > 0);
  if (boxes.length === 0) return undefined;
  const left = Math.min(...boxes.map((box) => box.left));
  const top = Math.min(...boxes.map((box) => box.top));
  const right = Math.max(...boxes.map((box) => box.right));
  const bottom = Math.max(...boxes.map((box) => box.bottom));
  return {
    width: right - left,
    height: bottom - top,
    draw(pen) {
      pen.translate(-left, -top);
      for (const element of elements)
        drawElement(pen, element, new DOMRect(left, top, right - left, bottom - top));
    },
  };
}

const overlap = (a: DOMRect, b: DOMRect) => {
  const [left, top] = [Math.max(a.left, b.left), Math.max(a.top, b.top)];
  const [right, bottom] = [Math.min(a.right, b.right), Math.min(a.bottom, b.bottom)];
  return new DOMRect(left, top, Math.max(0, right - left), Math.max(0, bottom - top));
};
const isEmpty = (box: DOMRect) => box.width <= 0 || box.height <= 0;

function drawElement(pen: Pen, element: HTMLElement, room: DOMRect) {
  if (element.matches(LEFT_OUT) || (element instanceof HTMLInputElement && !isNarrowing(element))) return;
  const style = getComputedStyle(element);
  if (style.display === "none" || style.visibility === "hidden") return;
  const box = element.getBoundingClientRect();
  const seen = overlap(box, room);
  // What is `contents` has no box of its own but its children's.
  if (style.display !== "contents" && style.overflow !== "visible" && isEmpty(seen)) return;
  if (!isEmpty(seen)) {
    const ground = style.backgroundColor;
    if (!/^rgba\(.*, 0\)$|^transparent$/.test(ground)) {
      pen.fillStyle = ground;
      pen.fillRect(seen.left, seen.top, seen.width, seen.height);
    }
    const border = Number.parseFloat(style.borderBottomWidth);
    if (border > 0 && box.bottom <= room.bottom + 1) {
      pen.fillStyle = style.borderBottomColor;
      pen.fillRect(seen.left, box.bottom - border, seen.width, border);
    }
    if (element instanceof HTMLCanvasElement) drawCut(pen, element, box, seen);
    if (element instanceof HTMLInputElement) drawValue(pen, element, style, box);
  }
  const inner = style.overflow === "visible" ? room : seen;
  // What is laid over its neighbours comes after them: a table's head lies over the row that scrolls under it.
  const children = [...element.childNodes].sort((a, b) => layerOf(a) - layerOf(b));
  for (const child of children)
    if (child instanceof HTMLElement) drawElement(pen, child, inner);
    else if (child instanceof Text) drawText(pen, child, style, inner);
}

const layerOf = (node: Node) =>
  node instanceof HTMLElement ? Number.parseInt(getComputedStyle(node).zIndex, 10) || 0 : 0;

function drawCut(pen: Pen, canvas: HTMLCanvasElement, box: DOMRect, seen: DOMRect) {
  if (canvas.width === 0 || canvas.height === 0) return;
  pen.save();
  pen.beginPath();
  pen.rect(seen.left, seen.top, seen.width, seen.height);
  pen.clip();
  pen.drawImage(canvas, 0, 0, canvas.width, canvas.height, box.left, box.top, box.width, box.height);
  pen.restore();
}

/** A filter or a search, with something in it. */
const isNarrowing = ({ type, value }: HTMLInputElement) =>
  value !== "" && (type === "text" || type === "search");

function drawValue(pen: Pen, input: HTMLInputElement, style: CSSStyleDeclaration, box: DOMRect) {
  const cell = setPen(pen, style);
  const edge = Number.parseFloat(style.paddingLeft);
  const text = clip(input.value, Math.floor((box.width - 2 * edge) / cell));
  pen.fillText(text, box.left + edge, (box.top + box.bottom) / 2);
}

/** Writes as the page does; the width of a digit. */
function setPen(pen: Pen, style: CSSStyleDeclaration): number {
  pen.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  pen.fillStyle = style.color;
  pen.textAlign = "left";
  pen.textBaseline = "middle";
  return pen.measureText("0").width;
}

function drawText(pen: Pen, node: Text, style: CSSStyleDeclaration, room: DOMRect) {
  if (!node.data.trim()) return;
  const cell = setPen(pen, style);
  for (const { text, box } of linesOf(node)) {
    const seen = overlap(box, room);
    // A line half of which is cut off is not read on the page either.
    if (isEmpty(seen) || seen.height < box.height / 2) continue;
    const whole = box.right <= room.right + 0.5;
    const shown = whole ? text : clip(text, Math.floor((room.right - box.left) / cell));
    pen.fillText(shown, box.left, (box.top + box.bottom) / 2);
  }
}

/** The lines that the page has broken a text into, each with its place. */
function linesOf(node: Text): { text: string; box: DOMRect }[] {
  const range = document.createRange();
  range.selectNodeContents(node);
  const rects = range.getClientRects();
  const [only] = rects;
  if (rects.length === 1 && only) return [{ text: node.data, box: only }];
  const lines: { text: string; box: DOMRect }[] = [];
  for (let i = 0; i < node.length; i++) {
    range.setStart(node, i);
    range.setEnd(node, i + 1);
    const box = range.getBoundingClientRect();
    const line = lines.at(-1);
    if (!line || box.top > line.box.top + 2) lines.push({ text: node.data[i] ?? "", box });
    else {
      line.text += node.data[i];
      line.box = new DOMRect(line.box.left, line.box.top, box.right - line.box.left, line.box.height);
    }
  }
  return lines;
}
