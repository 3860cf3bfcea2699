/** The search of one flame graph: asks a worker, which has a deadline, and keeps the last good answer. */
import { onNextFrame } from "../frame";
import { type FromFinder, joined, patternOf, type ToFinder } from "./flame-pattern";

/** A plain pattern takes a hundredth of it for 100,000 frames, on a busy machine a tenth. */
const DEADLINE_MS = 1000;

interface Frame {
  name: string;
  module: string;
}

export interface Asker {
  postMessage(message: ToFinder): void;
  terminate(): void;
  onmessage: ((event: MessageEvent<FromFinder>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
}

export class FlameSearch {
  /** 1 for each frame that matches, by number, as far as was looked; undefined: nothing is searched for. */
  matches: Uint8Array | undefined;
  /** The text that found them: not the last one, where that is no good or not answered yet. */
  answered = "";
  /** Why the text finds nothing. */
  problem: string | undefined;
  version = 0;

  private worker: Asker | undefined;
  private text = "";
  /** As the worker has them: a frame that changes is another object. */
  private sent: Frame[] = [];
  private asked: { id: number; text: string } | undefined;
  private refused: { text: string; why: string } | undefined;
  private lastId = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly listeners = new Set<() => void>();

  constructor(private readonly startWorker: () => Asker) {}

  /** An answer is on its way. */
  get pending() {
    return this.asked !== undefined;
  }

  subscribe(listener: () => void) {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Call when the text or the frames have changed; what is known already costs nothing. */
  look(text: string, frames: readonly Frame[]) {
    this.text = text;
    this.problem = undefined;
    if (text === "") {
      this.matches = undefined;
      this.answered = "";
      return;
    }
    this.problem = faultOf(text) ?? (text === this.refused?.text ? this.refused.why : undefined);
    // One question at a time: the answer makes the panel look again. What the last good pattern found stays meanwhile.
    if (this.problem || this.asked) return;
    const put = this.unsent(frames);
    if (!put && this.answered === text) return;
    this.asked = { id: ++this.lastId, text };
    this.worker ??= this.start();
    this.worker.postMessage({ ...(put && { put }), find: { id: this.lastId, search: text } });
  }

  close() {
    clearTimeout(this.timer);
    this.worker?.terminate();
    this.worker = undefined;
    this.sent = [];
    this.asked = undefined;
  }

  /** Frames that are new, or others than those that were sent. */
  private unsent(frames: readonly Frame[]): ToFinder["put"] {
    let from = 0;
    while (from < this.sent.length && this.sent[from] === frames[from]) from++;
    if (from === frames.length) return undefined;
    this.sent.length = from;
    for (let i = from; i < frames.length; i++) this.sent.push(frames[i] as Frame);
    return { from, texts: joined(from === 0 ? frames : frames.slice(from)) };
  }

  private start(): Asker {
    const worker = this.startWorker();
    worker.onmessage = ({ data }) => {
      clearTimeout(this.timer);
      if ("begun" in data) {
        this.timer = setTimeout(() => this.giveUp(TOO_SLOW), DEADLINE_MS);
        return;
      }
      if (!this.asked || data.found !== this.asked.id) return;
      this.answered = this.asked.text;
      this.asked = undefined;
      if (this.text !== "") this.matches = data.matches;
      this.tell();
    };
    worker.onerror = () => this.giveUp("The search could not start: reload the page.");
    return worker;
  }

  private giveUp(why: string) {
    if (this.asked) this.refused = { text: this.asked.text, why };
    this.close();
    this.tell();
  }

  private tell() {
    this.version++;
    onNextFrame(this.notify);
  }

  private notify = () => {
    for (const listener of this.listeners) listener();
  };
}

const TOO_SLOW = "This pattern takes too long: make it simpler, (a+)+ for example is a+.";

function faultOf(text: string): string | undefined {
  try {
    patternOf(text);
    return undefined;
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    return `Not a pattern: ${words.replace(/^Invalid regular expression: \/.*\/\w*: /s, "")}`;
  }
}
