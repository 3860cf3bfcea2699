import { expect, test } from "vitest";
import type { Column, ColumnType } from "../../server/protocol";
import type { ColumnValues } from "../batch";
import type { Batch } from "../table";
import { age, containerName, fittingColumns, percentOfCpu, processColumns } from "./process-columns";
import { type Names, type Order, orderProcesses } from "./process-order";
import { type Metric, metrics, minute } from "./process-past";
import { identityOf, isProcessTable, ProcessStore } from "./process-store";
import { readProcessView, writeProcessView } from "./process-view";

const types: Record<string, ColumnType> = {
  pid: "u32",
  started: "u64",
  ...Object.fromEntries(metrics.map((name) => [name, "u64"])),
  cgroup: "u64",
  parent: "u32",
  user: "u32",
  threads: "u32",
  state: "u8",
  kernel: "bool",
  comm: "text",
};
const columns: Column[] = Object.entries(types).map(([name, type], place) => ({
  name,
  type,
  meaning: name,
  size: 8,
  key: place < 2,
  title: name,
  place,
}));

type Process = { pid: number; started: number; comm?: string; state?: string; parent?: number } & Partial<
  Record<Metric | "user" | "threads" | "cgroup", number>
>;

const arrays = { u32: Uint32Array, u8: Uint8Array, bool: Uint8Array };

function column(name: string, type: ColumnType, rows: readonly Process[]): ColumnValues {
  if (type === "text") {
    const texts = rows.map(({ comm = "x" }) => new TextEncoder().encode(comm));
    const offsets = Uint32Array.from(
      [0, ...texts].map((_, i) => texts.slice(0, i).reduce((n, t) => n + t.length, 0)),
    );
    return { kind: "text", offsets, bytes: Uint8Array.from(texts.flatMap((text) => [...text])) };
  }
  const values = rows.map((row) =>
    name === "state" ? (row.state ?? "S").charCodeAt(0) : ((row as Record<string, unknown>)[name] ?? 0),
  );
  if (type === "u64")
    return { kind: "numbers", values: BigUint64Array.from(values.map((value) => BigInt(Number(value)))) };
  return { kind: "numbers", values: arrays[type as "u32"].from(values.map(Number)) };
}

/** A store with no sleep of the machine, fed by seconds. */
function fed() {
  const store = new ProcessStore(columns, 0);
  const batches: Batch[] = [];
  const add = (second: number, ...rows: Process[]) => {
    batches.push({
      rows: rows.length,
      columns: columns.map(({ name, type }) => column(name, type, rows)),
      first: 0,
      position: 0,
      at: second * 1000,
      bytes: 0,
    });
    expect(store.take({ batches })).toBe(true);
  };
  const slot = (pid: number) => store.live.find((slot) => store.pid[slot] === pid) ?? -1;
  return { store, add, slot };
}
const S = 1e9;

test("a table that lacks a column is none of processes", () => {
  expect(isProcessTable(columns)).toBe(true);
  expect(isProcessTable(columns.slice(1))).toBe(false);
});

test("what was there before has its life's amounts first; they are not this second's", () => {
  const { store, add, slot } = fed();
  add(100, { pid: 1, started: 1 * S, cpu: 50 * S });
  expect(store.rate("cpu", slot(1))).toBe(0);
  add(102, { pid: 1, started: 1 * S, cpu: 1 * S }, { pid: 7, started: 101 * S, cpu: 0.5 * S });
  expect(store.rate("cpu", slot(1))).toBe(0.5 * S);
  // Started since the batch before: it did all that in these two seconds.
  expect(store.rate("cpu", slot(7))).toBe(0.25 * S);
  // Told without need, for those who come late: nothing happened.
  add(103, { pid: 9, started: 2 * S, cpu: 10 * S });
  expect(store.rate("cpu", slot(9))).toBe(0);
  expect(store.rate("cpu", slot(1))).toBe(0);
});

test("the last minute, oldest first, with nothing where it was not named", () => {
  const { store, add, slot } = fed();
  const wanted: number[] = [];
  for (let second = 1; second <= 150; second++) {
    const active = second % 7 < 3;
    add(second, ...(active || second === 1 ? [{ pid: 1, started: 0, sent: second === 1 ? 0 : second }] : []));
    wanted.push(active && second > 1 ? second : 0);
  }
  const out = new Float32Array(minute);
  expect(store.history("sent", slot(1), out)).toBe(true);
  expect([...out]).toEqual(wanted.slice(-minute));
  expect(store.history("sent", slot(1), out)).toBe(true);
});

test("a process that ended stays a moment; its number may be another's at once", () => {
  const { store, add } = fed();
  add(10, { pid: 5, started: 1 * S, comm: "old" });
  add(
    11,
    { pid: 5, started: 10.5 * S, comm: "new", cpu: 0.1 * S },
    { pid: 5, started: 1 * S, comm: "old", state: "X", cpu: 0.3 * S },
  );
  expect(store.live.map((slot) => store.comm[slot]).sort()).toEqual(["new", "old"]);
  const newer = store.slotOfPid(5) ?? -1;
  expect(store.comm[newer]).toBe("new");
  expect(store.isEnded(newer)).toBe(false);
  for (let second = 12; second < 18; second++) add(second);
  expect(store.live.map((slot) => store.comm[slot])).toEqual(["new"]);
  expect(store.slotOfPid(5)).toBe(newer);
});

