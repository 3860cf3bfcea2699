/** The page's one owner of requestAnimationFrame: nothing is drawn or rendered outside its tick, nor while hidden. */

const due = new Set<() => void>();
let asked = false;

function tick() {
  asked = false;
  const tasks = [...due];
  due.clear();
  for (const task of tasks) task();
}

/** Runs `task` in the next frame; asking again before then changes nothing. */
export function onNextFrame(task: () => void) {
  due.add(task);
  if (asked) return;
  asked = true;
  requestAnimationFrame(tick);
}

export function cancelFrame(task: () => void) {
  due.delete(task);
}
