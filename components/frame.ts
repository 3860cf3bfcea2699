/** The page's one owner of requestAnimationFrame: nothing but first rows is drawn or rendered outside its tick. */

const due = new Set<() => void>();
/** Of the tick that runs now. */
let last: Set<() => void> | undefined;
let asked = false;

function tick() {
  asked = false;
  const tasks = [...due];
  due.clear();
  last = new Set();
  for (const task of tasks) task();
  const after = last;
  last = undefined;
  for (const task of after) task();
}

/** Runs `task` in the next frame; asking again before then changes nothing. */
export function onNextFrame(task: () => void) {
  due.add(task);
  if (asked) return;
  asked = true;
  requestAnimationFrame(tick);
}

/** Runs `task` at the end of the tick that asks for it, so that what it leads to is not a frame late; else in the next frame. */
export function onThisFrame(task: () => void) {
  if (last) last.add(task);
  else onNextFrame(task);
}

export function cancelFrame(task: () => void) {
  due.delete(task);
  last?.delete(task);
}
