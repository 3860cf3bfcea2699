/** The keys, on `?`. */
import { useEffect, useRef } from "react";
import { isTyping } from "./keys";

export const keysHelpId = "keys-help";

const keys: [string, string][] = [
  ["Ctrl K", "find anything that can be done, and do it"],
  ["/", "find a tool, or a process"],
  ["↑ ↓", "walk through the tools, or the rows of a table"],
  ["Enter", "open the chosen tool; start it from its form"],
  ["PageUp PageDown", "a page of rows"],
  ["Home End", "the oldest row; the newest, and follow it"],
  ["Alt ← →", "from a column's head: move the column"],
  ["arrows Shift", "read a heatmap or a flame graph; with Shift select on a heatmap"],
  ["Enter c", "zoom to a frame; its callers and callees"],
  ["1 … 9", "go to a panel"],
  ["s", "keep the board as a snapshot"],
  ["arrows", "from a panel to the one beside it"],
  ["Shift arrows", "exchange a panel with the one beside it"],
  ["Alt arrows", "make a panel wider, narrower, higher, lower"],
  ["Enter Delete", "enlarge a panel; close it"],
  ["+ − [ ] L", "in a heatmap: zoom, move in time, back to live"],
  ["t", "processes as a tree, or as a list"],
  ["← →", "fold a branch of the tree, or open it"],
  ["Esc", "close what is open, go back to the board"],
  ["?", "these keys"],
];

export function KeysHelp() {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "?" && !isTyping(event.target)) box.current?.togglePopover();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
  return (
    <div
      ref={box}
      id={keysHelpId}
      popover="auto"
      role="dialog"
      aria-label="Keys"
      className="m-auto rounded-lg border border-line bg-raised p-5 text-text"
    >
      <dl className="grid grid-cols-[auto_auto] items-baseline gap-x-6 gap-y-1.5">
        {keys.map(([key, what]) => (
          <div key={key} className="contents">
            <dt className="figures">{key}</dt>
            <dd className="text-dim">{what}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
