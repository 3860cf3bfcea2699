/** A table of stacks as a flame graph that grows while one reads it. */
import { useMemo, useRef } from "react";
import { useSurface } from "../canvas";
import { layoutFlame, matchedTotal } from "../draw/flame-layout";
import { count, nsec, visible } from "../format";
import { useVersion } from "../use-version";
import { FlameCanvas } from "./flame-canvas";
import { FlameControls } from "./flame-controls";
import { type Found, findFrames, patternOf } from "./flame-search";
import { type FlameColumns, FlameTree, flameColumns } from "./flame-tree";
import { type FlameSetting, readFlameView, writeFlameView } from "./flame-view";
import { Foot } from "./foot";
import type { PanelProps } from "./panel";

export function Flame(props: PanelProps) {
  const columns = useMemo(() => flameColumns(props.table.columns), [props.table.columns]);
  if (!columns)
    return (
      <p className="m-auto p-6 text-dim">
        {props.tool.name} has no column of type stack_id: it cannot be drawn as a flame graph.
      </p>
    );
  return <StacksTogether {...props} columns={columns} />;
}

const REDRAW_MS = 250;
const ROOT = 0;

function StacksTogether({ table, stacks, view, onView, columns }: PanelProps & { columns: FlameColumns }) {
  useVersion(table, REDRAW_MS);
  useVersion(stacks, REDRAW_MS);
  const kept = useRef<FlameTree>(undefined);
  kept.current ??= new FlameTree(columns);
  const tree = kept.current;
  tree.take(table.batches, stacks);

  const setting = useMemo(() => readFlameView(view), [view]);
  const surface = useSurface();
  const search = useSearch(tree, setting.search);
  const zoom = Math.max(ROOT, setting.zoom === undefined ? ROOT : tree.nodeAt(setting.zoom));
  const rects = useMemo(
    () => layoutFlame(tree, zoom, surface.width),
    [tree, tree.version, zoom, surface.width],
  );

  const weightColumn = table.columns[columns.weight];
  const quantity =
    weightColumn?.meaning === "nsec" ? nsec : (n: number) => `${count(n)} ${n === 1 ? "sample" : "samples"}`;
  const all = tree.total[ROOT] as number;
  const share = search.found && all > 0 ? matchedTotal(tree, search.found.matches) / all : undefined;
  const set = (change: Partial<FlameSetting>) => onView(writeFlameView({ ...setting, ...change }));
  const zoomTo = (node: number) => set({ zoom: node === ROOT ? undefined : (tree.path[node] as number) });
  const zoomed = zoom === ROOT ? undefined : (tree.frames[tree.frame[zoom] as number]?.name ?? "");
  return (
    <>
      <FlameControls
        setting={setting}
        problem={search.problem}
        zoomed={zoomed}
        onSet={set}
        onReset={() => zoomTo(ROOT)}
      />
      <div className="flex min-h-0 flex-1 px-2.5 pb-1">
        <div ref={surface.ref} className="figures relative min-w-0 flex-1">
          {surface.palette && all > 0 && (
            <FlameCanvas
              tree={tree}
              rects={rects}
              zoom={zoom}
              icicle={setting.icicle}
              matches={search.found?.matches}
              surface={surface}
              palette={surface.palette}
              quantity={quantity}
              onZoom={zoomTo}
            />
          )}
          {all === 0 && (
            <p className="absolute inset-0 grid place-items-center font-sans text-[13px] text-dim">
              {tree.waiting > 0
                ? "Waiting for the names of the first stacks"
                : "Waiting for the first samples"}
            </p>
          )}
        </div>
      </div>
      <FlameFoot
        tree={tree}
        quantity={quantity}
        search={search.found && share !== undefined ? { text: setting.search, share } : undefined}
      />
    </>
  );
}

/** What is searched for, found as far as the tree has grown; while the text is no pattern, what the last good one found. */
function useSearch(tree: FlameTree, text: string): { found: Found | undefined; problem: string | undefined } {
  const kept = useRef<Found>(undefined);
  const pattern = useMemo(() => {
    if (text === "") return undefined;
    try {
      return patternOf(text);
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }, [text]);
  if (pattern === undefined) kept.current = undefined;
  else if (pattern instanceof RegExp) kept.current = findFrames(tree.frames, pattern, kept.current);
  else if (kept.current) kept.current = findFrames(tree.frames, kept.current.pattern, kept.current);
  return { found: kept.current, problem: typeof pattern === "string" ? pattern : undefined };
}

function FlameFoot({
  tree,
  quantity,
  search,
}: {
  tree: FlameTree;
  quantity(weight: number): string;
  search: { text: string; share: number } | undefined;
}) {
  return (
    <Foot
      end={
        <span className="flex shrink-0 items-center gap-2.5">
          <Legend colour="bg-[var(--kern)]" word="kernel" />
          <Legend colour="bg-[var(--user)]" word="user" />
          <Legend colour="bg-[var(--jit)]" word="JIT" />
          <Legend colour="bg-faint" word="unknown" />
        </span>
      }
    >
      <span className="figures flex min-w-0 gap-4 text-[11.5px]">
        <span className="shrink-0 text-text">{quantity(tree.total[ROOT] as number)}</span>
        {tree.waiting > 0 && (
          <span className="shrink-0" title="Their stacks have no names yet">
            {quantity(tree.waiting)} waiting
          </span>
        )}
        {search && (
          <span className="flex min-w-0 gap-1.5" title={search.text}>
            search <b className="truncate font-medium text-text">{visible(search.text)}</b>
            <b className="shrink-0 font-medium text-accent">{(100 * search.share).toFixed(1)} %</b>
          </span>
        )}
      </span>
    </Foot>
  );
}

function Legend({ colour, word }: { colour: string; word: string }) {
  return (
    <span className="flex items-center gap-1">
      <span className={`size-[7px] rounded-full ${colour}`} />
      {word}
    </span>
  );
}
