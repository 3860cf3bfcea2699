/** Which frames a regular expression finds. */

/**
 * A pattern without capitals finds both cases: in names made small (`inSmall`), which is several times as quick as an
 * expression that finds both, unless an escape may stand for a capital. Throws SyntaxError.
 */
export function patternOf(search: string): { pattern: RegExp; inSmall: boolean } {
  const bothCases = !/[A-Z]/.test(search);
  const inSmall = bothCases && !/\\[xuc]/.test(search);
  return { pattern: new RegExp(search, bothCases && !inSmall ? "i" : ""), inSmall };
}

/** What the page tells the worker, in this order where both are there. */
export interface ToFinder {
  /** Names and modules in turn, of the frames from number `from`. */
  put?: { from: number; texts: string };
  find?: { id: number; search: string };
}

/** `begun`: it is looked for now. `matches`: 1 for each frame that matches, of all that were put. */
export type FromFinder = { begun: number } | { found: number; matches: Uint8Array<ArrayBuffer> };

/** Between texts; names never hold it (see `joined`). */
const SEPARATOR = "\0";

export function joined(frames: readonly { name: string; module: string }[]): string {
  const safe = (text: string) => (text.includes(SEPARATOR) ? text.replaceAll(SEPARATOR, "\ufffd") : text);
  return frames.map(({ name, module }) => safe(name) + SEPARATOR + safe(module)).join(SEPARATOR);
}

/** Answers what the page asks; a search that goes on looks only at the frames that are new. */
export class Finder {
  private readonly names: string[] = [];
  /** Without capitals. Most have none, and are the same text in memory. */
  private readonly small: string[] = [];
  /** Of each frame, its module's place in `modules`: there are few, and each is looked at once a search. */
  private readonly moduleOf: number[] = [];
  private readonly modules: string[] = [];
  private readonly places = new Map<string, number>();
  private search = "";
  private matches = new Uint8Array(0);
  private upTo = 0;

  put({ from, texts }: NonNullable<ToFinder["put"]>) {
    const put = texts.split(SEPARATOR);
    for (let i = 0; i < put.length; i += 2) {
      const name = put[i] as string;
      this.names[from + i / 2] = name;
      this.small[from + i / 2] = name.toLowerCase();
      this.moduleOf[from + i / 2] = this.placeOf(put[i + 1] as string);
    }
    this.upTo = Math.min(this.upTo, from);
  }

  find(search: string): Uint8Array<ArrayBuffer> {
    if (search !== this.search) this.upTo = 0;
    this.search = search;
    const { pattern, inSmall } = patternOf(search);
    const inModule = this.modules.map(
      (module) => module !== "" && pattern.test(inSmall ? module.toLowerCase() : module),
    );
    const names = inSmall ? this.small : this.names;
    const count = this.names.length;
    const matches = new Uint8Array(count);
    matches.set(this.matches.subarray(0, this.upTo));
    for (let i = this.upTo; i < count; i++)
      if (inModule[this.moduleOf[i] as number] || pattern.test(names[i] as string)) matches[i] = 1;
    this.matches = matches;
    this.upTo = count;
    return matches;
  }

  private placeOf(module: string): number {
    const known = this.places.get(module);
    if (known !== undefined) return known;
    const place = this.modules.push(module) - 1;
    this.places.set(module, place);
    return place;
  }
}
