/** Two hundred viewers of one live board on this machine: what they cost the server, and how old rows are when they come. */
import { io, type Socket } from "socket.io-client";
import { bearer } from "../e2e/harness/server";
import type { ServerEvents } from "../server/protocol";
import type { Share } from "../server/protocol/access";
import { keepForking, keepOpening } from "./load";
import { cpuSeconds, median, percentile, residentMib, sleep } from "./measure";
import type { Figures } from "./report";
import { type Setting, Stage } from "./stage";

const VIEWERS = 200;
const TOOLS = ["opensnoop", "execsnoop", "biolatency", "profile", "syscount"];
/** So many come at a time. */
const AT_ONCE = 20;
const SECONDS = 10;
/** Of the viewers one in ten reads the time of every row: all of them would cost this program more than the server. */
const READS_TIMES = 10;
const PATH = "/etc/passwd";
const OPENS_A_SECOND = 500;

const monotonicMs = () => Number(process.hrtime.bigint()) / 1e6;

type Heads = Parameters<ServerEvents["rows"]>[1];

/** Ages in milliseconds of a batch's rows, whose first column is their time, a u64 of nanoseconds. */
function ages(heads: Heads, bytes: Buffer, into: number[]): void {
  const now = monotonicMs();
  let start = 0;
  for (const [, , length] of heads) {
    const rows = bytes.readUInt32LE(start);
    for (let row = 0; row < rows; row++)
      into.push(now - Number(bytes.readBigUInt64LE(start + 8 + 8 * row)) / 1e6);
    start += length;
  }
}

export async function measureShare({ rounds, say }: Setting): Promise<Figures> {
  const cpu: number[] = [];
  const p99: number[] = [];
  const grown: number[] = [];
  for (let round = 1; round <= rounds; round++) {
    const loads = [keepOpening(OPENS_A_SECOND, PATH), keepForking(20)];
    try {
      await Stage.use(async (stage) => {
        const runs = await Promise.all(TOOLS.map((tool) => stage.start(tool)));
        const [timed] = runs;
        for (const run of runs) await stage.client.socket.emitWithAck("watch", run.id);
        await sleep(3);
        const before = residentMib(stage.server.pid);
        const share = { role: "viewer", title: "bench", path: "/", hours: 1 } as const;
        const made = await stage.client.socket.emitWithAck("share", share);
        if (!made.ok) throw new Error(made.problem.reason);
        const token = new URLSearchParams((made.value as Share).link.split("?")[1]).get("token") ?? "";

        const seen: number[] = [];
        let isMeasuring = false;
        const sockets: Socket[] = [];
        const come = async (_: unknown, place: number) => {
          const socket: Socket = io(stage.server.url, {
            transports: ["websocket"],
            forceNew: true,
            reconnection: false,
            extraHeaders: bearer(token),
          });
          sockets.push(socket);
          socket.on("rows", (run: number, heads: Heads, bytes: Buffer, received: () => void) => {
            if (isMeasuring && run === timed?.id && place % READS_TIMES === 0) ages(heads, bytes, seen);
            received();
          });
          await new Promise<void>((resolve, reject) => {
            socket.once("hello", () => resolve());
            socket.once("connect_error", reject);
          });
          await Promise.all(runs.map((run) => socket.emitWithAck("watch", run.id)));
        };
        for (let i = 0; i < VIEWERS; i += AT_ONCE) {
          await Promise.all(Array.from({ length: AT_ONCE }, come));
        }
        await sleep(3);
        isMeasuring = true;
        const from = cpuSeconds(stage.server.pid);
        const at = performance.now();
        await sleep(SECONDS);
        const used = (cpuSeconds(stage.server.pid) - from) / ((performance.now() - at) / 1000);
        isMeasuring = false;
        cpu.push(used);
        p99.push(percentile(seen, 99));
        grown.push(residentMib(stage.server.pid) - before);
        for (const socket of sockets) socket.close();
        for (const run of runs) await stage.stop(run);
        say(
          `${round} ${used.toFixed(2)} cores, p99 ${p99.at(-1)?.toFixed(0)} ms of ${seen.length} rows, +${grown.at(-1)?.toFixed(0)} MiB`,
        );
      });
    } finally {
      for (const load of loads) load.stop();
    }
  }
  return {
    "share.cpu": {
      value: median(cpu),
      peers: {},
      note: `${VIEWERS} viewers of ${TOOLS.join(", ")}; ${OPENS_A_SECOND} opens and 20 forks a second`,
    },
    "share.p99": {
      value: median(p99),
      peers: {},
      note: "of opensnoop's rows, until a viewer's program has them",
    },
    "share.memory": { value: median(grown), peers: {} },
  };
}
