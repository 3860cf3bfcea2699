/** Reads the verifier's log: which instruction failed, from which line of source, and what the verifier said. */

export interface LogLine {
  text: string;
  kind: "instruction" | "source" | "state" | "verdict";
}

export interface VerifierLog {
  /** The program, where libbpf names it. */
  program: string | undefined;
  lines: LogLine[];
  /** Indexes in `lines`; -1: there is none. */
  failedAt: number;
  sourceAt: number;
  /** The verifier's own words for what is wrong. */
  verdict: string;
  /** What usually causes it, and so where to look; "" for words that are not known here. */
  hint: string;
}

const BEGIN = /^.*BEGIN PROG LOAD LOG.*$/m;
const END = /^.*END PROG LOAD LOG.*$/m;
/** "12: (61) r1 = *(u32 *)(r0 +0)"; newer kernels put the registers behind it. */
const INSTRUCTION = /^\d+: \([0-9a-f]{2}\) /;
/** "12: R0=… R10=fp0", "from 4 to 7: …", "R1 type=…" before 5.18 as a line of its own. */
const STATE =
  /^(\d+: )?R\d+(_\w+)?=|^from \d+ to \d+|^func#\d+|^\d+: frame|^last_idx|^regs=|^mark_precise|^propagating/;
/** The count of what was looked at ends every log. */
const TAIL = /^(processed \d+ insns|verification time|stack depth|insns processed)/;

/** The verifier's sentences (kernel/bpf/verifier.c) and what they come from. */
const HINTS: [words: RegExp, hint: string][] = [
  [
    /invalid mem access '\w*_or_null'/,
    "The pointer may be NULL: compare what the look-up gave with NULL before reading through it.",
  ],
  [
    /invalid mem access '(scalar|inv)'/,
    "That is a number to the verifier, not a pointer it knows: read through it with bpf_probe_read_kernel() or BPF_CORE_READ().",
  ],
  [/invalid mem access/, "Memory of this kind is not read directly: use bpf_probe_read_kernel()."],
  [/!read_ok/, "The register was never written on some way to here: set the variable before it is used."],
  [
    /invalid indirect read from stack|invalid read from stack/,
    "Not every byte of that variable was set: begin with = {}.",
  ],
  [
    /back-edge|infinite loop|loop is not bounded|too many jumps/,
    "The loop has no bound that the verifier can see: count to a constant, or use bpf_loop().",
  ],
  [
    /BPF program is too large|exceeds? .*limit|too complex/,
    "There are too many ways through the program: split it, or bound its loops tighter.",
  ],
  [
    /min value is negative|max value is outside|unbounded memory access|outside of the allowed memory|out of range|offset is outside/,
    "The place may lie outside what it points into: limit the index just before it is used (index &= SIZE - 1).",
  ],
  [
    /unknown func|invalid func|cannot use helper/,
    "This kernel does not offer that helper to programs of this type; lockdown also takes some away.",
  ],
  [/Unreleased reference|reference .* leak/, "What was acquired must be released on every way out."],
  [/type=\w+ expected=/, "The helper wants another kind of pointer for this argument."],
];

const kindOf = (text: string): LogLine["kind"] => {
  if (text.startsWith(";")) return "source";
  if (INSTRUCTION.test(text)) return "instruction";
  return STATE.test(text) || TAIL.test(text) || text === "" ? "state" : "verdict";
};

/** Undefined where the text is no log of the verifier. */
export function readVerifierLog(detail: string): VerifierLog | undefined {
  const begin = BEGIN.exec(detail);
  if (!begin) return undefined;
  const rest = detail.slice(begin.index + begin[0].length);
  const end = END.exec(rest);
  const texts = rest
    .slice(0, end?.index ?? rest.length)
    .trim()
    .split("\n");
  const lines = texts.map((text): LogLine => ({ text, kind: kindOf(text) }));
  const failedAt = lines.findLastIndex(({ kind }) => kind === "instruction");
  const sourceAt = lines.findLastIndex(({ kind }, i) => kind === "source" && i < failedAt);
  // What stands behind the last instruction; a helper that is not there is told of before any is shown.
  const said = lines.slice(failedAt + 1).filter(({ kind }) => kind === "verdict");
  const verdict = (said.length > 0 ? said : lines.filter(({ kind }) => kind === "verdict").slice(-1))
    .map(({ text }) => text)
    .join(" ");
  return {
    program: /prog '([^']+)': (?:BPF program load failed|-- BEGIN)/.exec(detail)?.[1],
    lines,
    failedAt,
    sourceAt,
    verdict,
    hint: HINTS.find(([words]) => words.test(verdict))?.[1] ?? "",
  };
}
