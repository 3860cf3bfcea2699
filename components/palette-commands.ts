/** What the palette offers here and now. */
import type { Problem, Result, RunRequest, ToolInfo } from "../server/protocol";
import {
  goToPanel,
  hasOwnLayout,
  layOutAgain,
  openForm,
  showRun,
  startOnBoard,
  useBoard,
} from "./board-store";
import { boardAddress, isBoardPage } from "./last-board";
import { useMoment } from "./moment";
import { pages } from "./pages";
import type { Searched } from "./palette-rank";
import { requestWords } from "./panel-title";
import { isOperator } from "./role";
import { findProcesses, start, useServer } from "./socket";
import { chooseTheme, themeChoices } from "./theme";
import { requestKey } from "./url";

export interface Command extends Searched {
  id: string;
  /** Does it; what could not be done is said in the palette. */
  run?: (() => void) | (() => Promise<Problem | undefined>);
  /** Asks on: what is then typed chooses among these. */
  next?: { ask: string; search(text: string): Promise<Result<Command[]>> };
}

/** Starts a tool from any page, and shows it on the board. */
async function startAnywhere(request: RunRequest): Promise<Problem | undefined> {
  if (isBoardPage()) return startOnBoard(request);
  const result = await start(request);
  if (!result.ok) return result.problem;
  location.assign(boardAddress(result.value.request));
  return undefined;
}

async function onProcess(tool: ToolInfo, parameter: string, text: string): Promise<Result<Command[]>> {
  const found = await findProcesses(text.trim());
  if (!found.ok) return found;
  const value = found.value.map(
    ({ pid, command, commandLine, user }): Command => ({
      id: String(pid),
      title: `${pid} ${command}`,
      detail: `${user} · ${commandLine || "kernel thread"}`,
      run: () => startAnywhere({ tool: tool.name, parameters: { [parameter]: pid } }),
    }),
  );
  return { ok: true, value };
}

function toolCommands(tool: ToolInfo): Command[] {
  const { name, title: detail, subsystem: words } = tool;
  if (tool.unavailable || !isOperator()) return [];
  if (tool.targets.length > 0) {
    if (!isBoardPage()) return [];
    return [{ id: `form ${name}`, title: `Start ${name}…`, detail, words, run: () => openForm(name) }];
  }
  const plain: Command = {
    id: `start ${name}`,
    title: `Start ${name}`,
    detail,
    words,
    run: () => startAnywhere({ tool: name, parameters: {} }),
  };
  const process = tool.parameters.find(({ meaning }) => meaning === "pid_n");
  if (!process || tool.view === "processes") return [plain];
  const search = (text: string) => onProcess(tool, process.name, text);
  const ask: Command = {
    id: `process ${name}`,
    title: `Start ${name} on a process…`,
    words: `${words} pid`,
    next: { ask: `${name} on which process? A name or a number`, search },
  };
  return [plain, ask];
}

/** The panels, and what the buttons in their heads do. */
function panelCommands(): Command[] {
  const { tools } = useServer.getState();
  const sections = [...document.querySelectorAll<HTMLElement>("[data-panel]")];
  return useBoard.getState().panels.flatMap(({ id, request }, index) => {
    const tool = tools.find(({ name }) => name === request.tool);
    const detail = tool && requestWords(tool, request);
    const buttons =
      sections[index]?.querySelectorAll<HTMLElement>("header button[aria-label]:not(:disabled)") ?? [];
    const goTo: Command = {
      id: `panel ${id}`,
      title: `Go to ${request.tool}`,
      detail,
      run: () => goToPanel(id),
    };
    const actions = [...buttons].map((button): Command => {
      const label = button.ariaLabel ?? "";
      return {
        id: `panel ${id} ${label}`,
        title: `${request.tool}: ${label}`,
        detail,
        run: () => button.click(),
      };
    });
    return [goTo, ...actions];
  });
}

/** Runs of others, or from before, that no panel here shows. */
function runCommands(): Command[] {
  const { runs, tools } = useServer.getState();
  const shown = new Set(useBoard.getState().panels.map(({ request }) => requestKey(request)));
  return runs
    .filter(({ state, request }) => state === "running" && !(isBoardPage() && shown.has(requestKey(request))))
    .map(({ id, request }): Command => {
      const tool = tools.find(({ name }) => name === request.tool);
      return {
        id: `run ${id}`,
        title: `Show ${request.tool}, which is running`,
        detail: tool && requestWords(tool, request),
        run: () => (isBoardPage() ? showRun(request) : location.assign(boardAddress(request))),
      };
    });
}

function boardCommands(): Command[] {
  const commands: Command[] = [];
  if (hasOwnLayout(useBoard.getState().panels))
    commands.push({ id: "layout", title: "Lay the panels out automatically", run: layOutAgain });
  if (useMoment.getState().selected)
    commands.push({
      id: "moment",
      title: "Clear the selected time",
      run: () => useMoment.setState({ selected: undefined }),
    });
  return commands;
}

export function allCommands(): Command[] {
  const { tools, recorded } = useServer.getState();
  const hasBoard = isBoardPage() || recorded !== undefined;
  const here = location.pathname.replace(/(\.html|\/)$/, "") || "/";
  return [
    ...(hasBoard ? panelCommands().filter(({ title }) => title.startsWith("Go to")) : []),
    // A snapshot's tools and runs are those of its host.
    ...(recorded ? [] : runCommands()),
    ...(recorded ? [] : tools.flatMap(toolCommands)),
    ...(hasBoard ? panelCommands().filter(({ title }) => !title.startsWith("Go to")) : []),
    ...boardCommands(),
    ...pages
      .filter(({ path, role }) => path !== here && (isOperator() || role === "viewer"))
      .map(
        ({ path, title }): Command => ({
          id: `page ${path}`,
          title: `Open ${title}`,
          words: "page",
          run: () => location.assign(path === "/" ? boardAddress() : path),
        }),
      ),
    ...themeChoices.map(
      (choice): Command => ({
        id: `theme ${choice}`,
        title: `${choice[0]?.toUpperCase()}${choice.slice(1)} theme`,
        words: "colours",
        run: () => chooseTheme(choice),
      }),
    ),
  ];
}
