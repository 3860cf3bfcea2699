import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { UserError } from "../problem";
import { decodePanel, readSnapshot } from "./decode";
import { encodeSnapshot, type RecordedPanel } from "./encode";
import { newestThatFit } from "./fit";
import { FORMAT_VERSION, jsonSchema, type Snapshot, type SnapshotPanel } from "./format";
import { bytesOf, textOf } from "./text";

type Cell = number | bigint | boolean | string | Buffer;

const columns = [
  ["u8", 1],
  ["s8", 1],
  ["u16", 2],
  ["s16", 2],
  ["u32", 4],
  ["s32", 4],
  ["u64", 8],
  ["s64", 8],
  ["bool", 1],
  ["stack", 4],
  ["text", 0],
  ["bytes", 6],
] as const;
const schema: SnapshotPanel["schema"] = columns.map(([type, size], place) => ({
  name: `of_${type}`,
  title: type,
  type,
  meaning: type,
  size,
  key: false,
  place,
}));
const head: RecordedPanel["head"] = {
  tool: {
    name: "opensnoop",
    title: "Files opened",
    tells: "",
    subsystem: "Files",
    view: "events",
    kind: "ring",
    cost: "low",
    costWhy: "",
    tryIt: "true",
    parameters: [],
  },
  parameters: { pid: 12 },
  run: {
    startedAt: 1,
    attached: "tracepoint",
    count: 9,
    loss: { ring: 0, map: 0, stack: 0 },
    oneIn: 1,
    mapBytes: 0,
  },
  schema,
};
const top: Omit<Snapshot, "panels"> = {
  format: "ringside-snapshot",
  version: 1,
  title: 'A "title" <b>',
  notes: "",
  takenAt: 1_790_000_000_000.5,
  software: "ringside 0.1.0",
  host: { hostname: "h", kernel: "6.1", cpus: 2, bootedAt: 1.5, startedAt: 1, errnos: {}, syscalls: {} },
  view: "?opensnoop",
  names: { uid: { "0": "root" } },
};

const align = (bytes: Buffer): Buffer => Buffer.concat([bytes, Buffer.alloc(-bytes.length & 7)]);

/** A batch, as slowly and plainly as the protocol tells it. */
function batchOf(rows: Cell[][]): Buffer {
  const start = Buffer.alloc(8);
  start.writeUInt32LE(rows.length);
  const parts = columns.map(([type, size], i) => {
    const values = rows.map((row) => row[i] as Cell);
    if (type === "text") {
      const texts = values.map((value) => (Buffer.isBuffer(value) ? value : Buffer.from(String(value))));
      const offsets = Buffer.alloc(4 * (rows.length + 1));
      texts.reduce((end, text, row) => {
        offsets.writeUInt32LE(end + text.length, 4 * row + 4);
        return end + text.length;
      }, 0);
      return Buffer.concat([align(offsets), Buffer.concat(texts)]);
    }
    if (type === "bytes") return Buffer.concat(values as Buffer[]);
    const bytes = Buffer.alloc(size * rows.length);
    values.forEach((value, row) => {
      const exact = BigInt.asUintN(8 * size, BigInt(value as number));
      for (let i = 0; i < size; i++) bytes[row * size + i] = Number((exact >> BigInt(8 * i)) & 0xffn);
    });
    return bytes;
  });
  return Buffer.concat([start, ...parts.map(align)]);
}

/** A value as the format has it, as plainly as it can be said. */
function plain(value: Cell): unknown {
  if (Buffer.isBuffer(value)) return value.toString("hex");
  if (typeof value !== "bigint") return value;
  return value === BigInt.asIntN(54, value) && value !== -(2n ** 53n) ? Number(value) : String(value);
}

const edges: Cell[][] = [
  [0, 0, 0, 0, 0, 0, 0n, 0n, false, 0, "", Buffer.alloc(6)],
  [
    255,
    -128,
    65_535,
    -32_768,
    2 ** 32 - 1,
    -(2 ** 31),
    2n ** 64n - 1n,
    -(2n ** 63n),
    true,
    7,
    "a",
    Buffer.alloc(6, 255),
  ],
  [
    9,
    127,
    10,
    32_767,
    99_999_999,
    2 ** 31 - 1,
    2n ** 53n - 1n,
    2n ** 53n - 1n,
    true,
    1,
    'q"\\\n\0\x7f',
    Buffer.from("abcdef"),
  ],
  [
    10,
    -1,
    99,
    -1,
    100_000_000,
    -1,
    2n ** 53n,
    -(2n ** 53n) + 1n,
    false,
    2,
    "é漢🎈 \u2028",
    Buffer.from([0, 1, 2, 3, 4, 5]),
  ],
  [1, 1, 1, 1, 1, 1, 4_294_967_296n, -(2n ** 53n), false, 3, "</script>__proto__", Buffer.alloc(6)],
  [1, 1, 1, 1, 1, 1, 123_456_789_012_345n, -4_294_967_297n, false, 3, "/", Buffer.alloc(6)],
];

