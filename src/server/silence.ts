// How long a worker has been silent of its own accord. It is asked for a sign of life in regular beats. Time in which it waited for a processor
// does not count, nor time in which the daemon did not run itself: a host with too little to give, or a daemon that was stopped and goes on
// (SIGSTOP, a virtual machine that was paused), takes no machine from anybody.

import { readFileSync } from 'node:fs';

/** Of a beat that comes late, so many times the usual distance counts at most. */
const LATEST = 2;

export interface SilenceSources {
  /** Milliseconds, monotonic. */
  readonly now: () => number;
  /** Milliseconds that the worker's thread has waited for a processor, since it began; 0 where the host does not tell. */
  readonly waited: () => number;
}

/** What Linux tells of one thread of this process: "time on a processor, time waiting for one, turns", the times in nanoseconds. */
export function waitedForProcessor(thread: number | undefined): number {
  if (thread === undefined) return 0;
  try {
    return Number(readFileSync(`/proc/self/task/${thread}/schedstat`, 'latin1').split(' ')[1]) / 1e6 || 0;
  } catch {
    // A kernel without CONFIG_SCHED_INFO, or a thread that has ended.
    return 0;
  }
}

export class Silence {
  private readonly sources: SilenceSources;
  private readonly beatMilliseconds: number;
  private last: number;
  private waited: number;
  private counted = 0;
  private wasHeard = true;

  /** `beatMilliseconds`: the usual distance of two beats. */
  constructor(beatMilliseconds: number, sources: SilenceSources) {
    this.beatMilliseconds = beatMilliseconds;
    this.sources = sources;
    this.last = sources.now();
    this.waited = sources.waited();
  }

  heard(): void {
    this.wasHeard = true;
  }

  /** Milliseconds that count, at this beat: 0 if it has been heard of since the one before. */
  beat(): number {
    const now = this.sources.now();
    const waited = this.sources.waited();
    const passed = Math.min(now - this.last, LATEST * this.beatMilliseconds);
    this.counted = this.wasHeard ? 0 : this.counted + Math.max(0, passed - Math.max(0, waited - this.waited));
    this.wasHeard = false;
    this.last = now;
    this.waited = waited;
    return this.counted;
  }
}
