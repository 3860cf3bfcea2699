import type { ReactNode } from "react";

interface CellProps {
  /** Shown, cut where it must be, and whole when pointed at. */
  text?: string;
  title?: string;
  right?: boolean;
  look?: string;
  children?: ReactNode;
}

/** One cell of `VirtualRows`, which has the focus and the keys for all of them. */
export function Cell({ text, title = text, right = false, look = "", children }: CellProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a part of a virtual grid
    // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus
    <span role="gridcell" title={title} className={`truncate px-2 ${right ? "text-right" : ""} ${look}`}>
      {children ?? text}
    </span>
  );
}
