/** Boards that are kept, given away, brought back: a real server, real recordings, files as hostile as they come. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { Profile } from "pprof-format";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fromRoot } from "../server/project";
import type { Result, RunInfo } from "../server/protocol";
import type { Recorded, SnapshotSummary } from "../server/protocol/snapshots";
import type { Snapshot } from "../server/snapshots/format";
import { Client, type Collected, Refused, until, value } from "./harness/client";
import { withServer } from "./harness/fixture";
import { bearer, startServer, tokenOf } from "./harness/server";

const at = withServer(["--snapshots-mib", "4"]);
const folder = mkdtempSync(join(tmpdir(), "ringside-snapshots-"));
afterAll(() => rmSync(folder, { recursive: true }));
let opens: Collected;
let calls: Collected;
let latency: Collected;
let kept: SnapshotSummary;
let json: string;

const view = "?opensnoop=6x6&syscount&syslat=~p99";
const keep = async (runs: Collected[], title = "Three panels", range?: { from: number; to: number }) =>
  value(
    await at.client.socket.emitWithAck("keepBoard", {
      title,
      notes: "why it was kept",
      view,
      runs: runs.map(({ info }) => info.id),
      ...(range && { range }),
    }),
  );
const fetchFrom = (url: string, path: string, rest: RequestInit = {}) =>
  fetch(`${url}/snapshots${path}`, { ...rest, headers: bearer(tokenOf(url)) });
const get = (path: string) => fetchFrom(at.server.url, `/${path}`);
async function bring(body: string | Uint8Array, url = at.server.url): Promise<Result<SnapshotSummary>> {
  const response = await fetchFrom(url, "", { method: "POST", body: body as BodyInit });
  return (await response.json()) as Result<SnapshotSummary>;
}
const open = async (id: string): Promise<Recorded> =>
  value(await at.client.socket.emitWithAck("openSnapshot", id));
const list = async () => value(await at.client.socket.emitWithAck("snapshots"));

beforeAll(async () => {
  [opens, calls, latency] = await Promise.all([
    at.client.start("opensnoop", { pid: process.pid }),
    at.client.start("syscount"),
    at.client.start("syslat"),
  ]);
  for (let i = 0; i < 500; i++)
    try {
      readFileSync(`/no/such/"file"/<b>${i}`);
    } catch {}
  try {
    readFileSync(Buffer.from([0x2f, 0x74, 0xff, 0xfe, 0x2f, 0xc3, 0xa9]));
  } catch {}
  await until(() => opens.rows.length >= 501 && latency.batches >= 3, 10_000);
  await Promise.all([at.client.stop(opens), at.client.stop(calls), at.client.stop(latency)]);
  kept = await keep([opens, calls, latency]);
  json = await (await get(`${kept.id}.json`)).text();
});

test("a board is kept whole: each panel's rows, as plain lists", () => {
  const snapshot = JSON.parse(json) as Snapshot;
  expect(snapshot).toMatchObject({ format: "ringside-snapshot", version: 1, title: "Three panels", view });
  expect(snapshot.host.hostname).toBe(at.client.host.hostname);
  expect(snapshot.names.uid?.["0"]).toBe("root");
  expect(snapshot.panels.map(({ tool }) => tool.name)).toEqual(["opensnoop", "syscount", "syslat"]);
  const [panel] = snapshot.panels;
  expect(panel?.columns.pid).toEqual(opens.rows.map((row) => row.pid));
  expect(panel?.columns.time?.map(Number)).toEqual(opens.rows.map((row) => Number(row.time)));
  expect(panel?.columns.path).toContain('/no/such/"file"/<b>499');
  expect(panel?.columns.path).toContain("/t\udcff\udcfe/é");
  expect(JSON.stringify(snapshot)).toBe(json);
});

test("opened, its runs are watched like live ones and say the same", async () => {
  const recorded = await open(kept.id);
  expect(recorded.host).toMatchObject({ hostname: at.client.host.hostname, problems: [] });
  expect(recorded.runs.map(({ state }) => state)).toEqual(["ended", "ended", "ended"]);
  const viewer = await Client.connect(at.server.url);
  const again = await Promise.all(recorded.runs.map((run: RunInfo) => viewer.watch(run)));
  const live = [opens, calls, latency];
  await until(() => again.every(({ batches }, i) => batches === live[i]?.batches), 5000);
  for (const [i, { rows, notSent }] of again.entries()) {
    expect(notSent).toBe(0);
    expect(rows).toEqual(live[i]?.rows);
  }
  viewer.close();
});

test("export, import, export: the same bytes, as JSON and as gzip", async () => {
  for (const file of [json, new Uint8Array(await (await get(`${kept.id}.json.gz`)).arrayBuffer())]) {
    const brought = value(await bring(file));
    expect(brought).toEqual({ ...kept, id: brought.id, bytes: expect.any(Number) });
    expect(await (await get(`${brought.id}.json`)).text()).toBe(json);
    value(await at.client.socket.emitWithAck("deleteSnapshot", brought.id));
  }
});

test("a panel's rows as CSV and NDJSON", async () => {
  const csv = await get(`${kept.id}/1.csv`);
  expect(csv.headers.get("content-disposition")).toMatch(
    /attachment; filename="ringside-[\w-]+-opensnoop\.csv"/,
  );
  const lines = (await csv.text()).trimEnd().split("\r\n");
  expect(lines[0]).toMatch(/^time,.*\bpath\b/);
  expect(lines.length).toBe(opens.rows.length + 1);
  expect(lines.find((line) => line.includes("<b>499"))).toMatch(/"\/no\/such\/""file""\/<b>499"/);
  const rows = (await (await get(`${kept.id}/1.ndjson`)).text()).trimEnd().split("\n");
  expect(rows.map((line) => JSON.parse(line).path)).toEqual(
    // Other programs read UTF-8: what is none of it is a sign that says so.
    (JSON.parse(json) as Snapshot).panels[0]?.columns.path?.map((path) =>
      String(path).replace(/\p{Surrogate}/gu, "\ufffd"),
    ),
  );
  expect((await get(`${kept.id}/9.csv`)).status).toBe(404);
  expect((await get("no-such.json")).status).toBe(404);
});

test("a panel's stacks for four programs, as the command line writes them; without stacks it says so", async () => {
  const profile = await at.client.start("profile", { frequency: 499 });
  await until(() => profile.rows.length >= 200, 20_000);
  await at.client.stop(profile);
  const { id, panels } = await keep([calls, profile], "Stacks");
  expect(panels.map(({ hasStacks }) => hasStacks)).toEqual([false, true]);
  const taken = async (extension: string) => {
    const response = await get(`${id}/2.${extension}`);
    expect(response.headers.get("content-disposition")).toMatch(
      new RegExp(`filename="ringside-[\\w-]+-profile\\.${extension}"$`),
    );
    return Buffer.from(await response.arrayBuffer());
  };
  const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0);
  const samples = profile.rows.length;

  const lines = String(await taken("folded"))
    .trimEnd()
    .split("\n");
  expect(sum(lines.map((line) => Number(/ (\d+)$/.exec(line)?.[1])))).toBe(samples);
  const { sample } = Profile.decode(gunzipSync(await taken("pb.gz")));
  expect(sum(sample.map(({ value }) => Number(value[0])))).toBe(samples);
  const speedscope = JSON.parse(String(await taken("speedscope.json")));
  expect(speedscope.profiles[0].endValue).toBe(samples);
  const firefox = JSON.parse(String(await taken("firefox.json"))) as {
    threads: { samples: { weight: number[] } }[];
  };
  expect(sum(firefox.threads.flatMap((thread) => thread.samples.weight))).toBe(samples);

  const file = join(folder, "stacks.json.gz");
  writeFileSync(file, Buffer.from(await (await get(`${id}.json.gz`)).arrayBuffer()));
  const { stdout } = spawnSync(
    process.execPath,
    [fromRoot("dist", "server.js"), "export", file, "--panel", "2", "--folded"],
    { encoding: "utf8" },
  );
  expect(stdout.trimEnd().split("\n")).toEqual(lines);

  const refused = await get(`${id}/1.folded`);
  expect(refused.status).toBe(404);
  expect(await refused.json()).toMatchObject({
    problem: { reason: expect.stringMatching(/^Panel 1 \(syscount\) has no stacks/) },
  });
  value(await at.client.socket.emitWithAck("deleteSnapshot", id));
});

test("a stretch of time is kept alone", async () => {
  const times = opens.rows.map((row) => Number(row.time) / 1e6);
  const middle = times[250] ?? 0;
  const part = await keep([latency], "Part", { from: 0, to: middle });
  const { panels, range } = JSON.parse(await (await get(`${part.id}.json`)).text()) as Snapshot;
  expect(range).toEqual({ from: 0, to: middle });
  const all = (JSON.parse(json) as Snapshot).panels[2]?.batches.at ?? [];
  // Up to the batch that was read at or behind the end, which holds what came before it.
  expect(panels[0]?.batches.at).toEqual(
    all.slice(0, all.findIndex((when) => when >= middle) + 1 || all.length),
  );
  value(await at.client.socket.emitWithAck("deleteSnapshot", part.id));
});

/** Digits of which nearly nothing is left when they are compressed. */
const bomb = gzipSync(Buffer.alloc(300 << 20, "1"), { level: 9 });

