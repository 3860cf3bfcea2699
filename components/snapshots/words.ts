import type { SnapshotSummary } from "../../server/protocol/snapshots";
import { clock } from "../draw/axis";
import { dateTime, nsec } from "../format";

/** 2026-11-25 02:33:10–02:35:00 (1 min 50 s) */
export const stretch = ({ from, to }: Pick<SnapshotSummary, "from" | "to">) =>
  `${dateTime(from)}–${clock(to)} (${nsec(Math.max(0, to - from) * 1e6)})`;
