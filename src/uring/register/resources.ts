// Registered files and buffers: tables of slots, made, changed and dropped as a whole or in part.

import { ERRNO } from '../../kernel/abi/errno.ts';
import { O_PATH } from '../../kernel/abi/fcntl.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { RLIMIT } from '../../kernel/task/limits.ts';
import type { Task } from '../../kernel/task/task.ts';
import { readSegments } from '../../kernel/vfs/user-memory.ts';
import { FILES_SKIP, RSRC_SPARSE } from '../abi/register.ts';
import { clearFile } from '../files.ts';
import { FixedBuffer } from '../fixed-buffer.ts';
import { RingFile } from '../ring-file.ts';
import type { Ring } from '../ring.ts';
import { letGo, Slot } from '../slot.ts';

const MOST_FILES = 32_768;
export const MOST_BUFFERS = 1 << 14;
const LARGEST_BUFFER = 1 << 30;

/** Where the values for slots come from: an array in user memory, and another of tags. Address 0: none. */
export interface Source {
  readonly data: number;
  readonly tags: number;
}

function tagAt(task: Task, { tags }: Source, i: number): bigint | null {
  return tags === 0 ? 0n : task.mm.user.read64(tags + i * 8);
}

// Files

export function registerFiles(kernel: Kernel, ring: Ring, task: Task, source: Source, count: number): number {
  if (ring.files) return -ERRNO.EBUSY;
  if (count === 0) return -ERRNO.EINVAL;
  if (count > MOST_FILES) return -ERRNO.EMFILE;
  if (count > task.process.limits[RLIMIT.NOFILE]!.soft) return -ERRNO.EMFILE;
  ring.files = Array.from({ length: count }, () => null);
  for (let i = 0; i < count && source.data !== 0; i++) {
    const done = fillFile(ring, task, source, i, i);
    if (done < 0) {
      dropFiles(kernel, ring, false);
      return done;
    }
  }
  ring.allocation = { start: 0, end: count, next: 0 };
  return 0;
}

/** Puts the i-th descriptor of `source` into empty slot `at`; -1 leaves it empty. */
function fillFile(ring: Ring, task: Task, source: Source, i: number, at: number): number {
  const fd = task.mm.user.readInt32(source.data + i * 4);
  const tag = tagAt(task, source, i);
  if (fd === null || tag === null) return -ERRNO.EFAULT;
  if (fd === -1) return tag === 0n ? 0 : -ERRNO.EINVAL;
  const file = task.files.get(fd);
  // A ring in a ring could keep itself alive for ever.
  if (!file || file.flags & O_PATH || file instanceof RingFile) return -ERRNO.EBADF;
  file.references++;
  ring.files![at] = new Slot(file, tag);
  return 0;
}

/** How many slots were set before something was wrong, or the error if that was at once. */
export function updateFiles(kernel: Kernel, ring: Ring, task: Task, source: Source, offset: number, count: number): number {
  if (!ring.files) return -ERRNO.ENXIO;
  if (offset + count > ring.files.length) return -ERRNO.EINVAL;
  for (let i = 0; i < count; i++) {
    const fd = task.mm.user.readInt32(source.data + i * 4);
    let done = fd === null ? -ERRNO.EFAULT : 0;
    const tag = tagAt(task, source, i);
    if (tag === null) done = -ERRNO.EFAULT;
    else if ((fd === FILES_SKIP || fd === -1) && tag !== 0n) done = -ERRNO.EINVAL;
    else if (done === 0 && fd !== FILES_SKIP) {
      clearFile(kernel, ring, offset + i);
      done = fillFile(ring, task, source, i, offset + i);
    }
    if (done < 0) return i > 0 ? i : done;
  }
  return count;
}

/** `announced`: tags are posted. */
export function dropFiles(kernel: Kernel, ring: Ring, announced: boolean): number {
  const { files } = ring;
  if (!files) return -ERRNO.ENXIO;
  for (let i = 0; i < files.length; i++) {
    const slot = files[i];
    if (slot && !announced) slot.tag = 0n;
    clearFile(kernel, ring, i);
  }
  ring.files = null;
  return 0;
}

// Buffers

