// futex(2) and the robust list.

import { ERRNO, RESTART } from '../abi/errno.ts';
import { TASK_SIZE } from '../abi/layout.ts';
import type { Kernel } from '../kernel.ts';
import { mayInspect } from '../task/access.ts';
import { FUTEX_TID_MASK, keyOf, MATCH_ANY, wakeFutex } from '../task/futex.ts';
import { joinLock, leaveLock, tryLock, unlock, wouldDeadlock } from '../task/futex-pi.ts';
import { beginWait, continueWait, interruptedWait } from '../task/futex-wait.ts';
import { requeue, waitAtWord } from '../task/futex-words.ts';
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
    const deadline = deadlineOf(kernel, task, call, call.isRealtime ? CLOCK.REALTIME : CLOCK.MONOTONIC, absolute);
    if ('error' in deadline) return deadline.error;
    if (bitset === 0) return -ERRNO.EINVAL;
    const { address, value, isPrivate } = call;
    const sleep = { deadline: deadline.at, interrupted: interruptedWait(deadline.at) };
    return rememberRestart(task, waitAtWord(kernel, task, { address, value, isPrivate, bitset }, sleep));
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
    const key = keyOf(kernel, task.mm, call.address, call.isPrivate);
    return typeof key === 'number' ? key : wakeFutex(kernel, key, Math.max(1, call.value | 0), bitset);
  };
}

