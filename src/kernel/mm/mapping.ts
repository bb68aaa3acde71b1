// mmap(2), mremap(2) and brk(2) on an address space: where a range goes, what it may be, what it replaces.

import { PAGE_SIZE } from '../../machine/memory/layout.ts';
import { ERRNO } from '../abi/errno.ts';
import { MMAP_MIN, TASK_SIZE } from '../abi/layout.ts';
import {
  MAP_ANONYMOUS,
  MAP_FIXED,
  MAP_FIXED_NOREPLACE,
  MAP_GROWSDOWN,
  MAP_LOCKED,
  MAP_NORESERVE,
  MAP_POPULATE,
  MREMAP_DONTUNMAP,
  MREMAP_FIXED,
  MREMAP_MAYMOVE,
} from '../abi/mman.ts';
import { isPrivileged } from '../task/credentials.ts';
import { RLIMIT } from '../task/limits.ts';
import type { Task } from '../task/task.ts';
import type { Mm } from './mm.ts';
import { SharedPages, type PageSource } from './page-source.ts';
import { PROT_EXEC, PROT_READ, PROT_WRITE, Vma } from './vma.ts';

export const PROT_ALL = PROT_READ | PROT_WRITE | PROT_EXEC;

export interface MapRequest {
  readonly address: number;
  readonly length: number;
  /** PROT_* bits. */
  readonly protection: number;
  /** MAP_* bits. */
  readonly flags: number;
  readonly shared: boolean;
  /** Null: anonymous. */
  readonly source: PageSource | null;
  /** Page index of the first page. */
  readonly offset: number;
  readonly mayWrite: boolean;
  readonly name: string;
}

export function pageUp(value: number): number {
  return Math.ceil(value / PAGE_SIZE) * PAGE_SIZE;
}

/** The address, or a negated errno. */
export function map(task: Task, request: MapRequest): number {
  const { mm } = task;
  const { flags } = request;
  const length = pageUp(request.length);
  if (length === 0) return -ERRNO.EINVAL;
  if (length > TASK_SIZE) return -ERRNO.ENOMEM;
  const start = chooseAddress(mm, request, length);
  if (start < 0) return start;
  const locks = (flags & MAP_LOCKED) !== 0 || mm.lockFuture;
  if (flags & MAP_LOCKED && !isPrivileged(task.credentials) && task.process.limits[RLIMIT.MEMLOCK]!.soft === 0) return -ERRNO.EPERM;
  if (locks && !mayLock(task, length)) return -ERRNO.EAGAIN;
  const isData = (request.protection & PROT_WRITE) !== 0 && !request.shared && (flags & MAP_GROWSDOWN) === 0;
  if (!mm.hasRoomFor(1) || !fits(task, length, isData) || isHopeless(mm, request, length)) return -ERRNO.ENOMEM;
  if (flags & MAP_FIXED && mm.isSealed(start, start + length)) return -ERRNO.EPERM;
  if (flags & MAP_FIXED) mm.unmap(start, start + length);
  const source = request.shared && request.source === null ? new SharedPages(mm.hardware.physical, length) : request.source;
  const name = source instanceof SharedPages ? '/dev/zero (deleted)' : request.name;
  const kind = {
    shared: request.shared,
    source,
    offset: request.offset,
    mayWrite: request.mayWrite,
    growsDown: (flags & MAP_GROWSDOWN) !== 0,
    name,
  };
  const vma = new Vma(start, start + length, request.protection, kind);
  vma.noReserve = (flags & MAP_NORESERVE) !== 0;
  vma.locked = locks;
  const populates = (flags & MAP_POPULATE) !== 0 || vma.locked;
  mm.insert(vma);
  if (populates) mm.populate(start, start + length);
  return start;
}

function chooseAddress(mm: Mm, { address, flags }: MapRequest, length: number): number {
  const hint = address - (address % PAGE_SIZE);
  if (flags & (MAP_FIXED | MAP_FIXED_NOREPLACE)) {
    if (address % PAGE_SIZE !== 0) return -ERRNO.EINVAL;
    if (address + length > TASK_SIZE) return -ERRNO.ENOMEM;
    if (address < MMAP_MIN) return -ERRNO.EPERM;
    return flags & MAP_FIXED_NOREPLACE && mm.overlaps(address, address + length) ? -ERRNO.EEXIST : address;
  }
  if (hint >= MMAP_MIN && hint + length <= TASK_SIZE && !mm.overlaps(hint, hint + length)) return hint;
  const gap = mm.findGap(length);
  return gap < 0 ? -ERRNO.ENOMEM : gap;
}

