// mlock(2) and its kin. Nothing is ever swapped out: locked ranges count against RLIMIT_MEMLOCK and are brought in.

import { PAGE_SIZE } from '../../machine/memory/layout.ts';
import { ERRNO } from '../abi/errno.ts';
import { MCL_CURRENT, MCL_FUTURE, MCL_ONFAULT } from '../abi/mman.ts';
import type { Kernel } from '../kernel.ts';
import type { Mm } from '../mm/mm.ts';
import type { Vma } from '../mm/vma.ts';
import { isPrivileged } from '../task/credentials.ts';
import { RLIMIT } from '../task/limits.ts';
import type { Task } from '../task/task.ts';
import { type MemoryRange, touchedBy } from './memory-ranges.ts';
import type { SyscallArguments, SyscallResult, SyscallRow } from './row.ts';

const MLOCK_ONFAULT = 1;

/** -EPERM or -ENOMEM if the task may not lock `bytes` in all. */
function refuseLocking(task: Task, bytes: number): number {
  if (isPrivileged(task.credentials)) return 0;
  const limit = task.process.limits[RLIMIT.MEMLOCK]!.soft;
  if (limit === 0) return -ERRNO.EPERM;
  return bytes > limit ? -ERRNO.ENOMEM : 0;
}

function lock(task: Task, range: MemoryRange, touch: boolean): number {
  const { mm } = task;
  const refused = refuseLocking(task, mm.lockedPages * PAGE_SIZE + range.end - range.start - lockedWithin(task, range));
  if (refused < 0) return refused;
  const result = setLocked(task, range, true);
  if (result < 0 || !touch) return result;
  return mm.populate(range.start, range.end) === 'ok' ? 0 : -ERRNO.ENOMEM;
}

/** Bytes of the range that are locked already: they count once. */
function lockedWithin(task: Task, { start, end }: MemoryRange): number {
  let bytes = 0;
  for (const vma of task.mm.within(start, end)) if (vma.locked) bytes += Math.max(0, Math.min(end, vma.end) - Math.max(start, vma.start));
  return bytes;
}

function setLock(mm: Mm, vma: Vma, locked: boolean): void {
  vma.locked = locked;
  mm.vmas.changed(vma);
}

function setLocked(task: Task, { start, end, wraps }: MemoryRange, locked: boolean): number {
  if (wraps) return -ERRNO.EINVAL;
  if (start === end) return 0;
  if (!task.mm.covers(start, end) || !task.mm.mayCut(start, end)) return -ERRNO.ENOMEM;
  for (const vma of task.mm.isolate(start, end)) setLock(task.mm, vma, locked);
  task.mm.mergeAround(start, end);
  return 0;
}

function mlock2(_kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const flags = args.u32(2);
  return flags & ~MLOCK_ONFAULT ? -ERRNO.EINVAL : lock(task, touchedBy(args), flags === 0);
}

function mlockall(_kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const flags = args.u32(0);
  if (flags === 0 || flags & ~(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) || flags === MCL_ONFAULT) return -ERRNO.EINVAL;
  const { mm } = task;
  const refused = refuseLocking(task, flags & MCL_CURRENT ? mm.mappedPages * PAGE_SIZE : 0);
  if (refused < 0) return refused;
  mm.lockFuture = (flags & MCL_FUTURE) !== 0;
  if (!(flags & MCL_CURRENT)) return 0;
  for (const vma of mm.vmas) setLock(mm, vma, true);
  if (!(flags & MCL_ONFAULT)) for (const vma of [...mm.vmas]) mm.populate(vma.start, vma.end);
  return 0;
}

function munlockall(_kernel: Kernel, task: Task): SyscallResult {
  task.mm.lockFuture = false;
  for (const vma of task.mm.vmas) setLock(task.mm, vma, false);
  return 0;
}

export const memoryLockRows: readonly SyscallRow[] = [
  { number: 149, name: 'mlock', arguments: ['pointer', 'size'], handler: (_k, t, a) => lock(t, touchedBy(a), true) },
  { number: 150, name: 'munlock', arguments: ['pointer', 'size'], handler: (_k, t, a) => setLocked(t, touchedBy(a), false) },
  { number: 151, name: 'mlockall', arguments: ['flags'], handler: mlockall },
  { number: 152, name: 'munlockall', arguments: [], handler: munlockall },
  { number: 325, name: 'mlock2', arguments: ['pointer', 'size', 'flags'], handler: mlock2 },
];
