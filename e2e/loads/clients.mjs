/**
 * What a server must bear, in a process of its own, until it is killed: `clients.mjs KIND URL TOKEN RUN`.
 * KIND: vanish (comes, watches, and is gone without a word, over and over), silent (watches and never reads), flood (asks and
 * asks and listens to no answer), or opens (no client: opens a file 20,000 times a second, once it is told to go).
 */
import { closeSync, openSync } from "node:fs";
import { io } from "socket.io-client";

const [kind, url, token, run] = process.argv.slice(2);

function connect() {
  const extraHeaders = { authorization: `Bearer ${token}` };
  const socket = io(url, { transports: ["websocket"], reconnection: false, forceNew: true, extraHeaders });
  socket.on("disconnect", () => setTimeout(begin, 100));
  return socket;
}

/** Below any library. */
const wire = (socket) => socket.io.engine.transport.ws._socket;

const kinds = {
  vanish() {
    const socket = connect();
    socket.on("hello", () => {
      socket.emit("watch", Number(run), () => setTimeout(() => wire(socket).resetAndDestroy(), 50));
    });
  },
  silent() {
    const socket = connect();
    socket.on("hello", () => socket.emit("watch", Number(run), () => wire(socket).pause()));
  },
  flood() {
    const socket = connect();
    const send = () => {
      for (let i = 0; i < 50; i++) {
        socket.emit("names", "uid", ["0", "1", "2"], () => {});
        socket.emit("nonsense", { some: "thing" }, () => {});
      }
      if (socket.connected) setImmediate(send);
    };
    socket.on("hello", send);
  },
  opens() {
    process.stdin.once("data", () =>
      setInterval(() => {
        for (let i = 0; i < 100; i++) closeSync(openSync("/dev/null", "r"));
      }, 5),
    );
    process.stdout.write("ready\n");
  },
};
const begin = () => kinds[kind]();
begin();
