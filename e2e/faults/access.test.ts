/** Other sites, other names, other ports: neither files nor the socket are theirs. */
import { get, type IncomingMessage } from "node:http";
import { io } from "socket.io-client";
import { expect, test } from "vitest";
import { Client } from "../harness/client";
import { withServer } from "../harness/fixture";
import { bearer, startServer } from "../harness/server";

const at = withServer();

const FOREIGN: [string, (port: string) => Record<string, string>][] = [
  ["Host", () => ({ host: "evil.example" })],
  ["Host with our port (DNS rebinding)", (port) => ({ host: `evil.example:${port}` })],
  ["Host that begins as ours", (port) => ({ host: `127.0.0.1.evil.example:${port}` })],
  ["Origin", () => ({ origin: "https://evil.example" })],
  ["Origin of another port", () => ({ origin: "http://127.0.0.1:1" })],
  ["Origin of a sandboxed page", () => ({ origin: "null" })],
];

const status = (headers: Record<string, string>, path = "/"): Promise<number> =>
  new Promise((resolve, reject) =>
    get(
      `${at.server.url}${path}`,
      { headers: { ...bearer(at.server.token), ...headers } },
      (response: IncomingMessage) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      },
    ).on("error", reject),
  );

const connects = (headers: Record<string, string>): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = io(at.server.url, {
      transports: ["websocket"],
      reconnection: false,
      extraHeaders: { ...bearer(at.server.token), ...headers },
      forceNew: true,
    });
    const end = (answer: boolean) => {
      socket.close();
      resolve(answer);
    };
    socket.once("hello", () => end(true));
    socket.once("connect_error", () => end(false));
  });

test.each(FOREIGN)("a foreign %s gets no file and no socket", async (_, foreign) => {
  const headers = foreign(new URL(at.server.url).port);
  expect(await status(headers)).toBe(403);
  expect(await connects(headers)).toBe(false);
});

test("our own names get both", async () => {
  const { port, origin } = new URL(at.server.url);
  for (const headers of [
    {},
    { origin },
    { host: `localhost:${port}` },
    { host: `localhost:${port}`, origin: `http://localhost:${port}` },
  ]) {
    expect(await status(headers)).toBe(200);
    expect(await connects(headers)).toBe(true);
  }
});

test.each([
  "/../package.json",
  "/..%2f..%2fetc/passwd",
  "/%2e%2e/server.js",
  "//etc/passwd",
  "/\\..\\server.js",
  "/%00",
])("%s is no file of the page", async (path) => {
  expect(await status({}, path)).toBe(404);
});

test("another address than loopback is refused with a reason", async () => {
  await expect(startServer(["--listen", "0.0.0.0"])).rejects.toThrow(
    /ended with 1.*0\.0\.0\.0.*--unsafe-listen/s,
  );
});

test("a second server on the port: one sentence and its mend, and the first goes on", async () => {
  const { port } = new URL(at.server.url);
  const error = await startServer(["--port", port]).catch((thrown: unknown) => thrown);
  expect(String(error)).toMatch(new RegExp(`ended with 1: .*Port ${port} .*--port`, "s"));
  expect(String(error)).not.toMatch(/EADDRINUSE|at .*:\d+:\d+/);
  const client = await Client.connect(at.server.url);
  client.close();
});
