/** `ringside record --out`, `list`, `open` and `export` on real recordings: what a file holds in every format, and what no file is. */
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gunzipSync, gzipSync } from "node:zlib";
import { Profile } from "pprof-format";
import { expect, test } from "vitest";
import type { SnapshotSummary } from "../../server/protocol/snapshots";
import type { Snapshot } from "../../server/snapshots/format";
import { attached, objectsOf, ringside } from "../harness/cli";
import { until } from "../harness/client";
import { asNobody } from "../harness/fixture";
import { build, hold, type Load, run, scratchFolder } from "../harness/load";
import { bearer, startServer } from "../harness/server";

const OPENS = 2000;
const folder = scratchFolder();
const inFolder = (name: string) => join(folder, name);
const read = (name: string): string => readFileSync(inFolder(name), "utf8");

interface Ended {
  status: number | null;
  stdout: string;
  stderr: string;
}

async function ended(args: readonly string[], command: readonly string[] = []): Promise<Ended> {
  const { ended, stdout, stderr } = ringside(args, command);
  return { status: await ended, stdout: stdout(), stderr: stderr() };
}

/** Records a load, until what it does is done, to the file of that name. */
async function record(tool: string, load: Load, name: string, done: () => Promise<unknown>): Promise<Ended> {
  const recording = ringside([
    "record",
    tool,
    "--pid",
    String(load.pid),
    "--title",
    name,
    "--out",
    inFolder(name),
  ]);
  await attached(recording.pid);
  await done();
  recording.process.kill("SIGINT");
  return { status: await recording.ended, stdout: recording.stdout(), stderr: recording.stderr() };
}

/** opens.json.gz: events of opens; naps.json: stacks of what a program waited for, which goes on. Made once. */
let files: Promise<Ended[]> | undefined;
const recorded = (): Promise<Ended[]> => {
  files ??= (async () => {
    const opens = await hold(build("opens.c"), [scratchFolder(), String(OPENS)]);
    const naps = await hold(build("sleeps.c"), ["1000000", "1000", "1"]);
    const nap = () => {
      naps.go();
      return sleep(1500);
    };
    return Promise.all([
      record("opensnoop", opens, "opens.json.gz", () => run(opens)),
      record("offcputime", naps, "naps.json", nap),
    ]);
  })();
  return files;
};

test("record --out keeps every row in one file, plain or compressed, and says nothing in a pipe", async () => {
  for (const said of await recorded()) expect(said).toEqual({ status: 0, stdout: "", stderr: "" });
  const opens = JSON.parse(String(gunzipSync(readFileSync(inFolder("opens.json.gz"))))) as Snapshot;
  expect(opens).toMatchObject({
    format: "ringside-snapshot",
    title: "opens.json.gz",
    view: expect.stringContaining("opensnoop"),
  });
  expect(opens.panels[0]?.columns.path).toHaveLength(OPENS);
  const naps = JSON.parse(read("naps.json")) as Snapshot;
  expect(naps.panels[0]?.frames.map(({ name }) => name)).toContain("known_wait");
  expect(readdirSync(folder).sort()).toEqual(["naps.json", "opens.json.gz"]);
});

test("rows are exported as record writes them, from the compressed file too", async () => {
  await recorded();
  const [ndjson, csv] = await Promise.all([
    ended(["export", inFolder("opens.json.gz"), "--ndjson"]),
    ended(["export", inFolder("opens.json.gz"), "--csv", "--out", inFolder("opens.csv")]),
  ]);
  const rows = objectsOf(ndjson.stdout);
  expect(rows).toHaveLength(OPENS);
  expect(rows.every(({ comm, uid }) => comm === "opens" && uid === "root")).toBe(true);
  expect(csv).toEqual({ status: 0, stdout: "", stderr: "" });
  const [head, ...lines] = read("opens.csv").trimEnd().split("\r\n");
  expect(head).toMatch(/^time,/);
  expect(lines.map((line) => line.split(",")[0])).toEqual(rows.map(({ time }) => time));
});

