// io_uring_setup(2).

import { ERRNO } from '../kernel/abi/errno.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { SyscallArguments, SyscallResult } from '../kernel/syscalls/row.ts';
import type { Task } from '../kernel/task/task.ts';
import { dropReference } from '../kernel/vfs/fd-table.ts';
import { HEADS, ringBytes, sqeBytesOf } from './abi/ring-layout.ts';
import { FEATURES, MAX_CQ_ENTRIES, MAX_ENTRIES, PARAMS_BYTES, SETUP, SETUP_KNOWN } from './abi/setup.ts';
import { PAGE_SIZE } from '../machine/memory/layout.ts';
import { keepRing } from './register/registered-rings.ts';
import { RingFile } from './ring-file.ts';
import { RingMemory } from './ring-memory.ts';
import { Ring } from './ring.ts';
import { startThread } from './sq-thread.ts';
import type { Uring } from './uring.ts';

/** struct io_uring_params: offsets of what is read or answered. */
export const PARAMS = {
  SQ_ENTRIES: 0,
  CQ_ENTRIES: 4,
  FLAGS: 8,
  SQ_THREAD_CPU: 12,
  SQ_THREAD_IDLE: 16,
  FEATURES: 20,
  WQ_FD: 24,
  RESERVED: 28,
  SQ_OFF: 40,
  SQ_USER_ADDR: 72,
  CQ_OFF: 80,
  CQ_USER_ADDR: 112,
};
/** Profile rfc: int uintr_fd, int uipi_index in place of two reserved words. Descriptors below this are "none". */
const RFC_UINTR_FD = 28;
const RFC_RESERVED = 36;
const RFC_LOWEST_FD = 3;

