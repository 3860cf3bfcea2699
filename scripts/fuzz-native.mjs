/**
 * `node scripts/fuzz-native.mjs SECONDS`: libFuzzer with AddressSanitizer and UndefinedBehaviorSanitizer on the addon's
 * reading of BTF, records and objects (native/fuzz/), so long each; prints what it did as one line of JSON each.
 */
import { execFileSync, spawnSync } from "node:child_process";
import fs from "node:fs";
import { basename, join } from "node:path";
import { root } from "./step.mjs";

const [seconds = "600"] = process.argv.slice(2);
const folder = join(root, "dist/fuzz");
/** The runtime of the sanitizers: a package of its own on Debian. */
const RUNTIME = "libclang-rt-dev (Debian 12: libclang-rt-14-dev)";

/** Sources of native/ that need no Node. */
const PARTS = ["types", "check_types", "schema", "columns", "stacks", "diagnostics"];

/** @param {string} name */
function build(name) {
  const program = join(folder, name);
  const sources = [`native/fuzz/${name}.cc`, ...PARTS.map((part) => `native/${part}.cc`)];
  const flags = [
    "-std=c++17",
    "-O1",
    "-g1",
    "-fsanitize=fuzzer,address,undefined",
    "-fno-sanitize-recover=all",
  ];
  execFileSync("clang++", [...flags, ...sources, "-o", program, "-lbpf", "-lelf"], { cwd: root });
  return program;
}

/** The objects of the tools, and their BTF behind its length and before a record. @param {string} name */
function corpus(name) {
  const seeds = join(folder, `${name}-seeds`);
  fs.mkdirSync(seeds, { recursive: true });
  for (const file of fs.readdirSync(join(root, "dist/bpf")).filter((one) => one.endsWith(".bpf.o"))) {
    const object = join(root, "dist/bpf", file);
    const seed = join(seeds, basename(file, ".bpf.o"));
    if (name === "object") fs.copyFileSync(object, seed);
    else {
      execFileSync("llvm-objcopy", [`--dump-section=.BTF=${seed}`, object, "/dev/null"]);
      const types = fs.readFileSync(seed);
      const length = Buffer.alloc(2);
      length.writeUInt16LE(types.length);
      fs.writeFileSync(seed, Buffer.concat([length, types, Buffer.alloc(512, "record\0\x7f")]));
    }
  }
  return seeds;
}

fs.mkdirSync(folder, { recursive: true });
for (const name of ["types", "object"]) {
  /** @type {string} */
  let program;
  try {
    program = build(name);
  } catch {
    process.stderr.write(`The fuzzer cannot be built: install clang's sanitizers, ${RUNTIME}.\n`);
    process.exit(1);
  }
  const grown = join(folder, `${name}-corpus`);
  fs.mkdirSync(grown, { recursive: true });
  const { status, stderr } = spawnSync(
    program,
    [
      grown,
      corpus(name),
      `-max_total_time=${seconds}`,
      "-timeout=20",
      "-rss_limit_mb=1024",
      "-print_final_stats=1",
    ],
    { encoding: "utf8", cwd: folder, maxBuffer: 2 ** 28 },
  );
  /** @param {string} what */
  const stat = (what) => Number(new RegExp(`stat::${what}:\\s*(\\d+)`).exec(stderr)?.[1] ?? 0);
  const clean = status === 0;
  if (!clean) process.stderr.write(stderr.slice(-8000));
  process.stdout.write(
    `${JSON.stringify({ name, seconds: Number(seconds), runs: stat("number_of_executed_units"), peakMib: stat("peak_rss_mb"), clean })}\n`,
  );
  process.exitCode ||= clean ? 0 : 1;
}
