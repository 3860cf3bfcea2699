/** Clients that are slow, late, silent or gone: what each gets, and that nobody else pays for it. */
import { readFileSync } from "node:fs";
import { io, type Socket } from "socket.io-client";
import { expect, onTestFinished, test } from "vitest";
import type { ClientEvents, RunInfo, ServerEvents } from "../../server/protocol";
import { Client, type Collected, until, value } from "../harness/client";
import { withServer } from "../harness/fixture";
import { build, hold, run, scratchFolder } from "../harness/load";
import { bearer } from "../harness/server";

const at = withServer(["--idle-seconds", "1", "--history-mib", "4"]);
const opens = build("opens.c");

const rssMib = (pid: number): number =>
  Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;

async function another(): Promise<Client> {
  const client = await Client.connect(at.server.url);
  onTestFinished(() => client.close());
  return client;
}

interface Taken {
  socket: ViewerSocket;
  bytes: number;
  /** Number of the next row, if none is left out. */
  next: number;
  /** Rows that were left out. */
  gaps: number;
}
type ViewerSocket = Socket<ServerEvents, ClientEvents>;

/** A client that only counts; `received` is called when `take` does. */
async function counting(run: RunInfo, take: (received: () => void) => void): Promise<Taken> {
  const socket: ViewerSocket = io(at.server.url, {
    transports: ["websocket"],
    reconnection: false,
    forceNew: true,
    extraHeaders: bearer(at.server.token),
  });
  onTestFinished(() => void socket.close());
  const taken: Taken = { socket, bytes: 0, next: 0, gaps: 0 };
  socket.on("rows", (_, heads, data, received) => {
    const bytes = data as unknown as Buffer;
    let offset = 0;
    for (const [first, , length] of heads) {
      taken.gaps += first - taken.next;
      taken.next = first + bytes.readUInt32LE(offset);
      taken.bytes += length;
      offset += length;
    }
    take(received);
  });
  value(await socket.emitWithAck("watch", run.id));
  return taken;
}

const atOnce = (received: () => void) => received();

/** Loads that open so many paths each, held until they are told to go. */
const storm = (loads: number, count: number, folder = scratchFolder) =>
  Promise.all(Array.from({ length: loads }, () => hold(opens, [folder(), String(count)])));

const runInfo = (client: Client, { info }: Collected) => client.runs.find(({ id }) => id === info.id);

test("two clients that start the same run share it; both get every row", async () => {
  const other = await another();
  const load = await hold(opens, [scratchFolder(), "3000"]);
  const parameters = { pid: load.pid };
  const [one, two] = await Promise.all([
    at.client.start("opensnoop", parameters),
    other.start("opensnoop", parameters),
  ]);
  expect(two.info.id).toBe(one.info.id);
  await run(load);
  const info = await at.client.stop(one);
  expect(info).toMatchObject({ count: 3000, viewers: 2 });
  await until(() => two.rows.length + two.notSent === 3000, 5000);
  expect(two.notSent === 0 ? two.rows : []).toEqual(one.notSent === 0 ? one.rows : []);
});

test("a late viewer gets the history, also when the process or the run has ended", async () => {
  const [load] = await storm(1, 3000);
  if (!load) return;
  const early = await at.client.start("opensnoop", { pid: load.pid });
  await run(load);
  await until(() => early.rows.length === 3000, 5000);
  const late = await another();
  const seen = await late.start("opensnoop", { pid: load.pid });
  expect(seen.info.id).toBe(early.info.id);
  await until(() => seen.rows.length === 3000, 5000);
  expect(seen.rows).toEqual(early.rows);

  await at.client.stop(early);
  const later = await (await another()).watch(early.info);
  await until(() => later.rows.length === 3000, 5000);
  expect(later.rows).toEqual(early.rows);
});

test("a run that nobody watches stops after --idle-seconds, says why, and keeps what it recorded", async () => {
  const client = await another();
  const [load] = await storm(1, 100);
  if (!load) return;
  const seen = await client.start("opensnoop", { pid: load.pid });
  await run(load);
  await until(() => seen.rows.length === 100, 5000);
  client.close();
  await until(() => runInfo(at.client, seen)?.state === "ended", 10_000);
  expect(runInfo(at.client, seen)).toMatchObject({
    count: 100,
    viewers: 0,
    problem: { reason: expect.stringContaining("Nobody watched") },
  });
  const later = await at.client.watch(seen.info);
  await until(() => later.rows.length === 100, 5000);
});

test("one that is watched does not", async () => {
  const seen = await at.client.start("opensnoop", { pid: process.pid });
  await new Promise((resolve) => setTimeout(resolve, 3500));
  expect(runInfo(at.client, seen)?.state).toBe("running");
  await at.client.stop(seen);
});

test("a slow client: what it got and what it did not get add up to all there was", async () => {
  const loads = await storm(2, 60_000);
  const { info } = await at.client.start("opensnoop", { command: "opens" });
  const slow = await counting(info, (received) => setTimeout(received, 400));
  await Promise.all(loads.map(run));
  const { count, loss } = value(await at.client.socket.emitWithAck("stop", info.id));
  expect(count + loss.ring).toBe(120_000);
  await until(() => slow.next === count, 20_000);
  expect(slow.gaps).toBeGreaterThan(0);
});

test.each<[string, (socket: ViewerSocket) => void]>([
  ["never acknowledges", () => {}],
  ["never reads", stopReading],
])("a client that %s costs neither the others nor the server's memory", async (_, silence) => {
  // Paths of almost 4 KiB make about 75 MiB of rows.
  const [load] = await storm(1, 20_000, () => scratchFolder() + "/.".repeat(1900));
  if (!load) return;
  const starter = await another();
  const { info } = await starter.start("opensnoop", { command: "opens" });
  const silent = await counting(info, () => {});
  const other = await counting(info, atOnce);
  silence(silent.socket);
  const before = rssMib(at.server.pid);
  await run(load);
  const after = rssMib(at.server.pid);
  const stopped = value(await at.client.socket.emitWithAck("stop", info.id));
  expect(stopped.count + stopped.loss.ring).toBe(20_000);
  await until(() => other.next === stopped.count, 10_000);
  // How much one gets that keeps up is the machine's to say: far more than the one that does not.
  expect(other.bytes).toBeGreaterThan(4 * 2 ** 20);
  // Under way are at most 512 KiB and the message that passes that mark.
  expect(silent.bytes).toBeLessThan(2 ** 20);
  expect(stopped.history.bytes).toBeLessThanOrEqual(1.5 * stopped.history.maxBytes);
  expect(after - before).toBeLessThan(100);
});

/** Stops reading from the connection, as a suspended machine does. */
function stopReading(socket: ViewerSocket): void {
  const { transport } = socket.io.engine as unknown as { transport: { ws: { _socket: { pause(): void } } } };
  transport.ws._socket.pause();
}
