/** Which panels are on this page's board, and where; kept in the address bar. */
import { create } from "zustand";
import type { Problem, RunInfo, RunRequest, StartRequest } from "../server/protocol";
import { firstRows } from "./feeds";
import { isBoardPage, rememberBoard } from "./last-board";
import type { Size } from "./layout";
import { start, useServer } from "./socket";
import { type PanelPlace, readBoard, requestKey, writeBoard } from "./url";

export interface BoardPanel extends PanelPlace {
  id: number;
}

interface Board {
  panels: readonly BoardPanel[];
  /** Panel that takes the focus: just started, or gone to. */
  fresh: number | undefined;
  /** Tool whose form is open, and why its start failed. */
  form: { tool: string; problem?: Problem } | undefined;
  /** Panels that the address named and the board does not hold. */
  leftOut: number;
  /** Question that the board began with: what to look at next is said above it. Kept with the page's history. */
  guide: string | undefined;
}

/** More than anyone can read; each costs a feed and its memory. */
export const mostPanels = 24;

export const useBoard = create<Board>(() => ({
  panels: [],
  fresh: undefined,
  form: undefined,
  leftOut: 0,
  guide: undefined,
}));

let nextId = 1;

/** Takes the board from the address, now and whenever the user goes back; returns the way to stop. */
export function followAddress() {
  const read = () => {
    const { panels: before } = useBoard.getState();
    const byKey = new Map<string, BoardPanel>();
    let named = 0;
    for (const place of readBoard(location.search)) {
      const key = requestKey(place.request);
      if (place.request.tool === "" || byKey.has(key)) continue;
      named++;
      // A panel that was there keeps its rows: only its place and view are those of the address.
      const there = before.find((panel) => requestKey(panel.request) === key);
      if (byKey.size < mostPanels) byKey.set(key, { ...place, id: there?.id ?? nextId++ });
    }
    const { guide } = (history.state ?? {}) as Pick<Board, "guide">;
    useBoard.setState({ panels: [...byKey.values()], leftOut: named - byKey.size, guide });
    if (isBoardPage()) rememberBoard(location.search);
  };
  read();
  addEventListener("popstate", read);
  return () => removeEventListener("popstate", read);
}

/** `step`: Back undoes it. Views change too often for that. */
function setPanels(panels: readonly BoardPanel[], step: boolean) {
  useBoard.setState({ panels });
  const query = writeBoard(panels);
  const address = location.pathname + query;
  const state = { ...history.state, guide: useBoard.getState().guide };
  if (isBoardPage()) rememberBoard(query);
  if (step) history.pushState(state, "", address);
  else history.replaceState(state, "", address);
}

/** Puts a run on the board, or gives the focus to the panel that shows it. */
export function showRun(request: RunRequest) {
  const { panels } = useBoard.getState();
  const there = panels.find((panel) => requestKey(panel.request) === requestKey(request));
  const shown = there ?? { id: nextId++, request, view: "" };
  if (!there) setPanels([...panels.map(shrunk), shown], true);
  useBoard.setState({ form: undefined });
  goToPanel(shown.id);
}

const shrunk = (panel: BoardPanel): BoardPanel => ({ ...panel, enlarged: undefined });

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

/** Lets one panel fill the board, or none. */
export function enlarge(id: number | undefined) {
  const { panels } = useBoard.getState();
  if (panels.find((panel) => panel.enlarged)?.id === id) return;
  setPanels(
    panels.map((panel) => ({ ...panel, enlarged: panel.id === id || undefined })),
    true,
  );
}

/** Gives a panel the focus, and the board to all when another fills it. */
export function goToPanel(id: number) {
  const filling = useBoard.getState().panels.find((panel) => panel.enlarged);
  if (filling && filling.id !== id) enlarge(undefined);
  useBoard.setState({ fresh: id });
}

const withSizes = (sizes: readonly Size[]) =>
  useBoard.getState().panels.map((panel, i): BoardPanel => ({ ...panel, size: sizes[i] }));

/** While an edge is being dragged the address waits. */
export const showSizes = (sizes: readonly Size[]) => useBoard.setState({ panels: withSizes(sizes) });

let keyAt = Number.NEGATIVE_INFINITY;

/** Sizes of all panels in their order. Presses of a key within a second are one step for Back. */
export function setSizes(sizes: readonly Size[], byKey = false) {
  const now = performance.now();
  setPanels(withSizes(sizes), !byKey || now - keyAt > 1000);
  keyAt = byKey ? now : Number.NEGATIVE_INFINITY;
}

export const hasOwnLayout = (panels: readonly BoardPanel[]) => panels.some(({ size }) => size !== undefined);

/** Back to the automatic layout. */
export const layOutAgain = () => setSizes([]);

/** Two panels take each other's place and size. */
export function exchange(a: number, b: number) {
  const panels = [...useBoard.getState().panels];
  const [one, other] = [panels[a], panels[b]];
  if (!one || !other || a === b) return;
  panels[a] = { ...other, size: one.size };
  panels[b] = { ...one, size: other.size };
  setPanels(panels, true);
}

export const openForm = (tool: string | undefined) =>
  useBoard.setState({ form: tool ? { tool } : undefined });

/**
 * Starts a run, or joins it, and puts it on the board; the reason when that fails. `panel`: the one that asks for it. Closed
 * before the answer, it stays closed, and a run that nobody looks at ends by itself.
 */
export async function startOnBoard(request: StartRequest, panel?: number): Promise<Problem | undefined> {
  const result = await start(request);
  if (!result.ok) return result.problem;
  const tool = useServer.getState().tools.find(({ name }) => name === request.tool);
  if (tool) await firstRows(result.value, tool);
  if (panel !== undefined && !useBoard.getState().panels.some(({ id }) => id === panel)) return undefined;
  takeRun(result.value);
  showRun(result.value.request);
  return undefined;
}

/** Starts several with their defaults; one step for Back. What cannot be started says so in its form. */
export async function startTogether(tools: readonly { tool: string; view?: string }[], guide: string) {
  const views = new Map(tools.map(({ tool, view = "" }) => [tool, view]));
  const results = await Promise.all(
    tools.map(async ({ tool }) => ({ tool, result: await start({ tool, parameters: {} }) })),
  );
  const added: BoardPanel[] = [];
  for (const { tool, result } of results) {
    if (!result.ok) {
      useBoard.setState({ form: { tool, problem: result.problem } });
      continue;
    }
    takeRun(result.value);
    added.push({ id: nextId++, request: result.value.request, view: views.get(tool) ?? "" });
  }
  const { panels } = useBoard.getState();
  const shown = new Set(panels.map(({ request }) => requestKey(request)));
  useBoard.setState({ guide });
  setPanels([...panels, ...added.filter(({ request }) => !shown.has(requestKey(request)))], true);
}

export function closeGuide() {
  useBoard.setState({ guide: undefined });
  setPanels(useBoard.getState().panels, false);
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
