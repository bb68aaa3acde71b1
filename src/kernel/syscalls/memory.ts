// System calls on address spaces.

import { PAGE_SIZE } from '../../machine/memory/layout.ts';
import { ERRNO } from '../abi/errno.ts';
import { O_ACCMODE, O_PATH, O_RDONLY, O_RDWR, O_WRONLY } from '../abi/fcntl.ts';
import { TASK_SIZE } from '../abi/layout.ts';
import {
  MAP_ANONYMOUS,
  MAP_FIXED,
  MAP_GROWSDOWN,
  MAP_HUGETLB,
  MAP_LOCKED,
  MAP_NONBLOCK,
  MAP_NORESERVE,
  MAP_POPULATE,
  MAP_PRIVATE,
  MAP_SHARED,
  MAP_SHARED_VALIDATE,
  MAP_STACK,
  MAP_TYPE,
  MS_ASYNC,
  MS_INVALIDATE,
  MS_SYNC,
  PROT_GROWSDOWN,
  PROT_GROWSUP,
} from '../abi/mman.ts';
import { PAGE_STATE } from '../block/page-states.ts';
import { type FileRange, sync } from '../block/sync.ts';
import { TmpfsFile } from '../fs/tmpfs-file.ts';
import type { Kernel } from '../kernel.ts';
import { advise, isAdvice } from '../mm/advice.ts';
import { mayBecomeData, map, PROT_ALL, remap, setBreak } from '../mm/mapping.ts';
import { PROT_WRITE } from '../mm/vma.ts';
import type { Task } from '../task/task.ts';
import { memoryLockRows } from './memory-locks.ts';
import { alignedLength, isAligned, rangeOf } from './memory-ranges.ts';
import { processMemoryRows } from './process-memory.ts';
import type { SyscallArguments, SyscallResult, SyscallRow } from './row.ts';

/** What MAP_SHARED_VALIDATE knows of: flags as old as mmap, and no newer ones. */
const LEGACY_MAP_FLAGS =
  0xff | MAP_GROWSDOWN | 0x800 | 0x1000 | MAP_LOCKED | MAP_NORESERVE | MAP_POPULATE | MAP_NONBLOCK | MAP_STACK | MAP_HUGETLB | 0x400_0000;

/** The last byte a file's mapping may have, plus one. */
const LARGEST_OFFSET = 0x7fff_ffff_ffff_ffffn;

function mmap(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const [address, length, flags] = [args.number(0), alignedLength(args.u64(1)), args.u32(3)];
  const protection = args.u32(2) & PROT_ALL;
  const type = flags & MAP_TYPE;
  if (!isAligned(args, 5)) return -ERRNO.EINVAL;
  const file = flags & MAP_ANONYMOUS ? null : task.files.get(args.i32(4));
  if (!(flags & MAP_ANONYMOUS) && (!file || file.flags & O_PATH)) return -ERRNO.EBADF;
  if (flags & MAP_HUGETLB) return file ? -ERRNO.EINVAL : -ERRNO.ENOMEM;
  if (args.u64(1) === 0n) return -ERRNO.EINVAL;
  if (length === 0 || length > TASK_SIZE) return -ERRNO.ENOMEM;
  const shared = type !== MAP_PRIVATE;
  const common = { address, length, protection, flags, shared };
  if (!file) {
    if (type !== MAP_SHARED && type !== MAP_PRIVATE) return -ERRNO.EINVAL;
    return map(task, { ...common, source: null, offset: 0, mayWrite: true, name: '' });
  }
  if (file.inode?.isRegular && args.u64(5) > LARGEST_OFFSET - BigInt(length)) return -ERRNO.EOVERFLOW;
  if (type !== MAP_SHARED && type !== MAP_PRIVATE && type !== MAP_SHARED_VALIDATE) return -ERRNO.EINVAL;
  if (type === MAP_SHARED_VALIDATE && flags & ~LEGACY_MAP_FLAGS) return -ERRNO.EOPNOTSUPP;
  const mode = file.flags & O_ACCMODE;
  if (mode === O_WRONLY) return -ERRNO.EACCES;
  if (shared && protection & PROT_WRITE && mode !== O_RDWR) return -ERRNO.EACCES;
  const mappable = file.mapping(kernel, args.number(5), length);
  if (typeof mappable === 'number') return mappable;
  const isSealed = shared && (file.inode?.refusesWriting ?? false);
  if (isSealed && protection & PROT_WRITE && mappable.source === file.inode) return -ERRNO.EPERM;
  const mayWrite = !shared || (mode !== O_RDONLY && !isSealed);
  return map(task, { ...common, source: mappable.source, offset: mappable.firstPage, mayWrite, name: file.describe() });
}