function requeueWith(compares: boolean): Operation {
  return (kernel, task, call) => {
    const from = { address: call.address, isPrivate: call.isPrivate };
    const to = { address: call.address2, isPrivate: call.isPrivate };
    return requeue(kernel, task, from, to, { wake: call.value | 0, move: call.value2 | 0, value: compares ? call.value3 : null });
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
  const first = keyOf(kernel, task.mm, call.address, call.isPrivate);
  if (typeof first === 'number') return first;
  const second = keyOf(kernel, task.mm, call.address2, call.isPrivate);
  if (typeof second === 'number') return second;
  if (!change || !compare) return -ERRNO.ENOSYS;
  const old = task.mm.user.readInt32(call.address2);
  if (old === null) return -ERRNO.EFAULT;
  const raw = signed12((encoded >>> 12) & 0xfff);
  const operand = shifts ? 1 << (raw & 31) : raw;
  if (!task.mm.user.write32(call.address2, change(old, operand) >>> 0)) return -ERRNO.EFAULT;
  const woken = wakeFutex(kernel, first, Math.max(1, call.value | 0));
  if (woken < 0 || !compare(old, signed12(encoded & 0xfff))) return woken;
  const others = wakeFutex(kernel, second, Math.max(1, call.value2 | 0));
  return others < 0 ? others : woken + others;
};

/** LOCK_PI's timeout is absolute on CLOCK_REALTIME, LOCK_PI2's on the clock its flag names. */
function lockWith(clockOf: (call: Call) => number, tryOnly: boolean): Operation {
  return (kernel, task, call) => {
    const deadline = tryOnly ? { at: null } : deadlineOf(kernel, task, call, clockOf(call), true);
    if ('error' in deadline) return deadline.error;
    const sleep = { deadline: deadline.at, interrupted: -RESTART.ERESTARTNOINTR };
    const going = continueWait(kernel, task, sleep);
    if (going !== null) return going;
    const { address, isPrivate } = call;
    const key = keyOf(kernel, task.mm, address, isPrivate);
    if (typeof key === 'number') return key;
    const attempt = tryLock(kernel, task, task, address, key);
    if (attempt === 'taken') return 0;
    if (attempt !== 'wait') return attempt;
    const refusal = tryOnly ? -ERRNO.EAGAIN : wouldDeadlock(kernel, task, key) ? -ERRNO.EDEADLK : 0;
    if (refusal < 0) {
      leaveLock(kernel, key);
      return refusal;
    }
    const result = beginWait(kernel, task, [{ key, address, bitset: MATCH_ANY, kind: 'lock', target: null }], sleep);
    joinLock(kernel, key);
    return result;
  };
}

const unlockWord: Operation = (kernel, task, call) => {
  // The word is looked at before its alignment is.
  const owner = task.mm.user.read32(call.address);
  if (owner === null) return -ERRNO.EFAULT;
  if ((owner & FUTEX_TID_MASK) !== task.tid) return -ERRNO.EPERM;
  const key = keyOf(kernel, task.mm, call.address, call.isPrivate);
  return typeof key === 'number' ? key : unlock(kernel, task, call.address, key);
};

/** Condition variables over PI mutexes: the waiter is moved to the lock and returns when it owns it. */
const waitRequeuePi: Operation = (kernel, task, call) => {
  const deadline = deadlineOf(kernel, task, call, call.isRealtime ? CLOCK.REALTIME : CLOCK.MONOTONIC, true);
  if ('error' in deadline) return deadline.error;
  const { address, address2, isPrivate } = call;
  if (address === address2) return -ERRNO.EINVAL;
  // Once moved, the call cannot begin again: its word has changed by then.
  const isMoved = kernel.futexes.of(task)?.kind === 'lock';
  const sleep = { deadline: deadline.at, interrupted: isMoved ? -ERRNO.EAGAIN : -RESTART.ERESTARTNOINTR };
  const going = continueWait(kernel, task, sleep);
  if (going !== null) return going;
  const target = keyOf(kernel, task.mm, address2, isPrivate);
  if (typeof target === 'number') return target;
  const key = keyOf(kernel, task.mm, address, isPrivate);
  if (typeof key === 'number') return key;
  const word = task.mm.user.read32(address);
  if (word === null) return -ERRNO.EFAULT;
  if (word !== call.value) return -ERRNO.EAGAIN;
  if (key === target) return -ERRNO.EINVAL;
  const wait = { key, address, bitset: MATCH_ANY, kind: 'moved', target: { key: target, address: address2 } } as const;
  return beginWait(kernel, task, [wait], sleep);
};

/** The first waiter gets the lock if it is free; the others, and it if not, queue up for it. */
const requeuePi: Operation = (kernel, task, call) => {
  if ((call.value2 | 0) < 0 || (call.value | 0) < 0) return -ERRNO.EINVAL;
  if (call.address === call.address2 || call.value !== 1) return -ERRNO.EINVAL;
  const from = keyOf(kernel, task.mm, call.address, call.isPrivate);
  if (typeof from === 'number') return from;
  const to = keyOf(kernel, task.mm, call.address2, call.isPrivate);
  if (typeof to === 'number') return to;
  if (from === to) return -ERRNO.EINVAL;
  const word = task.mm.user.read32(call.address);
  if (word === null) return -ERRNO.EFAULT;
  if (word !== call.value3) return -ERRNO.EAGAIN;
  const waiters = kernel.futexes.at(from).slice(0, 1 + call.value2);
  let done = 0;
  for (const waiter of waiters) {
    if (waiter.kind !== 'moved' || waiter.target?.key !== to) return -ERRNO.EINVAL;
    const attempt = tryLock(kernel, task, waiter.task, call.address2, to, done === 0 && call.value2 > 0);
    if (typeof attempt === 'number') return done > 0 ? done : attempt;
    done++;
    waiter.address = waiter.target.address;
    if (attempt === 'taken') {
      kernel.futexes.markWoken(waiter);
      kernel.wakeTask(waiter.task, 'futex');
      continue;
    }
    waiter.kind = 'lock';
    kernel.futexes.requeue(waiter, to);
    joinLock(kernel, to);
  }
  return done;
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
  [OP.UNLOCK_PI]: unlockWord,
  [OP.WAIT_REQUEUE_PI]: waitRequeuePi,
  [OP.CMP_REQUEUE_PI]: requeuePi,
};

const TAKES_REALTIME: readonly number[] = [OP.WAIT_BITSET, OP.WAIT_REQUEUE_PI, OP.LOCK_PI2];

/** An address whose alignment can be seen even where it is beyond what a number holds. */
function wordAddress(args: SyscallArguments, i: number): number {
  const address = args.u64(i);
  return address < BigInt(TASK_SIZE) ? Number(address) : TASK_SIZE + Number(address & 3n);
}

function futex(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const op = args.u32(1);
  const command = op & ~(PRIVATE | CLOCK_REALTIME);
  const operation = OPERATIONS[command];
  const isRealtime = (op & CLOCK_REALTIME) !== 0;
  if (!operation || (isRealtime && !TAKES_REALTIME.includes(command))) return -ERRNO.ENOSYS;
  return operation(kernel, task, {
    address: wordAddress(args, 0),
    value: args.u32(2),
    timeout: args.number(3),
    value2: args.u32(3),
    address2: wordAddress(args, 4),
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
  if (!mayInspect(task, target)) return -ERRNO.EPERM;
  const { user } = task.mm;
  return user.write64(args.number(2), ROBUST_HEAD_BYTES) && user.write64(args.number(1), target.robustList) ? 0 : -ERRNO.EFAULT;
}

export const FUTEX_ROWS: readonly SyscallRow[] = [
  { number: FUTEX_NUMBER, name: 'futex', arguments: ['pointer', 'flags', 'u32', 'pointer', 'pointer', 'u32'], handler: futex },
  { number: 273, name: 'set_robust_list', arguments: ['pointer', 'size'], handler: setRobustList },
  { number: 274, name: 'get_robust_list', arguments: ['i32', 'pointer', 'pointer'], handler: getRobustList },
];
