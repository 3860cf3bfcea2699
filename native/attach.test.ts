import { execFileSync, spawn } from "node:child_process";
import dgram from "node:dgram";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import { describe, expect, onTestFinished, test } from "vitest";
import { type AttachTarget, type BpfErrorCode, type BpfObject, Symbols } from "./index";
import { open, pause, pidOf, program, rows, table, target, unloaded } from "./testdata/harness";

async function loaded(...programs: string[]): Promise<BpfObject> {
  const object = open("targets");
  await object.load(programs);
  return object;
}

/** Firings since the last call. */
function firings(object: BpfObject): { cookie: number; pid: number; count: number }[] {
  return rows(object.read("counts"), table(object, "counts")).map(({ cookie, pid, count }) => ({
    cookie: Number(cookie),
    pid: Number(pid),
    count: Number(count),
  }));
}

function total(object: BpfObject): number {
  return firings(object).reduce((sum, { count }) => sum + count, 0);
}

function code(code: BpfErrorCode, message: unknown = expect.any(String)) {
  return expect.objectContaining({ code, message });
}

describe("functions of user programs", () => {
  test("a symbol, everywhere: exactly the calls, with the cookie", async () => {
    const object = await loaded("t_uprobe", "t_uretprobe");
    const child = await target("probed", 1000);
    await object.attach("t_uprobe", { binary: program(), symbol: "probed", cookie: 7 });
    await object.attach("t_uretprobe", { binary: program(), symbol: "probed", cookie: 8 });
    await child.run();
    expect(firings(object).sort((a, b) => a.cookie - b.cookie)).toEqual([
      { cookie: 7, pid: child.pid, count: 1000 },
      { cookie: 8, pid: child.pid, count: 1000 },
    ]);
  });

  test("of one process only", async () => {
    const object = await loaded("t_uprobe");
    const [one, other] = [await target("probed", 10), await target("probed", 20)];
    await object.attach("t_uprobe", { binary: program(), symbol: "probed", pid: one.pid });
    await Promise.all([one.run(), other.run()]);
    expect(firings(object)).toEqual([{ cookie: 0, pid: one.pid, count: 10 }]);
  });

  test("by offset, as Symbols.functions tells it", async () => {
    const symbols = new Symbols();
    const functions = await symbols.functions(program());
    const offset = functions.find(({ name }) => name === "probed")?.offset ?? -1;
    const object = await loaded("t_uprobe");
    const child = await target("probed", 5);
    await object.attach("t_uprobe", { binary: program(), offset });
    await child.run();
    expect(total(object)).toBe(5);
  });

  test("of a library, found in .dynsym", async () => {
    const object = await loaded("t_uprobe");
    const libc = /\S+\/libc\.so\.6/.exec(execFileSync("ldd", [program()], { encoding: "utf8" }))?.[0] ?? "";
    const child = await target("probed", 0);
    await object.attach("t_uprobe", { binary: libc, symbol: "getchar", pid: child.pid });
    await object.attach("t_uprobe", { binary: libc, symbol: "exit", pid: child.pid, cookie: 1 });
    await child.run();
    expect(firings(object)).toEqual([{ cookie: 1, pid: child.pid, count: 1 }]);
  });

  test("what is not there is named", async () => {
    const object = await loaded("t_uprobe");
    const refused = (target: AttachTarget) => expect(object.attach("t_uprobe", target)).rejects;
    await refused({ binary: program(), symbol: "absent" }).toThrow(
      code("NOT_FOUND", `There is no function absent in ${program()}`),
    );
    await refused({ binary: program("stripped"), symbol: "probed" }).toThrow();
    await refused({ binary: "/nowhere", symbol: "main" }).toThrow(code("NOT_FOUND"));
    await refused({ binary: "/etc/passwd", symbol: "main" }).toThrow(code("OBJECT"));
    await refused({ binary: program(), symbol: "probed", pid: 2 ** 22 }).toThrow(
      code("NOT_FOUND", expect.stringContaining("there is no process 4194304")),
    );
  });
});

test("a tracepoint, with its cookie", async () => {
  if (!fs.existsSync("/sys/kernel/tracing/events"))
    execFileSync("mount", ["-t", "tracefs", "tracefs", "/sys/kernel/tracing"]);
  const object = await loaded("t_tracepoint");
  const child = await target("calls", 0);
  await object.attach("t_tracepoint", { tracepoint: "sched:sched_process_exit", cookie: 77 });
  await child.run();
  const mine = firings(object).filter(({ pid }) => pid === child.pid);
  expect(mine).toEqual([{ cookie: 77, pid: child.pid, count: 1 }]);
  await expect(object.attach("t_tracepoint", { tracepoint: "sched:absent" })).rejects.toThrow(
    code("NOT_FOUND", expect.stringContaining("tracepoint sched:absent")),
  );
});

