import { labelText } from "../draw/flame";
import { SMALL } from "../draw/flame-layout";
import { visible } from "../format";
import type { ShownPart } from "./flame-model";
import type { FlameFrame } from "./flame-samples";

const KINDS: Record<FlameFrame["kind"], string> = {
  kernel: "kernel",
  user: "user",
  inlined: "inlined into its caller",
  jit: "JIT-compiled",
  unknown: "no symbol",
  process: "process",
};

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

interface Props {
  part: ShownPart;
  frames: readonly FlameFrame[];
  all: number;
  node: number;
  quantity(weight: number): string;
}

/** All there is to say of one frame, beside the pointer. */
export function FlameReading({ x, y, ...read }: Props & { x: number; y: number }) {
  const right = x > innerWidth / 2;
  const below = y < innerHeight / 2;
  return (
    <div
      role="status"
      className="figures pointer-events-none fixed z-20 max-w-[min(560px,60vw)] rounded border border-line bg-raised px-2.5 py-1.5 text-[11px] leading-[16px] text-dim"
      style={{
        ...(right ? { right: innerWidth - x + 12 } : { left: x + 12 }),
        ...(below ? { top: y + 16 } : { bottom: innerHeight - y + 12 }),
      }}
    >
      {read.node === SMALL ? "Frames too narrow to show: zoom in to see them" : <Lines {...read} />}
    </div>
  );
}

function Lines({ part, frames, all, node, quantity }: Props) {
  const { tree, now, comparison } = part;
  const frame = frames[tree.frame[node] as number];
  if (!frame) return null;
  const own = now.total[node] as number;
  const parent = tree.parent[node] as number;
  const above = parent > 0 ? (now.total[parent] as number) : 0;
  return (
    <>
      <div className="line-clamp-[24] break-all text-text">{visible(labelText(frame))}</div>
      {(node !== 0 || part.of !== "whole") && (
        <div className="break-all">
          {KINDS[frame.kind]}
          {frame.kind === "kernel" && /^0x/.test(frame.name) && ", no symbol: kernel names take CAP_SYSLOG"}
          {frame.module && ` · ${visible(frame.module)}`}
        </div>
      )}
      <div>
        <Figure>{quantity(own)}</Figure>
        {all > 0 && (node !== 0 || part.of !== "whole") && (
          <>
            {" · "}
            <Figure>{percent(own / all)}</Figure> of all
          </>
        )}
        {above > 0 && ` · ${percent(own / above)} of ${part.of === "callers" ? "callee" : "caller"}`}
      </div>
      {comparison ? (
        <Change {...comparison.shares(node)} />
      ) : (
        <Self part={part} node={node} {...{ quantity }} />
      )}
    </>
  );
}

/** In a tree of callers "in itself" would mean nothing. */
function Self({ part, node, quantity }: Pick<Props, "part" | "node" | "quantity">) {
  if (part.of === "callers") return null;
  return <div>{quantity(part.now.self[node] as number)} in itself</div>;
}

function Change({ now, before }: { now: number; before: number }) {
  const points = 100 * (now - before);
  return (
    <div>
      <Figure>{percent(now)}</Figure> now, <Figure>{percent(before)}</Figure> in the baseline:{" "}
      {points >= 0 ? "+" : "−"}
      {Math.abs(points).toFixed(1)} points
    </div>
  );
}

const Figure = ({ children }: { children: string }) => <span className="text-text">{children}</span>;
