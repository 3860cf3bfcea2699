/** Two counts of one tree side by side: as wide as the mean of a node's two shares, so that what went away is seen too. */
import type { Counts } from "./flame-tree";

export interface Comparison {
  /** By node: the mean of its two shares. */
  total: Float64Array;
  before: Counts;
  /** A node's share of everything, now and before; 0 to 1. */
  shares(node: number): { now: number; before: number };
  /** What became of a node's share: -1 it is gone, 0 the same, 1 it is new. */
  change(node: number): number;
}

/**
 * A change is seen against at least this share of everything, and against as many samples: of a frame that is hardly
 * there, twice as much is chance.
 */
const LEAST_SHARE = 0.005;
const LEAST_SAMPLES = 5;

/** `samples`: how many the smaller of the two counts is made of. */
export function compare(now: Counts, before: Counts, nodes: number, samples: number): Comparison {
  const least = Math.max(LEAST_SHARE, LEAST_SAMPLES / Math.max(1, samples));
  const all = now.total[0] as number;
  const allBefore = before.total[0] as number;
  const scale = all > 0 ? 1 / all : 0;
  const scaleBefore = allBefore > 0 ? 1 / allBefore : 0;
  const halves = all > 0 && allBefore > 0 ? 0.5 : 1;
  const total = new Float64Array(nodes);
  for (let node = 0; node < nodes; node++)
    total[node] =
      halves * ((now.total[node] as number) * scale + (before.total[node] as number) * scaleBefore);
  const shares = (node: number) => ({
    now: (now.total[node] as number) * scale,
    before: (before.total[node] as number) * scaleBefore,
  });
  return {
    total,
    before,
    shares,
    change(node) {
      const { now, before } = shares(node);
      return (now - before) / Math.max(now, before, least);
    },
  };
}
