/** Serves the exported page to who has a token: files only, no code of the page runs here. */

import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import sirv from "sirv";
import { cookieName, type Gate, type Refusal } from "./access/gate";
import { pagePolicies, SECURITY_HEADERS } from "./access/headers";
import { NOTICE_POLICY, noticePage } from "./access/notice";
import { isThere } from "./is-there";
import { refuse } from "./problem";
import type { Visitor } from "./protocol/access";

/** Files of a certificate chain and its key, PEM. */
export interface Tls {
  cert: string;
  key: string;
}

/**
 * `folder`: Next's static export. `others`: answers what is no file of it; false: it is one after all. `pageFor`: the
 * path of the page for a path. Throws a UserError when it was not built, or the certificate cannot be used.
 */
export function createHttpServer(
  folder: string,
  gate: Gate,
  others: (request: IncomingMessage, response: ServerResponse, visitor: Visitor) => boolean,
  pageFor: (path: string) => string,
  tls?: Tls,
): Server {
  if (!isThere(`${folder}/index.html`)) refuse("The page was not built.", "Build it: npm run build.");
  const files = sirv(folder, { etag: true, extensions: ["html"], brotli: true, gzip: true });
  const policyOf = pagePolicies(folder);
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    for (const [name, text] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, text);
    const { path, token } = readTarget(request);
    const page = (status: number, html: string): void => {
      response.setHeader("Content-Security-Policy", NOTICE_POLICY);
      response.setHeader("Cache-Control", "no-store");
      response.writeHead(status, { "Content-Type": "text/html; charset=utf-8" }).end(html);
    };
    const plain = (status: number, text: string): void => {
      response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8" }).end(`${text}\n`);
    };
    const refused = ({ status, reason, fix }: Refusal): void =>
      isForPeople(request) ? page(status, noticePage(reason, fix)) : plain(status, `${reason} ${fix}`);

    // A link on another site: browsers keep the cookie back until the next step, which is our own.
    if (gate.knows(request) && isForPeople(request) && request.headers["sec-fetch-site"] === "cross-site")
      return void page(200, noticePage("Opening…", "", withoutSlashes(request.url)));
    const admission = gate.admit(request, token);
    if ("refusal" in admission) return void refused(admission.refusal);
    if (token === undefined && others(request, response, admission.visitor)) return;
    if (request.method !== "GET" && request.method !== "HEAD") return void plain(405, "Only GET and HEAD.");
    if (token !== undefined) {
      const { visitor } = admission;
      const had = gate.admitted(request);
      // An operator who tries a link for viewers stays what they are.
      if (had?.role !== "operator" || visitor.role === "operator") {
        const seconds = Math.floor((visitor.expires - Date.now()) / 1000);
        const kept = `Max-Age=${seconds}; Path=/; HttpOnly; SameSite=Strict${tls ? "; Secure" : ""}`;
        response.setHeader("Set-Cookie", `${cookieName(request)}=${token}; ${kept}`);
      }
      // Not a redirect: after a link on another site its second half would come without the cookie.
      return void page(200, noticePage("Opening…", "", path));
    }
    request.url = pageFor(path.replace(/[?#].*/s, ""));
    response.setHeader("Content-Security-Policy", policyOf(request.url));
    files(request, response, () => plain(404, "There is no such page."));
  };
  return tls ? secureServer(tls, answer) : createServer(answer);
}

function secureServer({ cert, key }: Tls, answer: Parameters<typeof createServer>[1] & {}): Server {
  const read = (file: string): Buffer => {
    try {
      return readFileSync(file);
    } catch (error) {
      return refuse(
        `${file} cannot be read: ${error instanceof Error ? error.message : error}.`,
        "Give PEM files that this user may read: --tls-cert CERT --tls-key KEY.",
      );
    }
  };
  const [certBytes, keyBytes] = [read(cert), read(key)];
  try {
    return createTlsServer({ cert: certBytes, key: keyBytes, minVersion: "TLSv1.2" }, answer);
  } catch (error) {
    return refuse(
      `${cert} and ${key} are no certificate and its key: ${error instanceof Error ? error.message : error}.`,
      "Give PEM files that belong together: --tls-cert CERT --tls-key KEY.",
    );
  }
}

/** Whether a browser will show the answer, as far as one can tell: Fetch Metadata, else what it accepts. */
function isForPeople({ headers }: IncomingMessage): boolean {
  const destination = headers["sec-fetch-dest"];
  return destination === undefined
    ? (headers.accept ?? "").includes("text/html")
    : destination === "document";
}

/** A path of this server and no other, whatever was asked for: "//evil.example" is another server's. */
const withoutSlashes = (url = "/"): string => `/${url.replace(/^[/\\]+/, "")}`;

/** The path and query without the token, and the token. */
function readTarget({ url }: IncomingMessage): { path: string; token?: string } {
  const [path = "/", query] = withoutSlashes(url).split(/\?(.*)/s);
  if (query === undefined) return { path };
  const fields = query.split("&");
  const token = fields.find((field) => field.startsWith("token="))?.slice("token=".length);
  const others = fields.filter((field) => !field.startsWith("token="));
  const rest = others.length > 0 ? `${path}?${others.join("&")}` : path;
  return token === undefined ? { path: rest } : { path: rest, token };
}