function munmap(_kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const { start, end } = rangeOf(args);
  if (!isAligned(args, 0) || end > TASK_SIZE || start === end) return -ERRNO.EINVAL;
  const { mm } = task;
  if (mm.isSealed(start, end)) return -ERRNO.EPERM;
  if (!mm.mayPunch(start, end)) return -ERRNO.ENOMEM;
  mm.unmap(start, end);
  return 0;
}

function mprotect(_kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const wanted = args.u32(2);
  const { mm } = task;
  if (wanted & PROT_GROWSDOWN && wanted & PROT_GROWSUP) return -ERRNO.EINVAL;
  if (!isAligned(args, 0)) return -ERRNO.EINVAL;
  const { start: first, end, wraps } = rangeOf(args);
  if (args.u64(1) === 0n) return 0;
  if (wraps || first === end) return -ERRNO.ENOMEM;
  if (wanted & ~(PROT_ALL | 8 | PROT_GROWSDOWN | PROT_GROWSUP)) return -ERRNO.EINVAL;
  let start = first;
  if (wanted & (PROT_GROWSDOWN | PROT_GROWSUP)) {
    const stack = mm.find(start);
    if (!stack) return -ERRNO.ENOMEM;
    if (wanted & PROT_GROWSUP || !stack.growsDown) return -ERRNO.EINVAL;
    start = stack.start;
  }
  return protectRanges(task, start, end, wanted & PROT_ALL);
}

/** Range by range, up to the first that refuses: what lies before it has changed. */
function protectRanges(task: Task, start: number, end: number, protection: number): number {
  const { mm } = task;
  for (let at = start; at < end; ) {
    const vma = mm.find(at);
    if (!vma) return -ERRNO.ENOMEM;
    const stop = Math.min(end, vma.end);
    if (protection & PROT_WRITE && !vma.mayWrite) return -ERRNO.EACCES;
    if (vma.sealed) return -ERRNO.EPERM;
    if (!mm.mayCut(at, stop) || (protection & PROT_WRITE && !mayBecomeData(task, at, stop))) return -ERRNO.ENOMEM;
    mm.protect(at, stop, protection);
    at = stop;
  }
  return 0;
}

function brk(_kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  return setBreak(task, args.number(0));
}

function mremap(_kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  if (!isAligned(args, 0)) return -ERRNO.EINVAL;
  return remap(task, {
    address: args.number(0),
    oldLength: alignedLength(args.u64(1)),
    newLength: alignedLength(args.u64(2)),
    flags: args.u32(3),
    newAddress: args.number(4),
  });
}

/** What non-linear mappings once were: a part of a shared mapping is mapped anew, with other pages of its file. */
function remapFilePages(_kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const start = args.number(0) - (args.number(0) % PAGE_SIZE);
  const length = Math.floor(args.number(1) / PAGE_SIZE) * PAGE_SIZE;
  if (args.u64(2) !== 0n || length === 0 || start + length > TASK_SIZE) return -ERRNO.EINVAL;
  const { mm } = task;
  const vma = mm.find(start);
  if (!vma?.shared || !vma.source || !mm.covers(start, start + length)) return -ERRNO.EINVAL;
  const { source, protection, mayWrite, name } = vma;
  for (let at = vma.end; at < start + length; at = mm.find(at)!.end) if (mm.find(at)!.source !== source) return -ERRNO.EINVAL;
  const flags = MAP_SHARED | MAP_FIXED | (args.u32(4) & MAP_NONBLOCK);
  const at = map(task, { address: start, length, protection, flags, shared: true, source, offset: args.number(3), mayWrite, name });
  return at < 0 ? at : 0;
}

/** Holes are skipped and make the result ENOMEM, as Linux does. */
function madvise(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const advice = args.u32(2);
  const { start, end, wraps } = rangeOf(args);
  if (!isAdvice(advice) || !isAligned(args, 0) || wraps) return -ERRNO.EINVAL;
  if (start === end) return args.u64(1) === 0n ? 0 : -ERRNO.EINVAL;
  return advise(kernel, task.mm, start, end, advice);
}

