// futex_waitv(2), futex_wake, futex_wait and futex_requeue: futexes with flags that say what a word is. Words of 32 bits are all there are;
// there is one memory node.

import { ERRNO, RESTART } from '../abi/errno.ts';
import type { Kernel } from '../kernel.ts';
import { futexKey, MATCH_ANY, wakeFutex } from '../task/futex.ts';
import { beginWait, continueWait, type NewFutexWait } from '../task/futex-wait.ts';
import { requeue, waitAtWord, type FutexWord } from '../task/futex-words.ts';
import type { Task } from '../task/task.ts';
import { CLOCK, cyclesAt } from '../time/clocks.ts';
import { readExactTimespec } from '../time/timespec.ts';
import type { SyscallArguments, SyscallResult, SyscallRow } from './row.ts';

const SIZE_MASK = 3;
const SIZE_U32 = 2;
const NUMA = 4;
const MPOL = 8;
const PRIVATE = 128;
const KNOWN = SIZE_MASK | NUMA | MPOL | PRIVATE;
const NO_NODE = 0xffff_ffff;
const LARGEST_VALUE = 0xffff_ffffn;

function areFlagsValid(flags: number): boolean {
  return (flags & ~KNOWN) === 0 && (flags & SIZE_MASK) === SIZE_U32;
}

/** A word in line, with its memory node behind it where there is one: 0, -EINVAL or -EFAULT. */
function checkWord(task: Task, address: number, flags: number): number {
  if (address % (flags & NUMA ? 8 : 4) !== 0) return -ERRNO.EINVAL;
  if (!(flags & NUMA)) return 0;
  const node = task.mm.user.read32(address + 4);
  if (node === null) return -ERRNO.EFAULT;
  if (node === NO_NODE) return task.mm.user.write32(address + 4, 0) ? 0 : -ERRNO.EFAULT;
  return node === 0 ? 0 : -ERRNO.EINVAL;
}

const wordAt = (address: number, flags: number): FutexWord => ({ address, isPrivate: (flags & PRIVATE) !== 0 });

/** The absolute deadline, kept across re-runs; null without timeout; a negated errno as { error }. */
function deadlineOf(kernel: Kernel, task: Task, address: number, clock: number): { at: number | null } | { error: number } {
  if (task.progress?.deadline !== undefined) return { at: Number(task.progress.deadline) };
  if (address === 0) return { at: null };
  if (clock !== CLOCK.MONOTONIC && clock !== CLOCK.REALTIME) return { error: -ERRNO.EINVAL };
  const time = readExactTimespec(task, address);
  if (typeof time === 'number') return { error: time };
  const at = Math.min(cyclesAt(kernel, clock, time), Number.MAX_SAFE_INTEGER);
  task.progress = { deadline: at };
  return { at };
}

export function futexWake(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const flags = args.u32(3);
  const mask = args.u64(1);
  if (!areFlagsValid(flags) || mask > LARGEST_VALUE || mask === 0n) return -ERRNO.EINVAL;
  const wrong = checkWord(task, args.number(0), flags);
  if (wrong < 0) return wrong;
  const key = futexKey(kernel, task.mm, args.number(0), (flags & PRIVATE) !== 0);
  if (key === null) return -ERRNO.EFAULT;
  const count = args.i32(2);
  return count === 0 ? 0 : wakeFutex(kernel, key, Math.max(1, count), Number(mask));
}

export function futexWait(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const flags = args.u32(3);
  const [value, mask] = [args.u64(1), args.u64(2)];
  if (!areFlagsValid(flags) || value > LARGEST_VALUE || mask > LARGEST_VALUE) return -ERRNO.EINVAL;
  const deadline = deadlineOf(kernel, task, args.number(4), args.i32(5));
  if ('error' in deadline) return deadline.error;
  if (mask === 0n) return -ERRNO.EINVAL;
  const wrong = checkWord(task, args.number(0), flags);
  if (wrong < 0) return wrong;
  const expected = { ...wordAt(args.number(0), flags), value: Number(value), bitset: Number(mask) };
  return waitAtWord(kernel, task, expected, { deadline: deadline.at, interrupted: -RESTART.ERESTARTSYS });
}

