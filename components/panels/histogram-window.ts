/** The stretch of time a heatmap shows, and how it is zoomed and moved: pure arithmetic. Times: ms of CLOCK_MONOTONIC. */
import type { Timeline } from "../draw/heat";
import { type HistogramView, LONGEST, SHORTEST } from "./histogram-view";

export interface TimeWindow {
  from: number;
  to: number;
  /** It ends with the newest column and moves on with it. */
  live: boolean;
}

/** What is set of the window: `last` seconds, up to `to` or up to now. */
export type WindowSetting = Pick<HistogramView, "last" | "to">;

/** What is kept; undefined while there is no column. */
export function keptTime(time: Timeline): { from: number; to: number } | undefined {
  if (time.end === time.first) return undefined;
  return {
    from: time.from[time.first % time.capacity] as number,
    to: time.to[(time.end - 1) % time.capacity] as number,
  };
}

export function windowOf(kept: { from: number; to: number }, { last, to }: WindowSetting): TimeWindow {
  const live = to === undefined || to >= kept.to;
  const seconds = live ? secondsShown(kept.to - kept.from, last) : last;
  const end = live ? kept.to : to;
  return { from: end - seconds * 1000, to: end, live };
}

/** A run that has just begun is not shown in a corner of the time asked for. */
export function secondsShown(watched: number, last: number): number {
  return [30, 60, 120, 300].find((s) => s < last && watched <= s * 1000) ?? last;
}

/** Near the newest edge one zooms into what comes, elsewhere into what one points at. */
const LIVE_PART = 0.8;

/**
 * Zoomed by `factor` (below 1: nearer) around the moment `at`, which keeps its place; a live window stays live where
 * `at` is undefined or near its end.
 */
export function zoomed(
  window: TimeWindow,
  kept: { from: number; to: number },
  factor: number,
  at: number | undefined,
): WindowSetting {
  const span = window.to - window.from;
  const wanted = Math.min(LONGEST * 1000, Math.max(SHORTEST * 1000, span * factor));
  const centre = at ?? (window.from + window.to) / 2;
  const share = (centre - window.from) / span;
  if (window.live && (at === undefined || share >= LIVE_PART)) return { last: wanted / 1000, to: undefined };
  return placed(kept, wanted, centre + (1 - share) * wanted);
}

/** Moved by `ms`, towards the past below 0. Beyond the newest column it is live again. */
export function moved(window: TimeWindow, kept: { from: number; to: number }, ms: number): WindowSetting {
  return placed(kept, window.to - window.from, window.to + ms);
}

function placed(kept: { from: number; to: number }, span: number, to: number): WindowSetting {
  const earliest = Math.min(kept.to, kept.from + span);
  const end = Math.max(earliest, to);
  return { last: span / 1000, to: end >= kept.to ? undefined : end };
}
