import type { AddressInfo } from "node:net";
import { connect, createServer, type Socket } from "node:net";
import { expect, test } from "vitest";
import { addressOf } from "../harness/address";
import type { Row } from "../harness/client";
import { withServer } from "../harness/fixture";

const SENT = 1_000_000;
const ANSWERED = 300_000;
const LASTS_MS = 300;
const at = withServer();

/** One connection: `SENT` bytes there, then `ANSWERED` back, then both ends close. Gives both ends' ports. */
async function talk(host: string): Promise<{ client: number; server: number }> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    let received = 0;
    socket.on("data", (chunk) => {
      received += chunk.length;
    });
    socket.on("end", () => {
      expect(received).toBe(SENT);
      setTimeout(() => socket.end(Buffer.alloc(ANSWERED)), LASTS_MS);
    });
  });
  const port = await new Promise<number>((resolve) =>
    server.listen(0, host, () => resolve((server.address() as AddressInfo).port)),
  );
  const socket: Socket = connect(port, host);
  const client = await new Promise<number>((resolve) =>
    socket.once("connect", () => resolve(socket.localPort ?? 0)),
  );
  socket.end(Buffer.alloc(SENT));
  socket.resume();
  await new Promise((resolve) => socket.once("close", resolve));
  await new Promise((resolve) => server.close(resolve));
  return { client, server: port };
}

test.each(["127.0.0.1", "::1"])("1,000,000 bytes over %s are 1,000,000 at both ends", async (host) => {
  const seen = await at.client.start("tcplife", { pid: process.pid });
  const ports = await talk(host);
  await new Promise((resolve) => setTimeout(resolve, 200)); // the kernel closes the last end a moment later
  await at.client.stop(seen);

  const end = (port: number): Row | undefined => seen.rows.find((row) => row.local_port === port);
  expect(seen.rows).toHaveLength(2);
  expect(end(ports.client)).toMatchObject({ sent: BigInt(SENT), received: BigInt(ANSWERED) });
  expect(end(ports.server)).toMatchObject({ sent: BigInt(ANSWERED), received: BigInt(SENT) });
  expect([end(ports.client)?.remote_port, end(ports.server)?.remote_port]).toEqual([
    ports.server,
    ports.client,
  ]);
  for (const row of seen.rows) {
    expect([row.pid, addressOf(row.local), addressOf(row.remote)]).toEqual([process.pid, host, host]);
    const milliseconds = Number(row.duration) / 1e6;
    expect(milliseconds).toBeGreaterThanOrEqual(LASTS_MS);
    expect(milliseconds).toBeLessThan(LASTS_MS + 2000);
  }
});

test("twenty connections at once are forty rows", async () => {
  const seen = await at.client.start("tcplife", { pid: process.pid });
  const connections = await Promise.all(Array.from({ length: 20 }, () => talk("127.0.0.1")));
  await new Promise((resolve) => setTimeout(resolve, 200));
  await at.client.stop(seen);
  expect(seen.rows).toHaveLength(40);
  const ports = connections.flatMap(({ client, server }) => [client, server]);
  expect(seen.rows.map((row) => Number(row.local_port)).sort()).toEqual(ports.sort());
  expect(seen.sum("sent")).toBe(20 * (SENT + ANSWERED));
  expect(seen.sum("received")).toBe(20 * (SENT + ANSWERED));
});
