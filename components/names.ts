/** Names that only the host knows, asked for once and only for what is on screen. */
import type { NameKind } from "../server/protocol";
import { onNextFrame } from "./frame";
import { askNames } from "./socket";

const keptNames = 20_000;
const known = new Map<string, string>();
const wanted = new Map<NameKind, Set<string>>();
const listeners = new Set<() => void>();

/** Changes when names arrived; for `useVersion`. */
export const hostNames = {
  version: 0,
  subscribe(listener: () => void) {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  },
};

/** "" while it is being asked for, and where the host knows none. */
export function hostName(kind: NameKind, id: string): string {
  const name = known.get(`${kind} ${id}`);
  if (name !== undefined) return name;
  const ids = wanted.get(kind) ?? new Set();
  wanted.set(kind, ids.add(id));
  onNextFrame(askWanted);
  return "";
}

/** Resolves when all of them are there, as far as the host knows them. */
export async function nameAll(kind: NameKind, ids: readonly string[]) {
  const unknown = ids.filter((id) => !known.has(`${kind} ${id}`));
  // The server answers so many at a time.
  for (let i = 0; i < unknown.length; i += 1000) await fetchNames(kind, unknown.slice(i, i + 1000));
}

function askWanted() {
  for (const [kind, ids] of wanted) void fetchNames(kind, [...ids]);
  wanted.clear();
}

async function fetchNames(kind: NameKind, ids: string[]) {
  if (known.size > keptNames) known.clear();
  for (const id of ids) known.set(`${kind} ${id}`, "");
  const result = await askNames(kind, ids);
  for (const id of ids) {
    if (result.ok) known.set(`${kind} ${id}`, result.value[id] ?? "");
    else known.delete(`${kind} ${id}`);
  }
  if (!result.ok) return;
  hostNames.version++;
  for (const listener of listeners) listener();
}
