// IORING_REGISTER_CLONE_BUFFERS: registered buffers of one ring become those of another, sharing the memory.

import { ERRNO } from '../../kernel/abi/errno.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { Task } from '../../kernel/task/task.ts';
import { ringBehind } from '../enter.ts';
import type { FixedBuffer } from '../fixed-buffer.ts';
import type { Ring } from '../ring.ts';
import { Slot } from '../slot.ts';
import { dropBuffer, MOST_BUFFERS } from './resources.ts';

const BYTES = 32;
const FLAG = { SOURCE_REGISTERED: 1, REPLACE: 2 } as const;

/** struct io_uring_clone_buffers. */
export function cloneBuffers(kernel: Kernel, ring: Ring, task: Task, address: number, count: number): number {
  if (address === 0 || count !== 1) return -ERRNO.EINVAL;
  const raw = task.mm.user.copyIn(address, BYTES);
  if (!raw) return -ERRNO.EFAULT;
  const view = new DataView(raw.buffer);
  const word = (i: number): number => view.getUint32(i * 4, true);
  const [fd, flags, from, to, wanted] = [view.getInt32(0, true), word(1), word(2), word(3), word(4)];
  if (flags & ~(FLAG.SOURCE_REGISTERED | FLAG.REPLACE) || word(5) || word(6) || word(7)) return -ERRNO.EINVAL;
  if (!(flags & FLAG.REPLACE) && ring.buffers) return -ERRNO.EBUSY;
  const source = ringBehind(ring.uring, task, fd, (flags & FLAG.SOURCE_REGISTERED) !== 0);
  if (typeof source === 'number') return source === -ERRNO.EOPNOTSUPP ? -ERRNO.EINVAL : source;
  return copy(kernel, source, ring, { from, to, wanted });
}

function copy(kernel: Kernel, source: Ring, ring: Ring, range: { from: number; to: number; wanted: number }): number {
  const { from, to } = range;
  if (!source.buffers) return -ERRNO.ENXIO;
  const wanted = range.wanted === 0 ? source.buffers.length : range.wanted;
  if (range.wanted === 0 && (from !== 0 || to !== 0)) return -ERRNO.EINVAL;
  if (wanted > source.buffers.length) return -ERRNO.EINVAL;
  if (from + wanted > 0xffff_ffff || to + wanted > 0xffff_ffff) return -ERRNO.EOVERFLOW;
  if (from + wanted > source.buffers.length) return -ERRNO.EOVERFLOW;
  if (to + wanted > MOST_BUFFERS) return -ERRNO.EINVAL;
  const copies = source.buffers
    .slice(from, from + wanted)
    .map((slot): Slot<FixedBuffer> | null => slot && new Slot(slot.resource.share(), slot.tag));
  const table = ring.buffers ?? [];
  while (table.length < to + wanted) table.push(null);
  ring.buffers = table;
  copies.forEach((slot, i) => {
    dropBuffer(kernel, ring, to + i, true);
    table[to + i] = slot;
  });
  return 0;
}
