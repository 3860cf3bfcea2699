/** One parameter of a tool as a field, from its type, range, unit, help and meaning alone. */
import { useId } from "react";
import type { Parameter, Result } from "../server/protocol";
import { type Offer, Picker } from "./picker";
import { findCgroups, findProcesses, useServer } from "./socket";

function offersOf<T>(result: Result<T[]>, offer: (item: T) => Offer): Result<Offer[]> {
  return result.ok ? { ok: true, value: result.value.map(offer) } : result;
}

async function searchProcesses(text: string) {
  return offersOf(await findProcesses(text.trim()), (process) => ({
    value: String(process.pid),
    text: `${process.pid} ${process.command}`,
    detail: `${process.user} · ${process.commandLine || "kernel thread"}`,
  }));
}

async function searchCgroups(text: string) {
  return offersOf(await findCgroups(text.trim()), (path) => ({ value: path, text: path }));
}

/** Completes the last of several names. */
async function searchSyscalls(text: string): Promise<Result<Offer[]>> {
  const [, before = "", last = ""] = /^(.*,\s*)?(.*)$/.exec(text) ?? [];
  const names = Object.values(useServer.getState().host?.syscalls ?? {}).sort();
  const starts = names.filter((name) => name.startsWith(last));
  const holds = names.filter((name) => name.includes(last) && !name.startsWith(last));
  const offers = [...starts, ...holds].slice(0, 100);
  return { ok: true, value: offers.map((name) => ({ value: `${before}${name}, `, text: name })) };
}

const pickers: Record<string, { search(text: string): Promise<Result<Offer[]>>; placeholder: string }> = {
  pid_n: { search: searchProcesses, placeholder: "All; type a name or number" },
  tid_n: { search: searchProcesses, placeholder: "All; type a name or number" },
  cgroup_id: { search: searchCgroups, placeholder: "All; type a part of its path" },
  syscall_set: { search: searchSyscalls, placeholder: "read, write" },
};

interface FieldProps {
  parameter: Parameter;
  /** As typed; "yes" or "" for a switch. */
  text: string;
  onText(text: string): void;
}

export function ParameterField({ parameter, text, onText }: FieldProps) {
  const id = useId();
  const { title, help, unit, min, max } = parameter;
  const describedBy = help ? `${id}-help` : undefined;
  const picker = pickers[parameter.meaning];
  const helpLine = help && (
    <p id={`${id}-help`} className="mt-1 text-[11.5px] text-dim">
      {help}
    </p>
  );
  if (parameter.type === "boolean")
    return (
      <div>
        <label className="flex cursor-pointer items-center gap-2">
          <input
            type="checkbox"
            className="size-4 accent-accent"
            aria-describedby={describedBy}
            checked={text !== ""}
            onChange={(event) => onText(event.target.checked ? "yes" : "")}
          />
          {title}
        </label>
        {helpLine}
      </div>
    );
  const input = picker ? (
    <Picker
      id={id}
      value={text}
      placeholder={picker.placeholder}
      describedBy={describedBy}
      onChange={onText}
      search={picker.search}
    />
  ) : (
    <div className="flex items-center gap-2">
      <input
        id={id}
        type={parameter.type === "number" ? "number" : "text"}
        min={min}
        max={max}
        step={1}
        required={parameter.type === "number"}
        aria-describedby={describedBy}
        autoComplete="off"
        spellCheck={false}
        className={`figures rounded-md border border-line bg-bg px-2.5 py-1.5 ${parameter.type === "number" ? "w-32" : "w-full"}`}
        value={text}
        onChange={(event) => onText(event.target.value)}
      />
      {unit && <span className="text-dim">{unit}</span>}
    </div>
  );
  return (
    <div>
      <label htmlFor={id} className="mb-1 block">
        {title}
      </label>
      {input}
      {helpLine}
    </div>
  );
}
