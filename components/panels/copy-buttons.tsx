import { useEffect, useState } from "react";
import type { CopyFormat } from "../exports/rows";
import { count } from "../format";

/** Copies what `text` makes of a format. Where a browser has no clipboard (no https, not localhost) a file is saved. */
export function CopyButtons({ rows, text }: { rows: number; text(format: CopyFormat): string }) {
  const [said, setSaid] = useState("");
  useEffect(() => {
    if (!said) return;
    const timer = setTimeout(() => setSaid(""), 3000);
    return () => clearTimeout(timer);
  }, [said]);
  const copy = async (format: CopyFormat) => {
    const words = `${count(rows)} ${rows === 1 ? "row" : "rows"} as ${format}`;
    const content = text(format);
    try {
      if (navigator.clipboard) await navigator.clipboard.writeText(content);
      else saveFile(content, `rows.${format.toLowerCase()}`);
      setSaid(`${navigator.clipboard ? "Copied" : "Saved"} ${words}`);
    } catch {
      setSaid("The browser did not let this page use the clipboard");
    }
  };
  return (
    <fieldset className="flex items-center gap-2" aria-label="Copy the rows">
      {said ? <span role="status">{said}</span> : <span>Copy</span>}
      {(["JSON", "CSV"] as const).map((format) => (
        <button
          key={format}
          type="button"
          disabled={rows === 0}
          title={`Copy ${count(rows)} ${rows === 1 ? "row" : "rows"} as ${format}`}
          className="hover:text-text disabled:opacity-50"
          onClick={() => copy(format)}
        >
          {format}
        </button>
      ))}
    </fieldset>
  );
}

function saveFile(content: string, name: string) {
  const url = URL.createObjectURL(new Blob([content]));
  Object.assign(document.createElement("a"), { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