test("one that is looked at stays when it has ended, with the minute before its end, until nobody looks", () => {
  const { store, add, slot } = fed();
  add(1, { pid: 5, started: 0 });
  for (let second = 2; second < 10; second++) add(second, { pid: 5, started: 0, sent: second });
  store.held = identityOf(5, 0);
  add(10, { pid: 5, started: 0, state: "X", sent: 10 });
  for (let second = 11; second < 200; second++) add(second, { pid: 6, started: 0 });
  expect(store.isEnded(slot(5))).toBe(true);
  const out = new Float32Array(minute);
  expect(store.history("sent", slot(5), out)).toBe(true);
  expect([...out.slice(-4)]).toEqual([7, 8, 9, 10]);
  store.held = undefined;
  add(200, { pid: 6, started: 0 });
  expect(store.live.map((slot) => store.pid[slot])).toEqual([6]);
  // One whose end did not come is told as ended, as it would be without being looked at.
  store.held = identityOf(6, 0);
  for (let second = 201; second < 300; second++) add(second);
  expect(store.isEnded(slot(6))).toBe(true);
});

test("slots of those that are gone are used again, and know nothing of them", () => {
  const { store, add, slot } = fed();
  for (let round = 0; round < 40; round++) {
    const second = 100 + 10 * round;
    const processes = Array.from({ length: 50 }, (_, i) => ({
      pid: 1000 + 50 * round + i,
      started: second * S,
    }));
    add(second, ...processes.map((one) => ({ ...one, cpu: 7 })));
    add(second + 1, ...processes.map((one) => ({ ...one, state: "X" })));
    for (let rest = 2; rest < 8; rest++) add(second + rest);
  }
  expect(store.live).toEqual([]);
  expect(store.pid.length).toBe(512);
  add(1000, { pid: 77, started: 1 });
  expect(store.history("cpu", slot(77), new Float32Array(minute))).toBe(false);
});

test("one whose end was in a batch that did not come is given up", () => {
  const { store, add } = fed();
  add(1, { pid: 1, started: 0 }, { pid: 2, started: 0 });
  for (let second = 2; second < 100; second++) add(second, ...(second % 32 ? [] : [{ pid: 1, started: 0 }]));
  expect(store.live.map((slot) => store.pid[slot])).toEqual([1]);
});

test("an id of 64 bits is not rounded", () => {
  const { store, add, slot } = fed();
  add(1, { pid: 1, started: 0, cgroup: 2 ** 40 + 1 }, { pid: 2, started: 0, cgroup: 2 ** 62 });
  expect(store.cgroup[slot(1)]).toBe("1099511627777");
  expect(store.cgroup[slot(2)]).toBe(String(2n ** 62n));
});

const names = (store: ProcessStore): Names => ({
  user: (slot) => `user${store.user[slot]}`,
  container: () => "",
  command: (slot) => store.comm[slot] ?? "",
});
const listed: Order = { sort: "cpu", turned: false, find: "", tree: false, folded: new Set() };

/** A thousand processes with parents among those before them. */
function forest() {
  let seed = 1;
  const random = (below: number) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  const processes: Process[] = Array.from({ length: 1000 }, (_, i) => ({
    pid: i + 1,
    started: i * 1e6,
    parent: i === 0 ? 0 : 1 + random(i),
    comm: `c${random(50)}`,
    cpu: random(5) === 0 ? random(1000) * 1e5 : 0,
    user: random(3),
    threads: 1 + random(9),
  }));
  const { store, add } = fed();
  add(100, ...processes.map((one) => ({ ...one, cpu: 0 })));
  add(101, ...processes);
  return { store, processes };
}

test("sorted as one would sort objects, by each kind of column and both ways round", () => {
  const { store, processes } = forest();
  const by: [string, (a: Process, b: Process) => number][] = [
    ["cpu", (a, b) => (b.cpu ?? 0) - (a.cpu ?? 0)],
    ["threads", (a, b) => (b.threads ?? 0) - (a.threads ?? 0)],
    ["pid", (a, b) => a.pid - b.pid],
    ["started", (a, b) => b.started - a.started],
    ["comm", (a, b) => ((a.comm ?? "") < (b.comm ?? "") ? -1 : a.comm === b.comm ? 0 : 1)],
    ["user", (a, b) => (a.user ?? 0) - (b.user ?? 0)],
  ];
  for (const [sort, compare] of by)
    for (const turned of [false, true]) {
      const { slots } = orderProcesses(store, { ...listed, sort, turned }, names(store));
      const wanted = [...processes].sort((a, b) => (turned ? compare(b, a) : compare(a, b)) || a.pid - b.pid);
      expect(
        [...slots].map((slot) => store.pid[slot]),
        `${sort} ${turned}`,
      ).toEqual(wanted.map(({ pid }) => pid));
    }
});

