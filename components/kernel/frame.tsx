/** What the kernel's pages share: the way between them, and what this page says of itself at the right. */
import type { ReactNode } from "react";
import { Message } from "../message";
import { useOperator } from "../role";
import { Shell } from "../shell";

const parts = [
  { path: "/kernel", title: "What works here" },
  { path: "/kernel/programs", title: "Programs, maps, links" },
] as const;

interface FrameProps {
  path: (typeof parts)[number]["path"];
  end?: ReactNode;
  children: ReactNode;
}

export function KernelFrame({ path, end, children }: FrameProps) {
  const operator = useOperator();
  if (!operator)
    return (
      <Shell>
        <Message>
          <p>What the kernel has loaded is for operators.</p>
          <p className="text-dim">Your link lets you look at what runs.</p>
        </Message>
      </Shell>
    );
  return (
    <Shell>
      <div className="flex h-10 shrink-0 items-center gap-4 border-line border-b bg-panel px-4 whitespace-nowrap">
        <nav aria-label="Kernel" className="flex gap-4 self-stretch">
          {parts.map((part) => (
            <a
              key={part.path}
              href={part.path}
              aria-current={part.path === path ? "page" : undefined}
              className="flex items-center border-transparent border-b-2 text-dim hover:text-text aria-[current]:border-accent aria-[current]:text-text"
            >
              {part.title}
            </a>
          ))}
        </nav>
        <span className="flex-1" />
        {end}
      </div>
      {children}
    </Shell>
  );
}
