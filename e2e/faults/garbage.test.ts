/** A client that sends nonsense is answered or cut off; nobody else notices. */

import { randomBytes } from "node:crypto";
import type { Socket as TcpSocket } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Client, type Collected, until } from "../harness/client";
import { withServer } from "../harness/fixture";
import { build, hold, run, scratchFolder } from "../harness/load";
import { frame, rawSocket, welcomed } from "../harness/raw-socket";

const at = withServer();
const opens = build("opens.c");
let watched: Collected;

/** A run that is there before the nonsense and counts exactly after it. */
beforeAll(async () => {
  watched = await at.client.start("opensnoop", { command: "opens" });
});
afterAll(async () => {
  await at.client.stop(watched);
});

async function othersGoOn(): Promise<void> {
  expect(at.server.process.exitCode).toBeNull();
  const folder = scratchFolder();
  await run(await hold(opens, [folder, "500"]));
  const rows = () => watched.rows.filter(({ path }) => String(path).startsWith(`${folder}/`));
  // Beside those that are counted it opens FOLDER/file at its start.
  await until(() => rows().length === 501, 5000);
}

test("unknown events, wrong types, too many and too few arguments: each is answered", async () => {
  const nonsense: unknown[] = [
    null,
    0,
    -1,
    Number.NaN,
    "",
    "x".repeat(5000),
    [],
    {},
    [[[]]],
    { tool: {} },
    { tool: "opensnoop", parameters: null },
    true,
    Buffer.alloc(16),
    { __proto__: null, constructor: 1 },
  ];
  const client = await Client.connect(at.server.url);
  const socket = client.socket as unknown as {
    emitWithAck(event: string, ...args: unknown[]): Promise<unknown>;
    emit(event: string, ...args: unknown[]): void;
  };
  const verbs = [
    "start",
    "stop",
    "watch",
    "unwatch",
    "names",
    "processes",
    "cgroups",
    "targets",
    "nosuch",
    "constructor",
    "__proto__",
    "rows",
    "hello",
    "",
  ];
  for (const verb of verbs)
    for (const one of nonsense)
      for (const args of [[one], [one, one], [one, one, one]]) {
        // Some are what the verb takes, and get what it gives.
        const answer = await socket.emitWithAck(verb, ...args);
        expect(answer).toMatchObject({ ok: expect.any(Boolean) });
        socket.emit(verb, ...args);
      }
  expect(at.client.runs.filter(({ state }) => state === "running")).toHaveLength(1);
  client.close();
  await othersGoOn();
});

test("an answer asked for where a value should be", async () => {
  const client = await Client.connect(at.server.url);
  const socket = client.socket as unknown as { emit(event: string, ...args: unknown[]): void };
  for (const verb of ["start", "stop", "watch", "names"]) {
    socket.emit(
      verb,
      () => {},
      () => {},
    );
    socket.emit(verb, () => {});
    socket.emit(verb);
  }
  await othersGoOn();
  client.close();
});

test("a message beyond the limit cuts only its sender off", async () => {
  const client = await Client.connect(at.server.url);
  const ended = new Promise((resolve) => client.socket.once("disconnect", resolve));
  client.socket.emit("processes", "x".repeat(1_000_000), () => {});
  await ended;
  await othersGoOn();
});

test.each<[string, (socket: TcpSocket) => void]>([
  ["random bytes instead of frames", (socket) => socket.write(randomBytes(10_000))],
  [
    "a frame that promises 2^63 bytes",
    (socket) => socket.write(Buffer.from("82ffffffffffffffffff00000000", "hex")),
  ],
  ["half a frame, then nothing", (socket) => socket.end(Buffer.from("81fe7fff000000", "hex"))],
  ["an unmasked frame", (socket) => socket.write(Buffer.from("810134", "hex"))],
  ["text that is no Engine.IO packet", (socket) => socket.write(frame(1, Buffer.from("hello?")))],
  ["text that is no UTF-8", (socket) => socket.write(frame(1, Buffer.from([0x34, 0xff, 0xfe, 0xc0])))],
  ["an event before the connect packet", (socket) => socket.write(frame(1, Buffer.from('42["start",{}]')))],
  [
    "a packet of a broken JSON",
    (socket) =>
      socket.write(Buffer.concat([frame(1, Buffer.from("40")), frame(1, Buffer.from('42["start",{'))])),
  ],
  [
    "a binary event without its attachments",
    (socket) =>
      socket.write(
        Buffer.concat([
          frame(1, Buffer.from("40")),
          frame(1, Buffer.from('451-["start",{"_placeholder":true,"num":9}]')),
          frame(2, randomBytes(64)),
        ]),
      ),
  ],
  [
    "an event whose name is an object",
    (socket) =>
      socket.write(Buffer.concat([frame(1, Buffer.from("40")), frame(1, Buffer.from('42[{"a":1},2]'))])),
  ],
  [
    "an event whose name is a number",
    (socket) => socket.write(Buffer.concat([frame(1, Buffer.from("40")), frame(1, Buffer.from("42[7,2]"))])),
  ],
  [
    "an answer to what was never asked",
    (socket) => socket.write(Buffer.concat([frame(1, Buffer.from("40")), frame(1, Buffer.from("43999[1]"))])),
  ],
  ["a reset in the middle", (socket) => socket.resetAndDestroy()],
])("%s", async (_, send) => {
  const socket = await rawSocket(at.server);
  socket.on("error", () => {}); // The server may close first.
  send(socket);
  await othersGoOn();
  socket.destroy();
});

test.each([
  ["[7,2]", "a number"],
  ['[{"a":1},2]', "an object"],
  ["[null]", "null"],
  ["[]", "nothing"],
  ['["error",{}]', "error"],
  ['["start",{"tool":{"toString":1,"valueOf":1}}]', "start, of a tool that no text can be made of"],
  ['["start",{"toString":1}]', "start, of what no text can be made of"],
])("once it is welcomed: %s, an event named %s", async (event) => {
  const socket = await welcomed(at.server);
  socket.on("error", () => {});
  for (const id of ["", "5"]) socket.write(frame(1, Buffer.from(`42${id}${event}`)));
  await othersGoOn();
  socket.destroy();
});
