/** What the colours mean; pressed, it offers other scales and finer columns. */
import { type ReactNode, useId, useRef } from "react";
import { Segments } from "../controls";
import type { Palette } from "../draw/palette";
import type { Scale } from "../draw/ramp";
import { legendCounts } from "../draw/shades";
import { count } from "../format";
import type { HistogramView } from "./histogram-view";

interface Props {
  view: HistogramView;
  onView(change: Partial<HistogramView>): void;
  noun: string;
  peak: number;
  palette: Palette;
}

export function HistogramLegend({ view, onView, noun, peak, palette }: Props) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const counts = legendCounts({ linear: view.linear, peak });
  const place = () => {
    const edge = button.current?.getBoundingClientRect();
    if (!edge || !box.current) return;
    box.current.style.top = `${edge.bottom + 4}px`;
    box.current.style.right = `${document.documentElement.clientWidth - edge.right}px`;
  };
  return (
    <>
      <button
        ref={button}
        type="button"
        popoverTarget={id}
        className="figures group w-[148px] @max-[640px]:w-[112px] shrink-0 text-[10px] leading-[11px] text-dim hover:text-text"
        title={`${noun} in a cell, ${view.linear ? "equal steps of colour are equal steps of the count" : "equal steps of colour multiply the count"}. Press for other scales`}
      >
        <span className="sr-only">Colours: {noun} in a cell:</span>
        <span
          className="block h-[7px] rounded-[1px] outline-line group-hover:outline-1"
          style={{ background: palette.scales[view.scale].gradient }}
        />
        <span className="flex justify-between pt-px">
          {counts.map((value, i) => (
            <span key={["low", "middle", "high"][i]}>{count(value)}</span>
          ))}
        </span>
      </button>
      <div
        ref={box}
        id={id}
        popover="auto"
        role="dialog"
        aria-label="Colours and columns"
        onToggle={(event) => event.newState === "open" && place()}
        className="fixed inset-auto m-0 rounded-md border border-line bg-raised p-3 text-[12px] text-text"
      >
        <div className="grid grid-cols-[auto_auto] items-center gap-x-4 gap-y-2">
          <Row name="Colours">
            <Segments<Scale>
              label="Colours"
              choices={[
                { value: "viridis", text: "Viridis" },
                { value: "inferno", text: "Inferno" },
              ]}
              value={view.scale}
              onChoose={(scale) => onView({ scale })}
            />
          </Row>
          <Row name="Count">
            <Segments
              label="Count"
              choices={[
                { value: "log", text: "Log" },
                { value: "linear", text: "Linear" },
              ]}
              value={view.linear ? "linear" : "log"}
              onChoose={(choice) => onView({ linear: choice === "linear" })}
            />
          </Row>
          <Row name="Columns">
            <Segments
              label="Columns"
              choices={[
                { value: "1 s", text: "1 s" },
                { value: "100 ms", text: "100 ms" },
              ]}
              value={view.fine ? "100 ms" : "1 s"}
              onChoose={(choice) => onView({ fine: choice === "100 ms" })}
            />
          </Row>
        </div>
        {view.fine && (
          <p className="max-w-64 pt-2 text-[11px] text-dim whitespace-normal">
            While this is shown the server reads the table ten times a second.
          </p>
        )}
      </div>
    </>
  );
}

function Row({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <span className="text-dim">{name}</span>
      {children}
    </>
  );
}
