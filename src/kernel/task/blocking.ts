// Sleeping and waking. A blocked task is data: its call, the queues it is in, a deadline; on wake-up its handler runs again.

import { ERRNO, RESTART } from '../abi/errno.ts';
import type { Kernel } from '../kernel.ts';
import { signalIsPending } from '../signal/pending.ts';
import { BLOCKED, type SyscallResult } from '../syscalls/row.ts';
import type { Task } from './task.ts';
import type { WaitQueue } from './wait-queue.ts';

export interface BlockRequest {
  readonly queues: readonly WaitQueue[];
  /** Absolute virtual time in cycles; null or absent: none. */
  readonly deadline?: number | null;
  /** The deadline is a time of CLOCK_REALTIME: when that is set, the handler runs again and reckons anew. */
  readonly onRealtime?: boolean;
  /** What a person reads: "futex 0x4c0120". */
  readonly waitingFor: string;
  /** False: only a fatal signal ends the sleep. */
  readonly interruptible?: boolean;
  /** The call's result if a signal ends the sleep; -ERESTARTSYS if absent. Bytes already moved, for instance. */
  readonly interrupted?: number;
}

/** A signal that waits already ends the sleep before it begins. */
export function block(kernel: Kernel, task: Task, request: BlockRequest): SyscallResult {
  const interruptible = request.interruptible ?? true;
  if (interruptible && signalIsPending(task)) return request.interrupted ?? -RESTART.ERESTARTSYS;
  if (task.exiting !== null || task.process.groupExit !== null) return -ERRNO.EINTR;
  const deadline = request.deadline ?? null;
  const timer = deadline === null ? 0 : kernel.hardware.timers.schedule(deadline, { kind: 'wake', at: deadline, task });
  for (const queue of request.queues) queue.add(task);
  task.blocked = {
    queues: request.queues,
    deadline,
    timer,
    waitingFor: request.waitingFor,
    interruptible,
    onRealtime: request.onRealtime ?? false,
  };
  kernel.load.advance(kernel);
  task.state = interruptible ? 'blocked' : 'uninterruptible';
  return BLOCKED;
}

/** Takes a task out of its queues and stops its deadline. */
export function unblock(kernel: Kernel, task: Task): void {
  const { blocked } = task;
  if (!blocked) return;
  for (const queue of blocked.queues) queue.remove(task);
  if (blocked.timer !== 0) kernel.hardware.timers.cancel(blocked.timer);
  task.blocked = null;
}

export function wakeTask(kernel: Kernel, task: Task, by: string): void {
  if (task.state !== 'blocked' && task.state !== 'uninterruptible') return;
  unblock(kernel, task);
  makeRunnable(kernel, task, by, false);
}

/** `isNew`: it has never run, so it has no claim to be favoured as a sleeper. */
export function makeRunnable(kernel: Kernel, task: Task, by: string, isNew: boolean): void {
  kernel.load.advance(kernel);
  task.state = 'runnable';
  kernel.charge(kernel.hardware.costs.wake_up);
  if (kernel.scheduler.isCurrent(task)) {
    kernel.emit('woken', task, { target_vcpu: task.vcpu, by });
    return;
  }
  const target = kernel.scheduler.enqueue(kernel, task, isNew);
  kernel.emit('woken', task, { target_vcpu: target, by });
}

/** The deadline of a blocked call has come. */
export function timeOut(kernel: Kernel, task: Task): void {
  if (!task.blocked) return;
  task.timedOut = true;
  kernel.chargeTimerInterrupt(kernel.hardware.vcpus[task.vcpu]!);
  wakeTask(kernel, task, 'timer');
}
