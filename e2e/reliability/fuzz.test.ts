/** Nonsense over the socket, over HTTP, and in files of tools: answered, refused or cut off, and nobody else notices. */
import { randomBytes } from "node:crypto";
import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, type Socket as TcpSocket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { readCatalogue } from "../../server/catalogue";
import { fromRoot } from "../../server/project";
import type { Tracing } from "../../server/protocol";
import { Client, until, value } from "../harness/client";
import { withServer } from "../harness/fixture";
import { programsOf } from "../harness/programs";
import { frame, welcomed } from "../harness/raw-socket";
import { amount, writeSection } from "./form";
import { holdingsOf } from "./holdings";

const MESSAGES = amount(3_000, 1_000_000);
const PACKETS = amount(1_000, 200_000);
const REQUESTS = amount(1_000, 200_000);
const FILES = amount(500, 100_000);
const BATCH = 500;
const HOUR = { timeout: 60 * 60_000 };

const at = withServer(["--log-level", "error"]);
const found: [string, string][] = [];
const foundOfPackets: [string, string][] = [];
afterAll(() => {
  writeSection("fuzz", found);
  writeSection("packets", foundOfPackets);
});

const random = (below: number): number => Math.floor(Math.random() * below);

/** Verbs that only look, in the open; those that load programs or walk the host come once in a thousand. */
const often = [
  "watch",
  "unwatch",
  "pace",
  "rest",
  "names",
  "stop",
  "keep",
  "budget",
  "process",
  "mapRows",
  "nosuch",
  "constructor",
  "__proto__",
  "",
];
const seldom = [
  "start",
  "processes",
  "cgroups",
  "targets",
  "preflight",
  "inventory",
  "code",
  "mapCount",
  "audit",
];
const verb = fc.oneof(
  { weight: 999, arbitrary: fc.constantFrom(...often) },
  { weight: 1, arbitrary: fc.constantFrom(...seldom) },
);
const argument = fc.oneof(
  fc.nat(300),
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constantFrom(null, "uid", "argv", "translated", "opensnoop", ["0", "1"], {
    tool: "syscount",
    parameters: {},
  }),
  fc.string({ maxLength: 40 }),
  fc.anything({ maxDepth: 2, maxKeys: 4 }),
);
const message = fc.tuple(verb, fc.array(argument, { maxLength: 4 }));

/** The server answers, holds no program that it did not before, has not stood still, and is not larger by much. */
async function isWell(before: { programs: number[]; rss: number }): Promise<{ rss: number; stalls: string }> {
  expect(at.server.process.exitCode).toBeNull();
  const client = await Client.connect(at.server.url);
  onTestFinished(() => client.close());
  for (const { id, state } of client.runs)
    if (state === "running") value(await client.socket.emitWithAck("stop", id));
  // What measures a probe, or tries what works here, is gone in a moment.
  const isOld = (program: number) => before.programs.includes(program);
  await until(() => programsOf(at.server.pid).every(isOld), 10_000);
  const tracing = await new Promise<Tracing>((resolve) => {
    client.socket.once("tracing", resolve);
    client.socket.emit("budget", null, 2, () => {});
  });
  expect(tracing.stalls?.longest ?? 0).toBeLessThan(1000);
  const { rss } = holdingsOf(at.server.pid);
  return { rss, stalls: tracing.stalls ? `${tracing.stalls.longest} ms` : "none of a second" };
}

const now = () => ({ programs: programsOf(at.server.pid), rss: holdingsOf(at.server.pid).rss });

test(`${MESSAGES} generated messages`, HOUR, async () => {
  const before = now();
  let warm = before.rss;
  let answered = 0;
  let client = await Client.connect(at.server.url);
  for (let sent = 0; sent < MESSAGES; sent += BATCH) {
    if (!client.socket.connected) client = await Client.connect(at.server.url);
    const socket = client.socket as unknown as { emit(event: string, ...args: unknown[]): void };
    for (const [name, args] of fc.sample(message, BATCH)) {
      try {
        socket.emit(name, ...args, () => answered++);
      } catch {
        socket.emit(name, () => answered++); // A name that the client keeps for itself, or what no JSON holds.
      }
    }
    // Its own question comes back behind theirs.
    await client.socket.timeout(60_000).emitWithAck("names", "uid", ["0"]);
    if (sent < MESSAGES / 4) warm = holdingsOf(at.server.pid).rss;
  }
  client.close();
  const { rss, stalls } = await isWell(before);
  expect(answered).toBeGreaterThan(MESSAGES / 2);
  expect(rss - warm).toBeLessThan(60);
  found.push([
    `${MESSAGES} messages (fast-check)`,
    `${answered} answered; stalls: ${stalls}; ${warm.toFixed(0)} MiB after a quarter of them, ${rss.toFixed(0)} MiB at the end; no program left`,
  ]);
});

/**
 * What a client's library would not send and the server's parser takes: events named by numbers, bytes in any place. Each
 * asks for an answer, so that it is known how many were read.
 */
const eventName = fc.oneof(
  fc.constantFrom(...often, "error", "rows", "toString"),
  fc.integer(),
  fc.string({ maxLength: 20 }),
);
const packet = fc
  .tuple(fc.nat(2 ** 31), eventName, fc.array(fc.jsonValue({ maxDepth: 2 }), { maxLength: 3 }), fc.nat(9))
  .map(([answer, name, args, kind]) => {
    // One in ten says that bytes follow, and they do.
    const [type, sent] = kind === 0 ? ["51-", [...args, { _placeholder: true, num: 0 }]] : ["2", args];
    const text = Buffer.from(`4${type}${answer}${JSON.stringify([name, ...sent])}`);
    return { text, frames: kind === 0 ? [frame(1, text), frame(2, randomBytes(8))] : [frame(1, text)] };
  });

