// Whether a task has a signal to act on, and whether a signal would do anything to it.

import { signalBit } from '../abi/signal.ts';
import type { Task } from '../task/task.ts';
import { defaultAction } from './default-action.ts';

/** True if `task` has something to do on its way to user mode: a signal that is not blocked, a stop, or its end. */
export function signalIsPending(task: Task): boolean {
  if (task.exiting !== null || task.process.groupExit !== null) return true;
  if (task.process.stoppedBy !== 0 && !task.kernelThread) return true;
  const { pending, blocked } = task.signals;
  if (pending.isEmpty && task.process.pending.isEmpty) return false;
  return ((pending.mask | task.process.pending.mask) & ~blocked) !== 0n;
}

/** True if the signal would do nothing to a thread that does not block it. */
export function isIgnored(task: Task, signal: number): boolean {
  const { handler } = task.signals.actions.of(signal);
  return handler === 1n || (handler === 0n && defaultAction(signal) === 'ignore');
}

/** True if the signal waits until the thread unblocks it. A sigtimedwait in progress wants it now. */
export function isBlocked(task: Task, signal: number): boolean {
  return (task.signals.blocked & ~task.signals.waitedFor & signalBit(signal)) !== 0n;
}
