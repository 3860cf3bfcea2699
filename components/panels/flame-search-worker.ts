/** Runs in a worker: a pattern that takes exponential time stops nothing there but itself. */
import { Finder, type FromFinder, type ToFinder } from "./flame-pattern";

const finder = new Finder();
const tell = (message: FromFinder) => postMessage(message);

addEventListener("message", ({ data }: MessageEvent<ToFinder>) => {
  if (data.put) finder.put(data.put);
  if (!data.find) return;
  tell({ begun: data.find.id });
  tell({ found: data.find.id, matches: finder.find(data.find.search) });
});
