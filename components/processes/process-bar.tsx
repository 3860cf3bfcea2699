/** What stands over the process table: the filter, and list or tree. */
import { type ReactNode, useEffect, useRef } from "react";
import { Segments } from "../controls";
import { count } from "../format";
import { isTyping } from "../keys";
import type { ProcessView } from "./process-view";

interface BarProps {
  view: ProcessView;
  onView(change: Partial<ProcessView>): void;
  /** How many the filter found. */
  found: number | undefined;
  actions: ReactNode;
}

export function ProcessBar({ view, onView, found, actions }: BarProps) {
  const field = useRef<HTMLInputElement>(null);
  return (
    <div className="flex h-[38px] shrink-0 items-center gap-3 border-line border-b px-3">
      <input
        ref={field}
        type="search"
        data-find-process
        aria-label="Find processes"
        placeholder="Find by command line, user, container, number"
        className="figures w-[400px] min-w-0 shrink rounded-md border border-line bg-bg px-2.5 py-1 [&::-webkit-search-cancel-button]:hidden"
        spellCheck={false}
        value={view.find}
        onChange={(event) => onView({ find: event.target.value })}
        onKeyDown={(event) => {
          if (event.key === "Escape") onView({ find: "" });
        }}
      />
      {found !== undefined && (
        <span className="figures whitespace-nowrap text-dim">{count(found)} found</span>
      )}
      <span className="flex-1" />
      {actions}
      <Segments
        label="Arrangement"
        choices={[
          { value: "list", text: "List" },
          { value: "tree", text: "Tree" },
        ]}
        value={view.tree ? "tree" : "list"}
        onChoose={(value) => onView({ tree: value === "tree" })}
      />
    </div>
  );
}

/** `/` goes to the filter, `t` turns the list into a tree: for the page, where no panel beside it has them. */
export function usePageKeys(view: ProcessView, onView: (change: Partial<ProcessView>) => void) {
  const now = useRef({ view, onView });
  now.current = { view, onView };
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (event.key === "/") {
        event.preventDefault();
        document.querySelector<HTMLInputElement>("[data-find-process]")?.select();
      } else if (event.key === "t") now.current.onView({ tree: !now.current.view.tree });
      else if (event.key === "Escape" && !event.defaultPrevented) now.current.onView({ chosen: undefined });
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
}
