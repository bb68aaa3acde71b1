// How many workers there may be, and where they may run: IORING_REGISTER_IOWQ_MAX_WORKERS, IOWQ_AFF.

import { ERRNO } from '../../kernel/abi/errno.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { Task } from '../../kernel/task/task.ts';
import { SETUP } from '../abi/setup.ts';
import type { Ring } from '../ring.ts';
import type { WorkerPool } from '../workers/worker-pool.ts';

const INT_MAX = 0x7fff_ffff;
/** Bytes of a mask that are looked at: as many processors as there can be, and more. */
const MASK_BYTES = 128;

/** That of the ring's thread, where that submits. */
function poolBehind(ring: Ring, task: Task): WorkerPool | undefined {
  const submitter = ring.has(SETUP.SQPOLL) ? ring.thread?.task : task;
  return submitter && ring.uring.pools.get(submitter.tid);
}

/** Bounded and unbounded ones: 0 leaves one as it is; answers what they were. Holds for every task that uses the ring. */
export function limitWorkers(_kernel: Kernel, ring: Ring, task: Task, address: number, count: number): number {
  if (address === 0 || count !== 2) return -ERRNO.EINVAL;
  const raw = task.mm.user.copyIn(address, 8);
  if (!raw) return -ERRNO.EFAULT;
  const view = new DataView(raw.buffer);
  const wanted = [view.getUint32(0, true), view.getUint32(4, true)];
  if (wanted.some((limit) => limit > INT_MAX)) return -ERRNO.EINVAL;
  ring.workerLimits = wanted.map((limit, i) => limit || (ring.workerLimits?.[i] ?? 0));
  const before = poolBehind(ring, task)?.limit(wanted) ?? [0, 0];
  // A limit that no signed number tells is told as 0.
  before.forEach((limit, i) => view.setInt32(i * 4, limit > INT_MAX ? 0 : limit, true));
  if (!task.mm.user.copyOut(address, raw)) return -ERRNO.EFAULT;
  if (!ring.has(SETUP.SQPOLL)) for (const pool of ring.uring.pools.values()) if (pool.rings.includes(ring)) pool.limit(ring.workerLimits);
  return 0;
}

/** A mask of processors that there are. An empty one leaves new workers where their submitter is. */
export function bindWorkers(kernel: Kernel, ring: Ring, task: Task, address: number, count: number): number {
  if (address === 0 || count === 0) return -ERRNO.EINVAL;
  const raw = task.mm.user.copyIn(address, Math.min(count, MASK_BYTES));
  if (!raw) return -ERRNO.EFAULT;
  const pool = poolBehind(ring, task);
  const { everywhere } = kernel.scheduler;
  if (!pool || raw.some((byte, i) => (i < 4 ? byte & ~(everywhere >>> (8 * i)) : byte) !== 0)) return -ERRNO.EINVAL;
  pool.bind(kernel, raw.subarray(0, 4).reduce((mask, byte, i) => mask | (byte << (8 * i)), 0) >>> 0);
  return 0;
}

export function unbindWorkers(kernel: Kernel, ring: Ring, task: Task): number {
  const pool = poolBehind(ring, task);
  if (!pool) return -ERRNO.EINVAL;
  pool.bind(kernel, kernel.scheduler.everywhere);
  return 0;
}
