/**
 * Where panels stand: on a grid of twelve columns, and of rows of which twelve fill the board. Panels come in order,
 * each at the first place where it fits; where the user has not laid them out, in rows of one or two.
 */
import type { ToolInfo } from "../server/protocol";

/** Columns of twelve, and rows of which twelve fill the board. */
export interface Size {
  w: number;
  h: number;
}

export interface Place extends Size {
  x: number;
  y: number;
}

/** Columns, and rows that fill the board. */
export const GRID = 12;
/** A panel's head, its foot and something between them; a quarter of the board. */
export const LEAST = 3;
/** Four screens. */
const TALLEST = 4 * GRID;
/** Of a row in the automatic layout, pixels: a heatmap or a table that can be read. */
const LEAST_ROW_PIXELS = 348;

export const isSize = ({ w, h }: Size) => w >= LEAST && w <= GRID && h >= LEAST && h <= TALLEST;

const clamp = (value: number, least: number, most: number) => Math.min(Math.max(value, least), most);

/** Rows of events and time axes want width; flames and lists of keys do with less. */
const isWide = (view: ToolInfo["view"] | undefined) => view !== "flame" && view !== "top";

/** The automatic layout, where one row of the grid takes `rowPixels` with its gap. */
export function arrange(views: readonly (ToolInfo["view"] | undefined)[], rowPixels: number): Size[] {
  const widths: number[] = [];
  // Two wide ones fit on the screen one above the other.
  const stacked = views.length <= 2 && views.every(isWide);
  for (let i = 0; i < views.length; i += 2) {
    const left = isWide(views[i]);
    if (stacked) widths.push(...views.map(() => GRID).slice(i, i + 2));
    else if (i + 1 === views.length) widths.push(GRID);
    else if (left === isWide(views[i + 1])) widths.push(GRID / 2, GRID / 2);
    else widths.push(...(left ? [7, 5] : [5, 7]));
  }
  const rows = stacked ? views.length : Math.ceil(views.length / 2);
  const h = [3, 4, 6].find((each) => each * rows >= GRID && each * rowPixels >= LEAST_ROW_PIXELS) ?? GRID;
  return widths.map((w) => ({ w, h: rows > 1 && h === GRID ? GRID / 2 : h }));
}

/** Each at the first free place, line by line; what is free at its right is given to it. */
export function pack(sizes: readonly Size[]): Place[] {
  const places: Place[] = [];
  const isFree = (place: Place) =>
    place.x + place.w <= GRID && !places.some((other) => overlap(place, other));
  for (const size of sizes) {
    let place: Place = { ...size, x: 0, y: 0 };
    while (!isFree(place))
      place = place.x + 1 < GRID ? { ...place, x: place.x + 1 } : { ...place, x: 0, y: place.y + 1 };
    places.push(place);
  }
  for (const place of places) {
    const others = places.filter((other) => other !== place);
    while (place.x + place.w < GRID && !others.some((other) => overlap({ ...place, w: place.w + 1 }, other)))
      place.w++;
  }
  return places;
}

const meet = (a: number, aLength: number, b: number, bLength: number) => a < b + bLength && b < a + aLength;
const overlap = (a: Place, b: Place) => meet(a.x, a.w, b.x, b.w) && meet(a.y, a.h, b.y, b.h);

export interface Laid {
  size?: Size | undefined;
  view: ToolInfo["view"] | undefined;
}

/** All panels' places: automatic until one has a size; then one without takes the rest of the last row, or a new one. */
export function layOut(panels: readonly Laid[], rowPixels: number): Place[] {
  if (panels.every(({ size }) => size === undefined))
    return pack(
      arrange(
        panels.map(({ view }) => view),
        rowPixels,
      ),
    );
  const sizes: Size[] = [];
  for (const { size } of panels) sizes.push(size ?? restOfRow(sizes));
  return pack(sizes);
}

