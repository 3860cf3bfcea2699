/** The rows of the process table: numbers over the minute behind them, commands as a list or as a tree. */
import { type KeyboardEvent, memo, useMemo, useSyncExternalStore } from "react";
import { visible } from "../format";
import { Cell } from "../panels/cell";
import type { HeadCell } from "../panels/head-text";
import { rowHeight, VirtualRows } from "../panels/virtual-rows";
import { fittingColumns, type ProcessColumn, processCell, spareForLeftOut } from "./process-columns";
import { orderProcesses, type Rows } from "./process-order";
import { RowCanvas, useColours } from "./process-row-canvas";
import { identityOf, type ProcessStore } from "./process-store";
import type { ProcessView } from "./process-view";
import type { ShownNames } from "./use-names";

interface TableProps {
  store: ProcessStore;
  names: ShownNames;
  columns: readonly ProcessColumn[];
  view: ProcessView;
  onView(change: Partial<ProcessView>): void;
  /** Why a column has no numbers, by its name. */
  without: Readonly<Record<string, string>>;
  /** Now, milliseconds of CLOCK_BOOTTIME. */
  nowMs: number;
  label: string;
}

export const identityOfView = (store: ProcessStore, { chosen }: ProcessView): number | undefined =>
  chosen && store.slotOf(identityOf(chosen.pid, chosen.startedMs * 1e6));

/** The order is made anew with each batch, and when names that it goes by have come. */
export function useOrder(store: ProcessStore, names: ShownNames, view: ProcessView): Rows {
  const { sort, turned, find, tree, folded } = view;
  const byNames = find !== "" || ["user", "cgroup", "comm"].includes(sort) ? names.version : "";
  // biome-ignore lint/correctness/useExhaustiveDependencies: batch and byNames stand for what the store and the names hold
  return useMemo(() => {
    const identities = folded.flatMap((pid) => {
      const slot = store.slotOfPid(pid);
      return slot === undefined ? [] : [store.identity(slot)];
    });
    return orderProcesses(store, { sort, turned, find, tree, folded: new Set(identities) }, names);
  }, [store, store.batch, byNames, sort, turned, find, tree, folded]);
}

/** Drawn again when a batch, names or a setting came; not with each figure of the run around it. */
export const ProcessTable = memo(function ProcessTable(props: TableProps & { rows: Rows }) {
  const { store, names, columns, view, onView, rows, without, nowMs, label } = props;
  const colours = useColours();
  const chosen = identityOfView(store, view);
  const at = chosen === undefined ? -1 : rows.slots.indexOf(chosen);

  const choose = (position: number | undefined) => {
    const slot = position === undefined ? undefined : rows.slots[position];
    onView({
      chosen:
        slot === undefined
          ? undefined
          : {
              pid: store.pid[slot] as number,
              startedMs: Math.floor((store.started[slot] as number) / 1e6),
            },
    });
  };

  const fold = (slot: number, away: boolean) => {
    const pid = store.pid[slot] as number;
    const others = view.folded.filter((other) => other !== pid);
    onView({ folded: away ? [...others, pid] : others });
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const slot = rows.slots[at];
    if (!view.tree || slot === undefined || !(rows.children[at] as number)) return;
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    event.preventDefault();
    fold(slot, event.key === "ArrowLeft");
  };

  const headOf = (column: ProcessColumn, last: boolean): HeadCell => {
    const { name, title, help, right, width } = column;
    const isSorted = view.sort === name;
    const words = ["pid", "user", "cgroup", "state", "comm"].includes(name);
    return {
      key: name,
      title,
      help: without[name] ?? help,
      right,
      track: last ? "minmax(240px, 1fr)" : `${width}px`,
      sorted: isSorted ? (words === view.turned ? "descending" : "ascending") : undefined,
      onSort: () => onView({ sort: name, turned: isSorted && !view.turned }),
    };
  };

  const viewRows = (from: number, to: number, width: number) => {
    const fit = fittingColumns(columns, width, view.sort);
    const head = fit.map((column, index) => headOf(column, index === fit.length - 1));
    const leftOut = columns.filter((column) => !fit.includes(column)).map(({ title }) => title);
    if (leftOut.length > 0) {
      const help = `No room here for ${leftOut.join(", ")}`;
      head.push({
        key: "left out",
        title: `+${leftOut.length}`,
        help,
        right: true,
        track: `${spareForLeftOut - 8}px`,
      });
    }
    const cells = [...rows.slots.subarray(from, to)].map((slot, index) => {
      const look = store.isEnded(slot) ? "text-faint" : "";
      const row = from + index;
      return [
        // Behind the cells, which are laid over it.
        <RowCanvas key="minute" {...{ store, slot, columns: fit, without, colours }} batch={store.batch} />,
        ...fit.map((column) =>
          column.name === "comm" ? (
            <CommandCell
              key="comm"
              {...{ store, names, slot, rows, row, look }}
              tree={view.tree}
              folded={view.folded.includes(store.pid[slot] as number)}
              onFold={(away) => fold(slot, away)}
            />
          ) : (
            <ValueCell key={column.name} {...{ store, names, column, slot, without, nowMs, look }} />
          ),
        ),
      ];
    });
    return { head, rows: cells };
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: two more keys for the grid inside
    <div className="flex min-h-0 flex-1 flex-col" onKeyDown={onKeyDown}>
      <VirtualRows
        label={label}
        first={0}
        end={rows.slots.length}
        follow={false}
        onFollow={() => {}}
        selected={at < 0 ? undefined : at}
        onSelect={choose}
        view={viewRows}
      />
    </div>
  );
});

