import fs from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { fromRoot } from "../server/project";
import { BpfObject, keepKernelTypes } from "./index";
import { compiled } from "./testdata/harness";

const folder = fromRoot("dist/bpf");
const tools = fs
  .readdirSync(folder)
  .filter((name) => name.endsWith(".bpf.o"))
  .map((name) => path.join(folder, name));

/** The kernel's hashes of the instructions that it was given, of all programs that this process holds. */
function tags(): string[] {
  return fs.readdirSync("/proc/self/fd").flatMap((fd) => {
    try {
      const text = fs.readFileSync(`/proc/self/fdinfo/${fd}`, "utf8");
      return [...text.matchAll(/^prog_tag:\s*(\w+)/gm)].map(([, tag = ""]) => tag);
    } catch {
      return []; // That of the folder itself.
    }
  });
}

/** What becomes of each program of the tools: its hash, or why it does not load here. */
async function programs(): Promise<string[]> {
  const all: string[] = [];
  for (const file of tools) {
    const probe = new BpfObject(file);
    const names = probe.schema().programs.map(({ name }) => name);
    await probe.close();
    for (const name of names) {
      const object = new BpfObject(file);
      let became: unknown;
      try {
        await object.load([name], "vfs_read");
        became = tags();
      } catch (error) {
        became = error;
      } finally {
        await object.close();
      }
      all.push(`${path.basename(file)} ${name}: ${became}`);
    }
  }
  return all;
}

// Not tried again: what is kept once stays.
test("the tools' programs are the same by the types that are kept as by all of the kernel's", {
  timeout: 120_000,
  retry: 0,
}, async () => {
  const whole = await programs();
  expect(whole.filter((line) => /: [0-9a-f]{16}$/.test(line)).length).toBeGreaterThan(tools.length);
  expect(keepKernelTypes(tools)).toBe(tools.length);
  expect(await programs()).toEqual(whole);
});

test("an object that asks for what a part of the types cannot tell is loaded as before", async () => {
  const [calls, absent] = [compiled("calls"), compiled("absent")];
  expect(keepKernelTypes([calls, absent, path.join(folder, "none.bpf.o")])).toBe(1);
  const object = new BpfObject(absent);
  await object.load(["type_id", "absent"]);
  await object.close();
});
