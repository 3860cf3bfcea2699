/** libbpf-tools beside ours, on the same load: what both count must agree. */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, onTestFinished, type TestContext, test } from "vitest";
import { withServer } from "../harness/fixture";
import { build, hold, run, scratchFolder } from "../harness/load";

const at = withServer();
/** Distributions install them in sbin, which is not in every user's path. */
const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/usr/local/sbin`, LC_ALL: "C" };

/** Starts a peer and waits until it says that it traces; `stop` gives all it printed. Skips the test without it. */
async function beside(
  context: TestContext,
  tool: string,
  args: readonly string[],
): Promise<() => Promise<string>> {
  const isInstalled = spawnSync("which", [tool], { env }).status === 0;
  context.skip(!isInstalled, `${tool} of libbpf-tools is not installed`);
  // Its output is a pipe's otherwise, and comes late; words on standard error are about losses.
  const child = spawn("stdbuf", ["-oL", tool, ...args], { env, stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  let output = "";
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  await new Promise<void>((resolve, reject) => {
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes("\n")) resolve();
    });
    child.once("close", () => reject(new Error(`${tool} does not start here: ${errors}`)));
  });
  return async () => {
    child.kill("SIGINT");
    await ended;
    expect(errors).not.toMatch(/lost/i);
    return output;
  };
}

/** A moment for rows on their way to the peer, which reads its buffers ten times a second. */
const delivered = () => new Promise((resolve) => setTimeout(resolve, 300));

const linesOf = (output: string): string[][] =>
  output
    .trimEnd()
    .split("\n")
    .map((line) => line.trim().split(/\s+/));
/** Sum of the counts of a log2 histogram as BCC prints it. */
const sumOf = (histogram: string): number =>
  [...histogram.matchAll(/-> \d+\s+: (\d+)/g)].reduce((sum, [, count]) => sum + Number(count), 0);

test("opensnoop: the same paths with the same results", async (context) => {
  const load = await hold(build("opens.c"), [scratchFolder(), "300"]);
  const stop = await beside(context, "opensnoop", ["-p", String(load.pid)]);
  const ours = await at.client.start("opensnoop", { pid: load.pid });
  await run(load);
  await delivered();
  await at.client.stop(ours);
  // PID COMM FD ERR PATH. Not every version knows openat2, nor open where debugfs is not mounted: openat, every third.
  const byOpenat = (path: unknown) => Number(/\d+$/.exec(String(path))?.[0]) % 3 === 2;
  const theirs = linesOf(await stop()).flatMap(([, , fd, error, path]) =>
    byOpenat(path) ? [[path, Number(error) ? -Number(error) : Number(fd)]] : [],
  );
  expect(theirs).toHaveLength(100);
  expect(ours.rows.flatMap(({ path, ret }) => (byOpenat(path) ? [[path, ret]] : []))).toEqual(theirs);
});

test("execsnoop: the same processes with the same arguments", async (context) => {
  const load = await hold(build("execs.c"), ["300", "/bin/true", "one", "two"]);
  const stop = await beside(context, "execsnoop", []);
  const ours = await at.client.start("execsnoop");
  await run(load);
  await delivered();
  await at.client.stop(ours);
  // PCOMM PID PPID RET ARGS; it knows no execveat, which is every second.
  const theirs = linesOf(await stop()).filter(([, , parent]) => Number(parent) === load.pid);
  const rows = ours.rows.filter(
    ({ parent, args }) => parent === load.pid && /\0\d*[02468]\0/.test(String(args)),
  );
  expect(rows).toHaveLength(150);
  expect(rows.map(({ comm, pid, ret, args }) => [comm, pid, ret, ...String(args).split("\0")])).toEqual(
    theirs.map(([comm, pid, , ret, ...args]) => [comm, Number(pid), Number(ret), ...args]),
  );
});

test("syscount: the same counts by call", async (context) => {
  const load = await hold(build("calls.c"), ["20000", "10", "1"]);
  const stop = await beside(context, "syscount", ["-p", String(load.pid)]);
  const ours = await at.client.start("syscount", { pid: load.pid, per_call: true });
  await run(load);
  await at.client.stop(ours);
  const theirs = linesOf(await stop()).filter(([name]) =>
    /^(getppid|getuid|nanosleep|clock_nanosleep)$/.test(name ?? ""),
  );
  expect(theirs).toHaveLength(4);
  const names = at.client.host.syscalls;
  for (const [name, count] of theirs)
    expect([name, ours.sum("count", ({ call }) => names[Number(call)] === name)]).toEqual([
      name,
      Number(count),
    ]);
});

test("tcplife: the same connections, bytes and durations", async (context) => {
  const stop = await beside(context, "tcplife", ["-w"]);
  const ours = await at.client.start("tcplife", { command: "node-peer" });
  const script = `process.title = "node-peer";
    const net = require("node:net");
    const server = net.createServer((socket) => socket.pipe(socket)).listen(0, "127.0.0.1", async () => {
      for (let i = 0; i < 20; i++)
        await new Promise((done) => net.connect(server.address().port, "127.0.0.1").resume().on("close", done).end(Buffer.alloc(10240 * (i + 1))));
      server.close();
    });`;
  execFileSync(process.execPath, ["-e", script]);
  await delivered();
  await at.client.stop(ours);
  // PID COMM LADDR LPORT RADDR RPORT TX_KB RX_KB MS
  const theirs = linesOf(await stop()).filter(([, command]) => command === "node-peer");
  const connecting = ours.rows.filter((row) =>
    theirs.some(([, , , port]) => Number(port) === row.local_port),
  );
  expect(theirs).toHaveLength(40);
  expect(ours.rows).toHaveLength(40);
  expect(connecting).toHaveLength(40);
  const apart: number[] = [];
  for (const [, , , local, , remote, sent, received, milliseconds] of theirs) {
    const row = ours.rows.find(
      ({ local_port, remote_port }) => local_port === Number(local) && remote_port === Number(remote),
    );
    // It counts a FIN as a byte of what was received, and prints hundredths of a KiB.
    expect(Number(row?.sent) / 1024).toBeCloseTo(Number(sent), 1);
    expect(Number(row?.received) / 1024).toBeCloseTo(Number(received), 1);
    apart.push(Math.abs(Number(row?.duration) / 1e6 - Number(milliseconds)));
  }
  // The two look at the clock one after the other; now and then something comes between.
  expect(apart.sort((a, b) => a - b)[apart.length / 2]).toBeLessThan(1);
});

test("biolatency: the same number of reads", async (context) => {
  const file = join(scratchFolder(), "blocks");
  execFileSync("dd", ["if=/dev/zero", `of=${file}`, "bs=4k", "count=2000", "oflag=direct"], {
    stdio: "ignore",
  });
  execFileSync("sync");
  const stop = await beside(context, "biolatency", ["-F"]);
  const ours = await at.client.start("biolatency");
  execFileSync("dd", [`if=${file}`, "of=/dev/null", "bs=4k", "count=2000", "iflag=direct"], {
    stdio: "ignore",
  });
  await at.client.stop(ours);
  const reads = (await stop()).split(/(?=flags = )/).filter((part) => /^flags = \S*Read/.test(part));
  const theirs = reads.reduce((sum, part) => sum + sumOf(part), 0);
  // Reads of others before the second one traces and after the first one stops are in one of the two only.
  expect(ours.sum("count", ({ op }) => op === 0)).toBeGreaterThanOrEqual(2000);
  expect(Math.abs(ours.sum("count", ({ op }) => op === 0) - theirs)).toBeLessThanOrEqual(40);
});

test("runqlat: the same number of waits", async (context) => {
  const load = await hold(build("calls.c"), ["0", "300", "1000"]);
  const stop = await beside(context, "runqlat", ["-p", String(load.pid)]);
  const ours = await at.client.start("runqlat", { pid: load.pid });
  await run(load);
  await at.client.stop(ours);
  const theirs = sumOf(await stop());
  // One for each sleep, but for those whose timer found them still on the CPU.
  expect(theirs).toBeGreaterThan(270);
  expect(Math.abs(ours.sum("count") - theirs)).toBeLessThanOrEqual(3);
});
