/** The figures: what each is, what it has to reach, and how they are printed. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus, loadavg, release } from "node:os";

interface Claim {
  what: string;
  unit: string;
  /** At least, or at most; the first is better high, the second better low. */
  least?: number;
  most?: number;
  digits: number;
}

export const CLAIMS = {
  "storm.ratio": { what: "open() storm: traced speed ÷ untraced", unit: "", least: 0.6, digits: 2 },
  "storm.ratio.watched": { what: "the same, one browser watching", unit: "", least: 0.5, digits: 2 },
  "storm.lost": { what: "rows lost in that storm", unit: "rows", most: 0, digits: 0 },
  "storm.cpu": { what: "the tracer's own CPU in that storm", unit: "% of a core", most: 5, digits: 1 },
  "storm.cpu.watched": { what: "the same, one browser watching", unit: "% of a core", most: 25, digits: 1 },
  "page.rate": { what: "64-byte events that reach the page", unit: "events/s", least: 200_000, digits: 0 },
  "page.p50": { what: "kernel → page, median", unit: "ms", most: 25, digits: 1 },
  "page.p99": { what: "kernel → page, 99 of 100", unit: "ms", most: 100, digits: 1 },
  "busy.lost": {
    what: "rows lost at 300,000/s for 30 s, a profile being symbolised, two browsers",
    unit: "rows",
    most: 0,
    digits: 0,
  },
  "start.p50": { what: "Start pressed → first row on screen", unit: "ms", most: 150, digits: 0 },
  "memory.idle": { what: "memory (Rss), idle after one page load", unit: "MiB", most: 75, digits: 0 },
  "memory.five": { what: "memory (Rss), five tools running", unit: "MiB", most: 110, digits: 0 },
  "ui.weight": { what: "first load: compressed JavaScript", unit: "kB", most: 350, digits: 0 },
  "ui.interactive": { what: "first load: time to interactive", unit: "ms", most: 1000, digits: 0 },
  "heatmap.update": { what: "a heatmap of 600 × 64 cells, updated", unit: "ms", most: 2, digits: 2 },
  "ui.heatmap.busy": {
    what: "ten live heatmaps of 900 × 128 cells, the page's thread",
    unit: "%",
    most: 10,
    digits: 1,
  },
  "ui.processes": {
    what: "process view, 20,000 processes: main thread an update",
    unit: "ms",
    most: 50,
    digits: 1,
  },
  "ui.flame.update": { what: "a live flame graph, 20,000 stacks changed", unit: "ms", most: 30, digits: 1 },
  "ui.flame.frame": { what: "pan or zoom in 100,000 frames, 95 of 100", unit: "ms", most: 16, digits: 1 },
  "ui.flame.search": { what: "search in 100,000 frames, 95 of 100", unit: "ms", most: 50, digits: 1 },
  "ui.table.frame": {
    what: "events table, 10 M rows at 200,000/s, 2 M kept: frame while scrolling, 95 of 100",
    unit: "ms",
    most: 16,
    digits: 1,
  },
  "ui.table.memory": { what: "memory of that page", unit: "MiB", most: 400, digits: 0 },
  "ui.filter": { what: "filter over 1 M rows", unit: "ms", most: 150, digits: 0 },
  "ui.group": { what: "1 M rows grouped by a text column", unit: "ms", most: 300, digits: 0 },
  "share.cpu": { what: "200 viewers of one live board: the server's CPU", unit: "cores", most: 1, digits: 2 },
  "share.p99": { what: "kernel → viewer, 99 of 100", unit: "ms", most: 250, digits: 0 },
  "share.memory": { what: "memory (Rss) that the 200 add to the server", unit: "MiB", most: 200, digits: 0 },
  "snapshot.save": {
    what: "a board of 1 M events and five heatmaps of 15 minutes, kept",
    unit: "s",
    most: 2,
    digits: 2,
  },
  "snapshot.stall": { what: "the longest wait of a live panel meanwhile", unit: "ms", most: 50, digits: 0 },
  "snapshot.bytes": { what: "its file, compressed", unit: "bytes an event", most: 40, digits: 1 },
  "snapshot.import": { what: "that file, import → first picture", unit: "s", most: 3, digits: 2 },
} satisfies Record<string, Claim>;

export type Key = keyof typeof CLAIMS;

