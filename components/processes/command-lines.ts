/** Command lines, read once for each process that somebody looks for, and again when it runs another program. */
import { onNextFrame } from "../frame";
import { askNames } from "../socket";

/** The server answers at most so many at a time. */
const perQuestion = 1000;

export interface CommandLine {
  comm: string;
  /** NUL between arguments; "" for kernel threads and for what has ended. */
  text: string;
  /** Command and arguments in lower case, for finding and sorting. */
  words: string;
}

export class CommandLines {
  version = 0;
  private readonly known = new Map<number, CommandLine>();
  private readonly wanted = new Map<number, { pid: number; comm: string }>();
  private readonly listeners = new Set<() => void>();
  private asking = false;

  /** undefined while it is being asked for; of those that are gone nothing is asked any more. */
  of(identity: number, pid: number, comm: string, isGone: boolean): CommandLine | undefined {
    const there = this.known.get(identity);
    if (there?.comm === comm || isGone) return there;
    this.wanted.set(identity, { pid, comm });
    onNextFrame(this.ask);
    // What it was called a moment ago is better than nothing.
    return there;
  }

  subscribe(listener: () => void) {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Gives up those of processes that are gone. */
  keepOnly(isThere: (identity: number) => boolean) {
    for (const identity of this.known.keys()) if (!isThere(identity)) this.known.delete(identity);
  }

  get size(): number {
    return this.known.size;
  }

  private readonly ask = async () => {
    if (this.asking || this.wanted.size === 0) return;
    this.asking = true;
    const some = [...this.wanted].slice(0, perQuestion);
    for (const [identity] of some) this.wanted.delete(identity);
    const result = await askNames(
      "argv",
      some.map(([, { pid }]) => String(pid)),
    );
    this.asking = false;
    if (result.ok) {
      for (const [identity, { pid, comm }] of some) {
        const text = result.value[pid] ?? "";
        this.known.set(identity, {
          comm,
          text,
          words: `${comm} ${text.replaceAll("\0", " ")}`.toLowerCase(),
        });
      }
      this.version++;
      for (const listener of this.listeners) listener();
    }
    if (this.wanted.size > 0) onNextFrame(this.ask);
  };
}