let seed = 7;
const random = (below: number): number => {
  seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
  return seed % below;
};
const rows: Cell[][] = [
  ...edges,
  ...Array.from({ length: 3000 }, () =>
    columns.map(([type], i): Cell => {
      if (type === "u64") return BigInt.asUintN(random(64) + 1, BigInt(random(2 ** 31)) ** 3n);
      if (type === "s64") return BigInt.asIntN(random(64) + 1, BigInt(random(2 ** 31)) ** 3n);
      if (type === "text") return "x/".repeat(random(40));
      return edges[random(edges.length)]?.[i] as Cell;
    }),
  ),
];
const sizes = [0, 1, 5, 0, 400, rows.length - 406];

function recorded(): RecordedPanel {
  let next = 0;
  const first: number[] = [];
  const batches = sizes.map((size) => {
    first.push(next + 3);
    next += size;
    return batchOf(rows.slice(next - size, next));
  });
  return {
    head,
    first,
    at: sizes.map((_, i) => 1000.25 + i),
    batches,
    frames: [{ name: "main", module: "a.out", kind: "user" }],
    stacks: [{ id: 1, frames: [0, 0] }],
  };
}

const write = (panels: RecordedPanel[]): string => Buffer.concat([...encodeSnapshot(top, panels)]).toString();

test("the text is what JSON.stringify writes of plain lists", () => {
  const { first, at, frames, stacks } = recorded();
  const panel = {
    ...head,
    batches: { at, first, rows: sizes },
    columns: Object.fromEntries(
      schema.map(({ name }, i) => [name, rows.map((row) => plain(row[i] as Cell))]),
    ),
    frames,
    stacks,
  };
  expect(write([recorded(), recorded()])).toBe(JSON.stringify({ ...top, panels: [panel, panel] }));
});

test("read again it is the same, to the byte", () => {
  const text = write([recorded()]);
  const { panels, ...read } = readSnapshot(Buffer.from(text));
  const [panel] = panels.map(decodePanel);
  expect(read).toEqual(top);
  expect(panel?.head).toEqual(head);
  expect(panel?.batches.map((batch) => batch.toString("hex"))).toEqual(
    recorded().batches.map((batch) => batch.toString("hex")),
  );
  expect(write(panel ? [panel] : [])).toBe(text);
});

test("a path that is not UTF-8 comes back as its bytes", () => {
  for (const bytes of [
    [0xff],
    [0x2f, 0xc3, 0x28, 0x2f],
    [0xe2, 0x82],
    [0xed, 0xb2, 0x80], // U+DC80 itself, which is no UTF-8
    [0xf0, 0x9f, 0x8e, 0x88, 0x80],
    [0xc0, 0x80],
  ]) {
    const text = JSON.parse(JSON.stringify(textOf(Buffer.from(bytes)))) as string;
    expect([...bytesOf(text)]).toEqual(bytes);
  }
});

/** Written, with one value exchanged for another. */
function changed(path: (string | number)[], value: unknown): string {
  const snapshot: unknown = JSON.parse(write([recorded()]));
  const inside = path.slice(0, -1).reduce((at, key) => (at as Record<string, unknown>)[key], snapshot);
  // As a file does it: `__proto__` too becomes a key like any other.
  Object.defineProperty(inside, path.at(-1) ?? "", { value, enumerable: true, configurable: true });
  return JSON.stringify(snapshot);
}

const ofPanel = (...path: (string | number)[]) => ["panels", 0, ...path];

