// The clocks of clock_gettime(2) and what each counts. All run on virtual time.

import type { Kernel } from '../kernel.ts';
import type { Task } from '../task/task.ts';
import { processCycles, taskCycles } from './process-time.ts';

export const CLOCK = {
  REALTIME: 0,
  MONOTONIC: 1,
  PROCESS_CPUTIME_ID: 2,
  THREAD_CPUTIME_ID: 3,
  MONOTONIC_RAW: 4,
  REALTIME_COARSE: 5,
  MONOTONIC_COARSE: 6,
  BOOTTIME: 7,
  REALTIME_ALARM: 8,
  BOOTTIME_ALARM: 9,
  TAI: 11,
} as const;

const REAL: readonly number[] = [CLOCK.REALTIME, CLOCK.REALTIME_COARSE, CLOCK.REALTIME_ALARM, CLOCK.TAI];
const SINCE_BOOT: readonly number[] = [CLOCK.MONOTONIC, CLOCK.MONOTONIC_RAW, CLOCK.MONOTONIC_COARSE, CLOCK.BOOTTIME, CLOCK.BOOTTIME_ALARM];

export function isRealtimeClock(clock: number): boolean {
  return REAL.includes(clock);
}

/** A clock whose time passes whoever runs: one can sleep on it. */
export function isWallClock(clock: number): boolean {
  return isRealtimeClock(clock) || SINCE_BOOT.includes(clock);
}

/** Clocks that wake a suspended machine need a real-time clock chip, which this one lacks. */
export function isAlarmClock(clock: number): boolean {
  return clock === CLOCK.REALTIME_ALARM || clock === CLOCK.BOOTTIME_ALARM;
}

/** Of those ids that are a clock at all, which can be slept on by everybody, and timed with timer_create(2). */
export function canSleepOn(clock: number): boolean {
  return isWallClock(clock) && clock !== CLOCK.MONOTONIC_RAW && !isCoarse(clock);
}

/** Negative ids with these low bits are clocks behind a descriptor (CLOCKFD), of which there are none. */
export function isDescriptorClock(clock: number): boolean {
  return clock < 0 && (clock & 7) === 3;
}

export function isCoarse(clock: number): boolean {
  return clock === CLOCK.REALTIME_COARSE || clock === CLOCK.MONOTONIC_COARSE;
}

/** Nanoseconds on a clock, null if there is no such clock. Negative ids are CPU clocks of a process or thread (clock_getcpuclockid(3)). */
export function readClock(kernel: Kernel, task: Task, clock: number): bigint | number | null {
  if (isAlarmClock(clock)) return null;
  if (isRealtimeClock(clock)) return kernel.realtime();
  if (SINCE_BOOT.includes(clock)) return kernel.clock.nanoseconds(kernel.now);
  const cycles = cpuClock(kernel, task, clock);
  return cycles === null ? null : kernel.clock.nanoseconds(cycles);
}

/** Cycles on a CPU-time clock; null for any other. */
export function cpuClock(kernel: Kernel, task: Task, clock: number): number | null {
  const used = cyclesUsed(kernel, task, clock);
  return used && used.user + used.system;
}

function cyclesUsed(kernel: Kernel, task: Task, clock: number): { user: number; system: number } | null {
  if (clock === CLOCK.PROCESS_CPUTIME_ID) return processCycles(kernel, task.process);
  if (clock === CLOCK.THREAD_CPUTIME_ID) return taskCycles(kernel, task);
  if (clock >= 0 || (clock & 3) === 3) return null;
  const id = ~(clock >> 3);
  if (clock & 4) {
    const thread = id === 0 ? task : kernel.pids.tasks.get(id);
    return thread ? taskCycles(kernel, thread) : null;
  }
  const process = id === 0 ? task.process : kernel.pids.processes.get(id);
  return process ? processCycles(kernel, process) : null;
}

/** Virtual time at which a wall clock shows `nanoseconds`; never before 0. */
export function cyclesAt(kernel: Kernel, clock: number, nanoseconds: bigint): number {
  const since = isRealtimeClock(clock) ? nanoseconds - kernel.clock.epochNanoseconds : nanoseconds;
  return kernel.clock.cycles(since < 0n ? 0 : Math.min(Number(since), Number.MAX_SAFE_INTEGER));
}
