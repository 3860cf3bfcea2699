/** Runs in the page: the real events panel on a real table, fed with batches as the server sends them. */
import { flushSync } from "react-dom";
import { createRoot, type Root } from "react-dom/client";
import { compileFilter } from "../components/filter/filter";
import { Groups } from "../components/groups";
import { Events } from "../components/panels/events";
import { Scan } from "../components/scan";
import { StackStore } from "../components/stacks";
import { TableStore } from "../components/table";
import type { Host, RunInfo, ToolInfo } from "../server/protocol";

/** A message holds a sixtieth of a second at 200,000 rows/s. */
export const ROWS = 3334;
const TEMPLATES = 64;
const COMMANDS = ["nginx", "postgres", "node", "sh", "systemd-journal", "curl"];
const ERRNOS = [-2, -13, -11];

const place = (element: HTMLElement) => {
  element.style.cssText =
    "position:fixed;inset:60px 40px 40px 280px;display:flex;flex-direction:column;background:var(--panel)";
  return document.body.appendChild(element);
};

export class Bench {
  private readonly templates: ArrayBuffer[];
  private table: TableStore;
  private sent = 0;
  private root: Root | undefined;

  constructor(
    private readonly tool: ToolInfo,
    private readonly host: Host,
  ) {
    this.templates = Array.from({ length: TEMPLATES }, (_, i) => encode(tool, i));
    this.table = this.newTable();
  }

  private newTable = () => new TableStore(this.tool.columns, { join: true });

  /** Bytes of a row as it travels. */
  get rowBytes() {
    return (this.templates[0]?.byteLength ?? 0) / ROWS;
  }

  private append() {
    const data = (this.templates[(this.sent / ROWS) % TEMPLATES] as ArrayBuffer).slice(0);
    const times = new BigUint64Array(data, 8, ROWS);
    for (let i = 0; i < ROWS; i++) times[i] = BigInt(1e9 + (this.sent + i) * 5000);
    this.table.append([[this.sent, (this.sent / 200_000) * 1000, data.byteLength]], data);
    this.sent += ROWS;
  }

  private fill(rows: number) {
    this.table = this.newTable();
    this.sent = 0;
    while (this.table.end < rows) this.append();
  }

  private show(view: string) {
    this.root ??= createRoot(place(document.createElement("div")));
    const run = { id: 1, count: 0, startedAt: Date.now(), functions: [] } as unknown as RunInfo;
    const { tool, host, table } = this;
    const props = { tool, run, host, table, view, stacks: new StackStore(), paused: false, onView() {} };
    const { root } = this;
    flushSync(() => root.render(<Events {...props} />));
  }

  /**
   * Appends `rows` at 200,000 a second while the table is scrolled in every frame. Milliseconds of the page's thread
   * that each frame takes, from its beginning until it is painted; and how long it took.
   */
  async frames(rows: number): Promise<{ frames: number[]; seconds: number; kept: number }> {
    this.table = this.newTable();
    this.sent = 0;
    this.append();
    this.show("");
    const began = performance.now();
    const pace = setInterval(() => {
      const due = Math.min(rows, ((performance.now() - began) / 1000) * 200_000);
      while (this.sent < due) this.append();
    }, 16);
    const grid = document.querySelector("[role=grid]");
    const painted = new MessageChannel();
    const frames: number[] = [];
    let up = true;
    while (this.sent < rows) {
      const start = await new Promise<number>(requestAnimationFrame);
      const now = performance.now();
      // Up for a second, down for one; the wheel of a scaled scrollbar is the panel's own.
      if (start % 2000 < 1000 !== up) up = !up;
      flushSync(() =>
        grid?.dispatchEvent(new WheelEvent("wheel", { deltaY: up ? -90 : 110, cancelable: true })),
      );
      await new Promise((resolve) => {
        painted.port1.onmessage = resolve;
        painted.port2.postMessage(0);
      });
      frames.push(performance.now() - now);
    }
    clearInterval(pace);
    const seconds = (performance.now() - began) / 1000;
    return { frames, seconds, kept: this.table.rows };
  }

  /** Milliseconds until every one of a million rows was looked at, for each filter, and how many pass. */
  async filters(texts: readonly string[]): Promise<{ ms: number; passed: number }[]> {
    this.fill(1_000_000);
    const { columns } = this.table;
    const context = { host: this.host, functions: [], stacks: new StackStore(), name: () => "" };
    const results = [];
    for (const text of texts) {
      const began = performance.now();
      const scan = new Scan(this.table, compileFilter(text, { columns, context, now: 0 }));
      await caughtUp(scan);
      results.push({ ms: performance.now() - began, passed: scan.end - scan.first });
      scan.close();
    }
    return results;
  }

  /** The same for groups by these columns. */
  async groups(names: readonly string[]): Promise<{ ms: number; groups: number }> {
    this.fill(1_000_000);
    const by = names.map((name) => this.tool.columns.findIndex((column) => column.name === name));
    const began = performance.now();
    const groups = new Groups(this.table.columns, { by, of: undefined });
    const scan = new Scan(this.table, undefined, groups);
    await caughtUp(scan);
    const ms = performance.now() - began;
    scan.close();
    return { ms, groups: groups.size };
  }
}

async function caughtUp(scan: Scan) {
  while (!scan.caughtUp) await new Promise((resolve) => scan.subscribe(() => resolve(undefined)));
}

/** One batch of opensnoop's columns, laid out as docs/protocol.md says. */
function encode(tool: ToolInfo, seed: number): ArrayBuffer {
  const parts: Uint8Array[] = [new Uint8Array(Uint32Array.of(ROWS, 0).buffer)];
  const random = (below: number, i: number) =>
    (Math.imul(i * TEMPLATES + seed + 1, 0x9e3779b1) >>> 8) % below;
  for (const { name, type } of tool.columns) {
    if (type === "text") {
      const text = (i: number) => {
        const n = random(5000, i);
        if (name === "comm") return COMMANDS[n % COMMANDS.length] ?? "";
        return n % 10 === 0 ? `/etc/app/site-${n}.conf` : `/usr/lib/x86/lib${n}.so`;
      };
      const texts = Array.from({ length: ROWS }, (_, i) => new TextEncoder().encode(text(i)));
      const offsets = new Uint32Array(ROWS + 1);
      texts.forEach((bytes, i) => {
        offsets[i + 1] = (offsets[i] ?? 0) + bytes.length;
      });
      parts.push(new Uint8Array(offsets.buffer), Uint8Array.from(texts.flatMap((bytes) => [...bytes])));
    } else if (type === "u64") parts.push(new Uint8Array(8 * ROWS));
    else {
      const value = (i: number) =>
        name !== "ret" ? random(30_000, i) : i % 4 ? random(20, i) : (ERRNOS[random(3, i)] ?? 0);
      parts.push(new Uint8Array(Int32Array.from({ length: ROWS }, (_, i) => value(i)).buffer));
    }
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
