/**
 * What programs write with bpf_printk: the kernel's trace pipe, read only while somebody follows it. What is read is gone
 * from it, so everyone who follows shares one reader.
 */
import { closeSync, constants, openSync, readSync } from "node:fs";
import { StringDecoder } from "node:string_decoder";
import { refuse } from "../problem";
import { has } from "./capabilities";
import { tracefs } from "./settings";

/** Fast enough for eyes; nothing is lost in between, as the kernel's buffer holds 1.4 MiB a CPU. */
const READ_MS = 100;
/** What one reading takes and sends at most; the rest of a flood is counted and dropped. */
const MAX_LINES = 500;
const MAX_READ_BYTES = 4 * 1024 * 1024;

export type TakeLines = (lines: string[], skipped: number) => void;

const followers = new Set<TakeLines>();
let stopReading: (() => void) | undefined;

function startReading(): () => void {
  const folder =
    tracefs() ?? refuse("tracefs is not mounted.", "sudo mount -t tracefs tracefs /sys/kernel/tracing");
  let fd: number;
  try {
    fd = openSync(`${folder}/trace_pipe`, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EBUSY")
      refuse("Another program reads the trace pipe, and it has one reader only.", "End that program first.");
    return refuse(
      `The trace pipe (${folder}/trace_pipe) cannot be opened: ${code}.`,
      has("CAP_DAC_READ_SEARCH")
        ? "A security module or lockdown may refuse it: see /kernel."
        : "The file is root's: give the server CAP_DAC_READ_SEARCH, as npm start does.",
    );
  }
  const chunk = Buffer.alloc(64 * 1024);
  const decoder = new StringDecoder("utf8");
  let rest = "";
  const read = (): string[] => {
    let bytes = 0;
    for (;;) {
      let size: number;
      try {
        size = readSync(fd, chunk);
      } catch {
        break; // EAGAIN: empty.
      }
      if (size === 0) break;
      rest += decoder.write(chunk.subarray(0, size));
      bytes += size;
      if (bytes > MAX_READ_BYTES) break;
    }
    const lines = rest.split("\n");
    rest = lines.pop() ?? "";
    return lines;
  };
  const timer = setInterval(() => {
    const lines = read();
    if (lines.length === 0) return;
    const newest = lines.slice(-MAX_LINES);
    for (const take of followers) take(newest, lines.length - newest.length);
  }, READ_MS);
  return () => {
    clearInterval(timer);
    closeSync(fd);
  };
}

/** Throws a UserError when it cannot be read. What comes back ends it, safe to call twice. */
export function followTracePipe(take: TakeLines): () => void {
  stopReading ??= startReading();
  followers.add(take);
  return () => {
    followers.delete(take);
    if (followers.size > 0) return;
    stopReading?.();
    stopReading = undefined;
  };
}
