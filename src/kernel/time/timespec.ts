// struct timespec, timeval, itimerval and itimerspec in user memory.

import { ERRNO } from '../abi/errno.ts';
import type { Task } from '../task/task.ts';

const NANOSECONDS = 1_000_000_000;
/** Longer spans and later times are as good as for ever. */
const FOREVER = 2 ** 53;

/** Nanoseconds (clamped to 2^53); -EFAULT; -EINVAL for a negative time or a fraction out of range. */
export function readTimespec(task: Task, address: number): number {
  return readPair(task, address, 1, NANOSECONDS);
}

/** As readTimespec, from seconds and microseconds. */
export function readTimeval(task: Task, address: number): number {
  return readPair(task, address, 1000, 1_000_000);
}

function readPair(task: Task, address: number, scale: number, limit: number): number {
  const exact = readExact(task, address, BigInt(scale), BigInt(limit));
  return typeof exact === 'number' ? exact : Math.min(FOREVER, Number(exact));
}

/** All digits, as times since 1970 need; a negated errno is a number. */
export function readExactTimespec(task: Task, address: number): bigint | number {
  return readExact(task, address, 1n, BigInt(NANOSECONDS));
}

export function readExactTimeval(task: Task, address: number): bigint | number {
  return readExact(task, address, 1000n, 1_000_000n);
}

function readExact(task: Task, address: number, scale: bigint, limit: bigint): bigint | number {
  const seconds = task.mm.user.read64(address);
  const fraction = task.mm.user.read64(address + 8);
  if (seconds === null || fraction === null) return -ERRNO.EFAULT;
  if (BigInt.asIntN(64, seconds) < 0n || fraction >= limit) return -ERRNO.EINVAL;
  return seconds * BigInt(NANOSECONDS) + fraction * scale;
}

/** 0 or -EFAULT. */
export function writeTimespec(task: Task, address: number, nanoseconds: number | bigint): number {
  return writePair(task, address, nanoseconds, 1);
}

export function writeTimeval(task: Task, address: number, nanoseconds: number | bigint): number {
  return writePair(task, address, nanoseconds, 1000);
}

/** What is written next. */
const pair = new Uint8Array(16);
const pairView = new DataView(pair.buffer);
const SECOND = BigInt(NANOSECONDS);

function writePair(task: Task, address: number, nanoseconds: number | bigint, scale: number): number {
  const seconds = typeof nanoseconds === 'bigint' ? Number(nanoseconds / SECOND) : Math.floor(nanoseconds / NANOSECONDS);
  const fraction = typeof nanoseconds === 'bigint' ? Number(nanoseconds - BigInt(seconds) * SECOND) : nanoseconds % NANOSECONDS;
  pairView.setUint32(0, seconds % 2 ** 32, true);
  pairView.setInt32(4, Math.floor(seconds / 2 ** 32), true);
  pairView.setUint32(8, Math.floor(fraction / scale), true);
  return task.mm.user.copyOut(address, pair) ? 0 : -ERRNO.EFAULT;
}
