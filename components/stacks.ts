/** The frames and stacks of a run, as far as the server has named them. */
import type { Frame, StackBatch } from "../server/protocol";
import { onNextFrame } from "./frame";

/** What panels read: a row's `stack` value is an id in `stacks`; an id not there yet has no names yet. */
export interface Stacks {
  readonly frames: readonly Frame[];
  /** Indexes into `frames`, leaf first. */
  readonly stacks: ReadonlyMap<number, readonly number[]>;
  readonly version: number;
  subscribe(listener: () => void): () => void;
}

export class StackStore implements Stacks {
  frames: Frame[] = [];
  stacks = new Map<number, readonly number[]>();
  version = 0;
  private listeners = new Set<() => void>();

  /** A batch sent again after a reconnect overwrites itself. */
  append(batch: StackBatch) {
    batch.frames.forEach(([name, module, kind], index) => {
      this.frames[batch.firstFrame + index] = { name, module, kind };
    });
    for (const [id, frames] of batch.stacks) this.stacks.set(id, frames);
    this.version++;
    onNextFrame(this.notify);
  }

  subscribe(listener: () => void) {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  private notify = () => {
    for (const listener of this.listeners) listener();
  };
}
