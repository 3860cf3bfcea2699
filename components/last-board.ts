/** The board this tab was last on, so that other pages lead back to it. */
import type { RunRequest } from "../server/protocol";
import { readBoard, requestKey, writeBoard } from "./url";

const key = "board";

export const isBoardPage = () => location.pathname === "/";

/** `query` as in the address bar. */
export const rememberBoard = (query: string) => sessionStorage.setItem(key, query);

/** Its address; with `request`, a panel for it is there too. */
export function boardAddress(request?: RunRequest): string {
  const places = readBoard(sessionStorage.getItem(key) ?? "");
  const there = places.some((place) => request && requestKey(place.request) === requestKey(request));
  const shown =
    request && !there
      ? [...places.map((place) => ({ ...place, enlarged: undefined })), { request, view: "" }]
      : places;
  return `/${writeBoard(shown)}`;
}
