// IORING_REGISTER_RESTRICTIONS and personalities: what a ring may be used for, and as whom. io_uring_register(2).

import { ERRNO } from '../../kernel/abi/errno.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { Task } from '../../kernel/task/task.ts';
import { OP_LAST } from '../abi/opcodes.ts';
import { REGISTER_LAST } from '../abi/register.ts';
import { SQE_FLAGS_KNOWN } from '../abi/sqe.ts';
import type { Ring } from '../ring.ts';

export interface Restrictions {
  /** Operations of io_uring_register, and opcodes of entries, that are allowed. */
  readonly registerOperations: Set<number>;
  readonly opcodes: Set<number>;
  /** Bits that an entry's flags may, and must, have. */
  flagsAllowed: number;
  flagsRequired: number;
}

const KIND = { REGISTER_OP: 0, SQE_OP: 1, SQE_FLAGS_ALLOWED: 2, SQE_FLAGS_REQUIRED: 3 } as const;
const ENTRY_BYTES = 16;
const MOST = 256;

/** Only while the ring is disabled, and only once. */
export function registerRestrictions(_kernel: Kernel, ring: Ring, task: Task, address: number, count: number): number {
  if (!ring.disabled) return -ERRNO.EBADFD;
  if (ring.restrictions) return -ERRNO.EBUSY;
  if (address === 0 || count > MOST) return -ERRNO.EINVAL;
  const raw = task.mm.user.copyIn(address, count * ENTRY_BYTES);
  if (!raw) return -ERRNO.EFAULT;
  const restrictions: Restrictions = { registerOperations: new Set(), opcodes: new Set(), flagsAllowed: 0, flagsRequired: 0 };
  const view = new DataView(raw.buffer);
  for (let at = 0; at < raw.length; at += ENTRY_BYTES) {
    const wrong = add(restrictions, view.getUint16(at, true), raw[at + 2]!);
    if (wrong < 0) return wrong;
  }
  ring.restrictions = restrictions;
  return 0;
}

function add(restrictions: Restrictions, kind: number, value: number): number {
  switch (kind) {
    case KIND.REGISTER_OP:
      if (value >= REGISTER_LAST) return -ERRNO.EINVAL;
      restrictions.registerOperations.add(value);
      return 0;
    case KIND.SQE_OP:
      if (value >= OP_LAST) return -ERRNO.EINVAL;
      restrictions.opcodes.add(value);
      return 0;
    case KIND.SQE_FLAGS_ALLOWED:
      restrictions.flagsAllowed = value & SQE_FLAGS_KNOWN;
      return 0;
    case KIND.SQE_FLAGS_REQUIRED:
      restrictions.flagsRequired = value & SQE_FLAGS_KNOWN;
      return 0;
    default:
      return -ERRNO.EINVAL;
  }
}

/** False: -EACCES. */
export function permitsEntry({ restrictions }: Ring, opcode: number, flags: number): boolean {
  if (!restrictions) return true;
  const { opcodes, flagsAllowed, flagsRequired } = restrictions;
  return opcodes.has(opcode) && (flags & flagsRequired) === flagsRequired && (flags & ~(flagsAllowed | flagsRequired)) === 0;
}

export function permitsRegistration({ restrictions, disabled }: Ring, operation: number): boolean {
  return !restrictions || disabled || restrictions.registerOperations.has(operation);
}

const MOST_PERSONALITIES = 0xffff;

/** The caller's present identity gets a number that entries can name. */
export function registerPersonality(_kernel: Kernel, ring: Ring, task: Task): number {
  if (ring.personalities.size >= MOST_PERSONALITIES) return -ERRNO.EBUSY;
  do ring.personalitiesMade = (ring.personalitiesMade % MOST_PERSONALITIES) + 1;
  while (ring.personalities.has(ring.personalitiesMade));
  ring.personalities.set(ring.personalitiesMade, task.credentials);
  return ring.personalitiesMade;
}

export function unregisterPersonality(_kernel: Kernel, ring: Ring, _task: Task, argument: number, count: number): number {
  if (argument !== 0) return -ERRNO.EINVAL;
  return ring.personalities.delete(count) ? 0 : -ERRNO.EINVAL;
}
