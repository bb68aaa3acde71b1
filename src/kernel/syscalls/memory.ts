// System calls on address spaces.

import { PAGE_SIZE } from '../../machine/memory/layout.ts';
import { ERRNO } from '../abi/errno.ts';
import { O_ACCMODE, O_PATH, O_RDONLY, O_RDWR, O_WRONLY } from '../abi/fcntl.ts';
import { TASK_SIZE } from '../abi/layout.ts';
import {
  MADV,
  MAP_ANONYMOUS,
  MAP_HUGETLB,
  MAP_PRIVATE,
  MAP_SHARED,
  MAP_SHARED_VALIDATE,
  MAP_TYPE,
  MCL_CURRENT,
  MCL_FUTURE,
  MCL_ONFAULT,
  MS_ASYNC,
  MS_INVALIDATE,
  MS_SYNC,
  PROT_GROWSDOWN,
  PROT_GROWSUP,
} from '../abi/mman.ts';
import type { Kernel } from '../kernel.ts';
import { map, pageUp, PROT_ALL, remap, setBreak } from '../mm/mapping.ts';
import { PROT_WRITE, type Vma } from '../mm/vma.ts';
import { isPrivileged } from '../task/credentials.ts';
import { RLIMIT } from '../task/limits.ts';
import type { Task } from '../task/task.ts';
import type { SyscallArguments, SyscallResult, SyscallRow } from './row.ts';

function mmap(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const address = args.number(0);
  const length = args.number(1);
  const protection = args.u32(2) & PROT_ALL;
  const flags = args.u32(3);
  const offset = args.number(5);
  const type = flags & MAP_TYPE;
  if (offset % PAGE_SIZE !== 0) return -ERRNO.EINVAL;
  if (type !== MAP_SHARED && type !== MAP_PRIVATE && type !== MAP_SHARED_VALIDATE) return -ERRNO.EINVAL;
  if (length === 0) return -ERRNO.EINVAL;
  if (flags & MAP_HUGETLB) return -ERRNO.ENOMEM;
  const shared = type !== MAP_PRIVATE;
  const common = { address, length, protection, flags, shared };
  if (flags & MAP_ANONYMOUS) return map(task, { ...common, source: null, offset: 0, mayWrite: true, name: '' });
  const file = task.files.get(args.i32(4));
  if (!file || file.flags & O_PATH) return -ERRNO.EBADF;
  const mode = file.flags & O_ACCMODE;
  if (mode === O_WRONLY) return -ERRNO.EACCES;
  if (shared && protection & PROT_WRITE && mode !== O_RDWR) return -ERRNO.EACCES;
  const mappable = file.mapping(kernel, offset, pageUp(length));
  if (typeof mappable === 'number') return mappable;
  const mayWrite = !shared || mode !== O_RDONLY;
  return map(task, { ...common, source: mappable.source, offset: mappable.firstPage, mayWrite, name: file.describe() });
}

function munmap(_kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const range = userRange(args);
  if (!range || range.start === range.end) return -ERRNO.EINVAL;
  task.mm.unmap(range.start, range.end);
  return 0;
}

/** Page-aligned [address, address + length) of the first two arguments; null if misaligned or beyond user space. */
function userRange(args: SyscallArguments): { start: number; end: number } | null {
  const start = args.number(0);
  const end = start + pageUp(args.number(1));
  return start % PAGE_SIZE !== 0 || end > TASK_SIZE ? null : { start, end };
}

function mprotect(_kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const wanted = args.u32(2);
  const { mm } = task;
  if (wanted & ~(PROT_ALL | 8 | PROT_GROWSDOWN | PROT_GROWSUP) || args.number(0) % PAGE_SIZE !== 0) return -ERRNO.EINVAL;
  const range = userRange(args);
  if (!range) return -ERRNO.ENOMEM;
  if (range.start === range.end) return 0;
  let { start } = range;
  if (wanted & PROT_GROWSDOWN) {
    const stack = mm.find(start);
    if (!stack?.growsDown) return -ERRNO.EINVAL;
    start = stack.start;
  }
  if (!mm.covers(start, range.end)) return -ERRNO.ENOMEM;
  const protection = wanted & PROT_ALL;
  for (let i = mm.indexAt(start); i < mm.vmas.length && mm.vmas[i]!.start < range.end; i++)
    if (protection & PROT_WRITE && !mm.vmas[i]!.mayWrite) return -ERRNO.EACCES;
  mm.protect(start, range.end, protection);
  return 0;
}

function brk(_kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  return setBreak(task, args.number(0));
}

function mremap(_kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  return remap(task, {
    address: args.number(0),
    oldLength: args.number(1),
    newLength: args.number(2),
    flags: args.u32(3),
    newAddress: args.number(4),
  });
}

type Advice = (task: Task, start: number, end: number, vmas: readonly Vma[]) => number;

const accept: Advice = () => 0;

function mark(change: (vma: Vma) => void): Advice {
  return (task, start, end) => {
    for (const vma of task.mm.isolate(start, end)) change(vma);
    task.mm.mergeAround(start, end);
    return 0;
  };
}

