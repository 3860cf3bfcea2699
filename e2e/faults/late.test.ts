/** A viewer that comes late to a busy run: it gets what was there before it, then the newest rows, however slow it is. */
import { io, type Socket } from "socket.io-client";
import { expect, onTestFinished, test } from "vitest";
import type { ClientEvents, ServerEvents } from "../../server/protocol";
import { until, value } from "../harness/client";
import { withServer } from "../harness/fixture";
import { build, hold } from "../harness/load";
import { bearer } from "../harness/server";

// More than the storm below makes: what keeps the viewer near the newest rows must not be the history's own bound.
const at = withServer(["--history-mib", "256"]);
const turns = build("turns.c");

/** Each message is taken in so long after it came: a page that takes about 5 MB/s. */
const SLOW_MS = 100;

test("a slow viewer that comes to a storm is with the newest rows as soon as it has the history, and what it did not get is a gap", async () => {
  const load = await hold(turns, ["open"]);
  // Not watched by whoever starts it: a row of a storm is not to become an object in this process.
  const request = { tool: "opensnoop", parameters: { pid: load.pid } };
  const info = value(await at.client.socket.emitWithAck("start", request));
  load.go();
  load.process.stdin?.write("500\n");
  await new Promise((resolve) => setTimeout(resolve, 700));
  const before = at.client.runs.find(({ id }) => id === info.id)?.history.bytes ?? 0;

  const socket: Socket<ServerEvents, ClientEvents> = io(at.server.url, {
    transports: ["websocket"],
    reconnection: false,
    forceNew: true,
    extraHeaders: bearer(at.server.token),
  });
  onTestFinished(() => void socket.close());
  /** Of each message: when it came and how old its newest row was, milliseconds. */
  const seen: { at: number; age: number }[] = [];
  let next = 0;
  let gaps = 0;
  socket.on("rows", (_, heads, data, received) => {
    const bytes = data as unknown as Buffer;
    let offset = 0;
    for (const [first, , length] of heads) {
      gaps += first - next;
      next = first + bytes.readUInt32LE(offset);
      offset += length;
    }
    const now = Number(process.hrtime.bigint()) / 1e6;
    seen.push({ at: now, age: now - (heads.at(-1)?.[1] ?? 0) });
    setTimeout(received, SLOW_MS);
  });
  load.process.stdin?.write("5000\n");
  value(await socket.emitWithAck("watch", info.id));
  await new Promise((resolve) => setTimeout(resolve, 4500));
  const last = seen.filter(({ at }) => at > (seen.at(-1)?.at ?? 0) - 1000).map(({ age }) => age);
  expect(last.length).toBeGreaterThan(3);
  expect(Math.max(...last)).toBeLessThan(1000);

  const { count } = value(await at.client.socket.emitWithAck("stop", info.id));
  await until(() => next === count, 20_000);
  // There was a history, and more came than it could take: else this shows nothing.
  expect(before).toBeGreaterThan(2 ** 20);
  expect(gaps).toBeGreaterThan(0);
});
