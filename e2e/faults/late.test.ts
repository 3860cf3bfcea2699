/** A viewer that comes late to a busy run: it gets what was there before it, then the newest rows, however slow it is. */
import { io, type Socket } from "socket.io-client";
import { expect, onTestFinished, test } from "vitest";
import type { ClientEvents, ServerEvents } from "../../server/protocol";
import { until, value } from "../harness/client";
import { withServer } from "../harness/fixture";
import { build, hold, scratchFolder } from "../harness/load";
import { bearer } from "../harness/server";

// More than the storm below makes: what takes the viewer to the newest rows must not be the history's own bound.
const at = withServer(["--history-mib", "512"]);
const opens = build("opens.c");

/** Each message is taken in so long after it came: a page that takes about 3 MB/s. */
const SLOW_MS = 250;

test("a slow viewer that comes to a storm gets its history whole, then the newest rows rather than all of them late", async () => {
  // Paths of almost 2 KiB, a hundred thousand of them.
  const load = await hold(opens, [scratchFolder() + "/.".repeat(900), "100000"]);
  // Not watched by whoever starts it: a row of a storm is not to become an object in this process.
  const request = { tool: "opensnoop", parameters: { pid: load.pid } };
  const { id } = value(await at.client.socket.emitWithAck("start", request));
  const run = () => at.client.runs.find((run) => run.id === id);
  load.go();
  await until(() => (run()?.history.bytes ?? 0) > 2 ** 20, 20_000);
  const before = run()?.count ?? 0;

  const socket: Socket<ServerEvents, ClientEvents> = io(at.server.url, {
    transports: ["websocket"],
    reconnection: false,
    forceNew: true,
    extraHeaders: bearer(at.server.token),
  });
  onTestFinished(() => void socket.close());
  const now = () => Number(process.hrtime.bigint()) / 1e6;
  let stormEnd = Number.POSITIVE_INFINITY;
  load.process.once("exit", () => {
    stormEnd = now();
  });
  let next = 0;
  /** Where rows were first left out, and how old that message was, or was when the storm ended; milliseconds. */
  let leap: { from: number; age: number } | undefined;
  socket.on("rows", (_, heads, data, received) => {
    const bytes = data as unknown as Buffer;
    let offset = 0;
    for (const [first, at, length] of heads) {
      if (first > next) leap ??= { from: next, age: Math.min(now(), stormEnd) - at };
      next = first + bytes.readUInt32LE(offset);
      offset += length;
    }
    setTimeout(received, SLOW_MS);
  });
  value(await socket.emitWithAck("watch", id));
  await until(() => leap !== undefined, 30_000);
  expect(leap?.from).toBeGreaterThanOrEqual(before);
  expect(leap?.age).toBeLessThan(1000);
  load.process.kill("SIGKILL");

  const { count } = value(await at.client.socket.emitWithAck("stop", id));
  await until(() => next === count, 20_000);
});
