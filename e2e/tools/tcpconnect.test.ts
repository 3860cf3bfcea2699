import { type AddressInfo, connect, createServer } from "node:net";
import { constants } from "node:os";
import { expect, test } from "vitest";
import { addressOf } from "../harness/address";
import { withServer } from "../harness/fixture";

const GOOD = 60;
const REFUSED = 40;
const at = withServer();

const listen = async (host: string) => {
  const server = createServer((socket) => socket.end()).listen(0, host);
  await new Promise((resolve) => server.once("listening", resolve));
  return { server, port: (server.address() as AddressInfo).port };
};

/** The error's code, or the local port. */
const attempt = (port: number, host: string): Promise<string | number> =>
  new Promise((resolve) => {
    const socket = connect(port, host);
    socket.once("connect", () => {
      resolve(socket.localPort ?? 0);
      socket.end().resume();
    });
    socket.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? ""));
  });

test.each(["127.0.0.1", "::1"])("each attempt to reach %s, with its outcome", async (host) => {
  const { server, port } = await listen(host);
  const closed = await listen(host);
  await new Promise((resolve) => closed.server.close(resolve));

  const seen = await at.client.start("tcpconnect", { pid: process.pid });
  const ports: (string | number)[] = [];
  for (let i = 0; i < GOOD; i++) ports.push(await attempt(port, host));
  for (let i = 0; i < REFUSED; i++) expect(await attempt(closed.port, host)).toBe("ECONNREFUSED");
  await at.client.stop(seen);
  server.close();

  expect(seen.rows).toHaveLength(GOOD + REFUSED);
  const made = seen.rows.filter((row) => row.result === 0);
  expect(made.map((row) => row.local_port)).toEqual(ports);
  expect(made.every((row) => row.remote_port === port)).toBe(true);
  const refused = seen.rows.filter((row) => row.result === -constants.errno.ECONNREFUSED);
  expect(refused).toHaveLength(REFUSED);
  expect(refused.every((row) => row.remote_port === closed.port)).toBe(true);
  for (const row of seen.rows) {
    expect([row.pid, row.uid, addressOf(row.remote)]).toEqual([process.pid, process.getuid?.(), host]);
    expect(Number(row.latency)).toBeGreaterThan(0);
    expect(Number(row.latency)).toBeLessThan(1e9);
  }
});

test("the latency is from the call to the answer", async () => {
  // A queue of two that nobody empties for a while: the third SYN is dropped and sent again after a second.
  const server = createServer((socket) => socket.end()).listen({ port: 0, host: "127.0.0.1", backlog: 1 });
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  const seen = await at.client.start("tcpconnect", { pid: process.pid });
  const began = performance.now();
  const attempts = Array.from({ length: 4 }, () => attempt(port, "127.0.0.1"));
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
  const ports = await Promise.all(attempts);
  const took = performance.now() - began;
  await at.client.stop(seen);
  server.close();

  expect(seen.rows.map((row) => row.local_port).sort()).toEqual(ports.sort());
  const milliseconds = seen.rows.map((row) => Number(row.latency) / 1e6);
  expect(Math.min(...milliseconds)).toBeLessThan(300);
  expect(Math.max(...milliseconds)).toBeGreaterThan(900);
  expect(Math.max(...milliseconds)).toBeLessThanOrEqual(took);
});