/** RLIMIT_AS, and for data RLIMIT_DATA. */
function fits(task: Task, length: number, isData: boolean): boolean {
  const { limits } = task.process;
  if (isData && !fitsData(task, length)) return false;
  const { soft } = limits[RLIMIT.AS]!;
  return soft === Number.POSITIVE_INFINITY || task.mm.mappedPages * PAGE_SIZE + length <= soft;
}

function fitsData(task: Task, length: number): boolean {
  const { soft } = task.process.limits[RLIMIT.DATA]!;
  return soft === Number.POSITIVE_INFINITY || task.mm.dataPages * PAGE_SIZE + length <= soft;
}

/** May the ranges of [start, end) become writable? What is private turns into data then. */
export function mayBecomeData(task: Task, start: number, end: number): boolean {
  let length = 0;
  for (const vma of task.mm.within(start, end))
    if (!vma.isData && !vma.shared && !vma.growsDown) length += Math.min(end, vma.end) - Math.max(start, vma.start);
  return length === 0 || fitsData(task, length);
}

/** RLIMIT_MEMLOCK. */
function mayLock(task: Task, length: number): boolean {
  return isPrivileged(task.credentials) || task.mm.lockedPages * PAGE_SIZE + length <= task.process.limits[RLIMIT.MEMLOCK]!.soft;
}

/** Overcommit is heuristic, as Linux's default: only what could never be had is refused. */
function isHopeless(mm: Mm, request: MapRequest, length: number): boolean {
  const counts = (request.protection & PROT_WRITE) !== 0 && (request.flags & MAP_NORESERVE) === 0 && (request.flags & MAP_ANONYMOUS) !== 0;
  return counts && length > mm.hardware.physical.frameCount * PAGE_SIZE;
}

/** The new break, or the old one if it cannot be had. */
export function setBreak(task: Task, wanted: number): number {
  const { mm } = task;
  if (wanted < mm.brkStart || wanted >= TASK_SIZE) return mm.brk;
  const oldEnd = pageUp(mm.brk);
  const newEnd = pageUp(wanted);
  if (newEnd < oldEnd) {
    if (mm.isSealed(newEnd, oldEnd)) return mm.brk;
    mm.unmap(newEnd, oldEnd);
  } else if (newEnd > oldEnd) {
    const tooLarge =
      wanted - mm.brkStart > task.process.limits[RLIMIT.DATA]!.soft || newEnd - oldEnd > mm.hardware.physical.frameCount * PAGE_SIZE;
    if (tooLarge || !fits(task, newEnd - oldEnd, true) || !mm.hasRoomFor(1)) return mm.brk;
    if ((mm.lockFuture && !mayLock(task, newEnd - oldEnd)) || mm.overlaps(oldEnd, newEnd + PAGE_SIZE)) return mm.brk;
    const heap = new Vma(oldEnd, newEnd, PROT_READ | PROT_WRITE, { name: '[heap]' });
    heap.locked = mm.lockFuture;
    mm.insert(heap);
    if (heap.locked) mm.populate(oldEnd, newEnd);
  }
  mm.brk = wanted;
  return wanted;
}

export interface RemapRequest {
  readonly address: number;
  /** Whole pages, as the new one. */
  readonly oldLength: number;
  readonly newLength: number;
  readonly flags: number;
  readonly newAddress: number;
}

