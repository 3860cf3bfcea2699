/** What the board gives a panel. A panel draws the shape of a table and knows no tool by name. */
import type { Host, RunInfo, ToolInfo } from "../../server/protocol";
import type { Stacks } from "../stacks";
import type { Table } from "../table";

/**
 * A panel renders its body and, as the last element, a `<Foot>` (./foot) with the reading in words; the board
 * renders the head around it and lays both out as a flex column. It is mounted anew for each run.
 */
export interface PanelProps {
  tool: ToolInfo;
  run: RunInfo;
  /** While paused, a frozen copy: sums kept between renders go by `Batch.position`, not by the table's identity. */
  table: Table;
  stacks: Stacks;
  host: Host;
  paused: boolean;
  /** How the panel is set (zoom, sort, selection): a short readable text of its own making, kept in the URL; "" at first. */
  view: string;
  onView(view: string): void;
}