export function setup(uring: Uring) {
  return (kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult => {
    const address = args.number(1);
    const raw = task.mm.user.copyIn(address, PARAMS_BYTES);
    if (!raw) return -ERRNO.EFAULT;
    const params = new DataView(raw.buffer);
    const rfc = kernel.uintr.profile.name === 'rfc';
    for (let at = rfc ? RFC_RESERVED : PARAMS.RESERVED; at < PARAMS.SQ_OFF; at += 4)
      if (params.getUint32(at, true) !== 0) return -ERRNO.EINVAL;
    const flags = params.getUint32(PARAMS.FLAGS, true);
    const invalid = checkFlags(kernel, task, flags, params);
    if (invalid < 0) return invalid;
    const sizes = entriesOf(args.u32(0), flags, params.getUint32(PARAMS.CQ_ENTRIES, true));
    if (typeof sizes === 'number') return sizes;
    const memories = memoriesFor(kernel, task, flags, params, sizes);
    if (typeof memories === 'number') return memories;
    const ring = new Ring({
      uring,
      number: ++uring.made,
      creator: task,
      setupFlags: flags,
      sqEntries: sizes.sq,
      cqEntries: sizes.cq,
      ...memories,
    });
    fillHeads(ring);
    answer(params, ring);
    const file = new RingFile(kernel, ring);
    uring.rings.set(ring.number, ring);
    if (!ring.has(SETUP.SQPOLL)) uring.join(kernel, ring, task);
    const started = start(kernel, ring, task, params, rfc);
    const fd = started < 0 ? started : task.mm.user.copyOut(address, raw) ? place(ring, task, file) : -ERRNO.EFAULT;
    if (fd < 0) {
      dropReference(kernel, file);
      return fd;
    }
    ring.fd = fd;
    if (ring.has(SETUP.SINGLE_ISSUER) && !ring.disabled && !ring.has(SETUP.SQPOLL)) ring.issuer = task;
    kernel.emit('ring_created', task, { ring: ring.number, fd, sq_entries: sizes.sq, cq_entries: sizes.cq, flags });
    return fd;
  };
}

/** A descriptor, or an index among the rings that the task knows without one. */
function place(ring: Ring, task: Task, file: RingFile): number {
  return ring.has(SETUP.REGISTERED_FD_ONLY) ? keepRing(ring.uring, task, file) : task.files.allocate(file, true);
}

interface Sizes {
  readonly sq: number;
  readonly cq: number;
}

/** The memory of the heads, completions and index array, and that of the entries: the kernel's, or the program's (NO_MMAP). */
function memoriesFor(
  kernel: Kernel,
  task: Task,
  flags: number,
  params: DataView,
  sizes: Sizes,
): { memory: RingMemory; sqes: RingMemory } | number {
  const given = (flags & SETUP.NO_MMAP) !== 0;
  const make = (bytes: number, addressAt: number): RingMemory | number => {
    if (!given) return RingMemory.allocate(kernel.hardware.physical, bytes) ?? -ERRNO.ENOMEM;
    const address = Number(params.getBigUint64(addressAt, true));
    if (address % PAGE_SIZE !== 0) return -ERRNO.EINVAL;
    return (address === 0 ? null : RingMemory.pin(task, address, bytes)) ?? -ERRNO.EFAULT;
  };
  const memory = make(ringBytes(sizes.sq, sizes.cq, flags), PARAMS.CQ_USER_ADDR);
  if (typeof memory === 'number') return memory;
  const sqes = make(sizes.sq * sqeBytesOf(flags), PARAMS.SQ_USER_ADDR);
  if (typeof sqes !== 'number') return { memory, sqes };
  memory.release();
  return sqes;
}

function checkFlags(kernel: Kernel, task: Task, flags: number, params: DataView): number {
  if (flags & ~SETUP_KNOWN) return -ERRNO.EINVAL;
  const cooperative = SETUP.COOP_TASKRUN | SETUP.DEFER_TASKRUN;
  if (flags & SETUP.REGISTERED_FD_ONLY && !(flags & SETUP.NO_MMAP)) return -ERRNO.EINVAL;
  if (flags & SETUP.SQPOLL) {
    if (flags & (cooperative | SETUP.TASKRUN_FLAG)) return -ERRNO.EINVAL;
    const vcpus = kernel.hardware.vcpus.length;
    if (flags & SETUP.SQ_AFF && params.getUint32(PARAMS.SQ_THREAD_CPU, true) >= vcpus) return -ERRNO.EINVAL;
  } else if (flags & SETUP.SQ_AFF || (flags & SETUP.TASKRUN_FLAG && !(flags & cooperative))) return -ERRNO.EINVAL;
  if (flags & SETUP.HYBRID_IOPOLL && !(flags & SETUP.IOPOLL)) return -ERRNO.EINVAL;
  if (flags & SETUP.DEFER_TASKRUN && !(flags & SETUP.SINGLE_ISSUER)) return -ERRNO.EINVAL;
  if (flags & SETUP.CQE32 && flags & SETUP.CQE_MIXED) return -ERRNO.EINVAL;
  if (flags & SETUP.ATTACH_WQ) {
    const other = task.files.get(params.getInt32(PARAMS.WQ_FD, true));
    if (!other) return -ERRNO.ENXIO;
    if (!(other instanceof RingFile)) return -ERRNO.EINVAL;
  }
  return 0;
}

function powerOfTwo(value: number): number {
  return value <= 1 ? 1 : 2 ** Math.ceil(Math.log2(value));
}

export function entriesOf(wanted: number, flags: number, wantedCompletions: number): Sizes | number {
  const clamp = (flags & SETUP.CLAMP) !== 0;
  if (wanted === 0 || (wanted > MAX_ENTRIES && !clamp)) return -ERRNO.EINVAL;
  const sq = powerOfTwo(Math.min(wanted, MAX_ENTRIES));
  if (!(flags & SETUP.CQSIZE)) return { sq, cq: 2 * sq };
  if (wantedCompletions === 0 || (wantedCompletions > MAX_CQ_ENTRIES && !clamp)) return -ERRNO.EINVAL;
  const cq = powerOfTwo(Math.min(wantedCompletions, MAX_CQ_ENTRIES));
  return cq < sq ? -ERRNO.EINVAL : { sq, cq };
}

export function fillHeads({ memory, sqEntries, cqEntries }: Ring): void {
  memory.write32(HEADS.SQ_MASK, sqEntries - 1);
  memory.write32(HEADS.CQ_MASK, cqEntries - 1);
  memory.write32(HEADS.SQ_ENTRIES, sqEntries);
  memory.write32(HEADS.CQ_ENTRIES, cqEntries);
}

/** What io_uring_setup tells of a ring: sizes, features, where things are. */
export function answer(params: DataView, ring: Ring): void {
  const put = (at: number, values: readonly number[]): void => values.forEach((value, i) => params.setUint32(at + i * 4, value, true));
  params.setUint32(PARAMS.SQ_ENTRIES, ring.sqEntries, true);
  params.setUint32(PARAMS.CQ_ENTRIES, ring.cqEntries, true);
  params.setUint32(PARAMS.FEATURES, FEATURES, true);
  const { SQ_HEAD, SQ_TAIL, SQ_MASK, SQ_ENTRIES, SQ_FLAGS, SQ_DROPPED } = HEADS;
  put(PARAMS.SQ_OFF, [SQ_HEAD, SQ_TAIL, SQ_MASK, SQ_ENTRIES, SQ_FLAGS, SQ_DROPPED, Math.max(ring.arrayAt, 0), 0]);
  const { CQ_HEAD, CQ_TAIL, CQ_MASK, CQ_ENTRIES, CQ_OVERFLOW, CQES, CQ_FLAGS } = HEADS;
  put(PARAMS.CQ_OFF, [CQ_HEAD, CQ_TAIL, CQ_MASK, CQ_ENTRIES, CQ_OVERFLOW, CQES, CQ_FLAGS, 0]);
}

function start(kernel: Kernel, ring: Ring, task: Task, params: DataView, rfc: boolean): number {
  if (!ring.has(SETUP.SQPOLL)) return 0;
  const vcpu = ring.has(SETUP.SQ_AFF) ? params.getUint32(PARAMS.SQ_THREAD_CPU, true) : -1;
  const given = rfc ? params.getInt32(RFC_UINTR_FD, true) : -1;
  const uintrFd = given >= RFC_LOWEST_FD ? given : -1;
  const started = startThread(kernel, ring, task, params.getUint32(PARAMS.SQ_THREAD_IDLE, true), vcpu, uintrFd);
  if (started === 0) ring.uring.join(kernel, ring, ring.thread!.task);
  return started;
}
