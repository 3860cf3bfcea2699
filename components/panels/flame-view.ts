/** How a flame graph is set, as text for the address bar: `icicle,by:thread,time:81200-82350,zoom:9f3a21bc,search:crc32`. */
import type { Order } from "../draw/flame-layout";
import type { TimeRange } from "../moment";
import type { By } from "./flame-samples";

export interface FlameSetting {
  icicle: boolean;
  order: Order;
  by: By;
  /** A frame that calls itself shows once. */
  collapse: boolean;
  /** The samples shown; undefined: all since the start, or since what they are compared with. */
  time: TimeRange | undefined;
  /** The samples they are compared with. */
  base: TimeRange | undefined;
  /** `Samples.hashes` of the frame whose callers and callees are shown; undefined: everything. */
  around: number | undefined;
  /** `FlameTree.path` of the node that fills the width; undefined: the root. */
  zoom: number | undefined;
  /** A regular expression; "": none. */
  search: string;
}

export const BYS: readonly By[] = ["command", "process", "thread", "nothing"];

export const USUAL: FlameSetting = {
  icicle: false,
  order: "name",
  by: "command",
  collapse: false,
  time: undefined,
  base: undefined,
  around: undefined,
  zoom: undefined,
  search: "",
};

/** What cannot be read is as usual. */
export function readFlameView(text: string): FlameSetting {
  // The search comes last and may hold anything.
  const [, before = "", search = ""] = /^(.*?)(?:(?:^|,)search:(.*))?$/s.exec(text) ?? [];
  const parts = before.split(",");
  const after = (word: string) =>
    parts.find((part) => part.startsWith(`${word}:`))?.slice(word.length + 1) ?? "";
  return {
    icicle: parts.includes("icicle"),
    order: parts.includes("widest") ? "weight" : "name",
    by: BYS.find((by) => by === after("by")) ?? USUAL.by,
    collapse: parts.includes("collapsed"),
    time: readRange(after("time")),
    base: readRange(after("base")),
    around: readHash(after("around")),
    zoom: readHash(after("zoom")),
    search,
  };
}

export function writeFlameView(setting: FlameSetting): string {
  const { icicle, order, by, collapse, time, base, around, zoom, search } = setting;
  const parts: string[] = [];
  if (icicle) parts.push("icicle");
  if (order === "weight") parts.push("widest");
  if (by !== USUAL.by) parts.push(`by:${by}`);
  if (collapse) parts.push("collapsed");
  if (time) parts.push(`time:${writeRange(time)}`);
  if (base) parts.push(`base:${writeRange(base)}`);
  if (around !== undefined) parts.push(`around:${around.toString(16)}`);
  if (zoom !== undefined) parts.push(`zoom:${zoom.toString(16)}`);
  if (search) parts.push(`search:${search}`);
  return parts.join(",");
}

/** Whole milliseconds of CLOCK_MONOTONIC. */
const writeRange = ({ from, to }: TimeRange) => `${Math.round(from)}-${Math.round(to)}`;

function readRange(text: string): TimeRange | undefined {
  const [, from, to] = /^(\d{1,15})-(\d{1,15})$/.exec(text) ?? [];
  return from && to && Number(from) < Number(to) ? { from: Number(from), to: Number(to) } : undefined;
}

const readHash = (text: string) => (/^[0-9a-f]{1,8}$/.test(text) ? Number.parseInt(text, 16) : undefined);
