/**
 * Who may do what, tried: every verb and every kind of request, as each kind of caller, from the right place and from
 * foreign ones. `npm run test:access` writes what happened into docs/reliability.md.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type IncomingMessage, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { io, type Socket } from "socket.io-client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { exportFormats } from "../../components/exports/formats";
import { Tokens } from "../../server/access/tokens";
import { fromRoot } from "../../server/project";
import type { ClientEvents, Problem, Result, RunInfo } from "../../server/protocol";
import type { Role, Share } from "../../server/protocol/access";
import { Client, until, value } from "../harness/client";
import { withServer } from "../harness/fixture";
import { bearer } from "../harness/server";
import { amount, isLong } from "./form";

const at = withServer();
const elsewhere = mkdtempSync(join(tmpdir(), "ringside-access-"));
afterAll(() => rmSync(elsewhere, { recursive: true }));

/** Who is meant to have each verb, and arguments that it understands. */
const VERBS: Record<keyof ClientEvents, readonly [Role, ...unknown[]]> = {
  start: ["operator", { tool: "syscount", parameters: { pid: process.pid } }],
  stop: ["operator", 4711],
  budget: ["operator", null, 2],
  keep: ["operator", 4711, true, null],
  watch: ["viewer", 4711],
  unwatch: ["viewer", 4711],
  pace: ["viewer", 4711, true],
  rest: ["viewer", false],
  names: ["viewer", "uid", ["0"]],
  process: ["viewer", process.pid, 0],
  processes: ["operator", "node"],
  cgroups: ["operator", "/"],
  targets: ["operator", "user", "c:mall"],
  preflight: ["operator"],
  inventory: ["operator", ""],
  code: ["operator", 1, "translated", 0],
  mapRows: ["operator", 1, ""],
  mapCount: ["operator", 1],
  tracePipe: ["operator", false],
  share: ["operator", { role: "viewer", title: "tried", path: "/?syscount", hours: 1 }],
  shares: ["operator"],
  revoke: ["operator", "AAAAAAAA"],
  audit: ["operator", 1],
  keepBoard: ["operator", { title: "", notes: "", view: "", runs: [] }],
  snapshots: ["viewer"],
  openSnapshot: ["viewer", "no-such"],
  describeSnapshot: ["operator", "no-such", "title", "notes"],
  pinSnapshot: ["operator", "no-such", true],
  deleteSnapshot: ["operator", "no-such"],
};
/** Below the folder that the server serves: each is a page, by its path without the ending. */
const pages = readdirSync(fromRoot("out"), { recursive: true, encoding: "utf8" })
  .flatMap((file) => /^((?!404|_not-found).+)\.html$/.exec(file)?.[1] ?? [])
  .map((page) => (page === "index" ? "/" : `/${page}`))
  .sort();
/** In the short form one with stacks and one without: each has a process of its own write it. */
const formats = [true, false].flatMap((stacks) =>
  exportFormats.filter(({ needsStacks }) => needsStacks === stacks).slice(0, amount(1, exportFormats.length)),
);
/** Who is meant to be answered with what was asked for. `ID`: of the snapshot that is kept first. */
const REQUESTS: Record<string, Role | "nobody"> = {
  ...Object.fromEntries(pages.map((page) => [`GET ${page}`, "viewer" as const])),
  "HEAD /": "viewer",
  "GET /icon.svg": "viewer",
  "POST /": "nobody",
  "PUT /": "nobody",
  "DELETE /": "nobody",
  "GET /snapshots/ID": "viewer",
  "GET /snapshots/ID.json": "viewer",
  "GET /snapshots/ID.json.gz": "viewer",
  ...Object.fromEntries(
    formats.map(({ extension }) => [`GET /snapshots/ID/1.${extension}`, "viewer" as const]),
  ),
  "POST /snapshots": "operator",
};

let snapshot: { id: string; file: Buffer };
beforeAll(async () => {
  const seen = await at.client.start("offcputime", { pid: at.server.pid });
  await until(() => seen.rows.length > 0, 10_000);
  const { id: run } = await at.client.stop(seen);
  const board = { title: "tried", notes: "", view: "?offcputime", runs: [run] };
  const { id } = value(await at.client.socket.emitWithAck("keepBoard", board));
  const answer = await fetch(`${at.server.url}/snapshots/${id}.json`, { headers: bearer(at.server.token) });
  snapshot = { id, file: Buffer.from(await answer.arrayBuffer()) };
});

const CALLERS = ["no token", "expired", "forged", "viewer", "operator"] as const;
type Caller = (typeof CALLERS)[number];

function tokenOf(caller: Caller): string | undefined {
  const tokens = new Tokens(at.server.state);
  const issue = (role: Role, hours: number) =>
    tokens.issue({ role, title: "tried", path: "/", by: "" }, hours);
  if (caller === "no token") return undefined;
  if (caller === "expired") return tokens.textOf(issue("operator", -1));
  // What is right but for the secret that signed it.
  if (caller === "forged") return new Tokens(elsewhere).textOf(issue("operator", 1));
  return tokens.textOf(issue(caller, 1));
}