test("stacks are exported for four programs, each with the same time waited", async () => {
  await recorded();
  const formats = ["folded", "pprof", "speedscope", "firefox"] as const;
  const runs = await Promise.all(
    formats.map((format) =>
      ended(["export", inFolder("naps.json"), `--${format}`, "--out", inFolder(format)]),
    ),
  );
  for (const said of runs) expect(said).toEqual({ status: 0, stdout: "", stderr: "" });
  const snapshot = JSON.parse(read("naps.json")) as Snapshot;
  const waited = (snapshot.panels[0]?.columns.duration ?? []).reduce<number>(
    (sum, nsec) => sum + Number(nsec),
    0,
  );
  expect(waited).toBeGreaterThan(100e6);

  const lines = read("folded").trimEnd().split("\n");
  expect(lines.reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0)).toBe(waited);
  expect(lines.some((line) => /^sleeps;.*main;.*known_wait;.*schedule_\[k\] \d+$/.test(line))).toBe(true);

  const profile = Profile.decode(gunzipSync(readFileSync(inFolder("pprof"))));
  expect(profile.sample.reduce((sum, { value }) => sum + Number(value[1]), 0)).toBe(waited);
  expect(profile.stringTable.strings).toContain("known_wait");

  const [all] = JSON.parse(read("speedscope")).profiles as { endValue: number }[];
  expect(all?.endValue).toBe(waited);

  const { threads } = JSON.parse(read("firefox")) as { threads: { samples: { weight: number[] } }[] };
  const milliseconds = threads.flatMap(({ samples }) => samples.weight).reduce((sum, ms) => sum + ms, 0);
  expect(milliseconds).toBeCloseTo(waited / 1e6, 3);
});

test("a file that cannot be written whole is as it was before; of a full disk behind standard output it is told", async () => {
  await recorded();
  writeFileSync(inFolder("kept.folded"), "before");
  // What it has room for is less than the stacks take, which are written in one go.
  const small = ["prlimit", "--fsize=100"];
  const said = await ended(
    ["export", inFolder("naps.json"), "--folded", "--out", inFolder("kept.folded")],
    small,
  );
  expect(said).toEqual({
    status: 1,
    stdout: "",
    stderr: expect.stringMatching(/kept\.folded cannot be written \(EFBIG\)/),
  });
  expect(read("kept.folded")).toBe("before");
  const full = ["bash", "-c", '"$@" >/dev/full', "bash"];
  const refusal = {
    status: 1,
    stdout: "",
    stderr: expect.stringMatching(/^Standard output cannot be written \(ENOSPC\)\.\nMake room/),
  };
  expect(await ended(["export", inFolder("naps.json"), "--folded"], full)).toEqual(refusal);
  expect(await ended(["record", "profile", "--for", "60s"], full)).toEqual(refusal);
  expect(await ended(["list", "--state", inFolder("state")], full)).toEqual(refusal);
  expect(readdirSync(folder).filter((name) => name.endsWith(".part"))).toEqual([]);
});

test("open serves the file to the byte, to a user without rights, on any free port, and leaves nothing behind", async () => {
  await recorded();
  const temporary = scratchFolder();
  chmodSync(temporary, 0o777);
  const open = ringside(["open", inFolder("naps.json")], ["env", `TMPDIR=${temporary}`, ...asNobody()]);
  const link = () => /Ringside on (\S+)\n/.exec(open.stdout())?.[1];
  await until(() => link() !== undefined, 20_000);
  const url = new URL(link() ?? "");
  expect(url.pathname).toMatch(/^\/snapshots\/[a-z0-9-]+$/);
  const headers = bearer(url.searchParams.get("token") ?? "");
  const get = async (path: string) => (await fetch(url.origin + path, { headers })).text();
  expect(await get(`${url.pathname}.json`)).toBe(read("naps.json"));
  expect(await get(url.pathname)).toMatch(/^<!DOCTYPE html>/i);
  open.process.kill("SIGTERM");
  expect(await open.ended).toBe(0);
  expect(readdirSync(temporary)).toEqual([]);
});

