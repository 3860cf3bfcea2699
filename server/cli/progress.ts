/** One line on a terminal while something is recorded: what came, what was lost, what time is left. */
import { count, digits } from "../../components/format";
import type { Run } from "../runs/run";

const EVERY_MS = 200;
const BAR = 20;

const seconds = (ms: number): string => `${digits(Math.max(0, ms) / 1000)} s`;

/** "opensnoop ━━━━━─────  12,345 events  411/s  0 lost  18.0 s left". `ms`: how long in all, or until Ctrl-C. */
export function progressLine(run: Run, elapsed: number, ms: number | undefined): string {
  const { count: events, rate, loss } = run.info();
  const full = ms === undefined ? 0 : Math.min(BAR, Math.round((BAR * elapsed) / ms));
  const bar = ms === undefined ? "" : `${"━".repeat(full)}${"─".repeat(BAR - full)}  `;
  const time = ms === undefined ? `${seconds(elapsed)}, Ctrl-C ends it` : `${seconds(ms - elapsed)} left`;
  const lost = loss.ring + loss.map + loss.stack;
  return `${run.tool.info.name}  ${bar}${count(events)} events  ${count(rate)}/s  ${count(lost)} lost  ${time}`;
}

/** Shows it until the result is called; nothing where standard error is no terminal. */
export function showProgress(run: Run, ms: number | undefined): () => void {
  if (!process.stderr.isTTY) return () => {};
  const began = performance.now();
  const show = () => {
    const line = progressLine(run, performance.now() - began, ms);
    process.stderr.write(`\r\x1b[K${line.slice(0, (process.stderr.columns ?? 80) - 1)}`);
  };
  const timer = setInterval(show, EVERY_MS);
  return () => {
    clearInterval(timer);
    process.stderr.write("\r\x1b[K");
  };
}
