/** A figure in a head that opens into its parts. */
import { type ReactNode, useId, useState } from "react";

interface FigurePopoverProps {
  /** The figure itself. */
  children: ReactNode;
  className?: string;
  /** Said when it is pointed at, where the figure alone does not say it; its name stays what one reads. */
  title?: string;
  /** What opens; made only while it is open. */
  parts(): ReactNode;
}

export function FigurePopover({ children, className = "", title, parts }: FigurePopoverProps) {
  const id = useId();
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        title={title}
        popoverTarget={id}
        style={{ anchorName: `--${id}` }}
        className={`rounded ${className}`}
      >
        {children}
      </button>
      <div
        id={id}
        popover="auto"
        onToggle={(event) => setOpen(event.newState === "open")}
        style={{ positionAnchor: `--${id}` }}
        className="m-auto cursor-auto rounded-md border border-line bg-raised p-3 text-text supports-[position-area:bottom]:m-0 supports-[position-area:bottom]:mt-1 [position-area:bottom_span-left]"
      >
        {isOpen && parts()}
      </div>
    </>
  );
}
