import { SMALL } from "../draw/flame-layout";
import { visible } from "../format";
import type { FlameTree } from "./flame-tree";

const KINDS = {
  kernel: "kernel",
  user: "user",
  jit: "JIT-compiled",
  unknown: "no symbol",
  process: "process",
} as const;

const percent = (part: number, whole: number) => `${whole > 0 ? ((100 * part) / whole).toFixed(1) : 0} %`;

/** All there is to say of one frame, beside the pointer. */
export function FlameReading({
  tree,
  node,
  x,
  y,
  quantity,
}: {
  tree: FlameTree;
  node: number;
  x: number;
  y: number;
  quantity(weight: number): string;
}) {
  const right = x > innerWidth / 2;
  const below = y < innerHeight / 2;
  return (
    <div
      role="status"
      className="figures pointer-events-none fixed z-20 max-w-[560px] rounded border border-line bg-raised px-2.5 py-1.5 text-[11px] leading-[16px] text-dim"
      style={{
        ...(right ? { right: innerWidth - x + 12 } : { left: x + 12 }),
        ...(below ? { top: y + 16 } : { bottom: innerHeight - y + 12 }),
      }}
    >
      {node === SMALL ? (
        "Frames too narrow to show: zoom in to see them"
      ) : (
        <Lines {...{ tree, node, quantity }} />
      )}
    </div>
  );
}

function Lines({
  tree,
  node,
  quantity,
}: {
  tree: FlameTree;
  node: number;
  quantity(weight: number): string;
}) {
  const frame = tree.frames[tree.frame[node] as number];
  if (!frame) return null;
  const [own, all] = [tree.total[node] as number, tree.total[0] as number];
  const parent = tree.parent[node] as number;
  return (
    <>
      <div className="break-all text-text">{visible(frame.name)}</div>
      {node !== 0 && (
        <div className="break-all">
          {KINDS[frame.kind]}
          {frame.module && ` · ${visible(frame.module)}`}
        </div>
      )}
      <div>
        <span className="text-text">{quantity(own)}</span>
        {node !== 0 && (
          <>
            {" · "}
            <span className="text-text">{percent(own, all)}</span> of all
          </>
        )}
        {parent > 0 && ` · ${percent(own, tree.total[parent] as number)} of caller`}
      </div>
      <div>{quantity(tree.self[node] as number)} in itself</div>
    </>
  );
}
