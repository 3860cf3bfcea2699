/** A socket of the server past any library, for what no client would send. */
import { randomBytes } from "node:crypto";
import { connect, type Socket as TcpSocket } from "node:net";
import type { TestServer } from "./server";

/** A WebSocket by hand, past the handshake of Engine.IO, to send what no library would. */
export async function rawSocket({ url, token }: TestServer): Promise<TcpSocket> {
  const { port } = new URL(url);
  const socket = connect(Number(port), "127.0.0.1");
  socket.write(
    `GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\n` +
      `Authorization: Bearer ${token}\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ${randomBytes(16).toString("base64")}\r\nSec-WebSocket-Version: 13\r\n\r\n`,
  );
  await new Promise((resolve) => socket.once("data", resolve));
  return socket;
}

/** One that has been welcomed: what it sends reaches the verbs. */
export async function welcomed(server: TestServer): Promise<TcpSocket> {
  const socket = await rawSocket(server);
  socket.write(frame(1, Buffer.from("40")));
  let told = "";
  await new Promise<void>((resolve) => {
    socket.on("data", (bytes: Buffer) => {
      told += bytes.toString("latin1");
      if (told.includes('42["hello"')) resolve();
    });
  });
  return socket;
}

/** One masked frame of a client. */
export function frame(opcode: number, payload: Buffer): Buffer {
  const length =
    payload.length < 126
      ? Buffer.from([0x80 | payload.length])
      : Buffer.from([0xfe, payload.length >> 8, payload.length & 255]);
  return Buffer.concat([Buffer.from([0x80 | opcode]), length, Buffer.alloc(4), payload]);
}