describe("the clock", () => {
  test("so many times a second on every CPU", async () => {
    // On a CPU that idles some kernels run no program: the clock is watched where it is known to tick.
    os.cpus().forEach((_, cpu) => {
      const spinner = spawn("taskset", ["-c", String(cpu), "sh", "-c", "while :; do :; done"]);
      onTestFinished(() => void spinner.kill("SIGKILL"));
    });
    const object = await loaded("t_perf_event");
    await object.attach("t_perf_event", { frequency: 200 });
    let most = 0;
    // A virtual CPU that its host stops for a while misses ticks, so the best of some seconds counts.
    for (let second = 0; second < 5 && most < 0.8; second++) {
      total(object);
      const from = process.hrtime.bigint();
      await pause(1000);
      const due = (200 * os.cpus().length * Number(process.hrtime.bigint() - from)) / 1e9;
      most = Math.max(most, total(object) / due);
    }
    expect(most).toBeGreaterThan(0.8);
    expect(most).toBeLessThan(1.2);
  });

  test("of one process: its threads, also those that start later, and no other process", async () => {
    const spin = "for (const from = Date.now(); Date.now() - from < 1000;);";
    const twoThreads = `const { Worker } = require("node:worker_threads");
      process.stdin.once("data", () => {
        const before = process.cpuUsage();
        require("node:child_process").spawn(process.execPath, ["-e", "${spin}"]);
        new Worker("${spin}", { eval: true }).on("exit", () => {
          const { user, system } = process.cpuUsage(before);
          process.stdout.write(String(user + system), () => process.exit());
        });
      });
      process.stdout.write("ready");`;
    const child = spawn(process.execPath, ["-e", twoThreads], { stdio: ["pipe", "pipe", "inherit"] });
    onTestFinished(() => void child.kill("SIGKILL"));
    await once(child.stdout, "data");
    const object = await loaded("t_perf_event");
    await object.attach("t_perf_event", { frequency: 500, pid: pidOf(child) });
    child.stdin.end("\n");
    const [usec] = await once(child.stdout, "data");
    const found = firings(object);
    expect(found).toEqual([{ cookie: 0, pid: child.pid, count: expect.any(Number) }]);
    const expected = (500 * Number(usec)) / 1e6;
    expect(found[0]?.count).toBeGreaterThan(expected * 0.6);
    expect(found[0]?.count).toBeLessThan(expected * 1.4);
  });

  test("faster than the kernel allows; a process that is not there", async () => {
    const object = await loaded("t_perf_event");
    await expect(object.attach("t_perf_event", { frequency: 1_000_000 })).rejects.toThrow(code("ARGUMENT"));
    await expect(object.attach("t_perf_event", { frequency: 99, pid: 2 ** 22 })).rejects.toThrow(
      code("NOT_FOUND"),
    );
  });
});

test("an interface", async () => {
  const object = await loaded("t_interface");
  await object.attach("t_interface", { interface: "lo" });
  const socket = dgram.createSocket("udp4");
  for (let i = 0; i < 20; i++) await new Promise((resolve) => socket.send("x", 9, "127.0.0.1", resolve));
  socket.close();
  expect(total(object)).toBeGreaterThanOrEqual(20);
  await expect(object.attach("t_interface", { interface: "absent0" })).rejects.toThrow(code("NOT_FOUND"));
  object.close();
  expect(await unloaded("t_interface")).toBe(true);
});

test("a cgroup: the packets of its processes only", async () => {
  const mount = fs.readFileSync("/proc/mounts", "utf8").match(/^\S+ (\S+) cgroup2 /m)?.[1];
  const cgroup = fs.mkdtempSync(`${mount}/ringside-test-`);
  onTestFinished(() => fs.rmdirSync(cgroup));
  const object = await loaded("t_cgroup");
  await object.attach("t_cgroup", { cgroup });
  const send = "for i in 1 2 3; do echo x > /dev/udp/127.0.0.1/9; done";
  execFileSync("bash", ["-c", send]);
  expect(total(object)).toBe(0);
  execFileSync("bash", ["-c", `echo $$ > ${cgroup}/cgroup.procs; ${send}`]);
  expect(total(object)).toBe(3);
  await expect(object.attach("t_cgroup", { cgroup: "/nowhere" })).rejects.toThrow(code("NOT_FOUND"));
  await expect(object.attach("t_cgroup", { cgroup: os.tmpdir() })).rejects.toThrow(code("NOT_FOUND"));
});

