/** Which panel draws which view. */
import type { ComponentType } from "react";
import type { ToolInfo } from "../../server/protocol";
import { ProcessPanel } from "../processes/process-panel";
import { Events } from "./events";
import { Flame } from "./flame";
import { Histogram } from "./histogram";
import type { PanelProps } from "./panel";
import { Top } from "./top";

export const panels: Record<ToolInfo["view"], ComponentType<PanelProps>> = {
  events: Events,
  histogram: Histogram,
  flame: Flame,
  top: Top,
  processes: ProcessPanel,
};
