/**
 * What reaches the real page, seen from beside it: which rows its tables have taken in, and how old they were then.
 * The page acknowledges a `rows` message when its table holds the rows, so that moment is when the WebSocket sends
 * the acknowledgement. Nothing in the page knows of this.
 */
import type { Page } from "@playwright/test";

/** Ages are counted in tenths of a millisecond; older than 10 s counts as that. */
const AGES = 100_001;

export interface Seen {
  rows: number;
  bytes: number;
  seconds: number;
  /** Ages of rows, ms: when the page's table had them, and in the animation frame after that. */
  taken: { p50: number; p99: number };
  drawn: { p50: number; p99: number };
}

interface Observer {
  /** CLOCK_MONOTONIC minus performance.now(), ms. */
  clock: number;
  reset(): void;
  seen(): Seen;
}
declare global {
  interface Window {
    ringsideBench: Observer;
  }
}

/** Runs in the page before its own code. The first column of every row must be its time, a u64. */
function install(ages: number): void {
  type Heads = [first: number, at: number, bytes: number][];
  let taken = new Uint32Array(ages);
  let drawn = new Uint32Array(ages);
  let rows = 0;
  let bytes = 0;
  let since = performance.now();

  const count = (into: Uint32Array, heads: Heads, words: Uint32Array) => {
    const now = performance.now() + window.ringsideBench.clock;
    let start = 0;
    for (const [, , length] of heads) {
      const end = start + 2 + 2 * (words[start] as number);
      for (let i = start + 2; i < end; i += 2) {
        const nsec = (words[i] as number) + (words[i + 1] as number) * 2 ** 32;
        const age = Math.round((now - nsec / 1e6) * 10);
        const place = Math.min(ages - 1, Math.max(0, age));
        into[place] = (into[place] as number) + 1;
      }
      start += length / 4;
    }
  };
  const quantile = (counts: Uint32Array, part: number) => {
    let left = counts.reduce((sum, n) => sum + n, 0) * part;
    const place = counts.findIndex((n) => {
      left -= n;
      return left <= 0;
    });
    return place / 10;
  };
  const quantiles = (counts: Uint32Array) => ({ p50: quantile(counts, 0.5), p99: quantile(counts, 0.99) });

  window.ringsideBench = {
    clock: 0,
    reset() {
      taken = new Uint32Array(ages);
      drawn = new Uint32Array(ages);
      rows = 0;
      bytes = 0;
      since = performance.now();
    },
    seen() {
      const seconds = (performance.now() - since) / 1000;
      return { rows, bytes, seconds, taken: quantiles(taken), drawn: quantiles(drawn) };
    },
  };

  const Native = window.WebSocket;
  window.WebSocket = class extends Native {
    /** The head of a binary event comes first, as text; its data in the next message. */
    private expected: { id: string; heads: Heads } | undefined;
    private readonly underWay = new Map<string, { heads: Heads; words: Uint32Array }>();

    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      this.addEventListener("message", ({ data }) => {
        if (typeof data === "string") {
          const event = /^451-(\d+)(\["rows".*)$/s.exec(data);
          this.expected = event?.[1] ? { id: event[1], heads: JSON.parse(event[2] as string)[2] } : undefined;
        } else if (this.expected) {
          const { id, heads } = this.expected;
          this.underWay.set(id, { heads, words: new Uint32Array(data as ArrayBuffer) });
          this.expected = undefined;
        }
      });
    }

    override send(data: Parameters<WebSocket["send"]>[0]) {
      super.send(data);
      const id = typeof data === "string" && /^43(\d+)\[/.exec(data)?.[1];
      const message = id && this.underWay.get(id);
      if (!message) return;
      this.underWay.delete(id);
      const { heads, words } = message;
      count(taken, heads, words);
      bytes += words.byteLength;
      for (let i = 0, start = 0; i < heads.length; start += (heads[i++]?.[2] ?? 0) / 4)
        rows += words[start] ?? 0;
      requestAnimationFrame(() => count(drawn, heads, words));
    }
  };
}

/** Before the page is opened. */
export async function observeRows(page: Page): Promise<void> {
  await page.addInitScript(install, AGES);
}

/** Sets the page's clock against the kernel's: the quickest of many questions is the least wrong, about 0.5 ms. */
async function setClock(page: Page): Promise<void> {
  const monotonic = () => Number(process.hrtime.bigint()) / 1e6;
  let best = { took: Number.POSITIVE_INFINITY, clock: 0 };
  for (let i = 0; i < 100; i++) {
    const before = monotonic();
    const there = await page.evaluate(() => performance.now());
    const after = monotonic();
    if (after - before < best.took) best = { took: after - before, clock: (before + after) / 2 - there };
  }
  await page.evaluate((clock) => {
    window.ringsideBench.clock = clock;
  }, best.clock);
}

/** Forgets what was seen so far. */
export async function resetSeen(page: Page): Promise<void> {
  await setClock(page);
  await page.evaluate(() => window.ringsideBench.reset());
}

export const seenSince = (page: Page): Promise<Seen> => page.evaluate(() => window.ringsideBench.seen());
