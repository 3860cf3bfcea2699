/** What panels show each other of time: where one is being read, and which stretch one has selected. */
import { create } from "zustand";

/** Milliseconds of CLOCK_MONOTONIC, `to` exclusive. */
export interface TimeRange {
  from: number;
  to: number;
}

interface Moment {
  /** Where the pointer or the keys stand on some panel's time axis, milliseconds of CLOCK_MONOTONIC. */
  cursor: number | undefined;
  /** The newest selection in time, and the run it was made on; other panels may show its rows or samples. */
  selected: (TimeRange & { run: number }) | undefined;
}

export const useMoment = create<Moment>(() => ({ cursor: undefined, selected: undefined }));
