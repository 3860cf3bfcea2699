import type { ReactNode } from "react";

/** The line under every panel: what is seen, in words; `end` stands at the right. */
export function Foot({ children, end }: { children: ReactNode; end?: ReactNode }) {
  return (
    <footer className="flex min-h-[28px] shrink-0 flex-wrap items-center gap-x-4 border-line border-t px-3 py-1 text-[11.5px] text-dim whitespace-nowrap">
      {children}
      <span className="flex-1" />
      {end}
    </footer>
  );
}