interface ValueCellProps extends Pick<TableProps, "store" | "names" | "without" | "nowMs"> {
  column: ProcessColumn;
  slot: number;
  look: string;
}

function ValueCell({ store, names, column, slot, without, nowMs, look }: ValueCellProps) {
  const { name, right } = column;
  const reason = without[name];
  if (reason) return <Cell text="–" whole={reason} right look="relative text-faint" />;
  const text = processCell(store, names, column, slot, nowMs);
  const whole = name === "cgroup" ? visible(names.containerPath(slot)) : undefined;
  const colour = text === "0" ? "text-faint" : name === "started" || name === "cgroup" ? "text-dim" : "";
  return (
    <Cell
      text={text}
      {...(whole && { whole })}
      right={right}
      look={`relative ${look || colour || stateColour(name, text)}`}
    />
  );
}

/** Waiting for a disk and being left over are what one looks for. */
const stateColour = (name: string, text: string) =>
  name === "state" && (text === "D" || text === "Z") ? "text-warn" : "";

interface CommandCellProps {
  store: ProcessStore;
  names: ShownNames;
  slot: number;
  rows: Rows;
  row: number;
  tree: boolean;
  folded: boolean;
  look: string;
  onFold(away: boolean): void;
}

function CommandCell({ store, names, slot, rows, row, tree, folded, look, onFold }: CommandCellProps) {
  const comm = visible(store.comm[slot] as string);
  const line = useSyncExternalStore(
    names.onLines,
    () => names.commandLine(slot),
    () => "",
  );
  const isKernel = store.kernel[slot] !== 0;
  const children = rows.children[row] as number;
  const hidden = children === 1 ? "1 child" : `${children} children`;
  return (
    <Cell whole={line || comm} look={`relative ${tree ? "leading-[22px]" : ""} ${look}`}>
      {tree && <Guides depth={rows.depth[row] as number} more={rows.more[row] as number} />}
      {tree && (
        <button
          type="button"
          tabIndex={-1}
          aria-label={children === 0 ? "" : folded ? `Show ${hidden}` : `Fold ${hidden} away`}
          disabled={children === 0}
          className="inline-block w-4 text-center align-top text-dim leading-[22px] hover:text-text disabled:invisible"
          onClick={(event) => {
            event.stopPropagation();
            onFold(!folded);
          }}
        >
          {folded ? "+" : "−"}
        </button>
      )}
      <span className={look ? "line-through" : isKernel ? "text-dim" : ""}>
        {isKernel ? `[${comm}]` : comm}
      </span>
      {line && <span className="pl-2 text-dim">{line}</span>}
      {tree && folded && children > 0 && <span className="pl-2 text-faint">{hidden}</span>}
    </Cell>
  );
}

const step = 16;

/** Lines from a process to its parent and past it to its sisters. */
function Guides({ depth, more }: { depth: number; more: number }) {
  if (depth === 0) return null;
  let path = "";
  for (let level = 1; level <= depth; level++) {
    const x = (level - 1) * step + step / 2 + 0.5;
    const goesOn = (more >>> level) & 1;
    if (level < depth) path += goesOn ? `M${x} 0V${rowHeight}` : "";
    else path += `M${x} 0V${goesOn ? rowHeight : rowHeight / 2}M${x} ${rowHeight / 2 + 0.5}H${x + step / 2}`;
  }
  return (
    <svg
      width={depth * step}
      height={rowHeight}
      className="inline-block align-top text-faint"
      fill="none"
      stroke="currentColor"
      strokeOpacity="0.5"
      aria-hidden="true"
    >
      <path d={path} />
    </svg>
  );
}
