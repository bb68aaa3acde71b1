// Requests that cannot complete at once: they listen at queues and have a timer, as data.

import type { Kernel } from '../kernel/kernel.ts';
import { BLOCKED, type SyscallResult } from '../kernel/syscalls/row.ts';
import type { Attempt } from '../kernel/task/companion.ts';
import type { Task } from '../kernel/task/task.ts';
import type { WaitQueue } from '../kernel/task/wait-queue.ts';
import { ERRNO } from '../kernel/abi/errno.ts';
import type { Request } from './request.ts';

/** What issue returns for a request that will complete later. */
export const WAITS: unique symbol = Symbol('waits');
export type IssueResult = number | typeof WAITS;

/** Lets `request` wait until one of `queues` is woken, or `deadline` (cycles) comes. */
export function waitFor(
  kernel: Kernel,
  request: Request,
  queues: readonly WaitQueue[],
  waitingFor: string,
  deadline: number | null = null,
): typeof WAITS {
  request.state = 'waiting';
  request.queues = queues;
  for (const queue of queues) queue.listen(request);
  if (deadline !== null) request.timer = kernel.setTimer(Math.max(kernel.now, deadline), request, request.task.vcpu);
  if (request.waitingFor !== waitingFor) {
    request.waitingFor = waitingFor;
    kernel.emit('request_waits', request.task, { ring: request.ring.number, request: request.number, waiting_for: waitingFor });
  }
  return WAITS;
}

/** Takes it out of its queues and stops its timer. */
export function disarm(kernel: Kernel, request: Request): void {
  for (const queue of request.queues) queue.ignore(request);
  request.queues = [];
  if (request.timer !== 0) kernel.cancelTimer(request.timer);
  request.timer = 0;
}

/**
 * Runs a system call's body for a request. Where that would put the task to sleep, the request waits in its place; what the call
 * has noted of its progress stays with the request, and the next try goes on from there.
 */
export function attempt(kernel: Kernel, request: Request, body: (task: Task) => SyscallResult): IssueResult {
  const { task } = request;
  const outer: Attempt | null = kernel.attempt;
  const { progress, timedOut } = task;
  const trial: Attempt = { task, wanted: null };
  kernel.attempt = trial;
  task.progress = request.progress;
  task.timedOut = request.expired;
  request.expired = false;
  const result = body(task);
  request.progress = task.progress;
  task.progress = progress;
  task.timedOut = timedOut;
  kernel.attempt = outer;
  if (result === BLOCKED) {
    const { queues, waitingFor, deadline } = trial.wanted!;
    return waitFor(kernel, request, queues, waitingFor, deadline ?? null);
  }
  const value = typeof result === 'symbol' ? -ERRNO.EINVAL : Number(result);
  return value <= -512 && value >= -516 ? -ERRNO.EINTR : value;
}
