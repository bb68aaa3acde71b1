// What poll, select and epoll_wait share: deadlines that survive a re-run, temporary signal masks, timeouts in memory.

import { ERRNO } from '../abi/errno.ts';
import type { Kernel } from '../kernel.ts';
import { changeMaskForCall, restoreMask } from '../signal/mask.ts';
import type { Task } from '../task/task.ts';

const BILLION = 1_000_000_000;
const SIGSET_BYTES = 8;

/** The call's deadline in cycles, fixed at its first run; null without one. `timeout` in nanoseconds, null for ever. */
export function deadlineOf(kernel: Kernel, task: Task, timeout: number | null): number | null {
  if (timeout === null) return null;
  if (timeout === 0) return kernel.now;
  const noted = task.progress?.['deadline'];
  if (noted !== undefined) return Number(noted);
  const deadline = Math.min(kernel.now + kernel.clock.cycles(timeout), Number.MAX_SAFE_INTEGER);
  task.progress = { ...task.progress, deadline };
  return deadline;
}

/** True if the call should return with nothing rather than wait (again). */
export function isOver(kernel: Kernel, task: Task, deadline: number | null): boolean {
  return deadline !== null && (task.timedOut || kernel.now >= deadline);
}

/** struct timespec or (`unit` 1000) timeval as nanoseconds; null address: null. -EINVAL, -EFAULT. */
export function readTimeout(task: Task, address: number, unit: 1 | 1000): number | null {
  if (address === 0) return null;
  const raw = task.mm.user.copyIn(address, 16);
  if (!raw) return -ERRNO.EFAULT;
  const view = new DataView(raw.buffer);
  const seconds = Number(view.getBigInt64(0, true));
  const fraction = Number(view.getBigInt64(8, true));
  if (seconds < 0 || fraction < 0 || (unit === 1 && fraction >= BILLION)) return -ERRNO.EINVAL;
  return Math.min(seconds * BILLION + fraction * unit, Number.MAX_SAFE_INTEGER);
}

/** Linux writes back what is left of the timeout; memory that cannot be written is not an error. */
export function writeRemaining(kernel: Kernel, task: Task, address: number, deadline: number | null, unit: 1 | 1000): void {
  if (address === 0 || deadline === null) return;
  const left = Math.max(0, kernel.clock.nanoseconds(deadline) - kernel.clock.nanoseconds(kernel.now));
  const pair = BigInt64Array.of(BigInt(Math.floor(left / BILLION)), BigInt(Math.floor((left % BILLION) / unit)));
  task.mm.user.copyOut(address, new Uint8Array(pair.buffer));
}

/** Installs the mask of ppoll, pselect6 or epoll_pwait for the length of the call. 0, -EINVAL or -EFAULT. */
export function setTemporaryMask(kernel: Kernel, task: Task, address: number, size: number): number {
  if (address === 0 || task.progress?.['masked']) return 0;
  if (size !== SIGSET_BYTES) return -ERRNO.EINVAL;
  const mask = task.mm.user.read64(address);
  if (mask === null) return -ERRNO.EFAULT;
  changeMaskForCall(kernel, task, mask);
  task.progress = { ...task.progress, masked: true };
  return 0;
}

/** The call completes and no signal has ended it: the old mask comes back before any signal is looked at. */
export function dropTemporaryMask(kernel: Kernel, task: Task): void {
  if (task.progress?.['masked']) restoreMask(kernel, task);
}
