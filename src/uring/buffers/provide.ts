// Groups of buffers come and go: IORING_OP_PROVIDE_BUFFERS and REMOVE_BUFFERS, IORING_REGISTER_PBUF_RING and its like.

import { ERRNO } from '../../kernel/abi/errno.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { Task } from '../../kernel/task/task.ts';
import { PAGE_SIZE } from '../../machine/memory/layout.ts';
import { RingMemory } from '../ring-memory.ts';
import type { Ring } from '../ring.ts';
import { BufferList, BufferRing } from './group.ts';

const MOST_BUFFERS = 65_536;
const MOST_RING_ENTRIES = 32_768;
const REGISTRATION_BYTES = 40;
const STATUS_BYTES = 40;
const FLAG = { MMAP: 1, INCREMENTAL: 2 } as const;

/** What one PROVIDE_BUFFERS adds: `count` buffers of `length` bytes, one behind the other, numbered from `firstId` on. */
export interface Provision {
  readonly group: number;
  readonly address: number;
  readonly length: number;
  readonly count: number;
  readonly firstId: number;
}

export function provideBuffers(ring: Ring, { group: number, address, length, count, firstId }: Provision): number {
  const group = ring.bufferGroups.get(number) ?? new BufferList();
  if (group.kind !== 'list') return -ERRNO.EINVAL;
  ring.bufferGroups.set(number, group);
  for (let i = 0; i < count; i++) {
    if (group.buffers.length >= MOST_BUFFERS) return i > 0 ? 0 : -ERRNO.EOVERFLOW;
    group.buffers.push({ address: address + i * length, length, id: (firstId + i) & 0xffff });
  }
  return 0;
}

/** How many there were to remove; -ENOENT without a group. */
export function removeBuffers(ring: Ring, number: number, count: number): number {
  const group = ring.bufferGroups.get(number);
  if (!group) return -ERRNO.ENOENT;
  if (group.kind !== 'list') return -ERRNO.EINVAL;
  return group.buffers.splice(0, count).length;
}

interface Registration {
  readonly address: number;
  readonly entries: number;
  readonly group: number;
  readonly flags: number;
  /** min_left. */
  readonly leastLeft: number;
}

/** struct io_uring_buf_reg. */
function readRegistration(task: Task, address: number): Registration | number {
  const raw = task.mm.user.copyIn(address, REGISTRATION_BYTES);
  if (!raw) return -ERRNO.EFAULT;
  if (raw.subarray(20).some((byte) => byte !== 0)) return -ERRNO.EINVAL;
  const view = new DataView(raw.buffer);
  return {
    address: Number(view.getBigUint64(0, true)),
    entries: view.getUint32(8, true),
    group: view.getUint16(12, true),
    flags: view.getUint16(14, true),
    leastLeft: view.getUint32(16, true),
  };
}

export function registerBufferRing(kernel: Kernel, ring: Ring, task: Task, argument: number, count: number): number {
  if (argument === 0 || count !== 1) return -ERRNO.EINVAL;
  const given = readRegistration(task, argument);
  if (typeof given === 'number') return given;
  const { address, entries, group: number, flags, leastLeft } = given;
  if (flags & ~(FLAG.MMAP | FLAG.INCREMENTAL) || (leastLeft > 0 && !(flags & FLAG.INCREMENTAL))) return -ERRNO.EINVAL;
  if (entries === 0 || (entries & (entries - 1)) !== 0 || entries > MOST_RING_ENTRIES) return -ERRNO.EINVAL;
  const existing = ring.bufferGroups.get(number);
  if (existing && (existing.kind === 'ring' || existing.buffers.length > 0)) return -ERRNO.EEXIST;
  const own = (flags & FLAG.MMAP) !== 0;
  if (own ? address !== 0 : address === 0) return own ? -ERRNO.EINVAL : -ERRNO.EFAULT;
  if (address % PAGE_SIZE !== 0) return -ERRNO.EINVAL;
  const bytes = entries * 16;
  const memory = own ? RingMemory.allocate(kernel.hardware.physical, bytes) : RingMemory.pin(task, address, bytes);
  if (!memory) return own ? -ERRNO.ENOMEM : -ERRNO.EFAULT;
  ring.bufferGroups.set(number, new BufferRing(memory, entries, (flags & FLAG.INCREMENTAL) !== 0, leastLeft));
  return 0;
}

export function unregisterBufferRing(_kernel: Kernel, ring: Ring, task: Task, argument: number, count: number): number {
  if (argument === 0 || count !== 1) return -ERRNO.EINVAL;
  const given = readRegistration(task, argument);
  if (typeof given === 'number') return given;
  if (given.flags !== 0 || given.leastLeft !== 0) return -ERRNO.EINVAL;
  const group = ring.bufferGroups.get(given.group);
  if (!group) return -ERRNO.ENOENT;
  if (group.kind !== 'ring') return -ERRNO.EINVAL;
  ring.bufferGroups.delete(given.group);
  group.memory.release();
  return 0;
}

/** struct io_uring_buf_status: where the kernel's head is. */
export function bufferRingStatus(_kernel: Kernel, ring: Ring, task: Task, argument: number, count: number): number {
  if (argument === 0 || count !== 1) return -ERRNO.EINVAL;
  const raw = task.mm.user.copyIn(argument, STATUS_BYTES);
  if (!raw) return -ERRNO.EFAULT;
  const view = new DataView(raw.buffer);
  if (raw.subarray(8).some((byte) => byte !== 0)) return -ERRNO.EINVAL;
  const group = ring.bufferGroups.get(view.getUint32(0, true));
  if (!group) return -ERRNO.ENOENT;
  if (group.kind !== 'ring') return -ERRNO.EINVAL;
  view.setUint32(4, group.head, true);
  return task.mm.user.copyOut(argument, raw) ? 0 : -ERRNO.EFAULT;
}

export function releaseGroups(ring: Ring): void {
  for (const group of ring.bufferGroups.values()) if (group.kind === 'ring') group.memory.release();
  ring.bufferGroups.clear();
}
