/** A small page without scripts: why one is not let in, or the step between a link and the page it leads to. */
import { stylePolicy } from "./headers";

// The colours of app/globals.css, which is only for who is let in.
const STYLE =
  ":root{color-scheme:dark light}" +
  "body{margin:0;min-height:100vh;display:grid;place-content:center;gap:6px;padding:24px;box-sizing:border-box;" +
  "background:#0a0c0f;color:#d9dfe6;font:14px/1.5 system-ui,sans-serif}" +
  "h1{margin:0 0 6px;font-size:15px;font-weight:600;color:#ffb224}p{margin:0;max-width:34em}p+p{color:#8a95a3}" +
  "@media(prefers-color-scheme:light){body{background:#f3f4f6;color:#1a2129}h1{color:#8f5600}p+p{color:#596571}}";

export const NOTICE_POLICY = stylePolicy(STYLE);

const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

/** `next`: a path of this server that the browser goes on to at once. */
export function noticePage(reason: string, fix = "", next?: string): string {
  const refresh = next === undefined ? "" : `<meta http-equiv="refresh" content="0;url=${escapeHtml(next)}">`;
  return (
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Ringside</title>${refresh}` +
    `<meta name="viewport" content="width=device-width"><style>${STYLE}</style></head>` +
    `<body><h1>Ringside</h1><p>${escapeHtml(reason)}</p>${fix && `<p>${escapeHtml(fix)}</p>`}</body></html>\n`
  );
}
