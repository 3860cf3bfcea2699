/** What programs write with bpf_printk, live. What is read here is gone from the kernel's trace pipe. */
import { useEffect, useRef, useState } from "react";
import type { Problem } from "../../server/protocol";
import { Button } from "../controls";
import { count, visible } from "../format";
import { Message } from "../message";
import { Cell } from "../panels/cell";
import { Foot } from "../panels/foot";
import { VirtualRows } from "../panels/virtual-rows";
import { ProblemText } from "../problem";
import { followTracePipe } from "../socket";
import { TryIt } from "../try-it";

/** Older lines are dropped, and counted in the position of the first. */
const kept = 20_000;

export function TracePipe() {
  const lines = useRef<string[]>([]);
  const [{ first, end, skipped }, setShown] = useState({ first: 0, end: 0, skipped: 0 });
  const [problem, setProblem] = useState<Problem>();
  const [follow, setFollow] = useState(true);
  const [selected, setSelected] = useState<number>();
  useEffect(
    () =>
      followTracePipe((more, lost) => {
        const all = lines.current.concat(more);
        lines.current = all.slice(-kept);
        setShown((before) => ({
          first: before.first + all.length - lines.current.length,
          end: before.first + all.length,
          skipped: before.skipped + lost,
        }));
      }, setProblem),
    [],
  );
  if (problem)
    return (
      <Message>
        <ProblemText problem={problem} />
      </Message>
    );
  if (end === 0)
    return (
      <Message>
        <p className="text-dim">
          Following the trace pipe; no program has written to it yet. bpf_printk("value: %d", value) does, and
          so does this:
        </p>
        <TryIt command="echo hello | sudo tee /sys/kernel/tracing/trace_marker" />
      </Message>
    );
  return (
    <>
      <VirtualRows
        label="Trace pipe"
        first={first}
        end={end}
        follow={follow}
        onFollow={setFollow}
        selected={selected}
        onSelect={setSelected}
        view={(from, to) => ({
          head: [{ key: "line", title: "Line", right: false, track: "minmax(300px, 1fr)" }],
          rows: lines.current
            .slice(from - first, to - first)
            .map((line) => [<Cell key="line" text={visible(line)} look="whitespace-pre" />]),
        })}
      />
      <Foot end={!follow && <Button onClick={() => setFollow(true)}>Follow</Button>}>
        <span>
          {follow ? "Following" : "Standing still"} · {count(end)} lines
        </span>
        {skipped > 0 && <span className="text-warn">{count(skipped)} too many to send</span>}
        <span>Read here, they are gone from the pipe for other readers</span>
      </Foot>
    </>
  );
}