test.each<[string, () => string | Uint8Array, RegExp]>([
  ["nothing", () => "", /not whole JSON/],
  ["half of a file", () => json.slice(0, json.length / 2), /not whole JSON/],
  ["half of a gzip", () => gzipSync(json).subarray(0, 2000), /cut short/],
  ["a decompression bomb", () => bomb, /more than the 256 MiB/],
  ["deep nesting", () => gzipSync("[".repeat(1 << 20)), /not whole JSON|memory/],
  ["a later version", () => json.replace('"version":1', '"version":99'), /version 99/],
  [
    "a hand that slipped",
    () => json.replace('"pid":[', '"pid":["x",'),
    /column pid of panel 1 \(opensnoop\)/,
  ],
  ["a column called __proto__", () => json.replaceAll('"comm"', '"__proto__"'), /not as the format says/],
])("%s is refused with a sentence, and nothing is left of it", async (_, file, reason) => {
  const before = await list();
  const refused = await bring(file());
  expect(refused).toEqual({
    ok: false,
    problem: expect.objectContaining({
      reason: expect.stringMatching(reason),
      fix: expect.stringMatching(/\.$/),
    }),
  });
  expect(await list()).toEqual(before);
  expect(at.server.output()).not.toMatch(/out of memory|Error:/);
});

