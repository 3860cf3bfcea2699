/** What browsers are told of every answer: nothing of other origins, no inline code but that which the build put there. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const hashOf = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

function policy(sources: Record<string, string>): string {
  const all = {
    "default-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
  };
  return Object.entries({ ...all, ...sources })
    .map(([directive, source]) => `${directive} ${source}`)
    .join("; ");
}

/** Of a page without scripts, whose only style is this. */
export const stylePolicy = (style: string): string => policy({ "style-src": hashOf(style) });

/** By path, as browsers ask for it: a Content-Security-Policy with the hashes of that page's inline scripts. */
export function pagePolicies(folder: string): (path: string) => string {
  const of = (scripts: readonly string[]): string =>
    policy({
      "script-src": ["'self'", ...scripts.map(hashOf)].join(" "),
      "style-src": "'self'",
      "font-src": "'self'",
      // Pictures that the page makes of itself, to be saved.
      "img-src": "'self' blob: data:",
      "connect-src": "'self'",
      "worker-src": "'self'",
    });
  const policies = new Map<string, string>();
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    if (!name.endsWith(".html")) continue;
    const html = readFileSync(join(folder, name), "utf8");
    const scripts = [...html.matchAll(/<script(?![^>]*\ssrc=)[^>]*>(.*?)<\/script>/gs)];
    policies.set(pathOf(`/${name}`), of(scripts.map(([, text = ""]) => text)));
  }
  const plain = of([]);
  return (path) => policies.get(pathOf(path)) ?? plain;
}

/** One name for "/kernel", "/kernel/" and "/kernel.html"; "" is the board. */
const pathOf = (path: string): string => path.replace(/(\/index)?(\.html)?\/?$/, "");

export const SECURITY_HEADERS: Record<string, string> = {
  "X-Content-Type-Options": "nosniff",
  // For browsers that do not know frame-ancestors.
  "X-Frame-Options": "DENY",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Permissions-Policy": "camera=(), geolocation=(), microphone=(), usb=()",
};
