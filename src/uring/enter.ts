// io_uring_enter(2): submitting, and waiting for completions. A wait that a wake-up ends is run again: the call's notes say
// what has been submitted already.

import { ERRNO } from '../kernel/abi/errno.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { SyscallArguments, SyscallResult } from '../kernel/syscalls/row.ts';
import { BLOCKED } from '../kernel/syscalls/row.ts';
import { dropTemporaryMask, setTemporaryMask } from '../kernel/syscalls/waiting.ts';
import type { Task } from '../kernel/task/task.ts';
import { HEADS } from './abi/ring-layout.ts';
import { ENTER, ENTER_KNOWN, EXT_ARG_BYTES, SETUP } from './abi/setup.ts';
import { isSatisfied } from './announce.ts';
import { flushOverflow } from './completions.ts';
import { RingFile } from './ring-file.ts';
import type { Ring } from './ring.ts';
import { submit } from './submit.ts';
import { runDeferredWork, runTaskWork } from './task-work.ts';
import { readTimespec64 } from './timeouts.ts';
import type { Uring } from './uring.ts';

export function enter(uring: Uring) {
  return (kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult => {
    const flags = args.u32(3);
    if (flags & ~ENTER_KNOWN) return -ERRNO.EINVAL;
    const ring = ringBehind(uring, task, args.i32(0), (flags & ENTER.REGISTERED_RING) !== 0);
    if (typeof ring === 'number') return ring;
    if (ring.disabled) return -ERRNO.EBADFD;
    runTaskWork(kernel, uring, task);
    const submitted = submitOnce(kernel, ring, task, args.u32(1), flags);
    if (typeof submitted !== 'number' || submitted < 0 || !(flags & ENTER.GETEVENTS)) return submitted;
    const result = wait(kernel, ring, task, args, flags, submitted);
    return submitted > 0 && result !== BLOCKED ? submitted : result;
  };
}

/** The ring a descriptor, or an index of the task's registered rings, means; -EBADF, -EOPNOTSUPP, -EINVAL. */
export function ringBehind(uring: Uring, task: Task, fd: number, registered: boolean): Ring | number {
  if (registered) {
    const list = uring.registered.get(task.tid);
    if (!list || fd < 0 || fd >= list.length) return -ERRNO.EINVAL;
    return list[fd]?.ring ?? -ERRNO.EBADF;
  }
  const file = task.files.get(fd);
  if (!file) return -ERRNO.EBADF;
  return file instanceof RingFile ? file.ring : -ERRNO.EOPNOTSUPP;
}

/** Only the first run of the call submits; later ones read the note. */
function submitOnce(kernel: Kernel, ring: Ring, task: Task, count: number, flags: number): SyscallResult {
  const noted = task.progress?.['submitted'];
  if (noted !== undefined) return Number(noted);
  let taken = 0;
  if (ring.has(SETUP.SQPOLL)) {
    flushOverflow(kernel, ring);
    if (!ring.thread) return -ERRNO.EOWNERDEAD;
    if (flags & ENTER.SQ_WAKEUP) kernel.wake(ring.thread.wakeUps);
    if (flags & ENTER.SQ_WAIT && ring.pendingEntries >= ring.sqEntries)
      return kernel.block(task, { queues: [ring.sqRoom], waitingFor: ring.sqRoom.what });
    taken = count;
  } else if (count > 0) {
    if (ring.issuer && ring.issuer !== task) return -ERRNO.EEXIST;
    if (ring.has(SETUP.SINGLE_ISSUER)) ring.issuer ??= task;
    taken = submit(kernel, ring, task, count);
    if (taken !== count) return taken;
  }
  if (flags & ENTER.GETEVENTS) task.progress = { ...task.progress, submitted: taken };
  return taken;
}

interface WaitArguments {
  readonly mask: number;
  readonly maskSize: number;
  /** Nanoseconds; null: for ever. */
  readonly timeout: number | null;
}

function waitArguments(task: Task, args: SyscallArguments, flags: number): WaitArguments | number {
  if (!(flags & ENTER.EXT_ARG)) return { mask: args.number(4), maskSize: args.number(5), timeout: null };
  if (args.number(5) !== EXT_ARG_BYTES) return -ERRNO.EINVAL;
  const raw = task.mm.user.copyIn(args.number(4), EXT_ARG_BYTES);
  if (!raw) return -ERRNO.EFAULT;
  const view = new DataView(raw.buffer);
  if (view.getUint32(12, true) !== 0) return -ERRNO.EINVAL;
  const [mask, at] = [Number(view.getBigUint64(0, true)), Number(view.getBigUint64(16, true))];
  const given = at === 0 ? null : readTimespec64(task, at);
  if (typeof given === 'number') return given;
  return { mask, maskSize: view.getUint32(8, true), timeout: given === null ? null : Math.min(Number(given), Number.MAX_SAFE_INTEGER) };
}

function wait(kernel: Kernel, ring: Ring, task: Task, args: SyscallArguments, flags: number, submitted: number): SyscallResult {
  if (ring.issuer && ring.issuer !== task && ring.has(SETUP.DEFER_TASKRUN)) return -ERRNO.EEXIST;
  const given = waitArguments(task, args, flags);
  if (typeof given === 'number') return given;
  runTaskWork(kernel, ring.uring, task);
  if (ring.has(SETUP.DEFER_TASKRUN)) runDeferredWork(kernel, ring);
  flushOverflow(kernel, ring);
  if (ring.droppedCompletions) {
    ring.droppedCompletions = false;
    return -ERRNO.EBADR;
  }
  const wanted = Math.min(args.u32(2), ring.cqEntries);
  const head = ring.memory.read32(HEADS.CQ_HEAD);
  if (task.progress?.['wantedTail'] === undefined) {
    if (ring.readyCompletions >= wanted) return 0;
    const masked = setTemporaryMask(kernel, task, given.mask, given.maskSize);
    if (masked < 0) return masked;
    const { timeout } = given;
    const deadline = timeout === null ? {} : { deadline: Math.min(kernel.now + kernel.clock.cycles(timeout), Number.MAX_SAFE_INTEGER) };
    task.progress = { ...task.progress, submitted, wantedTail: (head + wanted) >>> 0, timeoutsSeen: ring.timeoutsDone, ...deadline };
  }
  const { wantedTail, timeoutsSeen, deadline } = task.progress!;
  const isOver = deadline !== undefined && (task.timedOut || kernel.now >= Number(deadline));
  let result: SyscallResult = isOver ? -ERRNO.ETIME : 0;
  if (!isOver && !isSatisfied(ring, Number(wantedTail), Number(timeoutsSeen))) {
    result = kernel.block(task, {
      queues: [ring.waiters],
      deadline: deadline === undefined ? null : Number(deadline),
      waitingFor: `${wanted} completions of ring ${ring.number}`,
      interrupted: -ERRNO.EINTR,
    });
    if (result === BLOCKED) return result;
  }
  if (result !== -ERRNO.EINTR) dropTemporaryMask(kernel, task);
  return ring.readyCompletions > 0 ? 0 : result;
}
