/** Whether the server's event loop keeps turning: told while it does not, counted afterwards. */
import type { Logger } from "pino";
import { beat, startWatchdog } from "../native";
import type { Tracing } from "./protocol";

const BEAT_MS = 500;
/** A page that waits longer than this for an answer notices. */
const STALL_MS = 1000;
const WARN_S = 2;
/** Nothing that the server does takes a tenth of this; what it traced goes with it, and what was pinned comes back. */
const END_S = 60;

export type Stalls = NonNullable<Tracing["stalls"]>;

/** The stalls so far, undefined while there were none; kept up to date from now on. */
export function watchLoop(log: Logger): () => Stalls | undefined {
  let stalls: Stalls | undefined;
  startWatchdog(WARN_S, END_S);
  beat();
  let before = performance.now();
  setInterval(() => {
    beat();
    const now = performance.now();
    const late = Math.round(now - before - BEAT_MS);
    before = now;
    if (late < STALL_MS) return;
    log.warn({ milliseconds: late }, "the event loop stood still");
    stalls = {
      count: (stalls?.count ?? 0) + 1,
      longest: Math.max(stalls?.longest ?? 0, late),
      lastAt: Date.now(),
    };
  }, BEAT_MS).unref();
  return () => stalls;
}