export interface Figure {
  value: number;
  /** By name and version; null: not there, or it has nothing of the kind. */
  peers: Record<string, number | null>;
  /** What a reader has to know beside the number. */
  note?: string;
  /** Why the number says nothing about the claim: the load fell short of what it should have been. */
  void?: string;
}
export type Figures = Partial<Record<Key, Figure>>;

const claimOf = (key: Key): Claim => CLAIMS[key];

function reachOf({ least, most }: Claim): string {
  return least === undefined ? `≤ ${most}` : `≥ ${least.toLocaleString("en")}`;
}

function reached({ least, most, digits }: Claim, value: number): boolean {
  const shown = Number(value.toFixed(digits));
  return (least === undefined || shown >= least) && (most === undefined || shown <= most);
}

const written = (value: number | null | undefined, digits: number): string =>
  value === null || value === undefined
    ? "–"
    : value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });

const entries = (figures: Figures): [Key, Figure][] => Object.entries(figures) as [Key, Figure][];

/** `{ KEY: { value, unit, reach, peers } }`; value is null where it says nothing. */
export function toJson(figures: Figures): string {
  const report = entries(figures).map(([key, { value, peers, void: without }]) => {
    const claim = claimOf(key);
    const rounded = without ? null : Number(value.toFixed(claim.digits + 1));
    return [key, { value: rounded, unit: claim.unit, reach: reachOf(claim), peers }];
  });
  return `${JSON.stringify(Object.fromEntries(report), null, 2)}\n`;
}

/** A Markdown table, padded so that it reads as text too; `✗` where a figure falls short, `?` where it says nothing. */
export function toTable(figures: Figures): string {
  const peers = [...new Set(entries(figures).flatMap(([, figure]) => Object.keys(figure.peers)))];
  const rows = [
    ["key", "what", "reach", "Ringside", "", ...peers],
    ...entries(figures).map(([key, figure]) => {
      const claim = claimOf(key);
      return [
        `\`${key}\``,
        claim.unit ? `${claim.what} (${claim.unit})` : claim.what,
        reachOf(claim),
        written(figure.value, claim.digits),
        figure.void ? "?" : reached(claim, figure.value) ? "✓" : "✗",
        ...peers.map((peer) => written(figure.peers[peer], claim.digits)),
      ];
    }),
  ];
  const widths = rows[0]?.map((_, i) => Math.max(3, ...rows.map((row) => row[i]?.length ?? 0))) ?? [];
  const lines = rows.map((row) => `| ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(" | ")} |`);
  lines.splice(1, 0, `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`);
  const notes = entries(figures).flatMap(([key, figure]) =>
    [figure.void, figure.note].flatMap((text) => (text ? [`- \`${key}\`: ${text}`] : [])),
  );
  return [...lines, ...(notes.length > 0 ? ["", ...notes] : [])].join("\n");
}

function distribution(): string {
  try {
    return execFileSync("sh", ["-c", ". /etc/os-release && echo $PRETTY_NAME"], { encoding: "utf8" }).trim();
  } catch {
    return "Linux";
  }
}

/** What the figures were taken on; ask before the first load. */
export const machine = (): string =>
  `${cpus().length} × ${cpus()[0]?.model ?? "CPU"}, ${distribution()}, kernel ${release()}, Node ${process.version}; load average at the start ${loadavg()[0]?.toFixed(1)}`;

/** CPU time since boot, of all and of that which the hypervisor gave to others, in ticks (proc(5), /proc/stat). */
function cpuTicks(): { all: number; stolen: number } {
  const ticks = (readFileSync("/proc/stat", "utf8").split("\n")[0] ?? "")
    .split(/\s+/)
    .slice(1, 9)
    .map(Number);
  return { all: ticks.reduce((sum, value) => sum + value, 0), stolen: ticks[7] ?? 0 };
}

/** Call at the start; what it returns tells, at the end, the share of the CPUs that this machine did not get meanwhile. */
export function watchStolen(): () => string {
  const before = cpuTicks();
  return () => {
    const now = cpuTicks();
    const percent = (100 * (now.stolen - before.stolen)) / Math.max(1, now.all - before.all);
    return `${percent.toFixed(0)} % of the CPUs' time was stolen by the hypervisor meanwhile`;
  };
}
