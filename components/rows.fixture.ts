/** Rows made up for tests, the same in each run: as plain objects, and as the columns of a table. */
import type { Column } from "../server/protocol";
import { arrays, type ColumnValues, type Decoded, rawBytes } from "./batch";

export function randomOf(seed: number) {
  let state = seed;
  return (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const column = (
  name: string,
  title: string,
  type: Column["type"],
  meaning: string,
  place: number,
): Column => ({ name, title, type, meaning, size: 16, key: false, place });

export const columns: Column[] = [
  column("time", "Time", "u64", "ktime", 0),
  column("pid", "PID", "u32", "pid_n", 1),
  column("ret", "Result", "s32", "errno_n", 3),
  column("hidden", "", "u32", "u32", -1),
  column("call", "Call", "u32", "syscall_n", 4),
  column("took", "Duration", "u64", "nsec", 5),
  column("size", "Size", "u64", "bytes", 6),
  column("remote", "Remote address", "bytes", "ipaddr", 7),
  column("local_port", "Port", "u16", "port_n", 8),
  column("remote_port", "Port", "u16", "port_n", 9),
  column("cut", "Cut", "bool", "bool", 10),
  column("comm", "Command", "text", "comm", 2),
  column("path", "Path", "text", "path", 11),
];

export interface Row {
  time: number;
  pid: number;
  ret: number;
  hidden: number;
  call: number;
  took: number;
  size: number;
  remote: string;
  local_port: number;
  remote_port: number;
  cut: number;
  comm: string;
  path: string;
}

const pick = <T>(random: (below: number) => number, choices: readonly [T, ...T[]]): T =>
  choices[random(choices.length)] ?? choices[0];

export function makeRows(count: number, seed = 1): Row[] {
  const random = randomOf(seed);
  const port = () => pick(random, [80, 443, 9000 + random(10)]);
  return Array.from({ length: count }, (_, i) => ({
    time: i * 1e6,
    pid: random(50),
    ret: random(3) === 0 ? -pick(random, [2, 13, 11]) : random(20),
    hidden: 7,
    call: random(4),
    took: Math.floor(1000 * 1.5 ** random(40)),
    size: random(3) * 4096 + random(10),
    remote: `10.0.${random(3)}.${random(4)}`,
    local_port: port(),
    remote_port: port(),
    cut: random(2),
    comm: pick(random, ["nginx", "node", "Node", "sh", "", "a b", "héllo", "<b>x</b>"]),
    path:
      pick(random, ["/etc/passwd", "/etc/nginx.conf", "/tmp/x,y", 'say "hi"', "\x1b[31m", "/proc/1", "/"]) +
      (random(2) ? random(30) : ""),
  }));
}

export const host = {
  bootedAt: Date.UTC(2026, 0, 1),
  startedAt: Date.UTC(2026, 0, 1),
  errnos: { 2: "ENOENT", 11: "EAGAIN", 13: "EACCES" },
  syscalls: { 0: "read", 1: "write", 2: "pread64", 3: "openat" },
};

export const context = {
  host,
  functions: [],
  stacks: { frames: [], stacks: new Map<number, number[]>() },
  name: () => "",
};

const utf8 = new TextEncoder();

function valuesOf({ name, type }: Column, rows: readonly Row[]): ColumnValues {
  const cells = rows.map((row) => row[name as keyof Row]);
  if (type === "text") {
    const texts = cells.map((cell) => utf8.encode(String(cell)));
    const offsets = new Uint32Array(rows.length + 1);
    texts.forEach((text, i) => {
      offsets[i + 1] = (offsets[i] ?? 0) + text.length;
    });
    return { kind: "text", offsets, bytes: Uint8Array.from(texts.flatMap((text) => [...text])) };
  }
  if (type === "bytes") {
    const mapped = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];
    const bytes = cells.flatMap((cell) => [...mapped, ...String(cell).split(".").map(Number)]);
    return { kind: "bytes", size: 16, bytes: Uint8Array.from(bytes) };
  }
  const values = new arrays[type](rows.length);
  const big = type === "u64" || type === "s64";
  cells.forEach((cell, i) => {
    if (big) (values as BigUint64Array)[i] = BigInt(cell);
    else (values as Uint32Array)[i] = Number(cell);
  });
  return { kind: "numbers", values };
}

export const batchOf = (rows: readonly Row[]): Decoded => ({
  rows: rows.length,
  columns: columns.map((one) => valuesOf(one, rows)),
});

/** A message as the server sends it (layout: native/index.ts). */
export function encode(decoded: Decoded): ArrayBuffer {
  const parts: Uint8Array[] = [rawBytes(Uint32Array.of(decoded.rows, 0))];
  for (const values of decoded.columns) {
    if (values.kind === "text") parts.push(rawBytes(values.offsets), values.bytes);
    else parts.push(values.kind === "bytes" ? values.bytes : rawBytes(values.values));
  }
  const aligned = (length: number) => (length + 7) & ~7;
  const all = new Uint8Array(parts.reduce((sum, part) => sum + aligned(part.length), 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += aligned(part.length);
  }
  return all.buffer;
}