const discard: Advice = (task, start, end, vmas) => {
  if (vmas.some((vma) => vma.locked)) return -ERRNO.EINVAL;
  task.mm.dropPages(start, end);
  return 0;
};

const discardAnonymous: Advice = (task, start, end, vmas) =>
  vmas.some((vma) => vma.source !== null) ? -ERRNO.EINVAL : discard(task, start, end, vmas);

const populate: Advice = (task, start, end) => {
  const outcome = task.mm.populate(start, end);
  return outcome === 'ok' ? 0 : outcome === 'no-memory' ? -ERRNO.ENOMEM : -ERRNO.EFAULT;
};

const ADVICE: Readonly<Record<number, Advice>> = {
  [MADV.NORMAL]: accept,
  [MADV.RANDOM]: accept,
  [MADV.SEQUENTIAL]: accept,
  [MADV.WILLNEED]: accept,
  [MADV.DONTNEED]: discard,
  [MADV.FREE]: discardAnonymous,
  [MADV.DONTFORK]: mark((vma) => {
    vma.dontFork = true;
  }),
  [MADV.DOFORK]: mark((vma) => {
    vma.dontFork = false;
  }),
  [MADV.WIPEONFORK]: mark((vma) => {
    vma.wipeOnFork = true;
  }),
  [MADV.KEEPONFORK]: mark((vma) => {
    vma.wipeOnFork = false;
  }),
  [MADV.MERGEABLE]: accept,
  [MADV.UNMERGEABLE]: accept,
  [MADV.HUGEPAGE]: accept,
  [MADV.NOHUGEPAGE]: accept,
  [MADV.DONTDUMP]: accept,
  [MADV.DODUMP]: accept,
  [MADV.COLD]: accept,
  [MADV.PAGEOUT]: accept,
  [MADV.POPULATE_READ]: populate,
  [MADV.POPULATE_WRITE]: populate,
};

/** Holes are skipped and make the result ENOMEM, as Linux does. */
function madvise(_kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const advice = ADVICE[args.u32(2)];
  const range = userRange(args);
  if (!advice || !range) return -ERRNO.EINVAL;
  if (range.start === range.end) return 0;
  const { mm } = task;
  const whole = mm.covers(range.start, range.end);
  const touched = mm.vmas.filter((vma) => vma.start < range.end && vma.end > range.start);
  const result = advice(task, range.start, range.end, touched);
  return result < 0 ? result : whole ? 0 : -ERRNO.ENOMEM;
}

/** Files live in RAM and every mapping sees the same pages: there is nothing to write back. */
function msync(_kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const flags = args.u32(2);
  const range = userRange(args);
  if (flags & ~(MS_ASYNC | MS_INVALIDATE | MS_SYNC) || (flags & MS_ASYNC && flags & MS_SYNC)) return -ERRNO.EINVAL;
  if (args.number(0) % PAGE_SIZE !== 0) return -ERRNO.EINVAL;
  return range && task.mm.covers(range.start, range.end) ? 0 : -ERRNO.ENOMEM;
}

function mincore(_kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  if (args.number(0) % PAGE_SIZE !== 0) return -ERRNO.EINVAL;
  const range = userRange(args);
  const { mm } = task;
  if (!range || !mm.covers(range.start, range.end)) return -ERRNO.ENOMEM;
  const resident = new Uint8Array((range.end - range.start) / PAGE_SIZE);
  for (let i = 0; i < resident.length; i++) resident[i] = isResident(task, range.start + i * PAGE_SIZE) ? 1 : 0;
  return mm.user.copyOut(args.number(2), resident) ? 0 : -ERRNO.EFAULT;
}

function isResident(task: Task, address: number): boolean {
  const { mm } = task;
  if (mm.space.entry(address / PAGE_SIZE) !== 0) return true;
  const vma = mm.find(address);
  return vma !== null && vma.source !== null && vma.source.pageFrame(vma.offset + (address - vma.start) / PAGE_SIZE, false) !== 0;
}

function mlock(_kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  return lock(task, args.number(0), args.number(1), true);
}

function mlock2(_kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const flags = args.u32(2);
  return flags & ~1 ? -ERRNO.EINVAL : lock(task, args.number(0), args.number(1), flags === 0);
}

function munlock(_kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const start = args.number(0) - (args.number(0) % PAGE_SIZE);
  return setLocked(task, start, pageUp(args.number(0) + args.number(1)), false);
}

function lock(task: Task, address: number, length: number, touch: boolean): number {
  const start = address - (address % PAGE_SIZE);
  const end = pageUp(address + length);
  const { mm } = task;
  const limit = task.process.limits[RLIMIT.MEMLOCK]!.soft;
  const locked = mm.vmas.reduce((sum, vma) => sum + (vma.locked ? vma.end - vma.start : 0), 0);
  if (!isPrivileged(task.credentials)) {
    if (limit === 0) return -ERRNO.EPERM;
    if (locked + end - start > limit) return -ERRNO.ENOMEM;
  }
  const result = setLocked(task, start, end, true);
  if (result < 0 || !touch) return result;
  return mm.populate(start, end) === 'ok' ? 0 : -ERRNO.ENOMEM;
}

