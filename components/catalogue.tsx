/** The tools by subsystem: what each tells, what it costs, whether it runs, and why it cannot. */
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import type { ToolInfo } from "../server/protocol";
import { openForm, startPlain, useBoard } from "./board-store";
import { Dot } from "./controls";
import { isTyping } from "./keys";
import { useOperator } from "./role";
import { useServer } from "./socket";

const subsystems: ToolInfo["subsystem"][] = [
  "CPU",
  "Disks",
  "Files",
  "Network",
  "Processes",
  "System calls",
  "Functions",
  "Memory",
  "Security",
];

const matches = (tool: ToolInfo, search: string) =>
  `${tool.name} ${tool.title} ${tool.tells} ${tool.subsystem}`
    .toLowerCase()
    .includes(search.toLowerCase().trim());

/** Arrow keys walk over the search field and the names of the tools. */
function walk(event: KeyboardEvent<HTMLElement>) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  const stops = [...event.currentTarget.querySelectorAll<HTMLElement>("[data-stop]")];
  const next = stops[stops.indexOf(document.activeElement as HTMLElement) + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
}

function ToolRow({ tool, running, open }: { tool: ToolInfo; running: boolean; open: boolean }) {
  const { unavailable } = tool;
  const operator = useOperator();
  const isLive = useServer((server) => server.connection === "live");
  const needsTarget = tool.targets.length > 0;
  const look = running
    ? "bg-raised shadow-[inset_2px_0_0_var(--accent)]"
    : open
      ? "bg-raised"
      : "hover:bg-raised";
  return (
    <li className={`group relative flex items-center ${look}`}>
      <button
        type="button"
        data-stop
        data-tool={tool.name}
        aria-expanded={open}
        title={unavailable ? `${unavailable.reason} ${unavailable.fix}` : `${tool.title}. ${tool.costWhy}`}
        className={`flex min-w-0 flex-1 items-center gap-2 px-4 py-[3.5px] text-left focus-visible:-outline-offset-2 ${unavailable ? "text-faint" : ""}`}
        onClick={() => openForm(open ? undefined : tool.name)}
      >
        {running && <Dot look={isLive ? "ok" : "off"} label={isLive ? "running" : "ran when last seen"} />}
        {tool.name}
        <span
          className={`ml-auto text-[11px] text-faint ${unavailable || !operator ? "" : "group-focus-within:invisible group-hover:invisible"}`}
        >
          {unavailable ? "cannot run" : tool.cost}
        </span>
      </button>
      {!unavailable && operator && (
        <button
          type="button"
          aria-label={needsTarget ? `Choose what ${tool.name} traces` : `Start ${tool.name}`}
          className="-translate-y-1/2 absolute top-1/2 right-3 rounded border border-line bg-panel px-1.5 text-[11px] opacity-0 hover:border-faint focus-visible:opacity-100 group-focus-within:opacity-100 group-hover:opacity-100"
          onClick={() => (needsTarget ? openForm(tool.name) : startPlain(tool.name))}
        >
          {needsTarget ? "Choose…" : "Start"}
        </button>
      )}
    </li>
  );
}

export function Catalogue() {
  const tools = useServer((server) => server.tools);
  const runs = useServer((server) => server.runs);
  const openTool = useBoard((board) => board.form?.tool);
  const [search, setSearch] = useState("");
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const onKey = (event: globalThis.KeyboardEvent) => {
      if (event.key !== "/" || event.ctrlKey || event.metaKey || isTyping(event.target)) return;
      event.preventDefault();
      field.current?.select();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
  const running = new Set(runs.filter((run) => run.state === "running").map((run) => run.request.tool));
  const found = tools.filter((tool) => matches(tool, search));
  return (
    <nav aria-label="Tools" className="flex min-h-0 flex-col border-line border-r bg-panel" onKeyDown={walk}>
      <div className="relative mx-3 mt-3 mb-1">
        <input
          ref={field}
          data-stop
          type="search"
          aria-label="Find a tool"
          aria-keyshortcuts="/"
          placeholder="Find a tool"
          className="w-full rounded-md border border-line bg-transparent px-2.5 py-1.5 [&::-webkit-search-cancel-button]:hidden"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter" && found[0]) openForm(found[0].name);
            if (event.key === "Escape") setSearch("");
          }}
        />
        {search === "" && (
          <kbd className="figures -translate-y-1/2 pointer-events-none absolute top-1/2 right-3 text-faint">
            /
          </kbd>
        )}
      </div>
      <div className="min-h-0 flex-1 overflow-y-auto pb-3">
        {subsystems.map((subsystem) => {
          const here = found.filter((tool) => tool.subsystem === subsystem);
          return (
            here.length > 0 && (
              <section key={subsystem}>
                <h2 className="px-4 pt-3 pb-1 font-semibold text-[11px] text-dim tracking-[0.02em]">
                  {subsystem}
                </h2>
                <ul aria-label={subsystem}>
                  {here.map((tool) => (
                    <ToolRow
                      key={tool.name}
                      tool={tool}
                      running={running.has(tool.name)}
                      open={tool.name === openTool}
                    />
                  ))}
                </ul>
              </section>
            )
          );
        })}
        {tools.length > 0 && found.length === 0 && (
          <p className="px-4 pt-4 text-dim">
            No tool speaks of “{search}”.{" "}
            <button type="button" className="text-accent" onClick={() => setSearch("")}>
              Show all
            </button>
          </p>
        )}
      </div>
    </nav>
  );
}
