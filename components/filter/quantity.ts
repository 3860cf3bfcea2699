/** Numbers as people write them, by a column's meaning: `10ms`, `4k`, `0644`, `ENOENT`, `22:51:15`. */
import type { Column } from "../../server/protocol";
import type { Context } from "../format";
import { FilterError } from "./filter-error";
import { unquoted, type Word } from "./syntax";

/** Whole numbers of a column, both ends included. */
export interface Interval {
  low: number;
  high: number;
}

/** What numbers are compared with. */
export interface Scale {
  column: Pick<Column, "meaning" | "title">;
  context: Context;
  /** The newest row's time, milliseconds of CLOCK_MONOTONIC: a time of day means the one nearest to it. */
  now: number;
}

const day = 86_400_000;
const times: Record<string, number> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  sec: 1e9,
  m: 6e10,
  min: 6e10,
  h: 3.6e12,
};
const powers = "kmgt";
const sizeUnit = /^([kmgt]?)(?:i?b)?$/;

function factor(meaning: string, unit: string): number | undefined {
  const small = unit.toLowerCase();
  if (meaning === "nsec") return unit === "" ? 1 : times[small];
  if (meaning === "usec") return unit === "" ? 1 : (times[small] ?? Number.NaN) / 1e3 || undefined;
  if (unit === "") return 1;
  const power = powers.indexOf(sizeUnit.exec(small)?.[1] || "-") + 1;
  if (meaning === "bytes") return sizeUnit.test(small) ? 1024 ** power : undefined;
  return small.length === 1 && power > 0 ? 1000 ** power : undefined;
}

/** The number of an errno's name; undefined for other texts. */
export function errnoOf(name: string, { host }: Context): number | undefined {
  const wanted = name.toUpperCase();
  const found = Object.entries(host.errnos).find(([, known]) => known === wanted)?.[0];
  return found === undefined ? undefined : -Number(found);
}

/** `22:51`, `22:51:15`, `22:51:15.25`: from its beginning to its end, nanoseconds of CLOCK_MONOTONIC. */
function timeOfDay(text: string, { context, now }: Scale): Interval | undefined {
  const found = /^(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?$/.exec(text);
  if (!found) return undefined;
  const [, hours, minutes, seconds, fraction] = found;
  const clock = context.host.bootedAt + now;
  const date = new Date(clock);
  date.setHours(Number(hours), Number(minutes), Number(seconds ?? 0), 0);
  let wall = date.getTime();
  if (wall - clock > day / 2) wall -= day;
  if (clock - wall > day / 2) wall += day;
  const low = (wall - context.host.bootedAt) * 1e6 + Number((fraction ?? "").padEnd(9, "0"));
  const length = seconds === undefined ? 6e10 : 10 ** (9 - (fraction?.length ?? 0));
  return { low, high: low + length - 1 };
}

const examples: Record<string, string> = {
  nsec: "10ms, 2s",
  usec: "10ms, 2s",
  bytes: "512, 4k, 1M",
  ktime: "22:51, 22:51:15.5",
  errno_n: "0, -2, ENOENT",
};

function one(word: Word, scale: Scale): Interval {
  const { meaning, title } = scale.column;
  const { text } = word;
  const fail = (): never => {
    const example = examples[meaning];
    throw new FilterError(
      `“${text}” is no value of ${title}${example ? `: write ${example}` : ""}`,
      word.at,
      word.end,
    );
  };
  if (meaning === "ktime") return timeOfDay(text, scale) ?? fail();
  if (meaning === "errno_n" && /^[a-z]/i.test(text)) {
    const errno = errnoOf(text, scale.context) ?? fail();
    return { low: errno, high: errno };
  }
  const octal = meaning === "file_mode" ? /^0?[0-7]+$/.exec(text)?.[0] : undefined;
  const hex = /^0x[0-9a-f]+$/i.exec(text)?.[0];
  const exact = octal ? Number.parseInt(octal, 8) : hex ? Number(hex) : undefined;
  if (exact !== undefined) return { low: exact, high: exact };
  const found = /^([-+]?\d+(?:_?\d+)*(?:\.\d+)?)([a-zµμ]*)$/i.exec(text);
  if (!found) return fail();
  const value = Number((found[1] ?? "").replaceAll("_", "")) * (factor(meaning, found[2] ?? "") ?? fail());
  return { low: value, high: value };
}

/** The numbers that `word` names: itself, or `a..b`. Throws FilterError. */
export function interval(word: Word, scale: Scale): Interval {
  const dots = word.text.indexOf("..");
  if (dots < 0) return one(word, scale);
  const [from, to] = [word.text.slice(0, dots), word.text.slice(dots + 2)];
  const shift = word.at + (word.quoted ? 1 : 0);
  if (from === "" && to === "") throw new FilterError("A range needs an end: 1..5", word.at, word.end);
  const low = from === "" ? Number.NEGATIVE_INFINITY : one(unquoted(from, shift, shift + dots), scale).low;
  const high =
    to === ""
      ? Number.POSITIVE_INFINITY
      : one(unquoted(to, shift + dots + 2, shift + word.text.length), scale).high;
  if (low > high) throw new FilterError("This range runs backwards", word.at, word.end);
  return { low, high };
}