export function registerBuffers(kernel: Kernel, ring: Ring, task: Task, source: Source, count: number): number {
  if (ring.buffers) return -ERRNO.EBUSY;
  if (count === 0 || count > MOST_BUFFERS) return -ERRNO.EINVAL;
  ring.buffers = Array.from({ length: count }, () => null);
  for (let i = 0; i < count && source.data !== 0; i++) {
    const made = makeBuffer(task, source, i);
    if (typeof made === 'number') {
      dropBuffers(kernel, ring, false);
      return made;
    }
    ring.buffers[i] = made;
  }
  return 0;
}

function makeBuffer(task: Task, source: Source, i: number): Slot<FixedBuffer> | null | number {
  const tag = tagAt(task, source, i);
  const segments = readSegments(task, source.data + i * 16, 1);
  if (tag === null) return -ERRNO.EFAULT;
  if (typeof segments === 'number') return -ERRNO.EFAULT;
  const { address, length } = segments[0]!;
  if (address === 0 && length === 0) return tag === 0n ? null : -ERRNO.EINVAL;
  if (address === 0 || length === 0 || length > LARGEST_BUFFER) return -ERRNO.EFAULT;
  const buffer = FixedBuffer.pin(task, address, length);
  return buffer ? new Slot(buffer, tag) : -ERRNO.EFAULT;
}

export function updateBuffers(kernel: Kernel, ring: Ring, task: Task, source: Source, offset: number, count: number): number {
  if (!ring.buffers) return -ERRNO.ENXIO;
  if (offset + count > ring.buffers.length) return -ERRNO.EINVAL;
  for (let i = 0; i < count; i++) {
    const made = makeBuffer(task, source, i);
    if (typeof made === 'number') return i > 0 ? i : made;
    dropBuffer(kernel, ring, offset + i, true);
    ring.buffers[offset + i] = made;
  }
  return count;
}

/** Empties a slot, if there is anything in it. */
export function dropBuffer(kernel: Kernel, ring: Ring, at: number, announced: boolean): void {
  const slot = ring.buffers![at];
  if (!slot) return;
  ring.buffers![at] = null;
  if (!announced) slot.tag = 0n;
  letGo(kernel, ring, slot);
}

export function dropBuffers(kernel: Kernel, ring: Ring, announced: boolean): number {
  const { buffers } = ring;
  if (!buffers) return -ERRNO.ENXIO;
  for (let i = 0; i < buffers.length; i++) dropBuffer(kernel, ring, i, announced);
  ring.buffers = null;
  return 0;
}

// struct io_uring_rsrc_register and io_uring_rsrc_update2

type Register = (kernel: Kernel, ring: Ring, task: Task, source: Source, count: number) => number;
type Update = (kernel: Kernel, ring: Ring, task: Task, source: Source, offset: number, count: number) => number;

const EXTENDED_BYTES = 32;

export function registerExtended(kernel: Kernel, ring: Ring, task: Task, address: number, size: number, register: Register): number {
  if (size !== EXTENDED_BYTES) return -ERRNO.EINVAL;
  const raw = task.mm.user.copyIn(address, EXTENDED_BYTES);
  if (!raw) return -ERRNO.EFAULT;
  const view = new DataView(raw.buffer);
  const [count, flags, reserved] = [view.getUint32(0, true), view.getUint32(4, true), view.getBigUint64(8, true)];
  const source = { data: Number(view.getBigUint64(16, true)), tags: Number(view.getBigUint64(24, true)) };
  if (count === 0 || reserved !== 0n || flags & ~RSRC_SPARSE) return -ERRNO.EINVAL;
  if (flags & RSRC_SPARSE && source.data !== 0) return -ERRNO.EINVAL;
  return register(kernel, ring, task, source, count);
}

export function updateExtended(kernel: Kernel, ring: Ring, task: Task, address: number, size: number, update: Update): number {
  if (size !== EXTENDED_BYTES) return -ERRNO.EINVAL;
  const raw = task.mm.user.copyIn(address, EXTENDED_BYTES);
  if (!raw) return -ERRNO.EFAULT;
  const view = new DataView(raw.buffer);
  if (view.getUint32(4, true) !== 0 || view.getUint32(28, true) !== 0) return -ERRNO.EINVAL;
  const source = { data: Number(view.getBigUint64(8, true)), tags: Number(view.getBigUint64(16, true)) };
  const count = view.getUint32(24, true);
  return count === 0 ? -ERRNO.EINVAL : update(kernel, ring, task, source, view.getUint32(0, true), count);
}
