// How much of a processor the host gives this thread. Asking the host is dear, so it is asked once a stretch of work; pieces of that are
// measured by the clock, and told as what they probably took of the processor.

import type { HostClocks } from './cpu-accounts.ts';

/** Work that is looked at together, in microseconds. */
const WINDOW = 10_000;
/** Whoever gets less than so much of a processor is short of it. */
const ENOUGH = 0.9;

/** However little the host gives, nobody waits for longer than as if it were so much. */
const LEAST = 0.05;

export class ProcessorTime {
  private readonly clocks: HostClocks;
  private start = { now: 0, processor: 0 };
  private elapsed = 0;
  private used = 0;
  /** Of each microsecond of work in the last window. */
  private portion = 1;

  constructor(clocks: HostClocks) {
    this.clocks = clocks;
  }

  get isShort(): boolean {
    return this.portion < ENOUGH;
  }

  now(): number {
    return this.clocks.now();
  }

  /** A stretch of work in which the thread never waits. */
  begin(): void {
    this.start = { now: this.clocks.now(), processor: this.clocks.processor() };
  }

  end(): void {
    this.elapsed += this.clocks.now() - this.start.now;
    this.used += this.clocks.processor() - this.start.processor;
    if (this.elapsed < WINDOW) return;
    this.portion = Math.min(1, this.used / this.elapsed);
    this.elapsed = 0;
    this.used = 0;
  }

  /** How long so many microseconds of a processor take now. */
  stretched(microseconds: number): number {
    return microseconds / Math.max(this.portion, LEAST);
  }

  /** Microseconds of the processor for a piece of work that began at `since`. */
  spentSince(since: number): number {
    return (this.clocks.now() - since) * this.portion;
  }
}
