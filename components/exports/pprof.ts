/** pprof's protobuf, not compressed: messages and field numbers of https://github.com/google/pprof/blob/main/proto/profile.proto */
import { type StackProfile, summed } from "./stack-profile";

const utf8 = new TextEncoder();

/** A protobuf message that is being written. */
class Message {
  private bytes = new Uint8Array(256);
  private length = 0;

  private varint(value: number): void {
    this.room(10);
    let rest = value;
    // Shifts are of 32 bits; times in nanoseconds are not.
    while (rest >= 0x80) {
      this.bytes[this.length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.bytes[this.length++] = rest;
  }

  private room(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const longer = new Uint8Array(Math.max(2 * this.bytes.length, this.length + more));
    longer.set(this.bytes.subarray(0, this.length));
    this.bytes = longer;
  }

  /** A whole number from 0 to 2^53; 0 is the default and not written. */
  number(field: number, value: number): this {
    if (value === 0) return this;
    this.varint(field * 8);
    this.varint(value);
    return this;
  }

  /** None is the default and not written. */
  numbers(field: number, values: readonly number[]): this {
    if (values.length === 0) return this;
    const packed = new Message();
    for (const value of values) packed.varint(value);
    return this.raw(field, packed.end());
  }

  message(field: number, message: Message): this {
    return this.raw(field, message.end());
  }

  raw(field: number, bytes: Uint8Array): this {
    this.varint(field * 8 + 2);
    this.varint(bytes.length);
    this.room(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
    return this;
  }

  end(): Uint8Array<ArrayBuffer> {
    return this.bytes.slice(0, this.length);
  }
}

class Texts {
  readonly all = [""];
  private readonly known = new Map([["", 0]]);
  of(text: string): number {
    const known = this.known.get(text);
    if (known !== undefined) return known;
    this.known.set(text, this.all.length);
    return this.all.push(text) - 1;
  }
}

/**
 * Samples of a rate as `samples/count` and `cpu/nanoseconds`, others as their weight and `periods/count`; labels `comm`,
 * `pid` and `tid` (pprof -tagroot comm).
 */
export function pprof(profile: StackProfile): Uint8Array<ArrayBuffer> {
  const { samples, threads, traces, frames, period } = profile;
  const texts = new Texts();
  const type = (name: string, unit: string) =>
    new Message().number(1, texts.of(name)).number(2, texts.of(unit));
  const isRate = profile.unit === "samples";
  const out = new Message();
  const types: [string, string][] = isRate
    ? [["samples", "count"], ...(period ? [["cpu", "nanoseconds"] as [string, string]] : [])]
    : [
        ["periods", "count"],
        [profile.name, "nanoseconds"],
      ];
  for (const [name, unit] of types) out.message(1, type(name, unit));
  for (const { first, weight, count } of summed(
    profile,
    (sample) => `${samples.thread[sample]} ${samples.trace[sample]}`,
  )) {
    const thread = threads[samples.thread[first] ?? 0];
    const trace = traces[samples.trace[first] ?? 0] ?? [];
    const values = isRate ? [weight, ...(period ? [weight * period] : [])] : [count, weight];
    out.message(
      2,
      new Message()
        // Leaf first; ids begin with 1.
        .numbers(1, trace.map((frame) => frame + 1).reverse())
        .numbers(2, values)
        .message(3, new Message().number(1, texts.of("comm")).number(2, texts.of(thread?.comm ?? "")))
        .message(3, new Message().number(1, texts.of("pid")).number(3, thread?.pid ?? 0))
        .message(3, new Message().number(1, texts.of("tid")).number(3, thread?.tid ?? 0)),
    );
  }
  const modules = [...new Set(frames.map(({ module, kind }) => module || `[${kind}]`))];
  // pprof's own tools symbolise a mapping that does not say that it has functions.
  for (const [i, name] of modules.entries())
    out.message(
      3,
      new Message()
        .number(1, i + 1)
        .number(5, texts.of(name))
        .number(7, 1),
    );
  const mapping = new Map(modules.map((name, i) => [name, i + 1]));
  for (const [i, { name, module, kind }] of frames.entries()) {
    const of = mapping.get(module || `[${kind}]`) ?? 0;
    out.message(
      4,
      new Message()
        .number(1, i + 1)
        .number(2, of)
        .message(4, new Message().number(1, i + 1)),
    );
    out.message(
      5,
      new Message()
        .number(1, i + 1)
        .number(2, texts.of(name))
        .number(3, texts.of(name))
        .number(4, texts.of(module)),
    );
  }
  const [from, to] = timeOf(profile);
  const [, last = types[0]] = types;
  const comment = texts.of(`${profile.name} on ${profile.hostname}, ${profile.kernel}`);
  const defaultType = texts.of(last?.[0] ?? "");
  const periodType = period ? type("cpu", "nanoseconds") : undefined;
  for (const text of texts.all) out.raw(6, utf8.encode(text));
  out.number(9, Math.floor(from) * 1e6).number(10, Math.round((to - from) * 1e6));
  if (periodType) out.message(11, periodType).number(12, period ?? 0);
  return out.numbers(13, [comment]).number(14, defaultType).end();
}

/** First and last sample, milliseconds since the epoch. */
function timeOf({ samples: { at } }: StackProfile): [from: number, to: number] {
  let [from, to] = [at[0] ?? 0, at[0] ?? 0];
  for (const time of at) {
    if (time < from) from = time;
    if (time > to) to = time;
  }
  return [from, to];
}
