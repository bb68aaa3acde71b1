// A transfer that waits in the middle: how much of it was done survives in task.progress.done, which is also what the call
// returns if a signal ends the wait.

import type { Kernel } from '../kernel.ts';
import type { SyscallResult } from '../syscalls/row.ts';
import type { Task } from '../task/task.ts';
import type { WaitQueue } from '../task/wait-queue.ts';

/** Bytes (or messages) done by earlier runs of the blocked call. */
export function partialDone(task: Task): number {
  return Number(task.progress?.['done'] ?? 0);
}

/** Remembers that this run did `more`. */
export function notePartial(task: Task, more: number): void {
  if (more > 0) task.progress = { ...task.progress, done: partialDone(task) + more };
}

/** The call's result: everything done so far, or `result` if that is nothing. An error after some progress is not reported. */
export function finishPartial(task: Task, result: number): number {
  const before = partialDone(task);
  if (result < 0) return before > 0 ? before : result;
  return before + result;
}

/** Waits for the rest of a transfer; a signal then ends the call with what was done. */
export function blockTransfer(kernel: Kernel, task: Task, queues: readonly WaitQueue[], waitingFor: string): SyscallResult {
  const done = partialDone(task);
  return kernel.block(task, done > 0 ? { queues, waitingFor, interrupted: done } : { queues, waitingFor });
}