test("ids that are paths, and what is not there, are refused", async () => {
  for (const id of ["../../etc/passwd", "..", "a/b", "A", ""])
    expect((await at.client.socket.emitWithAck("openSnapshot", id)).ok).toBe(false);
  const refused = await at.client.socket.emitWithAck("openSnapshot", "no-such");
  expect(refused).toMatchObject({ ok: false, problem: { reason: "There is no such snapshot." } });
  expect((await get("..%2f..%2fetc%2fpasswd.json")).status).toBe(404);
  await expect(keep([])).rejects.toThrow(Refused);
});

test("a title and notes are written anew, in the file and the list, and nothing else is", async () => {
  const title = 'Slow "disk" <b>';
  const describe = (id: string, title: string) =>
    at.client.socket.emitWithAck("describeSnapshot", id, title, "Two lines\nof it");
  value(await describe(kept.id, title));
  const file = await (await get(`${kept.id}.json`)).text();
  expect(JSON.parse(file)).toEqual({ ...JSON.parse(json), title, notes: "Two lines\nof it" });
  const told = (await list()).find(({ id }) => id === kept.id);
  expect(told).toEqual({ ...kept, title, notes: "Two lines\nof it", bytes: told?.bytes });
  const opened = value(await at.client.socket.emitWithAck("openSnapshot", kept.id));
  expect(opened.summary.title).toBe(title);
  expect(await describe("no-such", title)).toMatchObject({
    ok: false,
    problem: { reason: "There is no such snapshot." },
  });
  expect((await describe(kept.id, "x".repeat(201))).ok).toBe(false);
  const { title: before, notes } = JSON.parse(json);
  value(await at.client.socket.emitWithAck("describeSnapshot", kept.id, before, notes));
  // Byte for byte as it was kept.
  expect(await (await get(`${kept.id}.json`)).text()).toBe(json);
});