/** Then one with bytes changed: mostly it is none, and ends its sender. */
const PER_SENDER = 20;

test(`${PACKETS} packets past the client's library`, HOUR, async () => {
  const before = now();
  let warm = before.rss;
  let answered = 0;
  for (let sent = 0; sent < PACKETS; sent += PER_SENDER) {
    const socket = await welcomed(at.server);
    const [last, ...packets] = fc.sample(packet, PER_SENDER);
    if (!last) throw new Error("fast-check gave no packet");
    let told = "";
    const answers = () => told.match(/43\d+\[\{"ok"/g)?.length ?? 0;
    const left = new Promise<void>((resolve) => {
      socket.on("close", resolve);
      socket.on("error", () => {}); // `close` follows.
      socket.setTimeout(1000, () => socket.destroy());
      socket.on("data", (bytes: Buffer) => {
        const had = answers();
        told += bytes.toString("latin1");
        if (had === packets.length || answers() < packets.length) return;
        socket.end(frame(1, mutated(last.text, 3)));
      });
    });
    for (const { frames } of packets) for (const one of frames) socket.write(one);
    await left;
    answered += answers();
    if (sent < PACKETS / 4) warm = holdingsOf(at.server.pid).rss;
  }
  const { rss, stalls } = await isWell(before);
  // Each sender's last has no answer.
  expect(answered).toBeGreaterThan(PACKETS * 0.9);
  expect(rss - warm).toBeLessThan(60);
  foundOfPackets.push([
    `${PACKETS} packets past the client's library (raw WebSocket)`,
    `${answered} answered, the last of each ${PER_SENDER} with bytes changed; stalls: ${stalls}; ${warm.toFixed(0)} MiB after a quarter, ${rss.toFixed(0)} MiB at the end; no program left`,
  ]);
});

const SEEDS = [
  "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
  "GET /kernel?a=b HTTP/1.1\r\nHost: localhost\r\nCookie: ringside=x\r\nRange: bytes=0-9\r\n\r\n",
  "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\n\r\nhello",
  "GET /?token=oAAAAAAAA.zzzzzz.AAAAAAAAAAAAAAAAAAAAAA HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
  "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n",
  "GET /../../etc/passwd HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
].map((text) => Buffer.from(text));

/** Some bytes changed, a piece doubled, or cut short. */
function mutated(bytes: Buffer, changes: number): Buffer {
  const copy = Buffer.from(bytes);
  for (let n = random(changes + 1); n > 0; n--) copy[random(copy.length)] = random(256);
  const how = random(8);
  if (how === 0) return copy.subarray(0, random(copy.length));
  if (how === 1) return Buffer.concat([copy, copy.subarray(random(copy.length))]);
  return copy;
}

test(`${REQUESTS} requests by hand`, HOUR, async () => {
  const before = now();
  let warm = before.rss;
  const port = Number(new URL(at.server.url).port);
  const one = () =>
    new Promise<boolean>((resolve) => {
      const socket: TcpSocket = connect(port, "127.0.0.1");
      let answered = false;
      socket.on("data", () => {
        answered = true;
        socket.destroy();
      });
      socket.on("error", () => {});
      socket.on("close", () => resolve(answered));
      socket.write(mutated(SEEDS[random(SEEDS.length)] as Buffer, 4));
      // Half a request waits for the other half.
      socket.setTimeout(200, () => socket.destroy());
    });
  let answered = 0;
  for (let sent = 0; sent < REQUESTS; sent += 50) {
    answered += (await Promise.all(Array.from({ length: 50 }, one))).filter(Boolean).length;
    if (sent < REQUESTS / 4) warm = holdingsOf(at.server.pid).rss;
  }
  const { rss, stalls } = await isWell(before);
  expect(answered).toBeGreaterThan(REQUESTS / 4);
  expect(rss - warm).toBeLessThan(60);
  found.push([
    `${REQUESTS} mutated HTTP requests (raw TCP)`,
    `${answered} answered, the others cut off; stalls: ${stalls}; ${warm.toFixed(0)} MiB after a quarter, ${rss.toFixed(0)} MiB at the end`,
  ]);
});

test(`${FILES} mutated objects and manifests`, HOUR, () => {
  const folder = mkdtempSync(join(tmpdir(), "ringside-fuzz-"));
  chmodSync(folder, 0o755);
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const names = ["opensnoop", "profile", "funccount"];
  const counts = { taken: 0, refused: 0, longest: 0 };
  for (let i = 0; i < FILES; i++) {
    const name = names[i % names.length] ?? "";
    const files = { object: join(folder, `${name}.bpf.o`), manifest: join(folder, `${name}.json`) };
    const built = (file: string) => fromRoot("dist", "bpf", file);
    copyFileSync(built(`${name}.bpf.o`), files.object);
    copyFileSync(built(`${name}.json`), files.manifest);
    const victim = i % 2 ? files.object : files.manifest;
    writeFileSync(victim, mutated(readFileSync(victim), 16));
    const began = performance.now();
    const { tools, problems } = readCatalogue(folder);
    counts.longest = Math.max(counts.longest, performance.now() - began);
    counts.taken += tools.size;
    counts.refused += problems.length;
    for (const { reason, fix } of problems) expect(`${reason} ${fix}`).not.toMatch(/server's log/);
    for (const file of Object.values(files)) rmSync(file);
  }
  expect(counts.taken + counts.refused).toBe(FILES);
  expect(counts.refused).toBeGreaterThan(FILES / 10);
  expect(counts.longest).toBeLessThan(1000);
  found.push([
    `${FILES} mutated objects and manifests`,
    `${counts.taken} taken, ${counts.refused} refused in words; the longest ${counts.longest.toFixed(0)} ms`,
  ]);
});