describe("kernel functions", () => {
  // CI's kernel has none; the others are in the table that `npm run test:kernels` makes.
  const kprobes = fs.existsSync("/sys/bus/event_source/devices/kprobe");

  test.each(["t_kprobe", "t_multi"])("%s: attached, or refused as UNSUPPORTED", async (name) => {
    const object = await loaded(name);
    const attached = object.attach(name, { functions: ["vfs_open", "vfs_read"], cookies: [1, 2] });
    if (!kprobes) {
      await expect(attached).rejects.toThrow(code("UNSUPPORTED"));
      return;
    }
    await attached;
    fs.readFileSync("/etc/passwd");
    const mine = firings(object).filter(({ pid }) => pid === process.pid);
    expect(new Set(mine.map(({ cookie }) => cookie))).toEqual(new Set([1, 2]));
  });

  test("fentry without a function, and with one that the kernel does not have", async () => {
    await expect(open("targets").load(["t_fentry"])).rejects.toThrow(
      code("ARGUMENT", "t_fentry (fentry) needs the name of a kernel function"),
    );
    await expect(open("targets").load(["t_fentry"], "no_such_function")).rejects.toThrow(
      code("NOT_FOUND", expect.stringContaining("no_such_function: this kernel has no such function")),
    );
  });
});

describe("by section", () => {
  test("attached where the section says", async () => {
    const object = await loaded("t_automatic");
    await object.attach("t_automatic");
    await pause(50);
    expect(total(object)).toBeGreaterThan(0);
  });

  test("twice is twice", async () => {
    const object = await loaded("t_uprobe");
    const child = await target("probed", 5);
    await object.attach("t_uprobe", { binary: program(), symbol: "probed", cookie: 1 });
    await object.attach("t_uprobe", { binary: program(), symbol: "probed", cookie: 2 });
    await child.run();
    expect(total(object)).toBe(10);
  });

  test.each(["t_uprobe", "t_kprobe", "t_multi", "t_tracepoint", "t_perf_event", "t_interface", "t_cgroup"])(
    "%s says nothing: a target is needed",
    async (name) => {
      await expect((await loaded(name)).attach(name)).rejects.toThrow(
        code("ARGUMENT", expect.stringContaining("needs a target")),
      );
    },
  );

  test("a raw tracepoint that is not there", async () => {
    const object = await loaded("t_absent");
    await expect(object.attach("t_absent")).rejects.toThrow(code("NOT_FOUND"));
  });
});

describe("targets that are none", () => {
  test.each<unknown>([
    null,
    1,
    "lo",
    {},
    { interface: 1 },
    { interface: "" },
    { cgroup: "a\0b" },
    { functions: [] },
    { functions: "vfs_read" },
    { functions: ["vfs_read"], cookies: [1, 2] },
    { functions: ["vfs_read"], cookies: [-1] },
    { tracepoint: "sched" },
    { tracepoint: "sched:" },
    { tracepoint: "a:b:c" },
    { tracepoint: "a:b", cookie: 0.5 },
    { frequency: 0 },
    { frequency: 1.5 },
    { frequency: 99, pid: -1 },
    { binary: "/bin/true" },
    { binary: "/bin/true", symbol: "" },
    { binary: "/bin/true", offset: -1 },
    { symbol: "main" },
  ])("%j", async (target) => {
    await expect((await loaded("t_uprobe")).attach("t_uprobe", target as AttachTarget)).rejects.toThrow(
      code("ARGUMENT"),
    );
  });

  test("a target that does not suit the program", async () => {
    const object = await loaded("t_uprobe", "t_perf_event");
    await expect(object.attach("t_uprobe", { functions: ["vfs_read"] })).rejects.toThrow(code("ARGUMENT"));
    await expect(object.attach("t_perf_event", { binary: program(), symbol: "probed" })).rejects.toThrow(
      code("ARGUMENT"),
    );
    for (const target of [{ interface: "lo" }, { frequency: 99 }, { tracepoint: "sched:sched_switch" }])
      await expect(object.attach("t_uprobe", target)).rejects.toThrow();
  });
});
