// IORING_REGISTER_RESIZE_RINGS: a ring gets other sizes while it is in use; what is in it moves along. The program maps it anew.

import { ERRNO } from '../../kernel/abi/errno.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { Task } from '../../kernel/task/task.ts';
import { HEADS, ringBytes } from '../abi/ring-layout.ts';
import { PARAMS_BYTES, SETUP } from '../abi/setup.ts';
import { flushOverflow } from '../completions.ts';
import { RingMemory } from '../ring-memory.ts';
import type { Ring } from '../ring.ts';
import { answer, entriesOf, fillHeads, PARAMS } from '../setup.ts';

const FLAGS_TAKEN = SETUP.CQSIZE | SETUP.CLAMP;
/** Of the ring: the program is told, because they say what the memory looks like. */
const FLAGS_TOLD = SETUP.NO_SQARRAY | SETUP.SQE128 | SETUP.CQE32 | SETUP.CQE_MIXED;
/** Words of the old heads that the new ones go on from. */
const KEPT = [HEADS.SQ_DROPPED, HEADS.SQ_FLAGS, HEADS.CQ_FLAGS, HEADS.CQ_OVERFLOW];

export function resizeRings(kernel: Kernel, ring: Ring, task: Task, address: number, count: number): number {
  if (address === 0 || count !== 1) return -ERRNO.EINVAL;
  if (!ring.has(SETUP.DEFER_TASKRUN) || ring.has(SETUP.NO_MMAP)) return -ERRNO.EINVAL;
  const raw = task.mm.user.copyIn(address, PARAMS_BYTES);
  if (!raw) return -ERRNO.EFAULT;
  const params = new DataView(raw.buffer);
  const flags = params.getUint32(PARAMS.FLAGS, true);
  if (flags & ~FLAGS_TAKEN) return -ERRNO.EINVAL;
  const sizes = entriesOf(params.getUint32(PARAMS.SQ_ENTRIES, true), flags, params.getUint32(PARAMS.CQ_ENTRIES, true));
  if (typeof sizes === 'number') return sizes;
  const { physical } = kernel.hardware;
  const memory = RingMemory.allocate(physical, ringBytes(sizes.sq, sizes.cq, ring.setupFlags));
  const sqes = memory && RingMemory.allocate(physical, sizes.sq * ring.sqeBytes);
  if (!memory || !sqes) {
    memory?.release();
    return -ERRNO.ENOMEM;
  }
  const fits =
    distance(ring.memory, HEADS.SQ_HEAD, HEADS.SQ_TAIL) <= sizes.sq && distance(ring.memory, HEADS.CQ_HEAD, HEADS.CQ_TAIL) <= sizes.cq;
  if (fits) move(ring, { memory, sqes, sqEntries: sizes.sq, cqEntries: sizes.cq });
  else {
    memory.release();
    sqes.release();
    return -ERRNO.EOVERFLOW;
  }
  params.setUint32(PARAMS.FLAGS, flags | (ring.setupFlags & FLAGS_TOLD), true);
  answer(params, ring);
  flushOverflow(kernel, ring);
  return task.mm.user.copyOut(address, raw) ? 0 : -ERRNO.EFAULT;
}

/** From a head to its tail, as the words in memory say: the program may have written anything there. */
function distance(memory: RingMemory, head: number, tail: number): number {
  return (memory.read32(tail) - memory.read32(head)) >>> 0;
}

function move(ring: Ring, next: { memory: RingMemory; sqes: RingMemory; sqEntries: number; cqEntries: number }): void {
  const { memory: oldMemory, sqes: oldSqes, sqEntries: oldSq, cqEntries: oldCq, arrayAt: oldArray } = ring;
  const [sqHead, sqTail] = [oldMemory.read32(HEADS.SQ_HEAD), oldMemory.read32(HEADS.SQ_TAIL)];
  const [cqHead, cqTail] = [oldMemory.read32(HEADS.CQ_HEAD), oldMemory.read32(HEADS.CQ_TAIL)];
  ring.resize(next.memory, next.sqes, next.sqEntries, next.cqEntries);
  fillHeads(ring);
  const { memory, sqes, sqEntries, cqEntries } = next;
  for (let at = sqHead; at !== sqTail; at = (at + 1) >>> 0) {
    const index = oldArray < 0 ? at & (oldSq - 1) : oldMemory.read32(oldArray + (at & (oldSq - 1)) * 4);
    const to = at & (sqEntries - 1);
    if (index < oldSq) sqes.copyFrom(oldSqes, index * ring.sqeBytes, to * ring.sqeBytes, ring.sqeBytes);
    if (ring.arrayAt >= 0) memory.write32(ring.arrayAt + to * 4, to);
  }
  for (let at = cqHead; at !== cqTail; at = (at + 1) >>> 0)
    memory.copyFrom(
      oldMemory,
      HEADS.CQES + (at & (oldCq - 1)) * ring.cqeBytes,
      HEADS.CQES + (at & (cqEntries - 1)) * ring.cqeBytes,
      ring.cqeBytes,
    );
  memory.write32(HEADS.SQ_HEAD, sqHead);
  memory.write32(HEADS.SQ_TAIL, sqTail);
  memory.write32(HEADS.CQ_HEAD, cqHead);
  memory.write32(HEADS.CQ_TAIL, cqTail);
  for (const word of KEPT) memory.write32(word, oldMemory.read32(word));
  oldMemory.release();
  oldSqes.release();
}