test.each<[string, string, RegExp]>([
  ["cut short", write([recorded()]).slice(0, -100), /not whole JSON/],
  ["empty", "", /not whole JSON/],
  ["another's JSON", '{"traceEvents":[]}', /no snapshot/],
  ["null", "null", /no snapshot/],
  ["a later version", changed(["version"], 2), /version 2.*up to 1/],
  ["a version that is none", changed(["version"], { toString: 1 }), /version \{"toString":1\}/],
  ["a title that is a number", changed(["title"], 7), /\.title/],
  ["a view that no panel draws", changed(ofPanel("tool", "view"), "constructor"), /\.panels\.0\.tool\.view/],
  ["a tool that is a path", changed(ofPanel("tool", "name"), "../../etc/passwd"), /\.tool\.name/],
  [
    "a column with every object's name",
    changed(ofPanel("schema", 0, "name"), "__proto__"),
    /\.schema\.0\.name/,
  ],
  [
    "a column that is not there",
    changed(ofPanel("schema", 0, "name"), "constructor"),
    /constructor.*no values/,
  ],
  ["a column that is no list", changed(ofPanel("columns", "of_u8"), "abc"), /of_u8/],
  ["too many for its type", changed(ofPanel("columns", "of_u8", 3), 256), /of_u8.*256.*row 3.*0 to 255/],
  ["a fraction", changed(ofPanel("columns", "of_s32", 0), 0.5), /of_s32.*0\.5/],
  ["a number that no double holds", changed(ofPanel("columns", "of_u64", 0), 2 ** 53), /of_u64/],
  ["a negative u64", changed(ofPanel("columns", "of_u64", 0), -1), /of_u64.*-1/],
  ["a u64 beyond 64 bits", changed(ofPanel("columns", "of_u64", 0), "18446744073709551616"), /of_u64/],
  ["HTML for a number", changed(ofPanel("columns", "of_s64", 1), "<img src=x>"), /of_s64.*<img src=x>/],
  ["a number for a text", changed(ofPanel("columns", "of_text", 1), 3), /of_text/],
  [
    "a surrogate that stands for nothing",
    changed(ofPanel("columns", "of_text", 1), "\ud800"),
    /of_text.*surrogate/,
  ],
  ["bytes of another length", changed(ofPanel("columns", "of_bytes", 1), "00"), /of_bytes.*12 hexadecimal/],
  ["a row too few", changed(ofPanel("batches", "rows"), [0, 1, 5, 0, 400, 2000]), /of_u8.*3006 values.*2406/],
  ["batches that overlap", changed(ofPanel("batches", "first", 2), 0), /Batch 2/],
  ["batches that go back in time", changed(ofPanel("batches", "at", 2), 0), /Batch 2/],
  ["more rows than there can be", changed(ofPanel("batches", "rows", 0), 1e15), /Batch 1/],
  ["a frame of nothing", changed(ofPanel("frames", 0), null), /Frame 0/],
  ["a stack of frames that are not there", changed(ofPanel("stacks", 0, "frames"), [1]), /Stack 0/],
  [
    "more columns than there can be",
    `{"panels":[{"columns":[${"[1],".repeat(70_000)}[1]]}]}`,
    /more columns/,
  ],
  ["a size that is not the type's", changed(ofPanel("schema", 4, "size"), 2), /of_u32.*size of 2/],
])("%s: a sentence that names it", (_, text, named) => {
  let problem: unknown;
  try {
    readSnapshot(Buffer.from(text)).panels.map(decodePanel);
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    problem = (error as UserError).problem;
  }
  expect(problem).toEqual({ reason: expect.stringMatching(named), fix: expect.stringMatching(/\.$/) });
  expect(Object.hasOwn(Object.prototype, "of_u8")).toBe(false);
});

test("of what is too long the newest batches that fit are kept", () => {
  const rows = Array.from({ length: 300 }, (_, i) => [edges[i % edges.length] as Cell[]]);
  const of = (batches: Buffer[]): RecordedPanel => {
    const places = batches.map((_, i) => i);
    return { head, first: places, at: places, batches, frames: [], stacks: [] };
  };
  const panels = [of(rows.map(batchOf)), of([])];
  const json = (some: readonly RecordedPanel[]) => Buffer.concat([...encodeSnapshot(top, some)]);
  const whole = json(panels).length;
  const empty = json([of([]), of([])]).length;
  expect(newestThatFit(top, panels, whole)[0]?.at).toHaveLength(300);
  for (const most of [whole - 1, Math.round(whole / 2), Math.round(whole / 5), empty]) {
    const fitting = newestThatFit(top, panels, most);
    const text = json(fitting);
    expect(text.length).toBeLessThanOrEqual(most);
    if (most > whole / 3) expect(text.length).toBeGreaterThan(0.9 * most);
    const [kept] = readSnapshot(text).panels.map(decodePanel);
    const held = kept?.at.length ?? 0;
    expect(kept?.at).toEqual(Array.from({ length: held }, (_, i) => 300 - held + i));
    expect(kept?.batches.map((batch) => batch.toString("hex"))).toEqual(
      rows.slice(300 - held).map((row) => batchOf(row).toString("hex")),
    );
  }
});

test("what is not of the format is left out", () => {
  const text = changed(["__proto__"], { polluted: true });
  const read = readSnapshot(Buffer.from(text));
  expect(Object.keys(read)).not.toContain("__proto__");
  expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
});

/** Written once when their version was the newest, all rows of `edges` in one batch; never written again. */
const fixtures = new URL("testdata/", import.meta.url);

test.each(readdirSync(fixtures))("%s of testdata is read as it was meant", (file) => {
  const { panels, ...read } = readSnapshot(readFileSync(new URL(file, fixtures)));
  expect({ ...read, version: 1 }).toEqual(top);
  const [panel] = panels.map(decodePanel);
  expect(panel?.head).toEqual(head);
  expect(panel?.batches.map((batch) => batch.toString("hex"))).toEqual([batchOf(edges).toString("hex")]);
  expect(panel?.stacks).toEqual([{ id: 1, frames: [0, 0] }]);
});

test("there is a file of every version", () => {
  const versions = Array.from({ length: FORMAT_VERSION }, (_, i) => `version-${i + 1}.json`);
  expect(readdirSync(fixtures).sort()).toEqual(versions.sort());
});

test("docs/snapshot.schema.json is the schema of this version", async () => {
  // `npx vitest run server/snapshots -u` writes it.
  await expect(`${JSON.stringify(jsonSchema(), null, 2)}\n`).toMatchFileSnapshot(
    "../../docs/snapshot.schema.json",
  );
});
