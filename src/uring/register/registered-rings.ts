// Rings that a task knows by index instead of descriptor (IORING_REGISTER_RING_FDS): at most 16, its own alone.

import { ERRNO } from '../../kernel/abi/errno.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { Task } from '../../kernel/task/task.ts';
import { dropReference } from '../../kernel/vfs/fd-table.ts';
import { RingFile } from '../ring-file.ts';
import type { Ring } from '../ring.ts';
import type { Uring } from '../uring.ts';

const MOST = 16;
const ANY_INDEX = 0xffff_ffff;
/** struct io_uring_rsrc_update: offset, reserved, data. */
const ENTRY_BYTES = 16;

export function registerRings(_kernel: Kernel, ring: Ring, task: Task, address: number, count: number): number {
  if (count === 0 || count > MOST) return -ERRNO.EINVAL;
  const list = listOf(ring.uring, task);
  for (let i = 0; i < count; i++) {
    const done = registerOne(task, list, address + i * ENTRY_BYTES);
    if (done < 0) return i > 0 ? i : done;
  }
  return count;
}

/** The ring's first and only name is an index (IORING_SETUP_REGISTERED_FD_ONLY): -EBUSY when all are taken. Takes over the reference. */
export function keepRing(uring: Uring, task: Task, file: RingFile): number {
  const list = listOf(uring, task);
  const index = list.indexOf(null);
  if (index < 0) return -ERRNO.EBUSY;
  list[index] = file;
  return index;
}

function listOf(uring: Uring, task: Task): (RingFile | null)[] {
  const list = uring.registered.get(task.tid) ?? Array.from({ length: MOST }, () => null);
  uring.registered.set(task.tid, list);
  return list;
}

function registerOne(task: Task, list: (RingFile | null)[], address: number): number {
  const { user } = task.mm;
  const [offset, reserved, data] = [user.read32(address), user.read32(address + 4), user.read64(address + 8)];
  if (offset === null || reserved === null || data === null) return -ERRNO.EFAULT;
  if (reserved !== 0) return -ERRNO.EINVAL;
  const index = offset === ANY_INDEX ? list.indexOf(null) : offset;
  if (index < 0 || (offset === index && list[index])) return -ERRNO.EBUSY;
  if (index >= MOST) return -ERRNO.EINVAL;
  const file = task.files.get(Number(data & 0xffff_ffffn));
  if (!file) return -ERRNO.EBADF;
  if (!(file instanceof RingFile)) return -ERRNO.EOPNOTSUPP;
  file.references++;
  list[index] = file;
  return user.write32(address, index) ? 0 : -ERRNO.EFAULT;
}

export function unregisterRings(kernel: Kernel, ring: Ring, task: Task, address: number, count: number): number {
  if (count === 0 || count > MOST) return -ERRNO.EINVAL;
  const list = ring.uring.registered.get(task.tid);
  if (!list) return 0;
  const { user } = task.mm;
  for (let i = 0; i < count; i++) {
    const at = address + i * ENTRY_BYTES;
    const [offset, reserved, data] = [user.read32(at), user.read32(at + 4), user.read64(at + 8)];
    const wrong =
      offset === null || reserved === null || data === null
        ? -ERRNO.EFAULT
        : reserved !== 0 || data !== 0n || offset >= MOST
          ? -ERRNO.EINVAL
          : 0;
    if (wrong < 0) return i > 0 ? i : wrong;
    const file = list[offset!];
    list[offset!] = null;
    if (file) dropReference(kernel, file);
  }
  return count;
}

/** The task ends or executes another program. */
export function forgetRings(kernel: Kernel, uring: Uring, task: Task): void {
  const list = uring.registered.get(task.tid);
  uring.registered.delete(task.tid);
  for (const file of list ?? []) if (file) dropReference(kernel, file);
}
