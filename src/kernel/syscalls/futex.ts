// futex(2) and the robust list.

import { ERRNO, RESTART } from '../abi/errno.ts';
import type { Kernel } from '../kernel.ts';
import { FUTEX_TID_MASK, FUTEX_WAITERS, futexKey, MATCH_ANY, wakeFutex } from '../task/futex.ts';
import { lockPi, unlockPi } from '../task/futex-pi.ts';
import { beginWait, continueWait, interruptedWait } from '../task/futex-wait.ts';
import type { Task } from '../task/task.ts';
import { CLOCK, cyclesAt } from '../time/clocks.ts';
import { readExactTimespec } from '../time/timespec.ts';
import type { SyscallArguments, SyscallResult, SyscallRow } from './row.ts';

const OP = {
  WAIT: 0,
  WAKE: 1,
  REQUEUE: 3,
  CMP_REQUEUE: 4,
  WAKE_OP: 5,
  LOCK_PI: 6,
  UNLOCK_PI: 7,
  TRYLOCK_PI: 8,
  WAIT_BITSET: 9,
  WAKE_BITSET: 10,
  WAIT_REQUEUE_PI: 11,
  CMP_REQUEUE_PI: 12,
  LOCK_PI2: 13,
} as const;
const PRIVATE = 128;
const CLOCK_REALTIME = 256;
const MOST_WAITERS = 0x7fff_ffff;
const FUTEX_NUMBER = 202;

/** The arguments by their names in futex(2). */
interface Call {
  readonly address: number;
  readonly value: number;
  readonly timeout: number;
  readonly value2: number;
  readonly address2: number;
  readonly value3: number;
  readonly isPrivate: boolean;
  readonly isRealtime: boolean;
}

type Operation = (kernel: Kernel, task: Task, call: Call) => SyscallResult;

/** The absolute deadline, kept across re-runs: null without timeout; a negated errno as { error }. */
function deadlineOf(kernel: Kernel, task: Task, call: Call, clock: number, absolute: boolean): { at: number | null } | { error: number } {
  if (task.progress?.deadline !== undefined) return { at: Number(task.progress.deadline) };
  if (call.timeout === 0) return { at: null };
  const time = readExactTimespec(task, call.timeout);
  if (typeof time === 'number') return { error: time };
  const at = absolute ? cyclesAt(kernel, clock, time) : kernel.now + kernel.clock.cycles(Math.min(Number(time), Number.MAX_SAFE_INTEGER));
  task.progress = { deadline: Math.min(at, Number.MAX_SAFE_INTEGER) };
  return { at };
}

/** Blocks unless the word has changed; the same for WAIT (relative) and WAIT_BITSET (absolute). */
function waitWith(absolute: boolean): Operation {
  return (kernel, task, call) => {
    const bitset = absolute ? call.value3 : MATCH_ANY;
    if (bitset === 0) return -ERRNO.EINVAL;
    const deadline = deadlineOf(kernel, task, call, call.isRealtime ? CLOCK.REALTIME : CLOCK.MONOTONIC, absolute);
    if ('error' in deadline) return deadline.error;
    const wait = { address: call.address, deadline: deadline.at, wantsLock: false, interrupted: interruptedWait(deadline.at) };
    const going = continueWait(kernel, task, wait);
    if (going !== null) return rememberRestart(task, going);
    const key = futexKey(kernel, task.mm, call.address, call.isPrivate);
    const word = key === null ? null : task.mm.user.read32(call.address);
    if (key === null || word === null) return -ERRNO.EFAULT;
    if (word !== call.value) return -ERRNO.EAGAIN;
    if (deadline.at !== null && deadline.at <= kernel.now) return -ERRNO.ETIMEDOUT;
    return rememberRestart(task, beginWait(kernel, task, { ...wait, key, bitset }));
  };
}

function rememberRestart(task: Task, result: SyscallResult): SyscallResult {
  if (result === -RESTART.ERESTART_RESTARTBLOCK) task.restart = { number: FUTEX_NUMBER, progress: { ...task.progress } };
  return result;
}

function wakeWith(bitsetOf: (call: Call) => number): Operation {
  return (kernel, task, call) => {
    const bitset = bitsetOf(call);
    if (bitset === 0) return -ERRNO.EINVAL;
    const key = futexKey(kernel, task.mm, call.address, call.isPrivate);
    return key === null ? -ERRNO.EFAULT : wakeFutex(kernel, key, Math.max(1, call.value | 0), bitset);
  };
}

