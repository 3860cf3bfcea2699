/** A token bucket: `most` at once, refilled at `aSecond`. */
export class Bucket {
  private left: number;
  private at: number;

  constructor(
    private readonly most: number,
    private readonly aSecond: number,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.left = most;
    this.at = now();
  }

  /** Whether `cost` was there, and takes it. */
  take(cost = 1): boolean {
    const now = this.now();
    this.left = Math.min(this.most, this.left + ((now - this.at) / 1000) * this.aSecond);
    this.at = now;
    if (this.left < cost) return false;
    this.left -= cost;
    return true;
  }
}
