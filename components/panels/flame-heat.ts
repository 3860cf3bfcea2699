/** When samples were: weights by second and offset within it, FlameScope's subsecond-offset heatmap. */
import { OFFSET_MS, OFFSETS, type Offsets } from "../draw/flame-strip";
import type { Samples } from "./flame-samples";

/** Seconds kept. */
const SECONDS = 900;

export class OffsetHeat implements Offsets {
  /** Seconds of CLOCK_MONOTONIC that are kept: `first` to `end`. */
  first = 0;
  end = 0;
  private readonly cells = new Float64Array(SECONDS * OFFSETS);
  private upTo = 0;

  constructor(private readonly samples: Samples) {}

  /** Takes in the samples it has not seen. */
  take() {
    const { at, weight, first, end } = this.samples;
    for (let n = Math.max(this.upTo, first); n < end; n++) {
      const time = at[n - first] as number;
      const second = Math.floor(time / 1000);
      if (this.end === 0) this.first = this.end = second;
      if (second >= this.end) this.advance(second + 1);
      // The first rows of several CPUs come in no order; what is older than everything kept has no place.
      if (second < this.first && second >= this.end - SECONDS) this.first = second;
      if (second < this.first) continue;
      const cell = placeOf(second) + Math.floor((time - second * 1000) / OFFSET_MS);
      this.cells[cell] = (this.cells[cell] as number) + (weight[n - first] as number);
    }
    this.upTo = end;
  }

  /** When rows were lost on the way to this page. */
  get gaps() {
    return this.samples.gaps;
  }

  /** 0 also for what is not kept. */
  at(second: number, offset: number): number {
    if (second < this.first || second >= this.end) return 0;
    return this.cells[placeOf(second) + offset] as number;
  }

  private advance(end: number) {
    const from = Math.max(this.end, end - SECONDS);
    for (let second = from; second < end; second++) {
      const place = placeOf(second);
      this.cells.fill(0, place, place + OFFSETS);
    }
    this.end = end;
    this.first = Math.max(this.first, end - SECONDS);
  }
}

const placeOf = (second: number) => (((second % SECONDS) + SECONDS) % SECONDS) * OFFSETS;
