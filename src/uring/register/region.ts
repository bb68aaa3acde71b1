// IORING_REGISTER_MEM_REGION: memory that holds arguments of waits, so that a wait reads no pointer. io_uring_register_region(3).

import { ERRNO } from '../../kernel/abi/errno.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { Task } from '../../kernel/task/task.ts';
import { PAGE_SIZE } from '../../machine/memory/layout.ts';
import { OFF_REGION } from '../abi/ring-layout.ts';
import { RingMemory } from '../ring-memory.ts';
import type { Ring } from '../ring.ts';

const REGISTRATION_BYTES = 32;
const DESCRIPTION_BYTES = 64;
const TYPE_USER = 1;
const WAIT_ARGUMENTS = 1n;
const LARGEST = 1 << 26;

/** struct io_uring_mem_region_reg, which points to a struct io_uring_region_desc. */
export function registerRegion(kernel: Kernel, ring: Ring, task: Task, address: number, count: number): number {
  if (address === 0 || count !== 1) return -ERRNO.EINVAL;
  if (ring.region) return -ERRNO.EBUSY;
  const { user } = task.mm;
  const registration = user.copyIn(address, REGISTRATION_BYTES);
  if (!registration) return -ERRNO.EFAULT;
  const given = new DataView(registration.buffer);
  const at = Number(given.getBigUint64(0, true));
  const description = user.copyIn(at, DESCRIPTION_BYTES);
  if (!description) return -ERRNO.EFAULT;
  const kind = given.getBigUint64(8, true);
  if (kind & ~WAIT_ARGUMENTS || registration.subarray(16).some((byte) => byte !== 0)) return -ERRNO.EINVAL;
  // A wait that is under way must not see it change.
  if (kind & WAIT_ARGUMENTS && !ring.disabled) return -ERRNO.EINVAL;
  const view = new DataView(description.buffer);
  const memory = memoryOf(kernel, task, view);
  if (typeof memory === 'number') return memory;
  ring.region = { memory, holdsWaits: (kind & WAIT_ARGUMENTS) !== 0n };
  if (memory.pages) view.setBigUint64(24, BigInt(OFF_REGION), true);
  if (user.copyOut(at, description)) return 0;
  ring.region = null;
  memory.release();
  return -ERRNO.EFAULT;
}

function memoryOf(kernel: Kernel, task: Task, view: DataView): RingMemory | number {
  const [address, size] = [Number(view.getBigUint64(0, true)), Number(view.getBigUint64(8, true))];
  const [flags, id] = [view.getUint32(16, true), view.getUint32(20, true)];
  for (let word = 24; word < DESCRIPTION_BYTES; word += 8) if (view.getBigUint64(word, true) !== 0n) return -ERRNO.EINVAL;
  if (flags & ~TYPE_USER || (address !== 0) !== ((flags & TYPE_USER) !== 0)) return -ERRNO.EFAULT;
  if (size === 0 || id !== 0) return -ERRNO.EINVAL;
  if (size > LARGEST) return -ERRNO.E2BIG;
  if (address % PAGE_SIZE !== 0 || size % PAGE_SIZE !== 0) return -ERRNO.EINVAL;
  if (flags & TYPE_USER) return RingMemory.pin(task, address, size) ?? -ERRNO.EFAULT;
  return RingMemory.allocate(kernel.hardware.physical, size) ?? -ERRNO.ENOMEM;
}
