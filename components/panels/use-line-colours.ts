import { useRef } from "react";
import { lineColours } from "../draw/line-colours";
import { useTheme } from "../theme";

/** More lines than this nobody follows. */
export const mostLines = 6;

/** A key keeps its colour for as long as it is among those shown. */
export function useLineColours(ids: readonly string[]): ReadonlyMap<string, string> {
  const places = useRef(new Map<string, number>());
  const colours = lineColours(useTheme() === "dark");
  for (const id of places.current.keys()) if (!ids.includes(id)) places.current.delete(id);
  for (const id of ids) {
    if (places.current.has(id)) continue;
    const taken = new Set(places.current.values());
    places.current.set(id, [...colours.keys()].find((place) => !taken.has(place)) ?? 0);
  }
  return new Map(ids.map((id) => [id, colours[places.current.get(id) ?? 0] ?? ""]));
}
