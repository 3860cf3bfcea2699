/** A run's batches as lines, as they come. */
import { decodeBatch } from "../../components/batch";
import { ndjson } from "../../components/exports/lines";
import type { Context } from "../../components/format";
import { namesOf } from "../names/names";
import type { Host, NameKind } from "../protocol";
import type { Run } from "../runs/run";
import type { Output } from "./output";

/** Names of this host, each asked for once. */
export function nameOnce(): Context["name"] {
  const known = new Map<string, string>();
  return (kind: NameKind, id: string) => {
    const key = `${kind} ${id}`;
    const name = known.get(key) ?? namesOf(kind, [id])[id] ?? "";
    known.set(key, name);
    return name;
  };
}

/** Stacks as the run has named them so far. */
class NamedStacks {
  readonly frames: Context["stacks"]["frames"][number][] = [];
  readonly stacks = new Map<number, readonly number[]>();
  private readonly cursor = { frames: 0, stacks: 0 };

  take(run: Run): void {
    for (let batch = run.stacks.since(this.cursor); batch; batch = run.stacks.since(this.cursor)) {
      for (const [name, module, kind] of batch.frames) this.frames.push({ name, module, kind });
      for (const [id, frames] of batch.stacks) this.stacks.set(id, frames);
    }
  }
}

export class RowStream {
  /** Rows that the history gave up before they were written: whoever reads is too slow. */
  notWritten = 0;
  private next = 0;
  private nextRow = 0;
  private wake = () => {};
  private ended = false;

  constructor(
    private readonly run: Run,
    private readonly host: Host,
    private readonly output: Output,
  ) {}

  /** Something has come. */
  rows(): void {
    this.wake();
  }

  /** Nothing will come any more: what there is is written, then `flow` ends. */
  end(): void {
    this.ended = true;
    this.wake();
  }

  /** Writes until `end` was called and all is written, or the reader has gone. */
  async flow(): Promise<void> {
    const { run, output } = this;
    const { info } = run.tool;
    const named = new NamedStacks();
    const context: Context = {
      host: this.host,
      functions: run.info().functions ?? [],
      stacks: named,
      name: nameOnce(),
    };
    const lines = ndjson(info, context);
    const hasStacks = info.columns.some(({ type }) => type === "stack");
    while (!output.closed) {
      if (this.next < run.history.start) this.next = run.history.start;
      if (this.next >= run.history.end) {
        if (this.ended) break;
        await new Promise<void>((resolve) => {
          this.wake = resolve;
        });
        continue;
      }
      if (hasStacks) {
        await run.stacks.settled();
        named.take(run);
      }
      const entry = run.history.get(this.next);
      if (!entry) continue; // Given up meanwhile.
      this.next++;
      this.notWritten += entry.first - this.nextRow;
      this.nextRow = entry.first + entry.rows;
      const { buffer, byteOffset, length } = entry.batch;
      const batch = decodeBatch(info.columns, buffer as ArrayBuffer, byteOffset, length);
      const text = lines({ ...batch, at: entry.at });
      await output.write(text);
    }
  }
}
