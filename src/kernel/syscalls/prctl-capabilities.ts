// The options of prctl(2) on capabilities (capabilities(7)): the bounding and the ambient set, the secure bits.

import {
  CAP,
  capabilityBit,
  LAST_CAPABILITY,
  SECURE_ALL_BITS,
  SECURE_ALL_LOCKS,
  SECURE_KEEP_CAPS,
  SECURE_KEEP_CAPS_LOCKED,
  SECURE_NO_CAP_AMBIENT_RAISE,
  SECURE_UNPRIVILEGED,
} from '../abi/capability.ts';
import { ERRNO } from '../abi/errno.ts';
import { isCapable } from '../task/credentials.ts';
import type { Task } from '../task/task.ts';
import type { SyscallArguments } from './row.ts';

const isCapability = (value: bigint): boolean => value <= BigInt(LAST_CAPABILITY);

export function readBounding(task: Task, args: SyscallArguments): number {
  if (!isCapability(args.u64(1))) return -ERRNO.EINVAL;
  return (task.credentials.bounding & capabilityBit(args.number(1))) === 0n ? 0 : 1;
}

export function dropFromBounding(task: Task, args: SyscallArguments): number {
  const { credentials } = task;
  if (!isCapable(credentials, CAP.SETPCAP)) return -ERRNO.EPERM;
  if (!isCapability(args.u64(1))) return -ERRNO.EINVAL;
  task.credentials = { ...credentials, bounding: credentials.bounding & ~capabilityBit(args.number(1)) };
  return 0;
}

export function setKeepCapabilities(task: Task, args: SyscallArguments): number {
  const { credentials } = task;
  const keeps = args.u64(1);
  if (keeps > 1n) return -ERRNO.EINVAL;
  if (credentials.secureBits & SECURE_KEEP_CAPS_LOCKED) return -ERRNO.EPERM;
  const others = credentials.secureBits & ~SECURE_KEEP_CAPS;
  task.credentials = { ...credentials, secureBits: keeps === 1n ? others | SECURE_KEEP_CAPS : others };
  return 0;
}

/** A lock stays, and so does what it locks; without CAP_SETPCAP only advice to interpreters can be changed, and must be. */
export function setSecureBits(task: Task, args: SyscallArguments): number {
  const { credentials } = task;
  const old = credentials.secureBits;
  const wanted = args.u64(1);
  const bits = Number(wanted & 0xffff_ffffn);
  const locked = (old & SECURE_ALL_LOCKS) >> 1;
  if (locked & (old ^ bits) || old & SECURE_ALL_LOCKS & ~bits || wanted & ~BigInt(SECURE_ALL_BITS)) return -ERRNO.EPERM;
  const changed = old ^ bits;
  if (!isCapable(credentials, CAP.SETPCAP) && (changed === 0 || changed & ~SECURE_UNPRIVILEGED)) return -ERRNO.EPERM;
  task.credentials = { ...credentials, secureBits: bits };
  return 0;
}

const AMBIENT = { isSet: 1, raise: 2, lower: 3, clear: 4 } as const;

export function ambientCapabilities(task: Task, args: SyscallArguments): number {
  const { credentials } = task;
  const what = args.number(1);
  const capability = args.u64(2);
  if (what === AMBIENT.clear) {
    if (capability !== 0n || args.u64(3) !== 0n || args.u64(4) !== 0n) return -ERRNO.EINVAL;
    task.credentials = { ...credentials, ambient: 0n };
    return 0;
  }
  if (!isCapability(capability) || args.u64(3) !== 0n || args.u64(4) !== 0n) return -ERRNO.EINVAL;
  const bit = capabilityBit(Number(capability));
  if (what === AMBIENT.isSet) return (credentials.ambient & bit) === 0n ? 0 : 1;
  if (what === AMBIENT.lower) {
    task.credentials = { ...credentials, ambient: credentials.ambient & ~bit };
    return 0;
  }
  if (what !== AMBIENT.raise) return -ERRNO.EINVAL;
  const { permitted, inheritable, secureBits } = credentials;
  if ((permitted & inheritable & bit) === 0n || secureBits & SECURE_NO_CAP_AMBIENT_RAISE) return -ERRNO.EPERM;
  task.credentials = { ...credentials, ambient: credentials.ambient | bit };
  return 0;
}
