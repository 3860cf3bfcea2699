/**
 * The board in the address bar: `?opensnoop&syslat=syscalls:read,+write;pid:12&funclatency=@c:malloc;~zoom`.
 * One field a panel, in their order; `@` is the target, `~` how the panel is set, the rest are parameters.
 */
import type { RunRequest, Value } from "../server/protocol";

export interface PanelPlace {
  request: RunRequest;
  view: string;
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

function writePanel({ request, view }: PanelPlace): string {
  const parts: string[] = [];
  if (request.target) parts.push(`@${escapeText(request.target)}`);
  for (const [name, value] of Object.entries(request.parameters))
    parts.push(`${escapeText(name)}:${escapeText(writeValue(value))}`);
  if (view) parts.push(`~${escapeText(view)}`);
  return escapeText(request.tool) + (parts.length > 0 ? `=${parts.join(";")}` : "");
}

function readPanel(field: string): PanelPlace {
  const [tool = "", ...rest] = field.split("=");
  const request: RunRequest = { tool: unescapeText(tool), parameters: {} };
  let view = "";
  for (const part of rest.join("=").split(";").filter(Boolean)) {
    if (part.startsWith("@")) request.target = unescapeText(part.slice(1));
    else if (part.startsWith("~")) view = unescapeText(part.slice(1));
    else {
      const colon = part.indexOf(":");
      if (colon > 0)
        request.parameters[unescapeText(part.slice(0, colon))] = readValue(
          unescapeText(part.slice(colon + 1)),
        );
    }
  }
  return { request, view };
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
