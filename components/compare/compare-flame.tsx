/** The difference of two flame graphs, in the panel that draws one: that of before is its baseline. */
import { useMemo, useState } from "react";
import type { Host, RunInfo, ToolInfo } from "../../server/protocol";
import type { Feed } from "../feeds";
import { Flame } from "../panels/flame";
import { readFlameView, USUAL, writeFlameView } from "../panels/flame-view";
import { mergedFlame } from "./merged-flame";

interface CompareFlameProps {
  tool: ToolInfo;
  run: RunInfo;
  host: Host;
  before: Feed;
  after: Feed;
}

export function CompareFlame({ tool, run, host, before, after }: CompareFlameProps) {
  const versions = [before, after].map(({ table, stacks }) => `${table.version} ${stacks.version}`).join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the versions stand for what the feeds hold
  const merged = useMemo(() => mergedFlame(before, after), [before, after, versions]);
  const [view, setView] = useState(writeFlameView(USUAL));
  const withBase = writeFlameView({ ...readFlameView(view), base: merged.base });
  return (
    <section
      aria-label="Difference of the flame graphs"
      className="m-3 flex min-h-0 flex-1 flex-col rounded-lg border border-line bg-panel"
    >
      <Flame
        key={versions}
        {...{ tool, run, host }}
        table={merged.table}
        stacks={merged.stacks}
        paused={false}
        view={withBase}
        onView={setView}
      />
    </section>
  );
}
