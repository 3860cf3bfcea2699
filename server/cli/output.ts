/** Standard output for much text: written by another thread, so that a slow reader does not hold up the rings. */
import { write } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { refuse } from "../problem";

const writeSome = promisify(write);
const STDOUT = 1;
/** Where the pipe is set to wait for nobody, it is tried again after this long. */
const RETRY_MS = 5;

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

export class Output {
  /** The reader has gone, as `head` does when it has enough. */
  closed = false;

  /** Resolves when all of it was taken, or nobody is there to take it. Throws a UserError. */
  async write(text: string | Uint8Array): Promise<void> {
    let rest = Buffer.from(text);
    while (rest.length > 0 && !this.closed)
      try {
        const { bytesWritten } = await writeSome(STDOUT, rest);
        rest = rest.subarray(bytesWritten);
      } catch (error) {
        if (codeOf(error) === "EAGAIN") await sleep(RETRY_MS);
        else if (codeOf(error) === "EPIPE") this.closed = true;
        else
          refuse(
            `Standard output cannot be written (${codeOf(error)}).`,
            "Make room where it goes, or send it somewhere else.",
          );
      }
  }
}
