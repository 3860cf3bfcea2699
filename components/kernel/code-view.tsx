/** A program's code with the lines of source that it came from, translated or compiled. */
import { useEffect, useMemo, useState } from "react";
import type { Problem } from "../../server/protocol";
import type { Code, CodeForm } from "../../server/protocol/kernel";
import { count } from "../format";
import { Cell } from "../panels/cell";
import { Foot } from "../panels/foot";
import { VirtualRows } from "../panels/virtual-rows";
import { ProblemText } from "../problem";
import { askCode } from "../socket";

interface Line {
  at: string;
  text: string;
  /** Where it stands in the source; of an instruction "". */
  place: string;
}

/** Offsets of compiled code are hexadecimal, as everywhere. */
function toLines({ rows, lines }: Code, form: CodeForm): Line[] {
  return rows.flatMap(([at, text, line]) => {
    const source = lines[line];
    const where = form === "compiled" ? at.toString(16) : String(at);
    const own: Line = { at: where, text, place: "" };
    if (!source?.text) return [own];
    const file = source.file.slice(source.file.lastIndexOf("/") + 1);
    return [{ at: "", text: source.text.trim(), place: `${file}:${source.number}` }, own];
  });
}

export function CodeView({ program, form }: { program: number; form: CodeForm }) {
  const [parts, setParts] = useState<readonly Code[]>([]);
  const [problem, setProblem] = useState<Problem>();
  const [selected, setSelected] = useState<number>();
  useEffect(() => {
    let ended = false;
    setParts([]);
    setProblem(undefined);
    setSelected(undefined);
    const read = async () => {
      for (let from = 0, total = 1; from < total && !ended; ) {
        const result = await askCode(program, form, from);
        if (ended) return;
        if (!result.ok) return setProblem(result.problem);
        const part = result.value;
        setParts((before) => [...before, part]);
        total = part.total;
        from += Math.max(1, part.rows.length);
      }
    };
    void read();
    return () => {
      ended = true;
    };
  }, [program, form]);
  const lines = useMemo(() => parts.flatMap((part) => toLines(part, form)), [parts, form]);
  const shown = problem ?? parts[0]?.problem;
  const rows = parts.reduce((sum, part) => sum + part.rows.length, 0);
  const total = parts[0]?.total ?? 0;
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      {shown && (
        <div className="border-line border-b px-3 py-2">
          <ProblemText problem={shown} />
        </div>
      )}
      <VirtualRows
        label={form === "compiled" ? "Compiled code" : "Translated code"}
        first={0}
        end={lines.length}
        follow={false}
        onFollow={() => {}}
        selected={selected}
        onSelect={setSelected}
        view={(from, to) => ({
          head: [
            { key: "at", title: form === "compiled" ? "Offset" : "No.", right: true, track: "60px" },
            {
              key: "text",
              title: form === "compiled" ? "Machine code" : "Instruction",
              right: false,
              track: "minmax(200px, 1fr)",
            },
            { key: "place", title: "Source", right: true, track: "150px" },
          ],
          rows: lines
            .slice(from, to)
            .map(({ at, text, place }) => [
              <Cell key="at" text={at} right look="text-faint" />,
              <Cell key="text" text={text} look={`whitespace-pre ${place ? "text-dim" : "pl-6"}`} />,
              <Cell key="place" text={place} right look="text-faint" />,
            ]),
        })}
      />
      <Foot>
        <span>
          {parts.length === 0
            ? "Reading…"
            : `${count(rows)}${rows < total ? ` of ${count(total)}` : ""} rows`}
        </span>
      </Foot>
    </div>
  );
}
