import { useMemo } from "react";
import { divergingRamp } from "../draw/diverging";
import { KINDS } from "../draw/flame";
import { visible } from "../format";
import { useTheme } from "../theme";
import type { Shown } from "./flame-model";
import type { FlameFrame } from "./flame-samples";
import { Foot } from "./foot";

const LEGEND: Partial<Record<FlameFrame["kind"], [colour: string, word: string]>> = {
  kernel: ["bg-[var(--kern)]", "kernel"],
  user: ["bg-[var(--user)]", "user"],
  inlined: ["bg-[var(--inlined)]", "inlined"],
  jit: ["bg-[var(--jit)]", "JIT"],
  unknown: ["bg-faint", "unknown"],
};

/** What is shown adds up to, what is found, and what the colours mean. */
export function FlameFoot({
  shown,
  kinds,
  quantity,
  search,
}: {
  shown: Shown;
  /** Kinds that frames are of. */
  kinds: ReadonlySet<FlameFrame["kind"]>;
  quantity(weight: number): string;
  search: { text: string; share: number } | undefined;
}) {
  return (
    <Foot
      end={
        <span className="flex shrink-0 items-center gap-2.5">
          {shown.parts[0].comparison ? (
            <Scale />
          ) : (
            KINDS.filter((kind) => kinds.has(kind)).map((kind) => {
              const [colour, word] = LEGEND[kind] ?? [];
              return (
                word && (
                  <span key={kind} className="flex items-center gap-1">
                    <span className={`size-[7px] rounded-full ${colour}`} />
                    {word}
                  </span>
                )
              );
            })
          )}
        </span>
      }
    >
      <span className="figures flex min-w-0 gap-4 text-[11.5px]">
        <span className="shrink-0 text-text">{quantity(shown.parts[0].now.total[0] as number)}</span>
        {shown.waiting > 0 && (
          <span
            className="-ml-3 shrink-0"
            title={`${quantity(shown.waiting)} more, whose stacks have no names yet`}
          >
            + {quantity(shown.waiting).replace(/ samples?$/, "")}
          </span>
        )}
        {search && (
          <span className="flex min-w-0 gap-1.5" title={search.text}>
            search <b className="max-w-24 truncate font-medium text-text">{visible(search.text)}</b>
            <b className="shrink-0 font-medium text-accent">{(100 * search.share).toFixed(1)} %</b>
          </span>
        )}
      </span>
    </Foot>
  );
}

/** What the colours of a comparison say. */
function Scale() {
  const theme = useTheme();
  const gradient = useMemo(
    () => `linear-gradient(90deg, ${divergingRamp(theme === "dark").map(({ css }) => css)})`,
    [theme],
  );
  return (
    <span
      className="flex items-center gap-1.5"
      title="How a frame's share has changed: gone, the same, new. Width is the mean of both shares."
    >
      less
      <span className="h-2 w-24 rounded-[1px]" style={{ background: gradient }} />
      more
    </span>
  );
}
