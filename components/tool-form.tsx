/** What a tool tells, what it costs, what it can be told, and Start. */
import { type FormEvent, useEffect, useId, useRef, useState } from "react";
import type { Problem, Result, TargetKind, ToolInfo } from "../server/protocol";
import { openForm, startOnBoard } from "./board-store";
import { Button, GlyphButton, Segments } from "./controls";
import { ParameterField } from "./parameter-field";
import { changedParameters, toText } from "./parameters";
import { type Offer, Picker } from "./picker";
import { ProblemText } from "./problem";
import { useOperator, viewersOnlyLook } from "./role";
import { findTargets } from "./socket";
import { TryIt } from "./try-it";

const kinds: Record<TargetKind, { text: string; placeholder: string }> = {
  kernel: { text: "Kernel function", placeholder: "vfs_read or vfs_*" },
  user: { text: "Program or library", placeholder: "/usr/bin/node:uv_* or c:malloc" },
  tracepoint: { text: "Tracepoint", placeholder: "t:sched:sched_switch" },
};

async function searchTargets(kind: TargetKind, text: string): Promise<Result<Offer[]>> {
  const result = await findTargets(kind, text.trim());
  if (!result.ok) return result;
  // A file is half a target: its functions are asked for next.
  const isFile = (target: string) => kind === "user" && !target.includes(":");
  const toOffer = (target: string) => ({ value: isFile(target) ? `${target}:` : target, text: target });
  const begins = (target: string) => Number(target.startsWith(text.trim()));
  return { ok: true, value: result.value.sort((a, b) => begins(b) - begins(a)).map(toOffer) };
}

const costWords = (cost: ToolInfo["cost"]) =>
  cost === "by target" ? "Cost by target" : `${cost[0]?.toUpperCase()}${cost.slice(1)} cost`;

interface TargetFieldProps {
  offered: readonly TargetKind[];
  target: string;
  onTarget(target: string): void;
}

function TargetField({ offered, target, onTarget }: TargetFieldProps) {
  const id = useId();
  const [kind, setKind] = useState<TargetKind>(offered[0] ?? "kernel");
  return (
    <div className="grid gap-2">
      <label htmlFor={id}>What to trace</label>
      {offered.length > 1 && (
        <Segments
          label="Kind of target"
          choices={offered.map((value) => ({ value, text: kinds[value].text }))}
          value={kind}
          onChoose={(next) => {
            setKind(next);
            onTarget("");
          }}
        />
      )}
      <Picker
        key={kind}
        id={id}
        required
        value={target}
        placeholder={kinds[kind].placeholder}
        onChange={onTarget}
        search={(text) => searchTargets(kind, text)}
      />
    </div>
  );
}

export function ToolForm({ tool, failed }: { tool: ToolInfo; failed: Problem | undefined }) {
  const [texts, setTexts] = useState<Record<string, string>>(() =>
    Object.fromEntries(
      tool.parameters.map((parameter) => [parameter.name, toText(parameter, parameter.default)]),
    ),
  );
  const [target, setTarget] = useState("");
  const [problem, setProblem] = useState(failed);
  const [starting, setStarting] = useState(false);
  const operator = useOperator();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  useEffect(() => setProblem(failed), [failed]);

  const close = () => {
    openForm(undefined);
    document.querySelector<HTMLElement>(`[data-tool="${tool.name}"]`)?.focus();
  };

  const begin = async (anyway: boolean) => {
    setStarting(true);
    setProblem(undefined);
    const parameters = changedParameters(tool.parameters, texts);
    const request = { tool: tool.name, parameters, anyway };
    const found = await startOnBoard(
      tool.targets.length > 0 ? { ...request, target: target.trim() } : request,
    );
    setStarting(false);
    setProblem(found);
  };

  return (
    <form
      aria-label={tool.name}
      className="absolute inset-y-0 left-0 z-10 flex w-[392px] max-w-full flex-col border-line border-r bg-panel"
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        void begin(false);
      }}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.preventDefault();
        close();
      }}
    >
      <div className="flex h-[39px] shrink-0 items-center gap-2 border-line border-b pr-2 pl-4">
        <h2 ref={heading} tabIndex={-1} className="flex-1 font-semibold text-[15px] outline-none">
          {tool.name}
        </h2>
        <GlyphButton glyph="close" label="Close (Esc)" onClick={close} />
      </div>
      <div className="grid min-h-0 flex-1 content-start gap-4 overflow-y-auto p-4">
        <div className="grid gap-1.5">
          <p className="font-medium">{tool.title}</p>
          <p className="text-dim">{tool.tells}</p>
        </div>
        <p className="border-line border-l-2 pl-3 text-dim">
          <span className="text-text">{costWords(tool.cost)}:</span> {tool.costWhy}.
        </p>
        {tool.unavailable && <ProblemText problem={tool.unavailable} />}
        {operator && tool.targets.length > 0 && (
          <TargetField offered={tool.targets} target={target} onTarget={setTarget} />
        )}
        {tool.missingTarget && !tool.unavailable && (
          <p className="text-[11.5px] text-dim">
            {tool.missingTarget.reason} {tool.missingTarget.fix}
          </p>
        )}
        {(operator ? tool.parameters : []).map((parameter) => (
          <ParameterField
            key={parameter.name}
            parameter={parameter}
            text={texts[parameter.name] ?? ""}
            onText={(text) => setTexts((before) => ({ ...before, [parameter.name]: text }))}
          />
        ))}
        <div>
          <p className="mb-1 text-dim">To make it say something, in a shell on the host:</p>
          <TryIt command={tool.tryIt} />
        </div>
      </div>
      <div className="grid gap-3 border-line border-t p-4">
        {problem && <ProblemText problem={problem} onAnyway={() => begin(true)} />}
        {!operator && <p className="text-dim">{viewersOnlyLook}</p>}
        <Button
          type="submit"
          look="primary"
          hidden={!operator}
          disabled={starting || tool.unavailable !== undefined}
          className="justify-self-start"
        >
          {starting ? "Starting…" : `Start ${tool.name}`}
        </Button>
      </div>
    </form>
  );
}
