// System V shared memory: shmget, shmat, shmdt, shmctl.

import { PAGE_SIZE } from '../../machine/memory/layout.ts';
import { CAP } from '../abi/capability.ts';
import { ERRNO } from '../abi/errno.ts';
import {
  IPC_INFO,
  IPC_RMID,
  IPC_SET,
  IPC_STAT,
  SHM_EXEC,
  SHM_HUGETLB,
  SHM_INFO,
  SHM_LOCK,
  SHM_LOCKED,
  SHM_RDONLY,
  SHM_REMAP,
  SHM_RND,
  SHM_STAT,
  SHM_STAT_ANY,
  SHM_UNLOCK,
} from '../abi/ipc.ts';
import { MAP_FIXED } from '../abi/mman.ts';
import { Attachment, Segment } from '../ipc/sysv/segment.ts';
import { secondsNow } from '../ipc/sysv/seconds.ts';
import type { Kernel } from '../kernel.ts';
import { map } from '../mm/mapping.ts';
import { PROT_EXEC, PROT_READ, PROT_WRITE, type Vma } from '../mm/vma.ts';
import { isCapable } from '../task/credentials.ts';
import { RLIMIT } from '../task/limits.ts';
import type { Task } from '../task/task.ts';
import { putBytes } from '../vfs/user-memory.ts';
import { controlled, getObject, readStatus, writeStatus, writeStatusAt } from './ipc-objects.ts';
import type { SyscallArguments, SyscallResult, SyscallRow } from './row.ts';

const STATUS_BYTES = 112;

function shmget(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const { segments } = kernel.ipc;
  const [key, bytes, flags] = [args.u32(0), args.number(1), args.i32(2)];
  return getObject(task, segments, {
    key,
    flags,
    limit: kernel.ipc.limits.shmmni,
    make: () => makeSegment(kernel, task, key, args.u64(1), flags),
    isTooSmall: (found) => found.bytes < bytes,
  });
}

function makeSegment(kernel: Kernel, task: Task, key: number, wanted: bigint, flags: number): Segment | number {
  const { limits, segmentPages } = kernel.ipc;
  if (wanted < 1n || wanted > limits.shmmax) return -ERRNO.EINVAL;
  const bytes = Number(wanted);
  const pages = Math.ceil(bytes / PAGE_SIZE);
  if (BigInt(segmentPages) + BigInt(pages) > limits.shmall) return -ERRNO.ENOSPC;
  if (flags & SHM_HUGETLB || pages > kernel.hardware.physical.frameCount) return -ERRNO.ENOMEM;
  return new Segment(kernel, task, key, bytes, flags);
}

function shmat(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const flags = args.i32(2);
  const place = attachAddress(args.number(1), flags);
  if (place < 0) return place;
  const [protection, rights] = wantedAccess(flags);
  const segment = kernel.ipc.segments.withId(args.i32(0));
  if (!segment) return -ERRNO.EINVAL;
  if (!segment.permits(task.credentials, rights)) return -ERRNO.EACCES;
  if (place !== 0 && !(flags & SHM_REMAP) && task.mm.overlaps(place, place + segment.pages.size)) return -ERRNO.EINVAL;
  return map(task, {
    address: place,
    length: segment.pages.size,
    protection,
    flags: place === 0 ? 0 : MAP_FIXED,
    shared: true,
    source: new Attachment(segment),
    offset: 0,
    mayWrite: (flags & SHM_RDONLY) === 0,
    name: `/SYSV${segment.key.toString(16).padStart(8, '0')} (deleted)`,
  });
}

/** Where the segment is wanted, 0 for anywhere; -EINVAL. */
function attachAddress(address: number, flags: number): number {
  if (address === 0) return flags & SHM_REMAP ? -ERRNO.EINVAL : 0;
  const within = address % PAGE_SIZE;
  if (within === 0) return address;
  if (!(flags & SHM_RND)) return -ERRNO.EINVAL;
  return address === within && flags & SHM_REMAP ? -ERRNO.EINVAL : address - within;
}

/** PROT_* bits of the mapping and the rights that they take. */
function wantedAccess(flags: number): readonly [protection: number, rights: number] {
  const executes = (flags & SHM_EXEC) !== 0;
  const protection = PROT_READ | (flags & SHM_RDONLY ? 0 : PROT_WRITE) | (executes ? PROT_EXEC : 0);
  return [protection, 0o444 | (flags & SHM_RDONLY ? 0 : 0o222) | (executes ? 0o111 : 0)];
}

