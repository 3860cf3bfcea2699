/** Snapshots over HTTP: files in and out, and the page that shows one. */
import { createReadStream } from "node:fs";
import { open, rm } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { exportFormats } from "../../components/exports/formats";
import type { Audit } from "../access/audit";
import { addressOf } from "../access/gate";
import { problemOf, refuse } from "../problem";
import type { Result } from "../protocol";
import type { Visitor } from "../protocol/access";
import type { SnapshotSummary } from "../protocol/snapshots";
import { MOST_JSON_BYTES } from "./format";
import { runJob } from "./jobs";
import type { Snapshots } from "./snapshots";

const FILE = /^\/snapshots\/([a-z0-9-]+)\.json(\.gz)?$/;
const PANEL = /^\/snapshots\/([a-z0-9-]+)\/(\d{1,3})\.([a-z.]+)$/;
/** Two addresses below are pages of their own. */
const PAGE = /^\/snapshots\/(?!(?:recorded|compare)$)([a-z0-9-]+)$/;

/** The file of the page that shows a snapshot, for the address of one. */
export const pageFor = (path: string): string => (PAGE.test(path) ? "/snapshots/recorded" : path);

/** Where there is no live board the recordings are the first page. */
export function toRecordings({ url }: IncomingMessage, response: ServerResponse): boolean {
  if (url !== "/") return false;
  response.writeHead(302, { Location: "/snapshots" }).end();
  return true;
}

export interface Caller {
  snapshots: Snapshots;
  audit: Audit;
  visitor: Visitor;
}

/** Answers what is about snapshots' files; false: it is about something else. Whoever may look may take them away. */
export function answerSnapshots(caller: Caller, request: IncomingMessage, response: ServerResponse): boolean {
  const { snapshots, audit, visitor } = caller;
  const pathname = request.url?.replace(/[?#].*/, "") ?? "/";
  const isImport = request.method === "POST" && pathname === "/snapshots";
  const [, file, gz] = FILE.exec(pathname) ?? [];
  const [, panelOf, panel, extension] = PANEL.exec(pathname) ?? [];
  const format = exportFormats.find((format) => format.extension === extension);
  if (!isImport && (request.method !== "GET" || (!file && !format))) return false;
  const answer = async (): Promise<void> => {
    if (isImport) await takeIn(snapshots, visitor, request, response);
    else if (file) await giveFile(snapshots, file, gz !== undefined, response);
    else if (format) await givePanel(snapshots, panelOf ?? "", Number(panel) - 1, format, response);
  };
  const write = (outcome: string): void =>
    audit.write({
      who: `${visitor.role} ${visitor.id}`,
      from: addressOf(request),
      what: isImport ? "import" : "export",
      with: pathname,
      outcome,
    });
  answer().then(
    () => write("ok"),
    (error: unknown) => {
      const problem = problemOf(error, "The snapshot");
      write(problem.reason);
      // Half an answer cannot be taken back: the browser is to see that it was cut.
      if (response.headersSent) response.destroy();
      else sendJson(response, isImport ? 400 : 404, { ok: false, problem });
    },
  );
  return true;
}

function sendJson(response: ServerResponse, status: number, result: Result<SnapshotSummary>): void {
  response
    .writeHead(status, { "Content-Type": "application/json; charset=utf-8" })
    .end(JSON.stringify(result));
}

async function takeIn(
  snapshots: Snapshots,
  visitor: Visitor,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (visitor.role !== "operator")
    refuse(
      "Your link lets you look; bringing in a snapshot is for operators.",
      "Ask who sent you the link for one that lets you operate.",
    );
  const upload = snapshots.store.uploadPath();
  try {
    await receive(request, upload);
    sendJson(response, 200, { ok: true, value: await snapshots.import(upload) });
  } finally {
    await rm(upload, { force: true });
  }
}

/** Writes what comes to a file. What cannot be kept is read all the same: a browser takes no answer before it has sent all. */
async function receive(request: IncomingMessage, path: string): Promise<void> {
  const file = await open(path, "wx", 0o600);
  let bytes = 0;
  let failed: NodeJS.ErrnoException | undefined;
  const sink = new Writable({
    write(chunk: Buffer, _, done) {
      bytes += chunk.length;
      if (failed || bytes > MOST_JSON_BYTES) return done();
      file.appendFile(chunk).then(
        () => done(),
        (error: NodeJS.ErrnoException) => {
          failed = error;
          done();
        },
      );
    },
  });
  await pipeline(request, sink).finally(() => file.close());
  if (bytes > MOST_JSON_BYTES)
    refuse(
      `The file is longer than the ${MOST_JSON_BYTES >> 20} MiB that a snapshot may have.`,
      "Choose a smaller snapshot.",
    );
  if (failed?.code === "ENOSPC")
    refuse(
      "The disk is full, so the snapshot was not kept; what was kept before is as it was.",
      "Free some space, or delete snapshots that are no longer needed.",
    );
  if (failed) throw failed;
}

/** A name for a file that any system takes. */
const fileName = ({ title, takenAt }: SnapshotSummary): string => {
  const words = title
    .normalize("NFKD")
    .replace(/[^A-Za-z0-9]+/g, "-")
    .replace(/^-|-$/g, "")
    .slice(0, 60);
  return `ringside-${new Date(takenAt).toISOString().slice(0, 16).replaceAll(":", "")}${words && `-${words}`}`;
};

const attachment = (response: ServerResponse, type: string, name: string): void => {
  response.writeHead(200, {
    "Content-Type": type,
    "Content-Disposition": `attachment; filename="${name}"`,
    "Cache-Control": "no-store",
  });
};

async function giveFile(
  snapshots: Snapshots,
  id: string,
  gz: boolean,
  response: ServerResponse,
): Promise<void> {
  const summary = await snapshots.store.get(id);
  const file = createReadStream(snapshots.store.pathOf(summary));
  attachment(
    response,
    gz ? "application/gzip" : "application/json",
    `${fileName(summary)}.json${gz ? ".gz" : ""}`,
  );
  if (gz) await pipeline(file, response);
  else await pipeline(file, createGunzip(), response);
}

async function givePanel(
  snapshots: Snapshots,
  id: string,
  panel: number,
  { name, extension, mediaType }: (typeof exportFormats)[number],
  response: ServerResponse,
): Promise<void> {
  const summary = await snapshots.store.get(id);
  const tool =
    summary.panels[panel]?.tool ??
    refuse(`The snapshot has no panel ${panel + 1}.`, "Choose one from the list.");
  const begin = () => {
    if (!response.headersSent) attachment(response, mediaType, `${fileName(summary)}-${tool}.${extension}`);
  };
  const from = snapshots.store.pathOf(summary);
  const job = runJob({ what: "export", from, panel, format: name }, (message) => {
    if (!("piece" in message)) return;
    begin();
    response.write(message.piece, () => job.send({ more: 1 }));
  });
  response.on("close", () => job.cancel());
  await job.done;
  begin();
  response.end();
}
