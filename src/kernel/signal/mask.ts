// The set of signals a thread blocks: a signal of the whole process that one thread begins to block goes to another that does not.

import { UNBLOCKABLE } from '../abi/signal.ts';
import type { Kernel } from '../kernel.ts';
import type { Task } from '../task/task.ts';
import { noticeSignal } from './generate.ts';

export function changeMask(kernel: Kernel, task: Task, mask: bigint): void {
  const { signals } = task;
  const next = mask & ~UNBLOCKABLE;
  const added = next & ~signals.blocked;
  signals.blocked = next;
  if (added !== 0n) retarget(kernel, task, added);
}

/** sigsuspend, ppoll and their like: the old mask comes back when the call is over. */
export function changeMaskForCall(kernel: Kernel, task: Task, mask: bigint): void {
  task.signals.savedMask = task.signals.blocked;
  changeMask(kernel, task, mask);
}

export function restoreMask(kernel: Kernel, task: Task): void {
  const { savedMask } = task.signals;
  if (savedMask === null) return;
  task.signals.savedMask = null;
  changeMask(kernel, task, savedMask);
}

/** `task` no longer takes the signals of `set`: others are told of those that wait for the process. */
export function retarget(kernel: Kernel, task: Task, set: bigint): void {
  const { process } = task;
  if (process.tasks.length < 2 || process.pending.isEmpty) return;
  let waiting = process.pending.mask & set;
  for (const other of process.tasks) {
    if (waiting === 0n) return;
    const taken = waiting & ~other.signals.blocked;
    if (other === task || other.exiting !== null || taken === 0n) continue;
    noticeSignal(kernel, other);
    waiting &= ~taken;
  }
}
