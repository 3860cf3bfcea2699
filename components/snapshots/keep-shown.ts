import type { Result } from "../../server/protocol";
import type { KeepRequest, SnapshotSummary } from "../../server/protocol/snapshots";
import { findRun, useBoard } from "../board-store";
import { keepBoard, useServer } from "../socket";

/** Keeps the runs that the board shows, in its order, and the view of them; all of their histories, or `range` alone. */
export function keepShown(
  title: string,
  notes: string,
  range?: KeepRequest["range"],
): Promise<Result<SnapshotSummary>> {
  const { runs } = useServer.getState();
  const shown = useBoard.getState().panels.flatMap(({ request }) => findRun(runs, request)?.id ?? []);
  return keepBoard({
    title: title.trim(),
    notes,
    view: location.search,
    runs: shown,
    ...(range && { range }),
  });
}
