// io_uring_enter(2): submitting, and waiting for completions. A wait that a wake-up ends is run again: the call's notes say
// what has been submitted already.

import { ERRNO } from '../kernel/abi/errno.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { SyscallArguments, SyscallResult } from '../kernel/syscalls/row.ts';
import { BLOCKED } from '../kernel/syscalls/row.ts';
import { dropTemporaryMask, setTemporaryMask } from '../kernel/syscalls/waiting.ts';
import { fileOf } from '../kernel/syscalls/file-arguments.ts';
import type { Task } from '../kernel/task/task.ts';
import { HEADS } from './abi/ring-layout.ts';
import { ENTER, ENTER_KNOWN, SETUP } from './abi/setup.ts';
import { isSatisfied } from './announce.ts';
import { flushOverflow } from './completions.ts';
import { RingFile } from './ring-file.ts';
import type { Ring } from './ring.ts';
import { submit } from './submit.ts';
import { runDeferredWork, runTaskWork } from './task-work.ts';
import type { Uring } from './uring.ts';
import { waitArguments } from './wait-arguments.ts';

export function enter(uring: Uring) {
  return (kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult => {
    const flags = args.u32(3);
    if (flags & ~ENTER_KNOWN) return -ERRNO.EINVAL;
    const ring = ringBehind(uring, task, args.i32(0), (flags & ENTER.REGISTERED_RING) !== 0);
    if (typeof ring === 'number') return ring;
    if (ring.disabled) return -ERRNO.EBADFD;
    if (task.hasCompanionWork) runTaskWork(kernel, uring, task);
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
  const file = fileOf(task, fd);
  if (!file) return -ERRNO.EBADF;
  return file instanceof RingFile ? file.ring : -ERRNO.EOPNOTSUPP;
}

/** Only the first run of the call submits; later ones read what the wait has noted. */
function submitOnce(kernel: Kernel, ring: Ring, task: Task, count: number, flags: number): SyscallResult {
  const noted = task.progress?.['submitted'];
  if (noted !== undefined) return Number(noted);
  let taken = 0;
  if (ring.has(SETUP.SQPOLL)) {
    flushOverflow(kernel, ring);
    if (!ring.thread) return -ERRNO.EOWNERDEAD;
    if (flags & ENTER.SQ_WAKEUP) kernel.wake(ring.thread.wakeUps);
    if (flags & ENTER.SQ_WAIT && ring.isFull) return kernel.block(task, { queues: [ring.sqRoom], waitingFor: ring.sqRoom.what });
    taken = count;
  } else if (count > 0) {
    if (ring.issuer && ring.issuer !== task) return -ERRNO.EEXIST;
    if (ring.has(SETUP.SINGLE_ISSUER)) ring.issuer ??= task;
    taken = submit(kernel, ring, task, count);
    if (taken !== count) return taken;
  }
  return taken;
}

/** What a wait has noted across its runs. */
interface Waiting {
  /** Position of the completion ring that ends it. */
  readonly wantedTail: number;
  /** Where the completion ring ended when the wait began. */
  readonly firstTail: number;
  readonly timeoutsSeen: number;
  /** Virtual times, 0 for none: the end, and when any completion will do, before which the end does not come. */
  readonly deadline: number;
  readonly gatheredAt: number;
}

function wait(kernel: Kernel, ring: Ring, task: Task, args: SyscallArguments, flags: number, submitted: number): SyscallResult {
  if (ring.issuer && ring.issuer !== task && ring.has(SETUP.DEFER_TASKRUN)) return -ERRNO.EEXIST;
  const given = waitArguments(kernel, ring, task, args, flags);
  if (typeof given === 'number') return given;
  if (task.hasCompanionWork) runTaskWork(kernel, ring.uring, task);
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
    task.progress = {
      ...task.progress,
      submitted,
      wantedTail: (head + wanted) >>> 0,
      firstTail: ring.cqTail,
      timeoutsSeen: ring.timeoutsDone,
      deadline: given.deadline ?? 0,
      gatheredAt: given.gathering > 0 ? kernel.now + given.gathering : 0,
    };
  }
  const result = goOnWaiting(kernel, ring, task, wanted);
  if (result === BLOCKED) return result;
  if (result !== -ERRNO.EINTR) dropTemporaryMask(kernel, task);
  return ring.readyCompletions > 0 ? 0 : result;
}

function goOnWaiting(kernel: Kernel, ring: Ring, task: Task, wanted: number): SyscallResult {
  const noted = task.progress as unknown as Waiting;
  const isDue = (time: number): boolean => time !== 0 && kernel.now >= time;
  const { firstTail, deadline } = noted;
  let { wantedTail, gatheredAt } = noted;
  if (isSatisfied(ring, wantedTail, noted.timeoutsSeen)) return 0;
  if (isDue(gatheredAt)) {
    // There is one, or one was that another thread took; with no other limit the least time is one.
    if (ring.readyCompletions > 0 || ring.cqTail !== firstTail || deadline === 0) return -ERRNO.ETIME;
    // From now on the first completion ends it.
    wantedTail = (ring.memory.read32(HEADS.CQ_HEAD) + 1) >>> 0;
    gatheredAt = 0;
    task.progress = { ...task.progress, wantedTail, gatheredAt };
  }
  if (gatheredAt === 0 && isDue(deadline)) return -ERRNO.ETIME;
  const end = gatheredAt === 0 ? deadline : gatheredAt;
  return kernel.block(task, {
    queues: [ring.waiters],
    deadline: end === 0 ? null : Math.min(end, Number.MAX_SAFE_INTEGER),
    waitingFor: `${wanted} completions of ring ${ring.number}`,
    interrupted: -ERRNO.EINTR,
  });
}
