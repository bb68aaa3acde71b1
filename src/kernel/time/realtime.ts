// Setting CLOCK_REALTIME: what waits for a time of that clock waits longer, or less (clock_settime(2)).

import type { Kernel } from '../kernel.ts';

/** A timer that is set to a time of CLOCK_REALTIME. */
export interface RealtimeTimer {
  /** The clock has been set: its times come `cycles` sooner. */
  clockStepped(kernel: Kernel, cycles: number): void;
}

export class RealtimeTimers {
  /** In the order of their setting. */
  private readonly timers = new Set<RealtimeTimer>();

  add(timer: RealtimeTimer): void {
    this.timers.add(timer);
  }

  remove(timer: RealtimeTimer): void {
    this.timers.delete(timer);
  }

  list(): RealtimeTimer[] {
    return [...this.timers];
  }
}

/** `nanoseconds` since 1970 is what the clock shows from now on. */
export function setRealtime(kernel: Kernel, nanoseconds: bigint): void {
  const { clock } = kernel;
  const step = Number(nanoseconds - kernel.realtime());
  clock.epochNanoseconds = nanoseconds - BigInt(clock.nanoseconds(kernel.now));
  const cycles = Math.sign(step) * clock.cycles(Math.min(Math.abs(step), Number.MAX_SAFE_INTEGER));
  for (const timer of kernel.realtimeTimers.list()) timer.clockStepped(kernel, cycles);
  for (const task of kernel.pids.tasks.values()) {
    if (!task.blocked?.onRealtime) continue;
    const deadline = task.progress?.['deadline'];
    if (deadline !== undefined) task.progress = { ...task.progress, deadline: Math.max(0, Number(deadline) - cycles) };
    kernel.wakeTask(task, 'clock_settime');
  }
}
