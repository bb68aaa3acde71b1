// Requests that cannot complete at once: they listen at queues and have a timer, as data.

import type { Kernel } from '../kernel/kernel.ts';
import { BLOCKED, type SyscallResult } from '../kernel/syscalls/row.ts';
import type { Attempt } from '../kernel/task/companion.ts';
import type { Task } from '../kernel/task/task.ts';
import type { WaitQueue } from '../kernel/task/wait-queue.ts';
import { ERRNO } from '../kernel/abi/errno.ts';
import { O_NONBLOCK } from '../kernel/abi/fcntl.ts';
import { OP } from './abi/opcodes.ts';
import { NO_QUEUES, type Request } from './request.ts';

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
  request.sleeps = false;
  rememberWaiting(request);
  listenAt(request, queues);
  if (deadline !== null) request.timer = kernel.setTimer(Math.max(kernel.now, deadline), request, request.task.vcpu);
  if (request.waitingFor !== waitingFor) {
    request.waitingFor = waitingFor;
    kernel.emit('request_waits', request.context, { ring: request.ring.number, request: request.number, waiting_for: waitingFor });
  }
  return WAITS;
}

/** It is told of wake-ups from now on; where it has been told already it keeps its place. */
export function listenAt(request: Request, queues: readonly WaitQueue[]): void {
  request.queues = queues;
  for (const queue of queues) {
    if (isExclusive(request)) queue.listen(request);
    else queue.listenFirst(request);
  }
}

/** Who has come first is served first, as among tasks; polls are told in the order of Linux's wait queues, the latest first. */
function isExclusive({ worker, opcode }: Request): boolean {
  return worker !== null || opcode === OP.ACCEPT;
}

/** From its first wait to its end a request is found by its user data. */
function rememberWaiting(request: Request): void {
  if (request.isRemembered) return;
  request.isRemembered = true;
  const { waiting } = request.ring;
  const list = waiting.get(request.userData);
  if (list) list.push(request);
  else waiting.set(request.userData, [request]);
}

/** It is done, and waits nowhere any more. */
export function endWaiting(kernel: Kernel, request: Request): void {
  disarm(kernel, request);
  if (request.account) leaveQueue(request);
  if (!request.isRemembered) return;
  forgetWaiting(request);
  kernel.futexes.forgetSleeper(request);
}

/** It waits for a worker no more. */
function leaveQueue(request: Request): void {
  const { queue } = request.account!;
  queue.splice(queue.indexOf(request), 1);
  request.account = null;
}

function forgetWaiting(request: Request): void {
  if (!request.isRemembered) return;
  request.isRemembered = false;
  const { waiting } = request.ring;
  const list = waiting.get(request.userData)!;
  list.splice(list.indexOf(request), 1);
  if (list.length === 0) waiting.delete(request.userData);
}

/** Of a request that waits: the program calls it otherwise from now on. */
export function rename(request: Request, userData: bigint): void {
  forgetWaiting(request);
  request.userData = userData;
  rememberWaiting(request);
}

/** Takes it out of its queues and stops its timer. */
export function disarm(kernel: Kernel, request: Request): void {
  if (request.queues !== NO_QUEUES) {
    for (const queue of request.queues) queue.ignore(request);
    request.queues = NO_QUEUES;
  }
  if (request.timer !== 0) kernel.cancelTimer(request.timer);
  request.timer = 0;
}

/**
 * Runs a system call's body for a request. Where that would put the task to sleep, the request waits in its place; what the call
 * has noted of its progress stays with the request, and the next try goes on from there.
 */
export function attempt(kernel: Kernel, request: Request, body: (task: Task) => SyscallResult): IssueResult {
  const task = request.context;
  const outer: Attempt | null = kernel.attempt;
  const { progress, timedOut, credentials } = task;
  const { files, mm } = task;
  const lent = { file: files.lent, bytes: mm.user.lent };
  const trial: Attempt = { task, wanted: null };
  kernel.attempt = trial;
  task.progress = request.progress;
  task.timedOut = request.expired;
  request.expired = false;
  if (request.credentials) task.credentials = request.credentials;
  files.lent = request.file;
  mm.user.lent = request.lent;
  const result = body(task);
  files.lent = lent.file;
  mm.user.lent = lent.bytes;
  task.credentials = credentials;
  request.progress = task.progress;
  task.progress = progress;
  task.timedOut = timedOut;
  kernel.attempt = outer;
  if (result === BLOCKED) {
    const { queues, waitingFor, deadline, interruptible } = trial.wanted!;
    waitFor(kernel, request, queues, waitingFor, deadline ?? null);
    request.sleeps = true;
    request.interruptible = interruptible ?? true;
    return WAITS;
  }
  const value = typeof result === 'symbol' ? -ERRNO.EINVAL : Number(result);
  return value <= -512 && value >= -516 ? -ERRNO.EINTR : value;
}

/**
 * A transfer that is tried without waiting, as Linux does first; where the file is not ready for `events` the request waits until it may
 * be. A descriptor's O_NONBLOCK does not count; `once`: the request itself wants no waiting.
 */
export function whenReady(
  kernel: Kernel,
  request: Request,
  events: number,
  once: boolean,
  body: (task: Task) => SyscallResult,
): IssueResult {
  const file = request.file!;
  const saved = file.flags & O_NONBLOCK;
  file.flags |= O_NONBLOCK;
  const result = attempt(kernel, request, body);
  file.flags = (file.flags & ~O_NONBLOCK) | saved;
  if (result !== -ERRNO.EAGAIN || once || !file.canPoll) return result;
  return waitFor(kernel, request, file.pollQueues(events, request.task), `${file.describe()} to have poll events 0x${events.toString(16)}`);
}