/** mseal(2): from now on the ranges stay as they are. */
function mseal(_kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const { start, end, wraps } = rangeOf(args);
  if (args.u64(2) !== 0n || !isAligned(args, 0) || wraps || (start === end && args.u64(1) !== 0n)) return -ERRNO.EINVAL;
  if (start === end) return 0;
  const { mm } = task;
  if (!mm.covers(start, end)) return -ERRNO.ENOMEM;
  if (!mm.mayCut(start, end)) return -ERRNO.ENOMEM;
  for (const vma of mm.isolate(start, end)) vma.sealed = true;
  mm.mergeAround(start, end);
  return 0;
}

/** Every mapping sees the same pages; those that have a store are written back. */
function msync(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const flags = args.u32(2);
  if (flags & ~(MS_ASYNC | MS_INVALIDATE | MS_SYNC) || (flags & MS_ASYNC && flags & MS_SYNC) || !isAligned(args, 0)) return -ERRNO.EINVAL;
  const { start, end, wraps } = rangeOf(args);
  if (start === end) return 0;
  if (wraps || !task.mm.covers(start, end)) return -ERRNO.ENOMEM;
  return flags & MS_SYNC ? sync(kernel, task, mappedFiles(task, start, end)) : 0;
}

/** Ranges of files with a store that [start, end) maps shared. */
function mappedFiles({ mm }: Task, start: number, end: number): FileRange[] {
  const ranges: FileRange[] = [];
  for (const vma of mm.within(start, end)) {
    if (!vma.shared || !(vma.source instanceof TmpfsFile)) continue;
    const page = (address: number): number => vma.offset + (address - vma.start) / PAGE_SIZE;
    ranges.push({ file: vma.source, first: page(Math.max(start, vma.start)), end: page(Math.min(end, vma.end)) });
  }
  return ranges;
}

/** Range by range: what lies before a hole is told. */
function mincore(_kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  if (!isAligned(args, 0)) return -ERRNO.EINVAL;
  const { start, end } = rangeOf(args);
  const { user } = task.mm;
  if (args.number(1) > TASK_SIZE - start) return -ERRNO.ENOMEM;
  if (!user.isUserRange(args.number(2), (end - start) / PAGE_SIZE)) return -ERRNO.EFAULT;
  let told = args.number(2);
  for (let at = start; at < end; ) {
    const vma = task.mm.find(at);
    if (!vma) return -ERRNO.ENOMEM;
    const stop = Math.min(end, vma.end);
    const resident = Uint8Array.from({ length: (stop - at) / PAGE_SIZE }, (_, i) => Number(isResident(task, at + i * PAGE_SIZE)));
    if (!user.copyOut(told, resident)) return -ERRNO.EFAULT;
    told += resident.length;
    at = stop;
  }
  return 0;
}

function isResident(task: Task, address: number): boolean {
  const { mm } = task;
  if (mm.space.entry(address / PAGE_SIZE) !== 0) return true;
  const vma = mm.find(address);
  if (!vma?.source) return false;
  const index = vma.offset + (address - vma.start) / PAGE_SIZE;
  return vma.source.pageFrame(index, false) !== 0 && !((vma.source.states?.get(index) ?? 0) & PAGE_STATE.ABSENT);
}

export const MEMORY_ROWS: readonly SyscallRow[] = [
  ...memoryLockRows,
  ...processMemoryRows,
  {
    number: 9,
    name: 'mmap',
    arguments: ['pointer', 'size', 'flags', 'flags', 'fd', 'u64'],
    handler: mmap,
    deviation: 'there are no huge pages',
  },
  { number: 10, name: 'mprotect', arguments: ['pointer', 'size', 'flags'], handler: mprotect },
  { number: 11, name: 'munmap', arguments: ['pointer', 'size'], handler: munmap },
  { number: 12, name: 'brk', arguments: ['pointer'], handler: brk },
  { number: 25, name: 'mremap', arguments: ['pointer', 'size', 'size', 'flags', 'pointer'], handler: mremap },
  { number: 26, name: 'msync', arguments: ['pointer', 'size', 'flags'], handler: msync },
  { number: 27, name: 'mincore', arguments: ['pointer', 'size', 'pointer'], handler: mincore },
  { number: 216, name: 'remap_file_pages', arguments: ['pointer', 'size', 'u64', 'u64', 'flags'], handler: remapFilePages },
  { number: 462, name: 'mseal', arguments: ['pointer', 'size', 'flags'], handler: mseal },
  {
    number: 28,
    name: 'madvise',
    arguments: ['pointer', 'size', 'i32'],
    handler: madvise,
    deviation: 'advice about huge pages, merging and core dumps is taken without effect; there are no guard regions',
  },
];
