/** The kernel page's verbs: what works here, what is loaded, what is in it, and that looking ends with the looking. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { fromRoot } from "../server/project";
import type { Tracing } from "../server/protocol";
import type { Code, Inventory, ProgramInfo } from "../server/protocol/kernel";
import { type Client, Refused, until, value } from "./harness/client";
import { asNobody, CAP_BPF, CAP_PERFMON, withServer } from "./harness/fixture";
import { build, hold } from "./harness/load";

const bpftool = (...args: string[]): string =>
  execFileSync("bpftool", ["-j", ...args], { encoding: "utf8", maxBuffer: 1 << 28 });

const ask = async (client: Client, version = ""): Promise<Inventory> =>
  value(await client.socket.emitWithAck("inventory", version));

async function programs(client: Client): Promise<ProgramInfo[]> {
  return (await ask(client)).lists?.programs ?? [];
}

/** How many descriptors of the server hold something whose name has this in it. */
const held = (pid: number, what: string): number =>
  readdirSync(`/proc/${pid}/fd`).filter((fd) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${fd}`).includes(what);
    } catch {
      return false; // Closed meanwhile.
    }
  }).length;

const refusal = async (answer: Promise<{ ok: boolean }>): Promise<string> => {
  try {
    value((await answer) as never);
  } catch (error) {
    if (error instanceof Refused) return `${error.problem.reason} ${error.problem.fix}`;
    throw error;
  }
  throw new Error("it was not refused");
};

describe("what works here", () => {
  const at = withServer();

  test("what was tried is said as it ended, and lost tools are those that cannot run", async () => {
    const found = value(await at.client.socket.emitWithAck("preflight"));
    const checks = found.groups.flatMap((group) => group.checks);
    const check = (name: string) => checks.find((one) => one.name === name);
    for (const name of ["BTF", "CAP_BPF", "tp_btf", "uprobe", "statistics", "list", "tracefs", "cgroup"])
      expect([name, check(name)?.state]).toEqual([name, "ok"]);
    // Kernel functions are lost exactly where no way to them works, and only for tools that have them as a target.
    const ways = ["fentry", "kprobe", "kprobe.multi"].map((name) => check(name)?.state === "ok");
    const lost = checks.flatMap((one) => one.lost);
    expect(lost.includes("funccount: kernel functions")).toBe(!ways.some(Boolean));
    expect(lost.some((text) => text.startsWith("opensnoop"))).toBe(false);
    for (const one of checks.filter(({ state }) => state === "missing")) {
      expect(one.lost.length).toBeGreaterThan(0);
      expect(one.fix ?? one.command).toMatch(/\S/);
    }
    expect(found.features?.programTypes.find(({ name }) => name === "tracing")?.helpers).toContain(
      "bpf_get_current_comm",
    );
  });

  test("npm run doctor prints the same", () => {
    const command = [fromRoot("dist", "server.js"), "doctor"];
    let text = "";
    try {
      text = execFileSync(process.execPath, command, { encoding: "utf8" });
    } catch (error) {
      text = String((error as { stdout: string }).stdout); // Status 1: something is lost here.
    }
    expect(text).toMatch(/ok +CAP_BPF +held/);
    expect(text).toMatch(/Ways to attach/);
    expect(text).toMatch(/tools/);
  });
});

describe("what is loaded", () => {
  const at = withServer();

  test("a run's programs are ours, held by the server, attached, and cost something", async () => {
    const run = await at.client.start("syscount");
    const first = await ask(at.client);
    // By its name: what a probe costs may be measured just now, by programs of the server's own.
    const ours = first.lists?.programs.filter(({ ours, name }) => ours && name === "sys_enter") ?? [];
    expect(ours.length).toBe(1);
    for (const program of ours) {
      expect(program.holders.map(({ pid }) => pid)).toContain(at.server.pid);
      expect(program.attached).toContain("sys_enter");
      expect(Math.abs(program.loadedAt - Date.now())).toBeLessThan(60_000);
      for (const map of program.maps) expect(first.lists?.maps.find(({ id }) => id === map)?.ours).toBe(true);
    }
    readFileSync("/proc/self/stat");
    const second = await ask(at.client, first.version);
    expect(second.lists === undefined || second.version !== first.version).toBe(true);
    const [id = 0] = ours.map((program) => program.id);
    const runs = (inventory: Inventory) => inventory.usage.find(([program]) => program === id)?.[1] ?? 0;
    expect(runs(second)).toBeGreaterThan(runs(first));
    await at.client.stop(run);
  });

  test("statistics are on while somebody asks, and off again soon after", async () => {
    await until(() => held(at.server.pid, "bpf-stats") === 0, 10_000);
    await ask(at.client);
    expect(held(at.server.pid, "bpf-stats")).toBe(1);
    await until(() => held(at.server.pid, "bpf-stats") === 0, 10_000);
  });

  test("nobody looks: the server makes no bpf() call", async () => {
    await until(() => held(at.server.pid, "bpf-stats") === 0, 10_000);
    const watcher = await at.client.start("syscount", { pid: at.server.pid });
    await new Promise((resolve) => setTimeout(resolve, 3000));
    const bpf = Number(
      Object.entries(at.client.host.syscalls).find(([, name]) => name === "bpf")?.[0] ?? Number.NaN,
    );
    // The tracer's own run reads its maps once a second; an inventory takes hundreds of calls.
    const calls = watcher.sum("count", (row) => Number(row.call) === bpf);
    expect(calls).toBeLessThan(100);
    await at.client.stop(watcher);
  });

  test("the translated code of every program of ours is bpftool's, word for word", async () => {
    const runs = [];
    for (const tool of ["opensnoop", "profile", "runqlat", "tcplife"]) runs.push(await at.client.start(tool));
    const ours = (await programs(at.client)).filter((program) => program.ours);
    expect(ours.length).toBeGreaterThanOrEqual(7);
    for (const { id } of ours) {
      const code: Code = value(await at.client.socket.emitWithAck("code", id, "translated", 0));
      const theirs = JSON.parse(bpftool("prog", "dump", "xlated", "id", String(id))) as { disasm: string }[];
      // bpftool 7.1 is older than the addresses of per-CPU values and takes them for a plain copy.
      const ours = code.rows.map(([, text]) => text.replace(/&\(void __percpu \*\)\((r\d+)\)/, "$1"));
      expect(ours).toEqual(theirs.map(({ disasm }) => disasm.trim()));
      expect(code.problem).toBeUndefined();
      expect(code.lines.some(({ file }) => file.endsWith(".bpf.c"))).toBe(true);
    }
    const [first] = ours;
    const compiled: Code = value(await at.client.socket.emitWithAck("code", first?.id ?? 0, "compiled", 0));
    expect(compiled.rows.length).toBeGreaterThan(10);
    expect(compiled.rows.some(([, text]) => /^ret/.test(text) || /^jmp/.test(text))).toBe(true);
    expect(compiled.rows.some(([, , line]) => line >= 0)).toBe(true);
    for (const run of runs) await at.client.stop(run);
  });

  test("2,000 programs and a map of a million entries", async () => {
    const load = await hold(build("crowd.c", ["-lbpf"]), ["2000", "1000000"]);
    const before = Date.now();
    const { lists } = await ask(at.client);
    const took = Date.now() - before;
    const crowd = lists?.programs.filter(({ holders }) => holders.some(({ pid }) => pid === load.pid)) ?? [];
    expect(crowd).toHaveLength(2000);
    expect(took).toBeLessThan(10_000);
    const map = lists?.maps.find(({ name, holders }) => name === "crowd" && holders[0]?.pid === load.pid);
    expect(map?.maxEntries).toBe(1_000_000);
    const page = value(await at.client.socket.emitWithAck("mapRows", map?.id ?? 0, ""));
    expect(page.rows).toHaveLength(100);
    for (const { key, value: bytes } of page.rows)
      expect(Buffer.from(bytes, "hex").readBigUInt64LE()).toBe(
        3n * BigInt(Buffer.from(key, "hex").readUInt32LE()),
      );
    expect(page.more).toBe(true);
    const next = value(
      await at.client.socket.emitWithAck("mapRows", map?.id ?? 0, page.rows.at(-1)?.key ?? ""),
    );
    expect(next.rows.some(({ key }) => page.rows.some((row) => row.key === key))).toBe(false);
    expect(value(await at.client.socket.emitWithAck("mapCount", map?.id ?? 0))).toBe(1_000_000);

    // What goes away while it is open is told in a sentence.
    load.go();
    load.process.stdin?.end();
    await load.done;
    await until(
      () => !execFileSync("bpftool", ["map", "show"], { encoding: "utf8" }).includes("name crowd"),
      10_000,
    );
    expect(await refusal(at.client.socket.emitWithAck("mapRows", map?.id ?? 0, ""))).toMatch(
      /not there any more/,
    );
    expect(await refusal(at.client.socket.emitWithAck("code", crowd[0]?.id ?? 0, "translated", 0))).toMatch(
      /not loaded any more/,
    );
  });

  test("what a program writes comes live, and the pipe is open only while somebody follows it", async () => {
    const said: string[] = [];
    at.client.socket.on("printk", (lines, _skipped, received) => {
      said.push(...lines);
      received();
    });
    expect(held(at.server.pid, "trace_pipe")).toBe(0);
    value(await at.client.socket.emitWithAck("tracePipe", true));
    expect(held(at.server.pid, "trace_pipe")).toBe(1);
    const words = `ringside test ${process.pid}`;
    writeFileSync("/sys/kernel/tracing/trace_marker", words);
    await until(() => said.some((line) => line.includes(words)), 5000);
    value(await at.client.socket.emitWithAck("tracePipe", false));
    expect(held(at.server.pid, "trace_pipe")).toBe(0);
  });
});

describe("as nobody with CAP_BPF and CAP_PERFMON", () => {
  const at = withServer([], asNobody(CAP_PERFMON, CAP_BPF));

  test("its own programs are listed with their code, and it says that others are not", async () => {
    const run = await at.client.start("opensnoop");
    const { lists, usage, problems } = await ask(at.client);
    expect(lists?.programs.length).toBeGreaterThan(0);
    expect(lists?.programs.every((program) => program.ours)).toBe(true);
    expect(usage).toEqual([]);
    expect(problems.map(({ reason }) => reason).join(" ")).toMatch(/Only Ringside's own/);
    expect(problems.map(({ reason }) => reason).join(" ")).toMatch(/statistics are off/);
    const [program] = lists?.programs ?? [];
    const code: Code = value(await at.client.socket.emitWithAck("code", program?.id ?? 0, "translated", 0));
    expect(code.rows.length).toBeGreaterThan(10);
    expect(code.problem?.reason).toMatch(/CAP_SYSLOG/);
    await at.client.stop(run);
  });

  test("what tracing costs is unknown while a run is there, watched or not, and nothing afterwards", async () => {
    let told: Tracing | undefined;
    at.client.socket.on("tracing", (tracing) => {
      told = tracing;
    });
    const run = await at.client.start("opensnoop");
    await until(() => /is unknown/.test(told?.problem?.reason ?? ""), 5000);
    at.client.socket.emit("unwatch", run.info.id);
    // Longer than it takes to see that nobody watches.
    for (let second = 0; second < 4; second++) {
      await sleep(1000);
      expect(told?.problem?.reason).toMatch(/is unknown/);
    }
    value(await at.client.socket.emitWithAck("stop", run.info.id));
    await until(() => told?.problem === undefined, 5000);
  });

  test("the preflight names what is not held, what that costs, and the trace pipe its rights", async () => {
    const found = value(await at.client.socket.emitWithAck("preflight"));
    const checks = found.groups.flatMap((group) => group.checks);
    const admin = checks.find(({ name }) => name === "CAP_SYS_ADMIN");
    expect(admin?.found).toBe("not held");
    expect(admin?.command).toBe("npm start");
    const network = checks.find(({ name }) => name === "CAP_NET_ADMIN");
    expect(network?.fix).toMatch(/No tool of today needs it/);
    expect(network?.command).toBeUndefined();
    for (const name of ["statistics", "list"])
      expect(checks.find((one) => one.name === name)?.fix).toMatch(/lacks CAP_SYS_ADMIN/);
    expect(await refusal(at.client.socket.emitWithAck("tracePipe", true))).toMatch(
      /trace pipe.*CAP_DAC_READ_SEARCH/,
    );
  });
});
