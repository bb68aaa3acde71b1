// What can be due at a virtual time inside the kernel. Payloads of the board's event queue: plain data.

import type { Kernel } from '../kernel.ts';
import type { Task } from '../task/task.ts';

/** A state object that acts when its time comes: an interval timer, a timerfd, a POSIX timer. */
export interface TimerTarget {
  timerExpired(kernel: Kernel): void;
}

export type KernelTimer =
  /** The deadline of a blocked call. */
  | { readonly kind: 'wake'; readonly at: number; readonly task: Task }
  /** The time slice of the task that runs on a vCPU. */
  | { readonly kind: 'slice'; readonly at: number; readonly vcpu: number }
  /** A command of the block device is done; its interrupt is taken on `vcpu`. */
  | { readonly kind: 'device'; readonly at: number; readonly vcpu: number; readonly target: TimerTarget }
  /** Any other timer; its interrupt is taken on `vcpu`. */
  | { readonly kind: 'target'; readonly at: number; readonly vcpu: number; readonly target: TimerTarget };
