import type { ReactNode } from "react";

/** What stands in a panel that has nothing to draw. */
export function Message({ children }: { children: ReactNode }) {
  return (
    <div className="grid min-h-0 flex-1 place-content-center justify-items-center gap-3 overflow-y-auto p-6 text-center">
      {children}
    </div>
  );
}
