/**
 * Text matched as bytes, in time that grows with the text alone whatever the pattern: an automaton of which only the
 * states that some text has reached are built (Thompson's construction; Cox, "Regular Expression Matching Can Be
 * Simple And Fast"). A regular expression of the browser could hang the page, and would need a string for each row.
 */
import { FilterError } from "./filter-error";
import { anyLetter, type ByteSet, byteSet, literal, parseRegex, type Tree } from "./pattern-syntax";

/** One step of the program that a tree becomes. */
type Step =
  | { kind: "bytes"; set: ByteSet }
  | { kind: "split"; to: number[] }
  | { kind: "start" }
  | { kind: "end" }
  | { kind: "found" };

const mostSteps = 4000;
/** More states than this are forgotten and built anew as needed. */
const mostStates = 1000;
const [found, foundAtEnd, dead] = [1, 2, 4];

export interface PatternOptions {
  /** Both the beginning and the end of the text must fit. */
  whole?: boolean;
  /** A NUL passes for a space: arguments are kept with a NUL behind each. */
  nulIsSpace?: boolean;
}

export class Pattern {
  private readonly steps: Step[] = [];
  /** Bytes that no set tells apart share a class. */
  private readonly classOf = new Uint8Array(256);
  private readonly sampleOf: number[] = [];
  private sets: number[][] = [];
  private ids = new Map<string, number>();
  private flags = new Uint8Array(mostStates + 1);
  /** By state × class: the next state, -1 where it was not asked for yet. */
  private next: Int32Array;
  private readonly initial: number[];

  /** Throws FilterError, without a place, when it would take too much memory. */
  constructor(tree: Tree, options: PatternOptions = {}) {
    this.add(options.whole ? { kind: "then", parts: [{ kind: "start" }, tree, { kind: "end" }] } : tree);
    this.steps.push({ kind: "found" });
    this.findClasses();
    if (options.nulIsSpace) this.classOf[0] = this.classOf[32] as number;
    this.next = new Int32Array((mostStates + 1) * this.sampleOf.length).fill(-1);
    this.initial = this.closure([0], true, false);
    this.stateOf(this.initial);
  }

  test(bytes: Uint8Array, from: number, to: number): boolean {
    const { classOf, next, flags } = this;
    const classes = this.sampleOf.length;
    let state = 0;
    if ((flags[0] as number) & found) return true;
    for (let i = from; i < to; i++) {
      const place = state * classes + (classOf[bytes[i] as number] as number);
      const known = next[place] as number;
      state = known >= 0 ? known : this.build(state, place);
      const flag = flags[state] as number;
      if (flag & (found | dead)) return (flag & found) !== 0;
    }
    return ((flags[state] as number) & foundAtEnd) !== 0;
  }

  private add(tree: Tree): void {
    if (this.steps.length > mostSteps) throw new FilterError("This pattern is too large", 0, 0);
    const { steps } = this;
    if (tree.kind === "then") for (const part of tree.parts) this.add(part);
    else if (tree.kind === "either") {
      const split: Step = { kind: "split", to: [] };
      const exits: { kind: "split"; to: number[] }[] = [];
      steps.push(split);
      for (const part of tree.parts) {
        split.to.push(steps.length);
        this.add(part);
        const exit = { kind: "split" as const, to: [] };
        steps.push(exit);
        exits.push(exit);
      }
      for (const exit of exits) exit.to.push(steps.length);
    } else if (tree.kind === "repeat") {
      const { part, least, most } = tree;
      for (let i = 0; i < least; i++) this.add(part);
      if (most === Number.POSITIVE_INFINITY) {
        const loop: Step = { kind: "split", to: [] };
        const start = steps.push(loop) - 1;
        this.add(part);
        steps.push({ kind: "split", to: [start] });
        loop.to.push(start + 1, steps.length);
      } else {
        const splits: { kind: "split"; to: number[] }[] = [];
        for (let i = least; i < most; i++) {
          const split = { kind: "split" as const, to: [steps.length + 1] };
          steps.push(split);
          splits.push(split);
          this.add(part);
        }
        for (const split of splits) split.to.push(steps.length);
      }
    } else steps.push(tree);
  }

