/** Serves the exported page: files only, no code of the page runs here. */
import { existsSync } from "node:fs";
import { createServer, type Server } from "node:http";
import sirv from "sirv";
import { mayPass } from "./access";
import { refuse } from "./problem";

/** `folder`: Next's static export. Throws a UserError when it was not built. */
export function createHttpServer(folder: string, hosts: ReadonlySet<string>): Server {
  if (!existsSync(`${folder}/index.html`)) refuse("The page was not built.", "Build it: npm run build.");
  const files = sirv(folder, { etag: true, extensions: ["html"], brotli: true, gzip: true });
  return createServer((request, response) => {
    response.setHeader("X-Content-Type-Options", "nosniff");
    response.setHeader("X-Frame-Options", "DENY");
    response.setHeader("Referrer-Policy", "no-referrer");
    response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
    const plain = (status: number, text: string): void => {
      response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8" }).end(text);
    };
    if (!mayPass(request, hosts)) {
      plain(403, "This name is not one of this server's. Start it with --allow-host NAME to allow it.\n");
      return;
    }
    if (request.method !== "GET" && request.method !== "HEAD") {
      plain(405, "Only GET and HEAD.\n");
      return;
    }
    files(request, response, () => plain(404, "There is no such page.\n"));
  });
}
