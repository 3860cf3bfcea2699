/** Which panel draws which view. */
import type { ComponentType } from "react";
import type { ToolInfo } from "../../server/protocol";
import { Events } from "./events";
import { Histogram } from "./histogram";
import type { PanelProps } from "./panel";
import { Top } from "./top";

export const panels: Record<ToolInfo["view"], ComponentType<PanelProps>> = {
  events: Events,
  histogram: Histogram,
  flame: Events,
  top: Top,
};
