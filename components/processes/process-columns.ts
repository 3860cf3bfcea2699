/** The columns of the process table: words from the tool, widths and texts from here. */
import type { Column } from "../../server/protocol";
import { bytes, count, digits, rate, visible } from "../format";
import type { Names } from "./process-order";
import { type Metric, metrics } from "./process-past";
import type { ProcessStore } from "./process-store";

export interface ProcessColumn {
  name: string;
  title: string;
  help: string | undefined;
  right: boolean;
  /** Pixels; 0 takes what is left. */
  width: number;
  metric: Metric | undefined;
  /** An amount a second that fills the height of its sparkline even when there is no greater one. */
  least: number;
}

/** From the left; the last takes what room there is. Each holds its title with the arrow of a sorted column. */
const widths: Record<string, number> = {
  pid: 64,
  user: 82,
  cgroup: 112,
  cpu: 84,
  wait: 76,
  switches: 86,
  preemptions: 94,
  faults: 74,
  major_faults: 114,
  disk_read: 94,
  disk_written: 102,
  file_read: 84,
  file_written: 84,
  received: 84,
  sent: 84,
  calls: 72,
  threads: 80,
  started: 76,
  state: 56,
  comm: 0,
};
const leastCommand = 240;
/** Where there is no room for all, these go first. */
const leftOutFirst = [
  "major_faults",
  "preemptions",
  "state",
  "threads",
  "calls",
  "file_read",
  "file_written",
  "faults",
  "cgroup",
  "started",
  "switches",
  "received",
  "sent",
  "user",
  "disk_read",
  "disk_written",
];
/** A narrow last column says what was left out. */
export const spareForLeftOut = 48;
const words = new Set(["user", "cgroup", "state", "comm"]);

/** A second of noise must not look like a storm: nanoseconds, bytes, times a second. */
const least: Record<string, number> = { nsec: 5e7, bytes: 64 * 1024, count_n: 20 };

/** `without`: names of columns that would say the same in every row. */
export function processColumns(columns: readonly Column[], without: readonly string[] = []): ProcessColumn[] {
  return Object.keys(widths).flatMap((name) => {
    const column = columns.find((one) => one.name === name);
    if (!column || without.includes(name)) return [];
    const metric = metrics.find((one) => one === name);
    const { help, meaning } = column;
    const title = metric && meaning === "nsec" ? `${column.title} %` : column.title;
    return [
      {
        name,
        title,
        help,
        right: !words.has(name),
        width: widths[name] ?? 0,
        metric,
        least: least[meaning] ?? 1,
      },
    ];
  });
}

/** Those that fit into `pixels`; the column that is sorted by stays. */
export function fittingColumns(
  columns: readonly ProcessColumn[],
  pixels: number,
  sort: string,
): ProcessColumn[] {
  const kept = [...columns];
  for (const name of leftOutFirst) {
    if (kept.reduce((sum, { width }) => sum + (width || leastCommand), spareForLeftOut) <= pixels) break;
    const at = kept.findIndex((column) => column.name === name);
    if (at >= 0 && name !== sort) kept.splice(at, 1);
  }
  return kept;
}

/** Of one CPU: 12.3 %. */
export const percentOfCpu = (nsecPerSecond: number): string => {
  const percent = nsecPerSecond / 1e7;
  return percent > 0 && percent < 0.05 ? "<0.1" : percent === 0 ? "0" : percent.toFixed(1);
};

/** Seconds as one would say an age: 5 s, 3 min, 4 h, 12 d. */
export function age(seconds: number): string {
  if (seconds < 60) return `${Math.max(0, Math.floor(seconds))} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${digits(Math.floor(seconds / 360) / 10)} h`;
  return `${digits(Math.floor(seconds / 8640) / 10)} d`;
}

const perSecond: Record<string, (value: number) => string> = {
  cpu: percentOfCpu,
  wait: percentOfCpu,
  switches: rate,
  preemptions: rate,
  faults: rate,
  major_faults: rate,
  calls: rate,
};

/** `nowMs`: of CLOCK_BOOTTIME. */
export function processCell(
  store: ProcessStore,
  names: Names,
  { name, metric }: ProcessColumn,
  slot: number,
  nowMs: number,
): string {
  if (metric) {
    const value = store.rate(metric, slot);
    return value === 0 ? "0" : (perSecond[name] ?? bytes)(value);
  }
  switch (name) {
    case "pid":
      return String(store.pid[slot]);
    case "user":
      return visible(names.user(slot));
    case "cgroup":
      return visible(names.container(slot));
    case "threads":
      return count(store.threads[slot] as number);
    case "started":
      return age((nowMs - (store.started[slot] as number) / 1e6) / 1000);
    case "state":
      return String.fromCharCode(store.state[slot] as number);
    default:
      return "";
  }
}

/** A control group's path by the part that tells it apart: docker-3f2a1b…, nginx.service, "/" for the host's own. */
export function containerName(path: string): string {
  const known = shortNames.get(path);
  if (known !== undefined) return known;
  const name = shortened(path);
  shortNames.set(path, name);
  return name;
}

/** Asked for each process at each update where the table is sorted or filtered by it. */
const shortNames = new Map<string, string>();

function shortened(path: string): string {
  if (path === "/" || path === "") return path;
  const parts = path.split("/").filter(Boolean);
  const last = parts.at(-1) ?? "";
  const short = last.replace(/\.(scope|slice)$/, "").replace(/([0-9a-f]{12})[0-9a-f]{20,}/, "$1");
  return short || last;
}