export function remap(task: Task, request: RemapRequest): number {
  const { mm } = task;
  const { address, flags } = request;
  const { oldLength, newLength } = request;
  const invalid = checkRemap(request, oldLength, newLength);
  if (invalid < 0) return invalid;
  const vma = mm.find(address);
  if (!vma) return -ERRNO.EFAULT;
  if (mm.isSealed(address, address + Math.max(oldLength, PAGE_SIZE))) return -ERRNO.EPERM;
  if (oldLength === 0) return duplicate(task, vma, request, newLength);
  if (!(flags & (MREMAP_FIXED | MREMAP_DONTUNMAP)) && newLength <= oldLength) {
    if (address + oldLength > TASK_SIZE) return -ERRNO.EINVAL;
    if (newLength < oldLength) mm.unmap(address + newLength, address + oldLength);
    return address;
  }
  if (address + Math.min(oldLength, newLength) > vma.end || (newLength >= oldLength && address + oldLength > vma.end)) return -ERRNO.EFAULT;
  if (newLength > oldLength && vma.locked && !mayLock(task, newLength - oldLength)) return -ERRNO.EAGAIN;
  if (newLength > oldLength && !fits(task, newLength - oldLength, vma.isData)) return -ERRNO.ENOMEM;
  if (flags & (MREMAP_FIXED | MREMAP_DONTUNMAP)) return move(task, address, oldLength, newLength, request);
  const end = address + oldLength;
  if (vma.end === end && address + newLength <= TASK_SIZE && !mm.overlaps(end, address + newLength)) {
    const grown = vma.slice(end, address + newLength);
    mm.insert(grown);
    if (grown.locked) mm.populate(end, address + newLength);
    return address;
  }
  return flags & MREMAP_MAYMOVE ? move(task, address, oldLength, newLength, request) : -ERRNO.ENOMEM;
}

function checkRemap({ address, flags, newAddress }: RemapRequest, oldLength: number, newLength: number): number {
  if (flags & ~(MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP)) return -ERRNO.EINVAL;
  if (flags & (MREMAP_FIXED | MREMAP_DONTUNMAP) && !(flags & MREMAP_MAYMOVE)) return -ERRNO.EINVAL;
  if (flags & MREMAP_DONTUNMAP && oldLength !== newLength) return -ERRNO.EINVAL;
  if (address % PAGE_SIZE !== 0 || newLength === 0) return -ERRNO.EINVAL;
  if (newLength > TASK_SIZE) return -ERRNO.EINVAL;
  if (!(flags & (MREMAP_FIXED | MREMAP_DONTUNMAP))) return 0;
  if (newAddress % PAGE_SIZE !== 0 || newAddress + newLength > TASK_SIZE) return -ERRNO.EINVAL;
  return newAddress < address + oldLength && address < newAddress + newLength ? -ERRNO.EINVAL : 0;
}

/** An old length of 0 makes a second mapping of shared memory. */
function duplicate(task: Task, vma: Vma, request: RemapRequest, length: number): number {
  if (!vma.shared || !(request.flags & MREMAP_MAYMOVE)) return -ERRNO.EINVAL;
  const to = request.flags & MREMAP_FIXED ? request.newAddress : task.mm.findGap(length);
  if (to < 0) return -ERRNO.ENOMEM;
  if (request.flags & MREMAP_FIXED) task.mm.unmap(to, to + length);
  task.mm.insert(placed(vma, request.address, to, length));
  return to;
}

/** The same kind of range at `to`, its first page the one that `from` has. */
function placed(vma: Vma, from: number, to: number, length: number): Vma {
  const copy = vma.slice(from, Math.max(from, vma.end));
  copy.start = to;
  copy.end = to + length;
  return copy;
}

function move(task: Task, address: number, oldLength: number, newLength: number, request: RemapRequest): number {
  const { mm } = task;
  let to = request.newAddress;
  if (request.flags & MREMAP_FIXED) {
    if (to < MMAP_MIN || mm.isSealed(to, to + newLength)) return -ERRNO.EPERM;
    if (!mm.hasRoomFor(3)) return -ERRNO.ENOMEM;
    mm.unmap(to, to + newLength);
  } else {
    to = mm.findGap(newLength);
    if (to < 0 || !mm.hasRoomFor(3)) return -ERRNO.ENOMEM;
  }
  if (newLength < oldLength) mm.unmap(address + newLength, address + oldLength);
  const length = Math.min(oldLength, newLength);
  const [vma] = mm.isolate(address, address + length);
  if (!vma || vma.end !== address + length) return -ERRNO.EFAULT;
  mm.insert(placed(vma, address, to, newLength));
  mm.movePages(address, to, length);
  if (!(request.flags & MREMAP_DONTUNMAP)) mm.unmap(address, address + length);
  return to;
}
