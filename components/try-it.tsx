import { useState } from "react";

/** A shell line to copy. */
export function TryIt({ command }: { command: string }) {
  const [copied, setCopied] = useState(false);
  // Without https or localhost a browser has no clipboard; the line can still be selected.
  const canCopy = typeof navigator !== "undefined" && navigator.clipboard !== undefined;
  return (
    <div className="flex items-start gap-2 rounded-md border border-line bg-bg py-1.5 pr-2 pl-2.5 text-left">
      <code className="figures min-w-0 flex-1 wrap-anywhere select-all">{command}</code>
      {canCopy && (
        <button
          type="button"
          className="shrink-0 text-[11.5px] text-dim hover:text-text"
          onClick={async () => {
            await navigator.clipboard.writeText(command);
            setCopied(true);
          }}
        >
          {copied ? "Copied" : "Copy"}
        </button>
      )}
    </div>
  );
}