test("the oldest makes room, a pinned one never does", { timeout: 60_000 }, async () => {
  value(await at.client.socket.emitWithAck("pinSnapshot", kept.id, true));
  // Noise does not compress: each takes about a MiB and a half.
  const snapshot = JSON.parse(json) as Snapshot;
  const titles = ["one", "two", "three", "four", "five"];
  const random = (length: number) =>
    Array.from({ length }, () => Math.random().toString(36).slice(2)).join("");
  const [, panel] = snapshot.panels;
  if (!panel) throw new Error("the board had three panels");
  const empty = {
    ...panel,
    batches: { at: [], first: [], rows: [] },
    columns: Object.fromEntries(panel.schema.map(({ name }) => [name, []])),
  };
  const noise = (title: string) =>
    JSON.stringify({
      ...snapshot,
      title,
      takenAt: snapshot.takenAt + titles.indexOf(title),
      panels: Array.from({ length: 120 }, () => ({ ...empty, tool: { ...panel.tool, tells: random(1300) } })),
    });
  const brought: SnapshotSummary[] = [];
  for (const title of titles) brought.push(value(await bring(noise(title))));
  const left = await list();
  expect(left.map(({ id }) => id)).toContain(kept.id);
  expect(left.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(4 << 20);
  expect(left.map(({ title }) => title)).toContain("five");
  expect(left.map(({ title }) => title)).not.toContain("one");
  for (const { id, title } of left)
    if (titles.includes(title)) value(await at.client.socket.emitWithAck("deleteSnapshot", id));
});

/** Servers that share it, and end as they must not. */
const shared = join(folder, "state");

test("killed while it keeps, a snapshot is whole or absent, and a second server on the folder serves what is there", {
  timeout: 120_000,
}, async () => {
  let server = await startServer(["--state", shared]);
  const whole: SnapshotSummary[] = [];
  for (const after of [1, 20, 60, 150]) {
    const ended = once(server.process, "exit");
    void bring(json, server.url).catch(() => {});
    setTimeout(() => server.process.kill("SIGKILL"), after);
    await ended;
    server = await startServer(["--state", shared]);
    const client = await Client.connect(server.url);
    for (const { id } of value(await client.socket.emitWithAck("snapshots"))) {
      expect(await (await fetchFrom(server.url, `/${id}.json`)).text()).toBe(json);
      value(await client.socket.emitWithAck("openSnapshot", id));
    }
    client.close();
  }
  const second = await startServer(["--state", shared]);
  const [one, other] = await Promise.all(
    [server, second].map(async ({ url }) => value(await bring(json, url))),
  );
  whole.push(...([one, other] as SnapshotSummary[]));
  for (const { url } of [server, second])
    for (const { id } of whole) expect(await (await fetchFrom(url, `/${id}.json`)).text()).toBe(json);
  await Promise.all([server.stop(), second.stop()]);
});

test("a full disk: a sentence, and what was kept is as it was", { timeout: 60_000 }, async (context) => {
  const disk = mkdtempSync(join(tmpdir(), "ringside-full-"));
  const mounted = spawn("mount", ["-t", "tmpfs", "-o", "size=256k", "none", disk]);
  const [status] = await once(mounted, "exit");
  if (status !== 0) return context.skip("mounting a small disk needs root");
  const server = await startServer(["--state", disk]);
  try {
    const post = (body: string) => bring(body, server.url);
    const small = JSON.stringify({ ...JSON.parse(json), panels: [] });
    const first = value(await post(small));
    const refused = await post(`${small.slice(0, -1)},"more":"${"x".repeat(1 << 20)}"}`);
    expect(refused).toMatchObject({ ok: false, problem: { reason: expect.stringMatching(/disk is full/) } });
    expect(await (await fetchFrom(server.url, `/${first.id}.json`)).text()).toBe(small);
    expect(readdirSync(join(disk, "snapshots")).filter((name) => name.endsWith(".part"))).toEqual([]);
    writeFileSync(join(disk, "snapshots", "x"), "");
  } finally {
    await server.stop();
    await once(spawn("umount", [disk]), "exit");
    rmSync(disk, { recursive: true });
  }
});
