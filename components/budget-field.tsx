/** A budget that can be changed: percent of the machine. */
import { type FormEvent, useState } from "react";
import type { Problem } from "../server/protocol";
import { Button } from "./controls";
import { ProblemText } from "./problem";
import { useOperator } from "./role";
import { setBudget } from "./socket";

/** `run`: whose; null: each run's and that of all together. */
export function BudgetField({ run, value, label }: { run: number | null; value: number; label: string }) {
  const operator = useOperator();
  const [text, setText] = useState(String(value));
  const [problem, setProblem] = useState<Problem>();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const result = await setBudget(run, Number(text));
    setProblem(result.ok ? undefined : result.problem);
  };
  if (!operator)
    return (
      <p className="text-dim">
        {label}: <span className="figures text-text">{value}</span> % of the machine
      </p>
    );
  return (
    <form onSubmit={submit} className="flex flex-wrap items-center gap-2">
      <label className="flex items-center gap-2 text-dim">
        {label}
        <input
          type="number"
          required
          min="0.01"
          max="100"
          step="any"
          value={text}
          onChange={(event) => setText(event.target.value)}
          className="figures w-16 rounded-md border border-line bg-bg px-2 py-1 text-right text-text"
        />
        % of the machine
      </label>
      <Button type="submit" disabled={text === String(value)}>
        Set
      </Button>
      {problem && <ProblemText problem={problem} />}
    </form>
  );
}
