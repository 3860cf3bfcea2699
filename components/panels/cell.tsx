import { memo, type ReactNode } from "react";

interface CellProps {
  /** Shown, cut where it must be; whole when pointed at, or `whole` instead. */
  text?: string;
  whole?: string;
  right?: boolean;
  look?: string;
  children?: ReactNode;
}

/** One cell of `VirtualRows`, which has the focus and the keys for all of them. */
export const Cell = memo(function Cell({ text, whole, right = false, look = "", children }: CellProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a part of a virtual grid
    // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus
    <span
      role="gridcell"
      data-whole={whole}
      className={`overflow-clip text-ellipsis whitespace-nowrap px-2 ${right ? "text-right" : ""} ${look}`}
    >
      {children ?? text}
    </span>
  );
});
