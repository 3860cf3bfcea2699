/**
 * The board in the address bar: `?opensnoop=7x6&syslat=5x6;max;syscalls:read,+write;pid:12&funclatency=@c:malloc;~zoom`.
 * One field a panel, in their order; `7x6` is its size on the grid, `max` says that it fills the board, `@` is the
 * target, `~` how the panel is set, the rest are parameters.
 */
import type { RunRequest, Value } from "../server/protocol";
import { isSize, type Size } from "./layout";

export interface PanelPlace {
  request: RunRequest;
  view: string;
  /** As the user made it; none: the automatic layout. */
  size?: Size | undefined;
  /** It fills the board. */
  enlarged?: boolean | undefined;
}

/** Escapes what separates, leaves readable what a query may hold as it is. */
const escapeText = (text: string) =>
  encodeURIComponent(text)
    .replace(/%(2F|3A|2C|40|24)/g, (code) => decodeURIComponent(code))
    .replaceAll("%20", "+");

const unescapeText = (text: string) => {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text; // A lone "%" typed by hand.
  }
};

/** A text that would be read as something else gets a quote in front. */
function writeValue(value: Value): string {
  if (typeof value !== "string") return String(value);
  return typeof readValue(value) === "string" && !value.startsWith("'") ? value : `'${value}`;
}

function readValue(text: string): Value {
  if (text.startsWith("'")) return text.slice(1);
  if (text === "true" || text === "false") return text === "true";
  const number = Number(text);
  return /^-?\d+$/.test(text) && Number.isSafeInteger(number) && String(number) === text ? number : text;
}

function writePanel({ request, view, size, enlarged }: PanelPlace): string {
  const parts: string[] = [];
  if (size) parts.push(`${size.w}x${size.h}`);
  if (enlarged) parts.push("max");
  if (request.target) parts.push(`@${escapeText(request.target)}`);
  for (const [name, value] of Object.entries(request.parameters))
    parts.push(`${escapeText(name)}:${escapeText(writeValue(value))}`);
  // The first "=" of a field ends the tool's name; further ones are text.
  if (view) parts.push(`~${escapeText(view).replaceAll("%3D", "=")}`);
  return escapeText(request.tool) + (parts.length > 0 ? `=${parts.join(";")}` : "");
}

function readPanel(field: string): PanelPlace {
  const [tool = "", ...rest] = field.split("=");
  const request: RunRequest = { tool: unescapeText(tool), parameters: {} };
  const place: PanelPlace = { request, view: "" };
  for (const part of rest.join("=").split(";").filter(Boolean)) {
    const [, w, h] = /^(\d+)x(\d+)$/.exec(part) ?? [];
    const size = { w: Number(w), h: Number(h) };
    if (isSize(size)) place.size = size;
    else if (part === "max") place.enlarged = true;
    else if (part.startsWith("@")) request.target = unescapeText(part.slice(1));
    else if (part.startsWith("~")) place.view = unescapeText(part.slice(1));
    else {
      const colon = part.indexOf(":");
      if (colon > 0)
        request.parameters[unescapeText(part.slice(0, colon))] = readValue(
          unescapeText(part.slice(colon + 1)),
        );
    }
  }
  return place;
}

/** The query with its "?", or "" for an empty board. */
export function writeBoard(panels: readonly PanelPlace[]): string {
  return panels.length > 0 ? `?${panels.map(writePanel).join("&")}` : "";
}

export function readBoard(query: string): PanelPlace[] {
  return query.replace(/^\?/, "").split("&").filter(Boolean).map(readPanel);
}

/** Equal for requests that share a run. */
export function requestKey({ tool, parameters, target }: RunRequest): string {
  const sorted = Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([tool, sorted, target ?? ""]);
}