  private findClasses() {
    const sets = this.steps.flatMap((step) => (step.kind === "bytes" ? [step.set] : []));
    const classes = new Map<string, number>();
    for (let byte = 0; byte < 256; byte++) {
      const key = sets.map((set) => set[byte]).join("");
      let id = classes.get(key);
      if (id === undefined) {
        id = this.sampleOf.push(byte) - 1;
        classes.set(key, id);
      }
      this.classOf[byte] = id;
    }
  }

  /** The steps that can be reached without reading a byte, those that read one or end it; ascending. */
  private closure(from: readonly number[], atStart: boolean, atEnd: boolean): number[] {
    const seen = new Set<number>();
    const pending = [...from];
    for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
      if (seen.has(at)) continue;
      seen.add(at);
      const step = this.steps[at];
      if (step?.kind === "split") pending.push(...step.to);
      if ((step?.kind === "start" && atStart) || (step?.kind === "end" && atEnd)) pending.push(at + 1);
    }
    const kept = [...seen].filter((at) => {
      const kind = this.steps[at]?.kind;
      return kind === "bytes" || kind === "end" || kind === "found";
    });
    return kept.sort((a, b) => a - b);
  }

  private stateOf(set: readonly number[]): number {
    // Only where nothing was read yet is the text's beginning; no text comes back to it.
    const key = this.sets.length === 0 ? "beginning" : set.join();
    const there = this.ids.get(key);
    if (there !== undefined) return there;
    const id = this.sets.push([...set]) - 1;
    this.ids.set(key, id);
    const last = this.steps.length - 1;
    const now = set.includes(last);
    const atEnd = now || this.closure(set, id === 0, true).includes(last);
    this.flags[id] = (now ? found : 0) | (atEnd ? foundAtEnd : 0) | (set.length === 0 ? dead : 0);
    return id;
  }

  private build(state: number, place: number): number {
    const classes = this.sampleOf.length;
    const byte = this.sampleOf[place % classes] as number;
    const after = (this.sets[state] ?? []).flatMap((at) => {
      const step = this.steps[at];
      return step?.kind === "bytes" && step.set[byte] ? [at + 1] : [];
    });
    // It may begin anywhere: the first step is tried again behind every byte.
    const set = this.closure([...after, 0], false, false);
    const full = this.sets.length >= mostStates && !this.ids.has(set.join());
    if (full) this.forget();
    const id = this.stateOf(set);
    if (!full) this.next[place] = id;
    return id;
  }

  private forget() {
    this.sets = [];
    this.ids.clear();
    this.next.fill(-1);
    this.stateOf(this.initial);
  }
}

/** Text somewhere in a text. `fold`: without regard to case. */
export const contains = (bytes: Uint8Array, fold: boolean, options?: PatternOptions) =>
  new Pattern(literal(bytes, fold), options);

export const equals = (bytes: Uint8Array, options?: PatternOptions) =>
  new Pattern(literal(bytes, false), { ...options, whole: true });

const anything: Tree = {
  kind: "repeat",
  part: { kind: "bytes", set: byteSet(() => true) },
  least: 0,
  most: Number.POSITIVE_INFINITY,
};

/** The whole text, `*` for anything and `?` for a letter. */
export function glob(text: string, fold: boolean, options?: PatternOptions): Pattern {
  const parts = text
    .split(/([*?])/)
    .map((part) =>
      part === "*" ? anything : part === "?" ? anyLetter : literal(new TextEncoder().encode(part), fold),
    );
  return new Pattern({ kind: "then", parts }, { ...options, whole: true });
}

/** `at`: where it stands in the filter, for errors. Throws FilterError. */
export function regex(source: string, at: number, options?: PatternOptions): Pattern {
  const tree = parseRegex(source, at);
  try {
    return new Pattern(tree, options);
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    throw new FilterError(error.message, at, at + source.length);
  }
}
