// Who is told that completions have been published: tasks in io_uring_enter, pollers, the eventfd, the registered user interrupt.

import type { Kernel } from '../kernel/kernel.ts';
import { CQ_EVENTFD_DISABLED } from './abi/setup.ts';
import { HEADS } from './abi/ring-layout.ts';
import { notifyReceiver } from './interrupts.ts';
import type { Ring } from './ring.ts';

/** `posted` completions, the last of them of `lastRequest`, are behind the tail that the program sees. */
export function announce(kernel: Kernel, ring: Ring, lastRequest: number, posted: number): void {
  const { uring } = ring;
  const outer = uring.announcing;
  uring.announcing = true;
  wakeWaiters(kernel, ring);
  kernel.wake(ring.pollers);
  signalEventfd(kernel, ring);
  uring.announcing = outer;
  if (ring.uintr) notifyReceiver(kernel, ring, ring.uintr, lastRequest, posted);
}

/** What a task in io_uring_enter waits for, among its call's notes. */
export function isSatisfied(ring: Ring, wantedTail: number, timeoutsSeen: number): boolean {
  return ((ring.cqTail - wantedTail) | 0) >= 0 || ring.timeoutsDone !== timeoutsSeen;
}

export function wakeWaiters(kernel: Kernel, ring: Ring): void {
  if (ring.waiters.waiters.length === 0) return;
  for (const task of [...ring.waiters.waiters]) {
    const { wantedTail, timeoutsSeen } = task.progress ?? {};
    if (isSatisfied(ring, Number(wantedTail ?? 0), Number(timeoutsSeen ?? 0))) kernel.wakeTask(task, 'io_uring');
  }
}

/** One addition a batch. EVENTFD_ASYNC: only for what a worker has completed. */
function signalEventfd(kernel: Kernel, ring: Ring): void {
  const { eventfd } = ring;
  if (!eventfd || (eventfd.async && !ring.uring.worker)) return;
  if (ring.memory.read32(HEADS.CQ_FLAGS) & CQ_EVENTFD_DISABLED || ring.eventfdSeen === ring.cqTail) return;
  ring.eventfdSeen = ring.cqTail;
  eventfd.file.add(kernel, 1n);
}