/** Unmaps what is left of the attachment that begins, or began, at the address. */
function shmdt(_kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const address = args.number(0);
  if (address % PAGE_SIZE !== 0) return -ERRNO.EINVAL;
  const { mm } = task;
  const isOfIt = (vma: Vma): boolean => vma.source instanceof Attachment && vma.start - address === vma.offset * PAGE_SIZE;
  const first = mm.vmas.from(address).find(isOfIt);
  if (!first) return -ERRNO.EINVAL;
  const end = address + first.source!.size;
  for (const vma of mm.within(first.start, end))
    if (vma.end <= end && vma.source === first.source && isOfIt(vma)) mm.unmap(vma.start, vma.end);
  return 0;
}

type Command = (kernel: Kernel, task: Task, id: number, address: number) => number;

function words(...values: (number | bigint)[]): Uint8Array {
  return new Uint8Array(BigUint64Array.from(values, BigInt).buffer);
}

/** struct shminfo: the limits. */
function limits(kernel: Kernel, task: Task, _id: number, address: number): number {
  const { shmmax, shmmni, shmall } = kernel.ipc.limits;
  const put = putBytes(task, address, words(shmmax, 1, shmmni, shmmni, shmall, 0, 0, 0, 0));
  return put < 0 ? put : kernel.ipc.segments.highest;
}

/** struct shm_info: what is in use. */
function usage(kernel: Kernel, task: Task, _id: number, address: number): number {
  const { segments, segmentPages } = kernel.ipc;
  const resident = segments.list().reduce((sum, segment) => sum + segment.pages.residentPages, 0);
  const put = putBytes(task, address, words(segments.size, segmentPages, resident, 0, 0, 0));
  return put < 0 ? put : segments.highest;
}

function set(kernel: Kernel, task: Task, id: number, address: number): number {
  const view = readStatus(task, address, STATUS_BYTES);
  if (!view) return -ERRNO.EFAULT;
  const segment = controlled(task, kernel.ipc.segments, id);
  if (typeof segment === 'number') return segment;
  return segment.setPermission(view, secondsNow(kernel)) ? 0 : -ERRNO.EINVAL;
}

function remove(kernel: Kernel, task: Task, id: number): number {
  const segment = controlled(task, kernel.ipc.segments, id);
  if (typeof segment === 'number') return segment;
  segment.markForDestruction();
  return 0;
}

/** There is no swap: locking is a mark, which only those may set who could lock memory. */
function lock(locks: boolean): Command {
  return (kernel, task, id) => {
    const segment = kernel.ipc.segments.withId(id);
    if (!segment) return -ERRNO.EINVAL;
    const { euid } = task.credentials;
    if (!isCapable(task.credentials, CAP.IPC_LOCK)) {
      if (euid !== segment.uid && euid !== segment.cuid) return -ERRNO.EPERM;
      const limit = task.process.limits[RLIMIT.MEMLOCK]!.soft;
      if (locks && limit === 0) return -ERRNO.EPERM;
      if (locks && segment.pages.size > limit) return -ERRNO.ENOMEM;
    }
    segment.mode = locks ? segment.mode | SHM_LOCKED : segment.mode & ~SHM_LOCKED;
    return 0;
  };
}

const COMMANDS: Readonly<Record<number, Command>> = {
  [IPC_INFO]: limits,
  [SHM_INFO]: usage,
  [IPC_STAT]: (kernel, task, id, address) => writeStatus(task, kernel.ipc.segments, kernel.ipc.segments.withId(id), address),
  [SHM_STAT]: (kernel, task, id, address) => writeStatusAt(task, kernel.ipc.segments, id, address, false),
  [SHM_STAT_ANY]: (kernel, task, id, address) => writeStatusAt(task, kernel.ipc.segments, id, address, true),
  [IPC_SET]: set,
  [IPC_RMID]: remove,
  [SHM_LOCK]: lock(true),
  [SHM_UNLOCK]: lock(false),
};

function shmctl(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const [id, command] = [args.i32(0), COMMANDS[args.i32(1)]];
  return id < 0 || !command ? -ERRNO.EINVAL : command(kernel, task, id, args.number(2));
}

export const SHARED_MEMORY_ROWS: readonly SyscallRow[] = [
  { number: 29, name: 'shmget', arguments: ['u32', 'size', 'flags'], handler: shmget },
  { number: 30, name: 'shmat', arguments: ['i32', 'pointer', 'flags'], handler: shmat },
  { number: 31, name: 'shmctl', arguments: ['i32', 'i32', 'pointer'], handler: shmctl },
  { number: 67, name: 'shmdt', arguments: ['pointer'], handler: shmdt },
];
