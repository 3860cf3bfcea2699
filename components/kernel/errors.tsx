/** The four errors that everyone meets first: what each means, whether it is the case here, and what mends it. */
import { type ReactNode, useEffect, useState } from "react";
import type { Help, ToolInfo } from "../../server/protocol";
import type { Check, Preflight } from "../../server/protocol/kernel";
import { clockTime } from "../format";
import { ProblemText } from "../problem";
import { TryIt } from "../try-it";

interface SectionProps {
  id: Help;
  title: string;
  /** What was found here, in a sentence. */
  here: string;
  wrong: boolean;
  chosen: boolean;
  children: ReactNode;
}

function Section({ id, title, here, wrong, chosen, children }: SectionProps) {
  return (
    <section
      id={id}
      aria-label={title}
      className={`grid scroll-mt-3 gap-2 rounded-lg border bg-panel p-3 ${chosen ? "border-accent" : "border-line"}`}
    >
      <h3 className="font-semibold">{title}</h3>
      <p className={wrong ? "text-bad" : "text-ok"}>{here}</p>
      {children}
    </section>
  );
}

const all = ({ groups }: Preflight): Check[] => groups.flatMap(({ checks }) => checks);

/** Most ways to attach ask for the same: said once, in front of all their names. */
function byFix(checks: readonly Check[]): { names: string[]; fix: string; command?: string }[] {
  const groups = new Map<string, { names: string[]; fix: string; command?: string }>();
  for (const { name, fix = "", command } of checks) {
    const group = groups.get(fix) ?? { names: [], fix, ...(command && { command }) };
    group.names.push(name);
    groups.set(fix, group);
  }
  return [...groups.values()];
}

function useHash(): string {
  const [hash, setHash] = useState("");
  useEffect(() => {
    const read = () => {
      setHash(location.hash.slice(1));
      // The page is filled after the browser has looked for the place.
      document.getElementById(location.hash.slice(1))?.scrollIntoView();
    };
    read();
    addEventListener("hashchange", read);
    return () => removeEventListener("hashchange", read);
  }, []);
  return hash;
}

export function Errors({ found, tools }: { found: Preflight; tools: readonly ToolInfo[] }) {
  const hash = useHash();
  const btf = all(found).find(({ name }) => name === "BTF");
  const refused = all(found).filter(({ found }) => /^tried: (EPERM|EACCES)/.test(found));
  const unheld = all(found).filter(({ name, found }) => name.startsWith("CAP_") && found === "not held");
  const dear = tools.filter(({ cost }) => cost === "high" || cost === "by target").map(({ name }) => name);
  const noBtf = btf?.state !== "ok";
  const [newest] = found.rejections;
  return (
    <>
      <Section
        id="btf"
        title="“BTF is not available”"
        here={
          noBtf
            ? "The case here: /sys/kernel/btf/vmlinux is missing."
            : "Not the case here: this kernel has BTF."
        }
        wrong={noBtf}
        chosen={hash === "btf"}
      >
        <p>
          BTF is the kernel's description of its own types. Programs compiled once find a kernel's fields by
          it, so without it no tool can be loaded.
        </p>
        <p className="text-dim">
          Kernels of Debian 11, Ubuntu 20.10, Fedora 33 and newer have it. One that you build yourself needs
          CONFIG_DEBUG_INFO_BTF=y and pahole. To see what yours was built with:
        </p>
        <TryIt command="ls -l /sys/kernel/btf/vmlinux; grep CONFIG_DEBUG_INFO_BTF= /boot/config-$(uname -r)" />
      </Section>
      <Section
        id="verifier"
        title="The verifier refuses a program"
        here={
          newest
            ? "It did, since this server was started:"
            : "Not the case here since this server was started."
        }
        wrong={newest !== undefined}
        chosen={hash === "verifier"}
      >
        {found.rejections.map(({ at, problem }) => (
          <div key={at} className="border-line border-l-2 pl-3">
            <p className="figures text-dim">{clockTime(at).slice(0, 8)}</p>
            <ProblemText
              problem={{
                reason: problem.reason,
                fix: problem.fix,
                ...(problem.detail && { detail: problem.detail }),
              }}
            />
          </div>
        ))}
        <p>
          Before a program runs, the kernel walks every way through it and refuses what it cannot prove safe:
          a read through a pointer that may be NULL, a variable that was never set, a loop without a bound, an
          index that may be too large.
        </p>
        <p className="text-dim">
          Its log ends with the instruction that failed and why; a failed start shows it with that line and
          its source marked. Ringside's own tools passed on the kernels in docs/kernels.md: a refusal of one
          of them is a fault to report, with the log.
        </p>
      </Section>
      <Section
        id="permission"
        title="“Operation not permitted”"
        here={
          refused.length > 0
            ? `The case here: ${refused.map(({ name }) => name).join(", ")} ${refused.length === 1 ? "was" : "were"} tried and refused.`
            : unheld.length > 0
              ? "Nothing that was tried was refused, but some capabilities are not held."
              : "Not the case here: nothing that was tried was refused."
        }
        wrong={refused.length > 0}
        chosen={hash === "permission"}
      >
        <p>
          Tracing needs CAP_BPF and CAP_PERFMON; kprobes and uprobes, statistics and the list of everybody's
          programs need CAP_SYS_ADMIN. Root has them all, unless a container took some away.
        </p>
        {byFix(refused).map(({ names, fix, command }) => (
          <div key={fix} className="grid gap-1.5 border-line border-l-2 pl-3">
            <p>
              <span className="figures">{names.join(", ")}</span>: {fix}
            </p>
            {command && <TryIt command={command} />}
          </div>
        ))}
        {unheld.length > 0 && (
          <p>
            Not held: <span className="figures">{unheld.map(({ name }) => name).join(", ")}</span>.
          </p>
        )}
        <p className="text-dim">
          With every capability held, lockdown, a seccomp filter or a security module may still refuse; the
          table says so only where it was seen. In a container:
        </p>
        <TryIt command="docker run --cap-add BPF --cap-add PERFMON --cap-add SYS_ADMIN --security-opt seccomp=unconfined …" />
      </Section>
      <Section
        id="overhead"
        title="High overhead"
        here="Each tool says its cost before it is started."
        wrong={false}
        chosen={hash === "overhead"}
      >
        <p>
          A program is cheap; a program that runs millions of times a second is not. It costs most on a
          function that is called all the time: each tool says in its form what it adds to a call.
        </p>
        <p>
          The head of each tracer says what it costs here and now. Over its budget for three seconds it
          records one event in so many, where its tool can, or is stopped; one press grants it more.
        </p>
        <p>
          Here that can happen with <span className="figures">{dear.join(", ") || "no tool"}</span>. Filter by
          process, command or container, which is done in the kernel before anything is recorded; choose a
          tracepoint instead of a function; or count for a second with funccount before measuring with
          funclatency.
        </p>
        <p className="text-dim">
          What every program costs right now stands in{" "}
          <a href="/kernel/programs" className="text-accent underline underline-offset-2">
            Programs, maps, links
          </a>
          .
        </p>
      </Section>
    </>
  );
}
