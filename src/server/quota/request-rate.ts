// A bucket of tokens: so many requests a second, and after a rest a burst of two seconds' worth.

const BURST_SECONDS = 2;

export class RequestRate {
  private readonly now: () => number;
  private tokens = Number.POSITIVE_INFINITY;
  private filled = 0;

  /** `now`: milliseconds. */
  constructor(now: () => number = () => performance.now()) {
    this.now = now;
  }

  /** Milliseconds to wait; 0: the request is taken. `perSecond`: above 0. */
  take(perSecond: number): number {
    const now = this.now();
    this.tokens = Math.min(perSecond * BURST_SECONDS, this.tokens + ((now - this.filled) * perSecond) / 1000);
    this.filled = now;
    if (this.tokens < 1) return ((1 - this.tokens) * 1000) / perSecond;
    this.tokens--;
    return 0;
  }
}
