import { expect, test } from "vitest";
import type { RunCost } from "../protocol";
import { percentOf, roomFor, sampleFor } from "./budget";
import { isEmulated } from "./probes";

const CPUS = 4;
const SKIP = 50;

/** A program of `seen` ns, `unseen` ns away, `runs` times a second, when one event in `oneIn` is recorded. */
function costOf(runs: number, seen: number, unseen: number, oneIn: number, bystanders = 0): RunCost {
  const mean = SKIP + (seen - SKIP) / oneIn;
  const cpu = (runs * (mean + unseen) + bystanders) / 1e9;
  return { runs, seen: mean, unseen, isEstimated: true, bystanders, cpu };
}

test("the sample is the largest that keeps within the budget, by trying each", () => {
  for (const runs of [1e3, 1e5, 1e6, 3e6])
    for (const seen of [60, 400, 3000])
      for (const unseen of [0, 40, 2000])
        for (const oneIn of [1, 4])
          for (const percent of [0.1, 2, 20]) {
            const fits = (n: number) =>
              percentOf(costOf(runs, seen, unseen, n), CPUS) <= percent * (1 + 1e-9);
            const wanted = [2, 4, 8, 16, 32, 64, 128, 256, 512, 1024].find((n) => n > oneIn && fits(n));
            const found = sampleFor(
              costOf(runs, seen, unseen, oneIn),
              CPUS,
              percent * (1 + 1e-9),
              oneIn,
              SKIP,
            );
            expect(found).toBe(wanted);
          }
});

test("where the way to the program is too dear, or the bystanders are, no sample helps", () => {
  expect(sampleFor(costOf(1e6, 100, 2000, 1), CPUS, 2, 1, SKIP)).toBeUndefined();
  expect(sampleFor(costOf(10, 100, 20, 1, 1e9), CPUS, 2, 1, SKIP)).toBeUndefined();
});

test("a budget with room: a quarter more, two digits, never above the machine", () => {
  expect([0.4, 2.3, 41.2, 63, 97].map(roomFor)).toEqual([0.5, 2.9, 52, 79, 100]);
});

test.each([
  ["push %rbp", [0x55, 0x48], true],
  ["push %r12", [0x41, 0x54], true],
  ["jmp", [0xe9, 0], true],
  ["jne", [0x0f, 0x85], true],
  ["endbr64", [0xf3, 0x0f], false],
  ["sub $8,%rsp", [0x48, 0x83], false],
  ["mov %edi,%eax", [0x89, 0xf8], false],
  ["pop %r12", [0x41, 0x5c], false],
])("%s is emulated: %s %s", (_, code, emulated) => {
  expect(isEmulated(Uint8Array.from(code))).toBe(emulated);
});