function setLocked(task: Task, start: number, end: number, locked: boolean): number {
  if (end > TASK_SIZE || !task.mm.covers(start, end)) return -ERRNO.ENOMEM;
  for (const vma of task.mm.isolate(start, end)) vma.locked = locked;
  task.mm.mergeAround(start, end);
  return 0;
}

function mlockall(_kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const flags = args.u32(0);
  if (flags === 0 || flags & ~(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) || flags === MCL_ONFAULT) return -ERRNO.EINVAL;
  const { mm } = task;
  mm.lockFuture = (flags & MCL_FUTURE) !== 0;
  if (!(flags & MCL_CURRENT)) return 0;
  for (const vma of mm.vmas) vma.locked = true;
  if (!(flags & MCL_ONFAULT)) for (const vma of [...mm.vmas]) mm.populate(vma.start, vma.end);
  return 0;
}

function munlockall(_kernel: Kernel, task: Task): SyscallResult {
  task.mm.lockFuture = false;
  for (const vma of task.mm.vmas) vma.locked = false;
  return 0;
}

const PROCESS_VM_LIMIT = 1024;

/** process_vm_readv and process_vm_writev: one copy between two processes' memory, iovec by iovec. */
function processVm(write: boolean) {
  return (kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult => {
    if (args.u32(5) !== 0 || args.number(2) > PROCESS_VM_LIMIT || args.number(4) > PROCESS_VM_LIMIT) return -ERRNO.EINVAL;
    const other = kernel.pids.tasks.get(args.i32(0));
    if (!other) return -ERRNO.ESRCH;
    if (!isPrivileged(task.credentials) && task.credentials.uid !== other.credentials.uid) return -ERRNO.EPERM;
    const local = readVector(task, args.number(1), args.number(2));
    const remote = readVector(task, args.number(3), args.number(4));
    if (!local || !remote) return -ERRNO.EFAULT;
    const [from, to] = write ? [task, other] : [other, task];
    return copyVectors(from, write ? local : remote, to, write ? remote : local);
  };
}

interface Piece {
  readonly base: number;
  readonly length: number;
}

function readVector(task: Task, address: number, count: number): Piece[] | null {
  const pieces: Piece[] = [];
  for (let i = 0; i < count; i++) {
    const base = task.mm.user.readNumber(address + i * 16);
    const length = task.mm.user.readNumber(address + i * 16 + 8);
    if (base === null || length === null) return null;
    pieces.push({ base, length });
  }
  return pieces;
}

function copyVectors(from: Task, source: readonly Piece[], to: Task, target: readonly Piece[]): number {
  let [s, t, sOffset, tOffset, done] = [0, 0, 0, 0, 0];
  while (s < source.length && t < target.length) {
    const [a, b] = [source[s]!, target[t]!];
    const step = Math.min(a.length - sOffset, b.length - tOffset, 65536);
    if (step > 0) {
      const data = from.mm.user.copyIn(a.base + sOffset, step);
      if (!data || !to.mm.user.copyOut(b.base + tOffset, data)) return done > 0 ? done : -ERRNO.EFAULT;
    }
    done += step;
    sOffset += step;
    tOffset += step;
    if (sOffset >= a.length) [s, sOffset] = [s + 1, 0];
    if (tOffset >= b.length) [t, tOffset] = [t + 1, 0];
  }
  return done;
}

export const MEMORY_ROWS: readonly SyscallRow[] = [
  { number: 9, name: 'mmap', arguments: ['pointer', 'size', 'flags', 'flags', 'fd', 'u64'], handler: mmap },
  { number: 10, name: 'mprotect', arguments: ['pointer', 'size', 'flags'], handler: mprotect },
  { number: 11, name: 'munmap', arguments: ['pointer', 'size'], handler: munmap },
  { number: 12, name: 'brk', arguments: ['pointer'], handler: brk },
  { number: 25, name: 'mremap', arguments: ['pointer', 'size', 'size', 'flags', 'pointer'], handler: mremap },
  { number: 26, name: 'msync', arguments: ['pointer', 'size', 'flags'], handler: msync },
  { number: 27, name: 'mincore', arguments: ['pointer', 'size', 'pointer'], handler: mincore },
  { number: 28, name: 'madvise', arguments: ['pointer', 'size', 'i32'], handler: madvise },
  { number: 149, name: 'mlock', arguments: ['pointer', 'size'], handler: mlock },
  { number: 150, name: 'munlock', arguments: ['pointer', 'size'], handler: munlock },
  { number: 151, name: 'mlockall', arguments: ['flags'], handler: mlockall },
  { number: 152, name: 'munlockall', arguments: [], handler: munlockall },
  { number: 310, name: 'process_vm_readv', arguments: ['i32', 'pointer', 'size', 'pointer', 'size', 'flags'], handler: processVm(false) },
  { number: 311, name: 'process_vm_writev', arguments: ['i32', 'pointer', 'size', 'pointer', 'size', 'flags'], handler: processVm(true) },
  { number: 325, name: 'mlock2', arguments: ['pointer', 'size', 'flags'], handler: mlock2 },
];
