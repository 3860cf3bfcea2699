import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { buildSync } from "esbuild";
import { afterEach, beforeAll, expect, test } from "vitest";
import { Finder, type FromFinder, joined, patternOf } from "./flame-pattern";
import { type Asker, FlameSearch } from "./flame-search";

const frames = (...names: string[]) => names.map((name) => ({ name, module: "" }));

test("a pattern without capitals finds both cases; modules are looked at too; nonsense is no pattern", () => {
  const finder = new Finder();
  finder.put({
    from: 0,
    texts: joined([...frames("Crc32", "crc32c", "other"), { name: "x", module: "libCRC32.so" }]),
  });
  expect([...finder.find("crc32")]).toEqual([1, 1, 0, 1]);
  expect([...finder.find("Crc32")]).toEqual([1, 0, 0, 0]);
  expect([...finder.find("^.rc")]).toEqual([1, 1, 0, 0]);
  expect([...finder.find("^\\x43")]).toEqual([1, 1, 0, 0]);
  expect([...finder.find("[^a-z]32$")]).toEqual([0, 0, 0, 0]);
  expect(() => patternOf("(")).toThrow(SyntaxError);
});

test("frames that come, or change, are looked at when the same is searched for again", () => {
  const finder = new Finder();
  finder.put({ from: 0, texts: joined(frames("a", "b")) });
  expect([...finder.find("a")]).toEqual([1, 0]);
  finder.put({ from: 1, texts: joined(frames("ab", "a\0b", "c")) });
  expect([...finder.find("a")]).toEqual([1, 1, 1, 0]);
  expect([...finder.find("c")]).toEqual([0, 0, 0, 1]);
});

let script = "";
beforeAll(() => {
  const { outputFiles } = buildSync({
    entryPoints: [fileURLToPath(new URL("./flame-search-worker.ts", import.meta.url))],
    bundle: true,
    write: false,
    format: "iife",
  });
  script = outputFiles[0]?.text ?? "";
});

/** The worker of the page in a thread of Node, which has the same three functions by other names. */
function startWorker(): Asker {
  const worker = new Worker(
    `const { parentPort } = require("node:worker_threads");
     globalThis.postMessage = (message) => parentPort.postMessage(message);
     globalThis.addEventListener = (_, listener) => parentPort.on("message", (data) => listener({ data }));
     ${script}`,
    { eval: true },
  );
  const asker: Asker = {
    postMessage: (message) => worker.postMessage(message),
    terminate: () => void worker.terminate(),
    onmessage: null,
    onerror: null,
  };
  worker.on("message", (data: FromFinder) => asker.onmessage?.({ data } as MessageEvent<FromFinder>));
  return asker;
}

const started: FlameSearch[] = [];
afterEach(() => {
  for (const search of started.splice(0)) search.close();
});
function searching() {
  const search = new FlameSearch(startWorker);
  started.push(search);
  globalThis.requestAnimationFrame ??= (task) => setTimeout(() => task(0)) as unknown as number;
  return search;
}
/** Looks again at each notice, and only then, as the panel does, until the text has its answer. */
async function answer(search: FlameSearch, text: string, names: ReturnType<typeof frames>) {
  await new Promise<void>((resolve) => {
    const look = () => {
      search.look(text, names);
      if (search.pending) return;
      stop();
      resolve();
    };
    const stop = search.subscribe(look);
    look();
  });
  return [...(search.matches ?? [])];
}

test("an exponential pattern gives up at its deadline, a malformed one at once; the last good answer stays", async () => {
  const search = searching();
  const names = frames("sha256_transform", `${"a".repeat(60)}!`, "main");
  expect(await answer(search, "sha", names)).toEqual([1, 0, 0]);
  expect(await answer(search, "(a+)+$", names)).toEqual([1, 0, 0]);
  expect(search.problem).toMatch(/takes too long/);
  expect(await answer(search, "sha(", names)).toEqual([1, 0, 0]);
  expect(search.problem).toMatch(/^Not a pattern: Unterminated group/);
  expect(await answer(search, "main", names)).toEqual([0, 0, 1]);
  expect(search.problem).toBeUndefined();
  search.look("", names);
  expect(search.matches).toBeUndefined();
});

test("100,000 names are searched in far less than the deadline", () => {
  const finder = new Finder();
  const names = Array.from(
    { length: 100_000 },
    (_, i) => `std::vector<int>::operator_${i}(unsigned long) const`,
  );
  finder.put({ from: 0, texts: joined(frames(...names)) });
  const before = performance.now();
  expect(finder.find("_9{3}\\d+\\(").reduce((a, b) => a + b)).toBe(110);
  expect(performance.now() - before).toBeLessThan(500);
});