const PLACES = {
  "from here": () => ({}),
  "foreign Origin": () => ({ origin: "https://evil.example" }),
  "foreign Host": () => ({ host: `evil.example:${new URL(at.server.url).port}` }),
} satisfies Record<string, () => Record<string, string>>;
type Place = keyof typeof PLACES;
const PLACE_NAMES = Object.keys(PLACES) as Place[];

const headersOf = (caller: Caller, place: Place): Record<string, string> => {
  const token = tokenOf(caller);
  return { ...PLACES[place](), ...(token !== undefined && bearer(token)) };
};

/** The socket, or undefined when the handshake is refused. */
function knock(headers: Record<string, string>): Promise<Socket | undefined> {
  const socket = io(at.server.url, {
    transports: ["websocket"],
    reconnection: false,
    forceNew: true,
    extraHeaders: headers,
  });
  return new Promise((resolve) => {
    socket.once("hello", () => resolve(socket));
    socket.once("connect_error", () => resolve(undefined));
  });
}

const isForRole = (problem: Problem) => /is for operators/.test(problem.reason);

/** By verb or request: which of the callers got what it is for. */
const table = new Map<string, Record<string, boolean>>();
const note = (what: string, column: string, got: boolean) => {
  table.set(what, { ...table.get(what), [column]: got });
};

for (const place of PLACE_NAMES)
  test.each(CALLERS)(`the socket ${place}: %s`, async (caller) => {
    const socket = await knock(headersOf(caller, place));
    const isIn = place === "from here" && (caller === "viewer" || caller === "operator");
    expect(socket !== undefined).toBe(isIn);
    const got: Record<string, boolean> = {};
    const due: Record<string, boolean> = {};
    for (const [verb, [role, ...args]] of Object.entries(VERBS)) {
      const result = socket && ((await socket.emitWithAck(verb, ...args)) as Result<unknown>);
      got[verb] = result !== undefined && (result.ok || !isForRole(result.problem));
      due[verb] = isIn && (role === "viewer" || caller === "operator");
      note(verb, `${place}, ${caller}`, got[verb]);
      if (verb === "start" && result?.ok)
        value(await at.client.socket.emitWithAck("stop", (result.value as RunInfo).id));
    }
    expect(got).toEqual(due);
    socket?.close();
  });

const ask = (what: string, headers: Record<string, string>, body?: Buffer) =>
  new Promise<{ status: number; headers: IncomingMessage["headers"] }>((resolve, reject) => {
    const [method, path] = what.replace("ID", snapshot.id).split(" ");
    request(`${at.server.url}${path}`, { method, headers }, (response) => {
      response.resume();
      resolve({ status: response.statusCode ?? 0, headers: response.headers });
    })
      .on("error", reject)
      .end(body);
  });

for (const place of PLACE_NAMES)
  test.each(CALLERS)(`requests ${place}: %s`, async (caller) => {
    const headers = headersOf(caller, place);
    for (const [what, role] of Object.entries(REQUESTS)) {
      const { status } = await ask(what, headers, what === "POST /snapshots" ? snapshot.file : undefined);
      const isFor = role === caller || (role === "viewer" && caller === "operator");
      const got = isFor ? 200 : role === "nobody" ? 405 : 400;
      const due = place !== "from here" ? 403 : caller === "viewer" || caller === "operator" ? got : 401;
      // Wrong tokens in a row are told to wait.
      if (caller === "forged" && place === "from here") expect([401, 429]).toContain(status);
      else expect([what, status]).toEqual([what, due]);
      note(what, `${place}, ${caller}`, status === 200);
    }
  });

test("a link lets in until it is revoked: then the page is told, and neither it nor the next comes in", async () => {
  const share = value<Share>(
    await at.client.socket.emitWithAck("share", {
      role: "viewer",
      title: "for Ann",
      path: "/?syscount",
      hours: 1,
    }),
  );
  const { status, headers } = await ask(`GET ${share.link}`, { accept: "text/html" });
  expect(status).toBe(200);
  const cookie = headers["set-cookie"]?.[0] ?? "";
  expect(cookie).toMatch(/; Path=\/; HttpOnly; SameSite=Strict$/);
  const [pair = ""] = cookie.split(";");
  expect((await ask("GET /?syscount", { cookie: pair })).status).toBe(200);
  const viewer = await knock({ cookie: pair });
  let farewell: Problem | undefined;
  let isClosed = false;
  viewer?.on("farewell", (problem: Problem) => {
    farewell = problem;
  });
  viewer?.on("disconnect", () => {
    isClosed = true;
  });
  const listed = value<Share[]>(await at.client.socket.emitWithAck("shares")).find(
    ({ id }) => id === share.id,
  );
  expect(listed).toMatchObject({ title: "for Ann", path: "/?syscount", open: 1 });
  value(await at.client.socket.emitWithAck("revoke", share.id));
  await until(() => isClosed, 2000);
  expect(farewell?.reason).toBe("Your link was revoked.");
  expect(await knock({ cookie: pair })).toBeUndefined();
  expect((await ask("GET /", { cookie: pair })).status).toBe(401);
});

