// The load averages of 1, 5 and 15 minutes, as kernel/sched/loadavg.c computes them: of tasks that run, want to or sleep
// uninterruptibly, looked at every five seconds (of virtual time) and a tick. Looks that are due are made up for before anything
// changes, so that idle time costs nothing and no timer is needed.

import type { Kernel } from '../kernel.ts';

const HERTZ = 250;
const PERIOD_NANOSECONDS = ((5 * HERTZ + 1) * 1_000_000_000) / HERTZ;
/** Fixed point: 11 bits behind the point. */
const FIXED_BITS = 11;
const FIXED_ONE = 1 << FIXED_BITS;
/** exp(-5 s / 1, 5, 15 min) in fixed point. */
const DECAYS = [1884, 2014, 2037] as const;

export class LoadAverage {
  /** In fixed point. */
  private averages = [0, 0, 0];
  /** Looks taken so far. */
  private looks = 0;
  /** Virtual time of the next one, cycles. */
  private next: number;

  constructor(kernel: Kernel) {
    this.next = kernel.clock.cycles(PERIOD_NANOSECONDS);
  }

  /** To be called before the number of active tasks changes. */
  advance(kernel: Kernel): void {
    if (kernel.now < this.next) return;
    const due = Math.floor(kernel.clock.nanoseconds(kernel.now) / PERIOD_NANOSECONDS) - this.looks;
    if (due <= 0) return;
    const active = activeTasks(kernel) * FIXED_ONE;
    this.averages = this.averages.map((load, i) => decayed(load, power(DECAYS[i]!, due), active));
    this.looks += due;
    this.next = kernel.clock.cycles((this.looks + 1) * PERIOD_NANOSECONDS);
  }

  /** "0.52 0.58 0.59". */
  text(kernel: Kernel): string {
    this.advance(kernel);
    return this.averages
      .map((load) => load + FIXED_ONE / 200)
      .map((load) => `${load >> FIXED_BITS}.${String(((load & (FIXED_ONE - 1)) * 100) >> FIXED_BITS).padStart(2, '0')}`)
      .join(' ');
  }

  /** With 16 bits behind the point, as sysinfo(2) has them. */
  scaled(kernel: Kernel): readonly number[] {
    this.advance(kernel);
    return this.averages.map((load) => load * (1 << (16 - FIXED_BITS)));
  }
}

function activeTasks(kernel: Kernel): number {
  let count = 0;
  for (const task of kernel.pids.tasks.values()) if (task.state === 'runnable' || task.state === 'uninterruptible') count++;
  return count;
}

/** One look, `decay` being the factor of all that are made up for. Rounded towards what is now. */
function decayed(load: number, decay: number, active: number): number {
  const sum = load * decay + active * (FIXED_ONE - decay);
  return Math.floor((active >= load ? sum + FIXED_ONE - 1 : sum) / FIXED_ONE);
}

/** `factor` to the `exponent`, rounded at every step as Linux does. */
function power(factor: number, exponent: number): number {
  let [result, square] = [FIXED_ONE, factor];
  const multiply = (a: number, b: number): number => (a * b + FIXED_ONE / 2) >> FIXED_BITS;
  for (let left = exponent; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result = multiply(result, square);
    square = multiply(square, square);
  }
  return result;
}