test("every word must be found somewhere", () => {
  const { store, processes } = forest();
  const { slots, found } = orderProcesses(store, { ...listed, find: " C1  user2 " }, names(store));
  const wanted = processes.filter(({ comm, user }) => comm?.includes("c1") && user === 2);
  expect(new Set([...slots].map((slot) => store.pid[slot]))).toEqual(new Set(wanted.map(({ pid }) => pid)));
  expect(found).toBe(wanted.length);
});

test("a tree: below their parents, sisters in order, with the ancestors of what is found, folded where asked", () => {
  const { store, processes } = forest();
  const byPid = new Map(processes.map((one) => [one.pid, one]));
  const folded = new Set([3, 8, 20]);
  const wantedRows = (isFound: (one: Process) => boolean): string[] => {
    const shown = new Set<Process>();
    for (const one of processes.filter(isFound))
      for (let at: Process | undefined = one; at; at = byPid.get(at.parent ?? 0)) shown.add(at);
    const walk = (parent: number, depth: number): string[] =>
      processes
        .filter((one) => one.parent === parent && shown.has(one))
        .sort((a, b) => (b.cpu ?? 0) - (a.cpu ?? 0) || a.pid - b.pid)
        .flatMap((one) => [
          `${Math.min(depth, 31)} ${one.pid}`,
          ...(folded.has(one.pid) ? [] : walk(one.pid, depth + 1)),
        ]);
    return walk(0, 0);
  };
  const identities = new Set([...folded].map((pid) => store.identity(store.slotOfPid(pid) ?? 0)));
  for (const find of ["", "c7"]) {
    const rows = orderProcesses(store, { ...listed, tree: true, find, folded: identities }, names(store));
    const shown = [...rows.slots].map((slot, i) => `${rows.depth[i]} ${store.pid[slot]}`);
    expect(shown).toEqual(wantedRows(({ comm = "" }) => comm.includes(find)));
    // A line goes on below a row exactly when a later sister follows before the level is left.
    rows.slots.forEach((_, i) => {
      const level = rows.depth[i] ?? 0;
      let goesOn = false;
      for (let j = i + 1; j < rows.slots.length && (rows.depth[j] ?? 0) >= level; j++)
        if (rows.depth[j] === level) goesOn = true;
      if (level < 31) expect(((rows.more[i] ?? 0) >>> level) & 1).toBe(Number(goesOn));
    });
  }
});

test("parents that are each other's, or younger than the child, do not hang the tree", () => {
  const { store, add } = fed();
  add(
    1,
    { pid: 1, started: 5e6, parent: 2 },
    { pid: 2, started: 5e6, parent: 1 },
    { pid: 3, started: 1e6, parent: 1 },
  );
  const { slots } = orderProcesses(store, { ...listed, tree: true }, names(store));
  expect([...slots].map((slot) => store.pid[slot])).toContain(3);
});

test("ages, percents, containers", () => {
  expect([0.5, 59.9, 60, 3599, 3600, 86_400 * 3.26].map(age)).toEqual([
    "0 s",
    "59 s",
    "1 min",
    "59 min",
    "1 h",
    "3.20 d",
  ]);
  expect([0, 1e5, 1e7, 1.234e9].map(percentOfCpu)).toEqual(["0", "<0.1", "1.0", "123.4"]);
  expect(containerName("/")).toBe("/");
  expect(containerName("/system.slice/nginx.service")).toBe("nginx.service");
  const id = "0123456789abcdef".repeat(4);
  expect(containerName(`/system.slice/docker-${id}.scope`)).toBe("docker-0123456789ab");
  expect(containerName(`/kubepods/burstable/pod12/${id}`)).toBe("0123456789ab");
});

test("what does not fit is left out, never the sorted column or the command", () => {
  const all = processColumns(columns);
  expect(fittingColumns(all, 5000, "cpu")).toEqual(all);
  const few = fittingColumns(all, 500, "disk_written").map(({ name }) => name);
  expect(few).toEqual(expect.arrayContaining(["pid", "cpu", "disk_written", "comm"]));
  expect(few).not.toContain("threads");
});

test.each([
  "",
  "sort=wait",
  "sort=-comm&find=a%26b+%3Cc%3E&tree",
  "tree&fold",
  "fold=1.22&calls&pid=12-3456&show=cpu",
])("the view %j is read and written", (text) => {
  expect(writeProcessView(readProcessView(text))).toBe(text);
});

test.each(["pid=12", "pid=x-1", "pid=1-2-3", "fold=a.b", "pid=99999999999-1", "%", "sort=&&&=="])(
  "half a view %j is taken as far as it goes",
  (text) => {
    const view = readProcessView(text);
    expect(view).toMatchObject({ sort: "cpu", chosen: undefined });
  },
);