test("an operator's own cookie is not exchanged for a viewer's, and no other server's is taken for ours", async () => {
  const { port } = new URL(at.server.url);
  const link = `GET /?token=${tokenOf("viewer")}&syscount`;
  const own = `ringside${port}=${at.server.token}`;
  expect((await ask(link, { cookie: own })).headers["set-cookie"]).toBeUndefined();
  expect((await ask(link, {})).headers["set-cookie"]).toBeDefined();
  expect((await ask("GET /", { cookie: `ringside${Number(port) + 1}=${at.server.token}` })).status).toBe(401);
});

test("a link leads to a page of this server and no other", async () => {
  const paths = [
    "//evil.example/",
    "/\\evil.example",
    "https://evil.example",
    "",
    "/a b",
    "/#x",
    `/${"x".repeat(17_000)}`,
  ];
  for (const path of paths) {
    const asked = { role: "viewer", title: "", path, hours: 1 } as const;
    expect(await at.client.socket.emitWithAck("share", asked)).toMatchObject({ ok: false });
  }
  const body = await fetch(`${at.server.url}//evil.example/?token=${tokenOf("viewer")}`).then((answer) =>
    answer.text(),
  );
  expect(body).toContain('content="0;url=/evil.example/"');
});

test("two hundred wrong tokens: a sentence, then another, and who has a right one is let in all the while", async () => {
  const forged = tokenOf("forged") ?? "";
  const seen = new Set<number>();
  for (let i = 0; i < 200; i++) seen.add((await ask("GET /", bearer(forged))).status);
  expect([...seen].sort()).toEqual([401, 429]);
  expect((await ask("GET /", bearer(at.server.token))).status).toBe(200);
});

test("what was done and refused is in the audit log: who, from where, with what, how it ended", async () => {
  const viewer = await Client.connect(at.server.url, tokenOf("viewer"));
  const request = { tool: "syscount", parameters: { pid: process.pid } };
  await viewer.socket.emitWithAck("start", request);
  const run = value(await at.client.socket.emitWithAck("start", request));
  value(await at.client.socket.emitWithAck("stop", run.id));
  const log = value(await at.client.socket.emitWithAck("audit", 20));
  const [operator, other] = [`operator ${at.client.visitor.id}`, `viewer ${viewer.visitor.id}`];
  viewer.close();
  const from = "127.0.0.1";
  expect(log.slice(0, 4)).toEqual([
    expect.objectContaining({ who: operator, from, what: "stop", with: run.id, outcome: "ok" }),
    expect.objectContaining({ who: operator, from, what: "start", with: request, id: run.id, outcome: "ok" }),
    expect.objectContaining({
      who: other,
      what: "start",
      with: request,
      outcome: expect.stringMatching(/operators/),
    }),
    expect.objectContaining({ who: other, from, what: "visit", outcome: "ok" }),
  ]);
  expect(JSON.stringify(log)).not.toContain(at.server.token);
});

test("the table is whole, and written down", () => {
  expect([...table.keys()]).toEqual([...Object.keys(VERBS), ...Object.keys(REQUESTS)]);
  if (!isLong) return;
  const mark = (got: boolean | undefined) => (got ? "yes" : "–");
  const foreign = (row: Record<string, boolean>, place: Place) =>
    mark(CALLERS.some((caller) => row[`${place}, ${caller}`]));
  const lines = [
    `| | ${CALLERS.join(" | ")} | any of them, foreign Origin | any of them, foreign Host |`,
    `|---|${"---|".repeat(CALLERS.length + 2)}`,
    ...[...table].map(([what, row]) => {
      const here = CALLERS.map((caller) => mark(row[`from here, ${caller}`]));
      return `| \`${what}\` | ${[...here, foreign(row, "foreign Origin"), foreign(row, "foreign Host")].join(" | ")} |`;
    }),
  ];
  const file = fromRoot("docs", "reliability.md");
  const text = readFileSync(file, "utf8");
  const [before, after] = [text.indexOf("<!-- access -->"), text.indexOf("<!-- /access -->")];
  expect(before).toBeGreaterThan(0);
  expect(after).toBeGreaterThan(before);
  const tried = table.size * CALLERS.length * PLACE_NAMES.length;
  const section = `<!-- access -->\n${tried} cases tried, all as intended.\n\n${lines.join("\n")}\n`;
  writeFileSync(file, text.slice(0, before) + section + text.slice(after));
});
