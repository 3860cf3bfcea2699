import type { SnapshotSummary } from "../../server/protocol/snapshots";
import { clock } from "../draw/axis";
import { bytes, count, dateTime, nsec } from "../format";

/** 2026-11-25 02:33:10–02:35:00 (1 min 50 s) */
export const stretch = ({ from, to }: Pick<SnapshotSummary, "from" | "to">) =>
  `${dateTime(from)}–${clock(to)} (${nsec(Math.max(0, to - from) * 1e6)})`;

/** 12.3 k rows of 3 panels in 1.2 MiB */
export const contents = ({ panels, bytes: size }: Pick<SnapshotSummary, "panels" | "bytes">) => {
  const rows = panels.reduce((sum, panel) => sum + panel.rows, 0);
  return `${count(rows)} rows of ${panels.length === 1 ? "a panel" : `${panels.length} panels`} in ${bytes(size)}`;
};
