/** Which panels are on this page's board, kept in the address bar. */
import { create } from "zustand";
import type { Problem, RunInfo, RunRequest } from "../server/protocol";
import { start, useServer, watchAhead } from "./socket";
import { type PanelPlace, readBoard, requestKey, writeBoard } from "./url";

export interface BoardPanel extends PanelPlace {
  id: number;
}

interface Board {
  panels: readonly BoardPanel[];
  /** Panel that fills the board. */
  enlarged: number | undefined;
  /** Panel that was just started and takes the focus. */
  fresh: number | undefined;
  /** Tool whose form is open, and why its start failed. */
  form: { tool: string; problem?: Problem } | undefined;
}

export const useBoard = create<Board>(() => ({
  panels: [],
  enlarged: undefined,
  fresh: undefined,
  form: undefined,
}));

let nextId = 1;

/** Takes the board from the address, now and whenever the user goes back; returns the way to stop. */
export function followAddress() {
  const read = () => {
    const places = readBoard(location.search).filter((place) => place.request.tool !== "");
    const panels = places.map((place) => ({ ...place, id: nextId++ }));
    useBoard.setState({ panels, enlarged: undefined });
  };
  read();
  addEventListener("popstate", read);
  return () => removeEventListener("popstate", read);
}

/** `step`: Back undoes it. Views change too often for that. */
function setPanels(panels: readonly BoardPanel[], step: boolean) {
  const enlarged = panels.find((panel) => panel.id === useBoard.getState().enlarged)?.id;
  useBoard.setState({ panels, enlarged });
  const address = location.pathname + writeBoard(panels);
  if (step) history.pushState(null, "", address);
  else history.replaceState(null, "", address);
}

function showPanel(request: RunRequest) {
  const { panels } = useBoard.getState();
  const there = panels.find((panel) => requestKey(panel.request) === requestKey(request));
  const shown = there ?? { id: nextId++, request, view: "" };
  if (!there) setPanels([...panels, shown], true);
  useBoard.setState({ form: undefined, enlarged: undefined, fresh: shown.id });
}

export function closePanel(id: number) {
  setPanels(
    useBoard.getState().panels.filter((panel) => panel.id !== id),
    true,
  );
}

export function setView(id: number, view: string) {
  setPanels(
    useBoard.getState().panels.map((panel) => (panel.id === id ? { ...panel, view } : panel)),
    false,
  );
}

export const enlarge = (id: number | undefined) => useBoard.setState({ enlarged: id });
export const openForm = (tool: string | undefined) =>
  useBoard.setState({ form: tool ? { tool } : undefined });

/** Starts a run, or joins it, and puts it on the board; the reason when that fails. */
export async function startOnBoard(request: RunRequest): Promise<Problem | undefined> {
  const result = await start(request);
  if (!result.ok) return result.problem;
  const tool = useServer.getState().tools.find(({ name }) => name === request.tool);
  if (tool) watchAhead(result.value, tool);
  takeRun(result.value);
  showPanel(result.value.request);
  return undefined;
}

/** Start beside a tool's name: where that fails, its form opens and says why. */
export async function startPlain(tool: string) {
  const problem = await startOnBoard({ tool, parameters: {} });
  if (problem) useBoard.setState({ form: { tool, problem } });
}

/** What the server answered is known before its next list of runs. */
export function takeRun(run: RunInfo) {
  const others = useServer.getState().runs.filter((other) => other.id !== run.id);
  useServer.setState({ runs: [...others, run] });
}

/** The run a panel shows: the running one, else the newest that ended. */
export function findRun(runs: readonly RunInfo[], request: RunRequest): RunInfo | undefined {
  const key = requestKey(request);
  const same = runs.filter((run) => requestKey(run.request) === key).sort((a, b) => b.id - a.id);
  return same.find((run) => run.state === "running") ?? same[0];
}
