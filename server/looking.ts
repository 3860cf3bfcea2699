/** What one page looks at on /kernel: what it costs the host ends with the page, or soon after it asks no more. */
import { holdStatistics } from "./host/statistics";
import { followTracePipe } from "./host/trace-pipe";

/** Pages ask once a second; one that was put in the background asks once a minute at most. */
const STATISTICS_MS = 5000;

export class Looking {
  private letGo: (() => void) | undefined;
  private timer: NodeJS.Timeout | undefined;
  private unfollow: (() => void) | undefined;

  /** Statistics are on for the next seconds. */
  atUsage(): void {
    this.letGo ??= holdStatistics();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.endUsage(), STATISTICS_MS);
  }

  private endUsage(): void {
    clearTimeout(this.timer);
    this.letGo?.();
    this.letGo = undefined;
  }

  /** `send` is given one batch of lines at a time: what comes until it has called `received` is counted, not kept. */
  atTracePipe(send: (lines: string[], skipped: number, received: () => void) => void): void {
    this.leaveTracePipe();
    let underWay = false;
    let missed = 0;
    this.unfollow = followTracePipe((lines, skipped) => {
      missed += skipped;
      if (underWay) {
        missed += lines.length;
        return;
      }
      underWay = true;
      send(lines, missed, () => {
        underWay = false;
      });
      missed = 0;
    });
  }

  leaveTracePipe(): void {
    this.unfollow?.();
    this.unfollow = undefined;
  }

  end(): void {
    this.endUsage();
    this.leaveTracePipe();
  }
}