test("list tells what the server on the host keeps, as text and as JSON, with the files themselves", async () => {
  await recorded();
  const state = inFolder("state");
  const none = await ended(["list", "--state", state]);
  expect(none).toEqual({ status: 0, stdout: `There are no snapshots in ${state}/snapshots.\n`, stderr: "" });
  const server = await startServer(["--state", state, "--demo"]);
  try {
    for (const name of ["naps.json", "opens.json.gz"]) {
      const body = readFileSync(inFolder(name));
      await fetch(`${server.url}/snapshots`, { method: "POST", body, headers: bearer(server.token) });
    }
    const [text, json] = await Promise.all([
      ended(["list", "--state", state]),
      ended(["list", "--state", state, "--json"]),
    ]);
    const list = JSON.parse(json.stdout) as (SnapshotSummary & { file: string })[];
    expect(list.map(({ title }) => title).sort()).toEqual(["naps.json", "opens.json.gz"]);
    for (const { title, file, panels } of list) {
      expect(text.stdout).toContain(title);
      expect(text.stdout).toContain(file);
      expect(panels[0]?.rows).toBeGreaterThan(0);
      expect(JSON.parse(String(gunzipSync(readFileSync(file)))).title).toBe(title);
    }
    expect(text.stdout).toContain(`opensnoop (${OPENS.toLocaleString("en-US")} rows)`);
  } finally {
    await server.stop();
  }
});

/** The sentence that a command ended with, for `line` in the folder of the recordings; nothing else was said. */
async function refusal(line: string): Promise<{ status: number | null; sentence: string }> {
  const args = line.split(" ").map((word) => (/\.json|no-such/.test(word) ? inFolder(word) : word));
  const { status, stdout, stderr } = await ended(args);
  expect(stdout).toBe("");
  expect(stderr).not.toMatch(/\n {4}at /);
  return { status, sentence: stderr };
}

/** A command's start is what takes the time: two at once, for two CPUs. */
async function refused(cases: readonly (readonly [line: string, status: number, sentence: RegExp])[]) {
  const left = [...cases];
  const next = async (): Promise<void> => {
    const [line, status, sentence] = left.shift() ?? [];
    if (line === undefined) return;
    expect({ line, ...(await refusal(line)) }).toEqual({
      line,
      status,
      sentence: expect.stringMatching(sentence ?? ""),
    });
    await next();
  };
  await Promise.all([next(), next()]);
}

test("what is no whole snapshot is refused with a sentence, and no file is made of it", async () => {
  await recorded();
  const whole = read("naps.json");
  const bad: Record<string, string | Uint8Array> = {
    "half.json": whole.slice(0, whole.length / 2),
    "half.json.gz": gzipSync(whole).subarray(0, 2000),
    "later.json": whole.replace('"version":1', '"version":99'),
    "hand.json": whole.replace('"pid":[', '"pid":["x",'),
  };
  for (const [name, content] of Object.entries(bad)) writeFileSync(inFolder(name), content);
  const exporting = (name: string) => `export ${name} --csv --out no-such.csv`;
  await refused([
    [exporting("none.json"), 1, /none\.json is not there\.\nGive the path/],
    [exporting("half.json"), 1, /not whole JSON.*\nAsk for the file again/],
    [exporting("half.json.gz"), 1, /half\.json\.gz is gzip, but cut short.*\nAsk for the file again/],
    [exporting("later.json"), 1, /version 99.*\nOpen it with the Ringside that wrote it/],
    [exporting("hand.json"), 1, /column pid of panel 1 \(offcputime\)/],
    ["open hand.json", 1, /column pid of panel 1 \(offcputime\)/],
  ]);
  expect(existsSync(inFolder("no-such.csv"))).toBe(false);
});

test("what cannot be meant, or cannot be done, ends with the status that says which, and a sentence", async () => {
  await recorded();
  mkdirSync(inFolder("folder.json"));
  await refused([
    ["export naps.json", 2, /export needs a format\.\nGive one of --folded, .*--csv\./],
    ["export naps.json --csv --panel 2", 2, /has no panel 2\.\nIt has: 1 offcputime\./],
    ["export opens.json.gz --folded", 1, /No panel of the snapshot has stacks.*\n.*--csv and --ndjson/],
    ["export naps.json --csv --out no-such/x.csv", 1, /no-such\/x\.csv cannot be written \(ENOENT\)/],
    ["open", 2, /open needs a snapshot\.\nGive its path/],
    ["open naps.json --nope", 2, /unknown option '--nope'/],
    ["recrod opensnoop", 2, /There is no command "recrod"\.\nThere are: .*record/],
    ["record opensnoop --out no-such/x.json", 1, /x\.json cannot be written \(ENOENT\)/],
    ["record opensnoop --out folder.json", 1, /folder\.json is a folder\.\nGive --out the path of a file/],
  ]);
  expect((await ended(["open", "--help"])).stdout).toMatch(/^Usage: ringside open FILE \[options\]/);
});
