import { useSyncExternalStore } from "react";
import { Company } from "./access/company";
import { ShareButton } from "./access/share";
import { Dot, Segments } from "./controls";
import { dateToMinute } from "./format";
import { keysHelpId } from "./keys-help";
import { boardAddress } from "./last-board";
import { MomentChip } from "./moment-chip";
import { pages } from "./pages";
import { openPalette } from "./palette";
import { useOperator } from "./role";
import { KeepButton } from "./snapshots/keep-button";
import { type Connection, useServer } from "./socket";
import { chooseTheme, type ThemeChoice, useThemeChoice } from "./theme";
import { TracingCost } from "./tracing-cost";

const themeTexts: { value: ThemeChoice; text: string }[] = [
  { value: "dark", text: "Dark" },
  { value: "light", text: "Light" },
  { value: "system", text: "System" },
];

function Live({ connection }: { connection: Connection }) {
  const [look, colour, text] = (
    {
      live: ["ok", "text-ok", "Live"],
      connecting: ["off", "text-dim", "Connecting"],
      lost: ["bad", "text-bad", "No connection, trying again"],
      ended: ["bad", "text-bad", "The server has hung up"],
    } as const
  )[connection];
  return (
    <span role="status" className={`flex items-center gap-1.5 ${colour}`}>
      <Dot look={look} />
      {text}
    </span>
  );
}

const never = () => () => {};
/** Another page is another document: the path does not change under this one. */
const usePath = () =>
  useSyncExternalStore(
    never,
    () => location.pathname.replace(/(\.html|\/)$/, "") || "/",
    () => "",
  );

function Pages() {
  const path = usePath();
  const operator = useOperator();
  return (
    <nav aria-label="Pages" className="flex shrink-0 overflow-hidden rounded-md border border-line">
      {pages
        .filter(({ role }) => operator || role === "viewer")
        .map((page) => (
          <a
            key={page.path}
            href={page.path === "/" && path !== "/" && path !== "" ? boardAddress() : page.path}
            aria-current={page.path === path || path.startsWith(`${page.path}/`) ? "page" : undefined}
            className="px-2.5 py-1 text-dim -outline-offset-2 hover:text-text aria-[current]:bg-raised aria-[current]:text-text"
          >
            {page.title}
          </a>
        ))}
    </nav>
  );
}

export function Header() {
  const host = useServer((server) => server.host);
  const connection = useServer((server) => server.connection);
  const theme = useThemeChoice();
  const operator = useOperator();
  const recorded = useServer((server) => server.recorded);
  const onBoard = usePath() === "/";
  // Then nobody knows what tracing costs and who else looks.
  const isCutOff = connection === "lost" || connection === "ended";
  return (
    <header className="col-span-2 flex items-center gap-4 max-2xl:gap-3 border-line border-b bg-panel px-4 whitespace-nowrap">
      <h1 className="flex items-center gap-2 font-semibold text-[15px] tracking-[-0.01em]">
        <svg
          width="20"
          height="20"
          viewBox="0 0 20 20"
          fill="none"
          stroke="currentColor"
          strokeWidth="2.4"
          className="text-accent"
          aria-hidden="true"
        >
          <path d="M17 10a7 7 0 1 1-3.2-5.9" />
          <circle cx="10" cy="10" r="2.2" fill="currentColor" stroke="none" />
        </svg>
        Ringside
      </h1>
      {host && (
        <span className="figures min-w-0 truncate text-dim" title={`${host.cpus} CPUs`}>
          {host.hostname} · {host.kernel}
        </span>
      )}
      {pages.length > 1 && <Pages />}
      <span className="flex-1" />
      <MomentChip />
      {recorded ? (
        <span className="flex items-center gap-1.5 text-accent" title="Nothing here is live">
          Recorded <span className="figures">{dateToMinute(recorded.takenAt)}</span>
        </span>
      ) : (
        !isCutOff && <TracingCost />
      )}
      {!isCutOff && <Company />}
      {(!recorded || connection === "lost") && <Live connection={connection} />}
      {onBoard && operator && <KeepButton />}
      <ShareButton />
      <button type="button" className="text-dim hover:text-text" onClick={() => openPalette()}>
        <span className="max-2xl:sr-only">Commands </span>
        <kbd className="figures text-faint">Ctrl K</kbd>
      </button>
      <button type="button" className="text-dim hover:text-text" popoverTarget={keysHelpId}>
        <span className="max-2xl:sr-only">Keys </span>
        <kbd className="figures text-faint">?</kbd>
      </button>
      <Segments label="Theme" choices={themeTexts} value={theme} onChoose={chooseTheme} />
    </header>
  );
}
