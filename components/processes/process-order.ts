/** Which processes are shown, in which order: sorted and filtered, as a list or as a tree. */
import { type Metric, metrics } from "./process-past";
import type { ProcessStore } from "./process-store";

/** What a process is called, for sorting and finding; lower case. */
export interface Names {
  user(slot: number): string;
  container(slot: number): string;
  /** The command line, or the command where there is none. */
  command(slot: number): string;
}

export interface Order {
  /** A column's name. */
  sort: string;
  /** The other way round than the column's own: amounts begin with the greatest, words with "a". */
  turned: boolean;
  /** Words that all must be found in number, command line, user or container. */
  find: string;
  tree: boolean;
  /** Identities whose children are folded away. */
  folded: ReadonlySet<number>;
}

/** In the order of the screen. */
export interface Rows {
  slots: Uint32Array;
  /** For a tree: depth, and which of the levels above have more to come below this row (bit n: level n). */
  depth: Uint8Array;
  more: Uint32Array;
  /** Children, shown or folded away. */
  children: Uint32Array;
  /** Found by the filter, rather than shown because something below it was. */
  found: number;
}

/** Deeper trees are drawn as if they were no deeper. */
export const deepest = 31;

const isMetric = (name: string): name is Metric => (metrics as readonly string[]).includes(name);

/** Numbers to sort by, by slot, such that the greatest comes first; undefined for columns of words. */
function amountsOf(store: ProcessStore, name: string): ((slot: number) => number) | undefined {
  if (isMetric(name)) return (slot) => store.rate(name, slot);
  if (name === "threads") return (slot) => store.threads[slot] as number;
  // The youngest first.
  if (name === "started") return (slot) => store.started[slot] as number;
  if (name === "pid") return (slot) => -(store.pid[slot] as number);
  return undefined;
}

/** Slots sorted as the order says, those that are equal by number. */
function sortSlots(
  store: ProcessStore,
  { sort, turned }: Order,
  names: Names,
  slots: readonly number[],
): Uint32Array {
  const amount = amountsOf(store, sort);
  if (amount) return sortByAmount(store, amount, turned, slots);
  const sign = turned ? -1 : 1;
  const word =
    sort === "user"
      ? names.user
      : sort === "cgroup"
        ? names.container
        : sort === "state"
          ? stateOf
          : names.command;
  const texts: string[] = new Array(store.pid.length);
  for (const slot of slots) texts[slot] = word(slot);
  return Uint32Array.from(slots).sort((a, b) => {
    const [one, other] = [texts[a] as string, texts[b] as string];
    return one === other ? byPid(store, a, b) : one < other ? -sign : sign;
  });
  function stateOf(slot: number) {
    return String.fromCharCode(store.state[slot] as number);
  }
}

const byPid = (store: ProcessStore, a: number, b: number) =>
  (store.pid[a] as number) - (store.pid[b] as number);

/** Most processes of a host did nothing in a second: numbers alone are sorted many times as fast as by a function. */
function sortByAmount(
  store: ProcessStore,
  amount: (slot: number) => number,
  turned: boolean,
  slots: readonly number[],
): Uint32Array {
  const sign = turned ? -1 : 1;
  const keys = new Float64Array(store.pid.length);
  const busy: number[] = [];
  // Number and slot in one: both are below 2^22, the kernel's most processes.
  const idle = new Float64Array(slots.length);
  let idleCount = 0;
  for (const slot of slots) {
    const key = sign * amount(slot);
    keys[slot] = key;
    if (key !== 0) busy.push(slot);
    else idle[idleCount++] = (store.pid[slot] as number) * 2 ** 22 + slot;
  }
  busy.sort((a, b) => (keys[b] as number) - (keys[a] as number) || byPid(store, a, b));
  const sorted = new Uint32Array(slots.length);
  sorted.set(busy, turned ? idleCount : 0);
  const firstIdle = turned ? 0 : busy.length;
  const byNumber = idle.subarray(0, idleCount).sort();
  for (let i = 0; i < idleCount; i++) sorted[firstIdle + i] = (byNumber[i] as number) % 2 ** 22;
  return sorted;
}

function finder(store: ProcessStore, find: string, names: Names): ((slot: number) => boolean) | undefined {
  const words = find.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return undefined;
  return (slot) => {
    const text = `${store.pid[slot]} ${names.command(slot)} ${names.user(slot)} ${names.container(slot)}`;
    return words.every((word) => text.includes(word));
  };
}

export function orderProcesses(store: ProcessStore, order: Order, names: Names): Rows {
  const isFound = finder(store, order.find, names);
  const found = isFound ? store.live.filter(isFound) : store.live;
  if (!order.tree) {
    const slots = sortSlots(store, order, names, found);
    const none = new Uint32Array(slots.length);
    return { slots, depth: new Uint8Array(slots.length), more: none, children: none, found: found.length };
  }
  return treeOf(store, order, names, found);
}

/** The parent's slot, as far as it was there before: a number that came back to a younger process is no parent. */
function parentOf(store: ProcessStore, slot: number): number | undefined {
  const parent = store.slotOfPid(store.parent[slot] as number);
  if (parent === undefined || parent === slot) return undefined;
  return (store.started[parent] as number) <= (store.started[slot] as number) ? parent : undefined;
}

function treeOf(store: ProcessStore, order: Order, names: Names, found: readonly number[]): Rows {
  const shown = new Set(found);
  // What was found stands below its ancestors.
  for (const slot of found)
    for (let at = parentOf(store, slot); at !== undefined && !shown.has(at); at = parentOf(store, at))
      shown.add(at);
  const all = sortSlots(store, order, names, [...shown]);
  const roots: number[] = [];
  const below = new Map<number, number[]>();
  for (const slot of all) {
    const parent = parentOf(store, slot);
    if (parent === undefined) roots.push(slot);
    else {
      const siblings = below.get(parent);
      if (siblings) siblings.push(slot);
      else below.set(parent, [slot]);
    }
  }
  const slots = new Uint32Array(all.length);
  const depth = new Uint8Array(all.length);
  const more = new Uint32Array(all.length);
  const children = new Uint32Array(all.length);
  let count = 0;
  // A stack rather than recursion: a chain of processes may be as long as there are processes.
  const stack: [slots: readonly number[], next: number, depth: number, more: number][] = [[roots, 0, 0, 0]];
  for (let top = stack.at(-1); top; top = stack.at(-1)) {
    const [siblings, next, level, above] = top;
    const slot = siblings[next];
    if (slot === undefined) {
      stack.pop();
      continue;
    }
    top[1]++;
    const goesOn = next + 1 < siblings.length ? above | (1 << level) : above;
    const ownChildren = below.get(slot);
    slots[count] = slot;
    depth[count] = level;
    more[count] = goesOn;
    children[count] = ownChildren?.length ?? 0;
    count++;
    if (ownChildren && !order.folded.has(store.identity(slot)))
      stack.push([ownChildren, 0, Math.min(level + 1, deepest), goesOn]);
  }
  return {
    slots: slots.subarray(0, count),
    depth: depth.subarray(0, count),
    more: more.subarray(0, count),
    children: children.subarray(0, count),
    found: found.length,
  };
}