function requeueWith(compares: boolean): Operation {
  return (kernel, task, call) => {
    const [wake, move] = [call.value | 0, call.value2 | 0];
    if (wake < 0 || move < 0) return -ERRNO.EINVAL;
    const from = futexKey(kernel, task.mm, call.address, call.isPrivate);
    const to = futexKey(kernel, task.mm, call.address2, call.isPrivate);
    if (from === null || to === null) return -ERRNO.EFAULT;
    if (compares && task.mm.user.read32(call.address) !== call.value3) return -ERRNO.EAGAIN;
    const woken = wakeFutex(kernel, from, wake);
    const moved = [...kernel.futexes.at(from)].slice(0, move);
    if (from !== to) for (const waiter of moved) kernel.futexes.requeue(waiter, to);
    return woken + moved.length;
  };
}

const ARITHMETIC: readonly ((old: number, operand: number) => number)[] = [
  (_old, operand) => operand,
  (old, operand) => old + operand,
  (old, operand) => old | operand,
  (old, operand) => old & ~operand,
  (old, operand) => old ^ operand,
];

const COMPARISONS: readonly ((old: number, operand: number) => boolean)[] = [
  (old, operand) => old === operand,
  (old, operand) => old !== operand,
  (old, operand) => old < operand,
  (old, operand) => old <= operand,
  (old, operand) => old > operand,
  (old, operand) => old >= operand,
];

const signed12 = (bits: number): number => (bits << 20) >> 20;

const wakeOp: Operation = (kernel, task, call) => {
  const encoded = call.value3;
  const shifts = (encoded & 0x8000_0000) !== 0;
  const change = ARITHMETIC[(encoded >>> 28) & 7];
  const compare = COMPARISONS[(encoded >>> 24) & 15];
  if (!change || !compare) return -ERRNO.ENOSYS;
  const first = futexKey(kernel, task.mm, call.address, call.isPrivate);
  const second = futexKey(kernel, task.mm, call.address2, call.isPrivate);
  const old = task.mm.user.readInt32(call.address2);
  if (first === null || second === null || old === null) return -ERRNO.EFAULT;
  const raw = signed12((encoded >>> 12) & 0xfff);
  const operand = shifts ? 1 << (raw & 31) : raw;
  if (!task.mm.user.write32(call.address2, change(old, operand) >>> 0)) return -ERRNO.EFAULT;
  const woken = wakeFutex(kernel, first, Math.max(1, call.value | 0));
  return compare(old, signed12(encoded & 0xfff)) ? woken + wakeFutex(kernel, second, Math.max(1, call.value2 | 0)) : woken;
};

/** LOCK_PI's timeout is absolute on CLOCK_REALTIME, LOCK_PI2's on the clock its flag names. */
function lockWith(clockOf: (call: Call) => number, tryOnly: boolean): Operation {
  return (kernel, task, call) => {
    const deadline = tryOnly ? { at: null } : deadlineOf(kernel, task, call, clockOf(call), true);
    if ('error' in deadline) return deadline.error;
    const key = futexKey(kernel, task.mm, call.address, call.isPrivate);
    return key === null ? -ERRNO.EFAULT : lockPi(kernel, task, call.address, key, deadline.at, tryOnly);
  };
}

const unlock: Operation = (kernel, task, call) => {
  const key = futexKey(kernel, task.mm, call.address, call.isPrivate);
  return key === null ? -ERRNO.EFAULT : unlockPi(kernel, task, call.address, key);
};

/** Condition variables over PI mutexes: the waiter is moved to the lock and returns when it owns it. */
const waitRequeuePi: Operation = (kernel, task, call) => {
  if (call.value3 === 0 || call.address === call.address2) return -ERRNO.EINVAL;
  const deadline = deadlineOf(kernel, task, call, call.isRealtime ? CLOCK.REALTIME : CLOCK.MONOTONIC, true);
  if ('error' in deadline) return deadline.error;
  const wait = { address: call.address, deadline: deadline.at, wantsLock: false, interrupted: -RESTART.ERESTARTNOINTR };
  const going = continueWait(kernel, task, wait);
  if (going !== null) return going;
  const key = futexKey(kernel, task.mm, call.address, call.isPrivate);
  if (key === null) return -ERRNO.EFAULT;
  if (task.mm.user.read32(call.address) !== call.value) return -ERRNO.EAGAIN;
  return beginWait(kernel, task, { ...wait, key, bitset: call.value3 });
};