function restOfRow(sizes: readonly Size[]): Size {
  // Not stretched yet: a place with the least width shows what is free.
  const places = pack([...sizes, { w: LEAST + 1, h: LEAST }]);
  const last = places.at(-2);
  const free = places.at(-1);
  if (last && free && free.y >= last.y && free.x > 0) return { w: free.w, h: last.h };
  return { w: GRID, h: GRID / 2 };
}

export type Axis = "x" | "y";

/**
 * Moves the right (x) or lower (y) edge of one panel by some grid lines. What ends on the same line moves along, what
 * begins there makes room, as far as their neighbours connect them. The sizes of all.
 */
export function moveEdge(places: readonly Place[], index: number, axis: Axis, by: number): Size[] {
  const [along, across] = axis === "x" ? (["w", "h"] as const) : (["h", "w"] as const);
  const other = axis === "x" ? "y" : "x";
  const moved = places[index];
  if (!moved) return places.map(sizeOf);
  const edge = moved[axis] + moved[along];
  const meets = (a: Place, b: Place) => meet(a[other], a[across], b[other], b[across]);
  const before = new Set([moved]);
  const behind = new Set<Place>();
  for (let known = -1; known !== before.size + behind.size; ) {
    known = before.size + behind.size;
    for (const place of places) {
      if (place[axis] === edge && [...before].some((b) => meets(b, place))) behind.add(place);
      if (place[axis] + place[along] === edge && [...behind].some((b) => meets(b, place))) before.add(place);
    }
  }
  const shrink = Math.min(...[...before].map((place) => place[along] - LEAST));
  const grow = Math.min(
    ...[...behind].map((place) => place[along] - LEAST),
    axis === "x" ? (behind.size > 0 ? GRID : GRID - edge) : TALLEST - moved.h,
  );
  const step = clamp(by, -shrink, grow);
  return places.map((place) => {
    const change = before.has(place) ? step : behind.has(place) ? -step : 0;
    return { ...sizeOf(place), [along]: place[along] + change };
  });
}

/** One panel's size alone; the others move out of its way. */
export function resize(places: readonly Place[], index: number, size: Size): Size[] {
  const w = clamp(size.w, LEAST, GRID);
  const h = clamp(size.h, LEAST, TALLEST);
  return places.map((place, i) => (i === index ? { w, h } : sizeOf(place)));
}

const sizeOf = ({ w, h }: Place): Size => ({ w, h });

/** By keys: wider or higher by one line, whichever edge can move. */
export function grow(places: readonly Place[], index: number, axis: Axis, by: 1 | -1): Size[] {
  const place = places[index];
  if (!place) return places.map(sizeOf);
  if (axis === "x" && place.x + place.w === GRID) {
    const left = places.findIndex(
      (other) => other.x + other.w === place.x && meet(other.y, other.h, place.y, place.h),
    );
    if (left >= 0) return moveEdge(places, left, "x", -by);
  }
  return moveEdge(places, index, axis, by);
}

export type Direction = "left" | "right" | "up" | "down";

/** The nearest panel in a direction; -1 when there is none. */
export function neighbour(places: readonly Place[], index: number, direction: Direction): number {
  const from = places[index];
  if (!from) return -1;
  const [axis, along, other, across] =
    direction === "left" || direction === "right"
      ? (["x", "w", "y", "h"] as const)
      : (["y", "h", "x", "w"] as const);
  const sign = direction === "left" || direction === "up" ? -1 : 1;
  let best = { index: -1, distance: Number.POSITIVE_INFINITY };
  places.forEach((place, i) => {
    const ahead =
      sign > 0 ? place[axis] - (from[axis] + from[along]) : from[axis] - (place[axis] + place[along]);
    if (i === index || ahead < 0) return;
    const aside = meet(place[other], place[across], from[other], from[across])
      ? Math.abs(place[other] - from[other]) / GRID
      : GRID + Math.abs(place[other] - from[other]);
    const distance = ahead + aside;
    if (distance < best.distance) best = { index: i, distance };
  });
  return best.index;
}