const MOST_WORDS = 128;
const ENTRY_BYTES = 24;

interface VectorEntry {
  readonly value: number;
  readonly address: number;
  readonly flags: number;
}

/** struct futex_waitv: value, address, flags and a reserved word. */
function readEntries(task: Task, address: number, count: number): VectorEntry[] | number {
  const entries: VectorEntry[] = [];
  for (let i = 0; i < count; i++) {
    const raw = task.mm.user.copyIn(address + i * ENTRY_BYTES, ENTRY_BYTES);
    if (!raw) return -ERRNO.EFAULT;
    const view = new DataView(raw.buffer);
    const flags = view.getUint32(16, true);
    const value = view.getBigUint64(0, true);
    if (!areFlagsValid(flags) || view.getUint32(20, true) !== 0 || value > LARGEST_VALUE) return -ERRNO.EINVAL;
    entries.push({ value: Number(value), address: Number(view.getBigUint64(8, true)), flags });
  }
  return entries;
}

/** Waits at several words at once; the index of one that was woken. */
export function futexWaitv(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const count = args.u32(1);
  if (args.u32(2) !== 0 || count === 0 || count > MOST_WORDS || args.number(0) === 0) return -ERRNO.EINVAL;
  const deadline = deadlineOf(kernel, task, args.number(3), args.i32(4));
  if ('error' in deadline) return deadline.error;
  const sleep = { deadline: deadline.at, interrupted: -RESTART.ERESTARTSYS };
  const going = continueWait(kernel, task, sleep);
  if (going !== null) return going;
  const entries = readEntries(task, args.number(0), count);
  if (typeof entries === 'number') return entries;
  const waits: NewFutexWait[] = [];
  for (const { address, flags } of entries) {
    const wrong = checkWord(task, address, flags);
    if (wrong < 0) return wrong;
    const key = futexKey(kernel, task.mm, address, (flags & PRIVATE) !== 0);
    if (key === null) return -ERRNO.EFAULT;
    waits.push({ key, address, bitset: MATCH_ANY, kind: 'wait', target: null });
  }
  for (const { address, value } of entries) {
    const word = task.mm.user.read32(address);
    if (word === null) return -ERRNO.EFAULT;
    if (word !== value) return -ERRNO.EAGAIN;
  }
  if (deadline.at !== null && deadline.at <= kernel.now) return -ERRNO.ETIMEDOUT;
  return beginWait(kernel, task, waits, sleep);
}

function futexRequeue(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  if (args.u32(1) !== 0 || args.number(0) === 0) return -ERRNO.EINVAL;
  const entries = readEntries(task, args.number(0), 2);
  if (typeof entries === 'number') return entries;
  const [from, to] = [entries[0]!, entries[1]!];
  for (const { address, flags } of entries) {
    const wrong = checkWord(task, address, flags);
    if (wrong < 0) return wrong;
  }
  const how = { wake: args.i32(2), move: args.i32(3), value: from.value };
  return requeue(kernel, task, wordAt(from.address, from.flags), wordAt(to.address, to.flags), how);
}

export const FUTEX2_ROWS: readonly SyscallRow[] = [
  { number: 449, name: 'futex_waitv', arguments: ['pointer', 'u32', 'flags', 'pointer', 'i32'], handler: futexWaitv },
  { number: 454, name: 'futex_wake', arguments: ['pointer', 'u64', 'i32', 'flags'], handler: futexWake },
  { number: 455, name: 'futex_wait', arguments: ['pointer', 'u64', 'u64', 'flags', 'pointer', 'i32'], handler: futexWait },
  { number: 456, name: 'futex_requeue', arguments: ['pointer', 'flags', 'i32', 'i32'], handler: futexRequeue },
];