const requeuePi: Operation = (kernel, task, call) => {
  if (call.value !== 1) return -ERRNO.EINVAL;
  const from = futexKey(kernel, task.mm, call.address, call.isPrivate);
  const to = futexKey(kernel, task.mm, call.address2, call.isPrivate);
  if (from === null || to === null) return -ERRNO.EFAULT;
  if (from === to) return -ERRNO.EINVAL;
  if (task.mm.user.read32(call.address) !== call.value3) return -ERRNO.EAGAIN;
  const waiters = [...kernel.futexes.at(from)].slice(0, 1 + Math.min(MOST_WAITERS, call.value2));
  for (const waiter of waiters) {
    waiter.wantsLock = true;
    const word = task.mm.user.read32(call.address2);
    if (word === null) return -ERRNO.EFAULT;
    if ((word & FUTEX_TID_MASK) === 0) {
      if (!task.mm.user.write32(call.address2, (word | waiter.task.tid) >>> 0)) return -ERRNO.EFAULT;
      kernel.futexes.markWoken(waiter);
      kernel.wakeTask(waiter.task, 'futex');
    } else {
      if (!task.mm.user.write32(call.address2, (word | FUTEX_WAITERS) >>> 0)) return -ERRNO.EFAULT;
      kernel.futexes.requeue(waiter, to);
    }
  }
  return waiters.length;
};

const OPERATIONS: Readonly<Record<number, Operation>> = {
  [OP.WAIT]: waitWith(false),
  [OP.WAIT_BITSET]: waitWith(true),
  [OP.WAKE]: wakeWith(() => MATCH_ANY),
  [OP.WAKE_BITSET]: wakeWith((call) => call.value3),
  [OP.REQUEUE]: requeueWith(false),
  [OP.CMP_REQUEUE]: requeueWith(true),
  [OP.WAKE_OP]: wakeOp,
  [OP.LOCK_PI]: lockWith(() => CLOCK.REALTIME, false),
  [OP.LOCK_PI2]: lockWith((call) => (call.isRealtime ? CLOCK.REALTIME : CLOCK.MONOTONIC), false),
  [OP.TRYLOCK_PI]: lockWith(() => CLOCK.REALTIME, true),
  [OP.UNLOCK_PI]: unlock,
  [OP.WAIT_REQUEUE_PI]: waitRequeuePi,
  [OP.CMP_REQUEUE_PI]: requeuePi,
};

const TAKES_REALTIME: readonly number[] = [OP.WAIT, OP.WAIT_BITSET, OP.WAIT_REQUEUE_PI, OP.LOCK_PI2];

function futex(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const op = args.u32(1);
  const command = op & ~(PRIVATE | CLOCK_REALTIME);
  const operation = OPERATIONS[command];
  const isRealtime = (op & CLOCK_REALTIME) !== 0;
  if (!operation || (isRealtime && !TAKES_REALTIME.includes(command))) return -ERRNO.ENOSYS;
  const address = args.number(0);
  if (address % 4 !== 0) return -ERRNO.EINVAL;
  return operation(kernel, task, {
    address,
    value: args.u32(2),
    timeout: args.number(3),
    value2: args.u32(3),
    address2: args.number(4),
    value3: args.u32(5),
    isPrivate: (op & PRIVATE) !== 0,
    isRealtime,
  });
}

const ROBUST_HEAD_BYTES = 24;

function setRobustList(_kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  if (args.number(1) !== ROBUST_HEAD_BYTES) return -ERRNO.EINVAL;
  task.robustList = args.number(0);
  return 0;
}

function getRobustList(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const target = args.i32(0) === 0 ? task : kernel.pids.tasks.get(args.i32(0));
  if (!target) return -ERRNO.ESRCH;
  const { user } = task.mm;
  return user.write64(args.number(2), ROBUST_HEAD_BYTES) && user.write64(args.number(1), target.robustList) ? 0 : -ERRNO.EFAULT;
}

export const FUTEX_ROWS: readonly SyscallRow[] = [
  { number: FUTEX_NUMBER, name: 'futex', arguments: ['pointer', 'flags', 'u32', 'pointer', 'pointer', 'u32'], handler: futex },
  { number: 273, name: 'set_robust_list', arguments: ['pointer', 'size'], handler: setRobustList },
  { number: 274, name: 'get_robust_list', arguments: ['i32', 'pointer', 'pointer'], handler: getRobustList },
];
