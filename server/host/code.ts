/** A program's code as text: translated instructions by our own printer, compiled code by objdump where there is one. */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { BpfError, nameCalls, type ProgramCode, readProgram } from "../../native";
import { refuse } from "../problem";
import type { Problem } from "../protocol";
import type { Code, CodeForm } from "../protocol/kernel";
import { has } from "./capabilities";
import { helpersIn, printInstructions } from "./instructions";

const ROWS = 4096;
/** A megabyte of code takes 0.7 s. */
const DISASSEMBLY_MS = 20_000;
const run = promisify(execFile);

type Row = Code["rows"][number];
interface Printed {
  rows: Row[];
  problem?: Problem;
}

/** A program that went away between two looks at the page. */
async function read(id: number): Promise<ProgramCode> {
  try {
    return await readProgram(id);
  } catch (error) {
    if (error instanceof BpfError && error.code === "NOT_FOUND")
      refuse(`Program ${id} is not loaded any more.`, "Choose another one.");
    throw error;
  }
}

async function translated({ translated: code, lines, functions }: ProgramCode): Promise<Printed> {
  if (code.length === 0)
    return {
      rows: [],
      problem: {
        reason: "The kernel keeps this program's instructions to itself.",
        fix: "Reading them takes CAP_BPF and CAP_PERFMON.",
        help: "permission",
      },
    };
  const helpers = [...helpersIn(code)];
  const names = await nameCalls(
    Int32Array.from(helpers),
    BigUint64Array.from(functions, ({ address }) => address),
  );
  const byHelper = new Map(helpers.map((helper, i) => [helper, names.calls[i] ?? ""]));
  const lineAt = new Map(lines.map(({ at }, i) => [at, i]));
  const printed = printInstructions(code, {
    helper: (offset) => byHelper.get(offset) ?? "",
    own: (number) => names.addresses[number] || functions[number]?.name || "",
    compiled: functions.length > 0,
  });
  const rows = printed.map(({ at, text }): Row => [at, text, lineAt.get(at) ?? -1]);
  const hidden = helpers.length > 0 && !has("CAP_SYSLOG");
  if (!hidden) return { rows };
  return {
    rows,
    problem: {
      reason: "Helpers have no names here: the kernel shows its addresses to CAP_SYSLOG only.",
      fix: "Give the server CAP_SYSLOG, as npm start does.",
      help: "permission",
    },
  };
}

/** What objdump calls this machine; undefined: none that eBPF is compiled for here. */
const MACHINES: Partial<Record<NodeJS.Architecture, readonly string[]>> = {
  x64: ["-m", "i386:x86-64"],
  arm64: ["-m", "aarch64"],
};

/** Binutils' disassembler, which bpftool uses as well; it reads files only. */
async function disassemble(code: Buffer): Promise<[at: number, text: string][]> {
  const folder = await mkdtemp(join(tmpdir(), "ringside-code-"));
  try {
    const file = join(folder, "code");
    await writeFile(file, code);
    const machine = MACHINES[process.arch] ?? [];
    const args = ["-D", "-b", "binary", ...machine, "--no-show-raw-insn", file];
    const { PATH, NODE_ENV } = process.env;
    const env = { PATH, NODE_ENV, LC_ALL: "C" };
    const bounds = { maxBuffer: 256 * 1024 * 1024, timeout: DISASSEMBLY_MS };
    const { stdout } = await run("objdump", args, { env, ...bounds });
    return [...stdout.matchAll(/^\s*([0-9a-f]+):\s+(\S.*?)\s*$/gm)].map(([, at = "0", text = ""]) => [
      Number.parseInt(at, 16),
      text.replace(/\s+/g, " "),
    ]);
  } finally {
    await rm(folder, { recursive: true });
  }
}

const BYTES_A_ROW = 16;

function asBytes(code: Buffer): [at: number, text: string][] {
  return Array.from({ length: Math.ceil(code.length / BYTES_A_ROW) }, (_, i) => {
    const bytes = code.subarray(i * BYTES_A_ROW, (i + 1) * BYTES_A_ROW).toString("hex");
    return [i * BYTES_A_ROW, bytes.replace(/..(?=.)/g, "$& ")];
  });
}

/** Addresses of source lines as offsets in the compiled code, whose functions lie one behind the other. */
function compiledLines({ lines, functions }: ProgramCode): Map<number, number> {
  const found = new Map<number, number>();
  let before = 0;
  for (const { address, bytes } of functions) {
    lines.forEach(({ compiledAt }, i) => {
      if (compiledAt === undefined || compiledAt < address || compiledAt >= address + BigInt(bytes)) return;
      const at = before + Number(compiledAt - address);
      if (!found.has(at)) found.set(at, i);
    });
    before += bytes;
  }
  return found;
}

async function compiled(program: ProgramCode): Promise<Printed> {
  const code = program.compiled;
  if (code.length === 0)
    return {
      rows: [],
      problem: {
        reason:
          "There is no compiled code to show: the program is interpreted, or the kernel hides its addresses.",
        fix: "Compile with sysctl net.core.bpf_jit_enable=1; reading takes CAP_BPF and CAP_SYSLOG.",
      },
    };
  const lineAt = compiledLines(program);
  try {
    const rows = await disassemble(code);
    return { rows: rows.map(([at, text]): Row => [at, text, lineAt.get(at) ?? -1]) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return {
      // A row of bytes may hold the beginnings of several lines; the first one names it.
      rows: asBytes(code).map(([at, text]): Row => {
        const offsets = Array.from({ length: BYTES_A_ROW }, (_, i) => lineAt.get(at + i) ?? -1);
        return [at, text, offsets.find((line) => line >= 0) ?? -1];
      }),
      problem: {
        reason: "The compiled code is shown as bytes: this host has no objdump.",
        fix: "Install it: sudo apt-get install binutils",
      },
    };
  }
}

/** At most 4096 rows from `from` on, and the lines of source that they name. */
export async function codeOf(id: number, form: CodeForm, from: number): Promise<Code> {
  const program = await read(id);
  const { rows, problem } = await (form === "translated" ? translated(program) : compiled(program));
  const page = rows.slice(from, from + ROWS);
  const named = [...new Set(page.map(([, , line]) => line))].filter((line) => line >= 0);
  return {
    rows: page.map(([at, text, line]) => [at, text, line < 0 ? -1 : named.indexOf(line)]),
    lines: named.flatMap((line) => {
      const source = program.lines[line];
      return source ? [{ file: source.file, number: source.number, text: source.text }] : [];
    }),
    total: rows.length,
    ...(problem && { problem }),
  };
}
