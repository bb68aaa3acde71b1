// Timers of a process: alarm, the interval timers, timer_create and its like.

import { ERRNO } from '../abi/errno.ts';
import { SIGEV_NONE, SIGEV_SIGNAL, SIGEV_THREAD_ID, SIGEVENT_BYTES } from '../abi/ipc.ts';
import { SIGNAL, SIGNAL_COUNT } from '../abi/signal.ts';
import type { Kernel } from '../kernel.ts';
import { hasRoom } from '../signal/generate.ts';
import type { Task } from '../task/task.ts';
import { canSleepOn, CLOCK, cpuClock, cyclesAt, isAlarmClock, isDescriptorClock, isRealtimeClock, isWallClock } from '../time/clocks.ts';
import { IntervalTimer, type IntervalTimerKind } from '../time/interval-timer.ts';
import { PosixTimer, type TimerClock, type TimerNotification } from '../time/posix-timer.ts';
import { readExactTimespec, readTimespec, readTimeval, writeTimespec, writeTimeval } from '../time/timespec.ts';
import type { SyscallArguments, SyscallResult, SyscallRow } from './row.ts';

const TIMER_ABSTIME = 1;
const SECOND = 1_000_000_000;

interface Times {
  /** Nanoseconds. */
  readonly value: number;
  readonly interval: number;
}

// alarm, getitimer, setitimer

function alarm(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const { value } = remainingOf(kernel, task, 0);
  setInterval(kernel, task, 0, { value: args.u32(0) * SECOND, interval: 0 });
  const seconds = Math.floor(value / SECOND);
  const rest = value % SECOND;
  return rest >= SECOND / 2 || (seconds === 0 && rest > 0) ? seconds + 1 : seconds;
}

function remainingOf(kernel: Kernel, task: Task, which: IntervalTimerKind): Times {
  const timer = task.process.intervalTimers[which];
  return timer ? { value: timer.remaining(kernel), interval: timer.interval } : { value: 0, interval: 0 };
}

function setInterval(kernel: Kernel, { process }: Task, which: IntervalTimerKind, { value, interval }: Times): void {
  process.intervalTimers[which]?.stop(kernel);
  process.intervalTimers[which] = value === 0 ? null : new IntervalTimer(kernel, process, which, value, interval);
}

function isIntervalTimer(which: number): which is IntervalTimerKind {
  return which === 0 || which === 1 || which === 2;
}

function writeItimerval(task: Task, address: number, { value, interval }: Times): number {
  return writeTimeval(task, address, interval) < 0 || writeTimeval(task, address + 16, value) < 0 ? -ERRNO.EFAULT : 0;
}

function getitimer(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const which = args.i32(0);
  if (!isIntervalTimer(which)) return -ERRNO.EINVAL;
  return writeItimerval(task, args.number(1), remainingOf(kernel, task, which));
}

function setitimer(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const which = args.i32(0);
  const at = args.number(1);
  const interval = at === 0 ? 0 : readTimeval(task, at);
  const value = at === 0 ? 0 : readTimeval(task, at + 16);
  if (interval < 0 || value < 0) return firstError(interval, value);
  if (!isIntervalTimer(which)) return -ERRNO.EINVAL;
  const old = remainingOf(kernel, task, which);
  setInterval(kernel, task, which, { value, interval });
  return args.number(2) === 0 ? 0 : writeItimerval(task, args.number(2), old);
}

/** Memory that cannot be read goes before what it says. */
function firstError(...results: number[]): number {
  return results.includes(-ERRNO.EFAULT) ? -ERRNO.EFAULT : -ERRNO.EINVAL;
}

// timer_create and its like

function timerCreate(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const { process, mm } = task;
  const clockId = args.i32(0);
  const raw = args.number(1) === 0 ? null : mm.user.copyIn(args.number(1), SIGEVENT_BYTES);
  if (args.number(1) !== 0 && !raw) return -ERRNO.EFAULT;
  if ((isWallClock(clockId) && !canSleepOn(clockId)) || isDescriptorClock(clockId)) return -ERRNO.EOPNOTSUPP;
  const clock = timerClock(kernel, task, clockId);
  if (clock === null && clockId >= 0) return -ERRNO.EINVAL;
  if (!hasRoom(kernel, process)) return -ERRNO.EAGAIN;
  const id = process.nextTimerId;
  const notification = raw ? readNotification(task, raw) : { kind: SIGEV_SIGNAL, signal: SIGNAL.SIGALRM, value: BigInt(id), tid: 0 };
  if (!notification) return -ERRNO.EINVAL;
  if (!mm.user.write32(args.number(2), id)) return -ERRNO.EFAULT;
  if (isAlarmClock(clockId)) return -ERRNO.EOPNOTSUPP;
  if (clock === null) return -ERRNO.EINVAL;
  process.nextTimerId++;
  process.posixTimers.set(id, new PosixTimer(process, id, clockId, clock, notification));
  return 0;
}

/** struct sigevent; null if it names no notification, signal or thread that there is. */
function readNotification({ process }: Task, raw: Uint8Array): TimerNotification | null {
  const view = new DataView(raw.buffer, raw.byteOffset);
  const [signal, kind, tid] = [view.getInt32(8, true), view.getInt32(12, true), view.getInt32(16, true)];
  const value = view.getBigUint64(0, true);
  if (kind === SIGEV_NONE) return { kind, signal, value, tid };
  if (kind !== SIGEV_SIGNAL && kind !== SIGEV_THREAD_ID) return null;
  if (signal < 1 || signal > SIGNAL_COUNT) return null;
  if (kind === SIGEV_THREAD_ID && !process.tasks.some((thread) => thread.tid === tid)) return null;
  return { kind, signal, value, tid };
}

/** What a timer on `clock` counts; null if there is no such clock. */
export function timerClock(kernel: Kernel, task: Task, clock: number): TimerClock | null {
  if (isWallClock(clock)) return canSleepOn(clock) ? 'time' : null;
  if (cpuClock(kernel, task, clock) === null) return null;
  const id = clock < 0 ? ~(clock >> 3) : 0;
  const isThread = clock === CLOCK.THREAD_CPUTIME_ID || (clock < 0 && (clock & 4) !== 0);
  return isThread ? { tid: id === 0 ? task.tid : id } : { pid: id === 0 ? task.process.pid : id };
}

function timerOf(task: Task, id: number): PosixTimer | null {
  return task.process.posixTimers.get(id) ?? null;
}

function timesOf(kernel: Kernel, timer: PosixTimer): Times {
  const left = timer.remaining(kernel);
  return { value: left === 0 ? 0 : Math.max(1, kernel.clock.nanoseconds(left)), interval: timer.interval };
}

function writeItimerspec(task: Task, address: number, { value, interval }: Times): number {
  return writeTimespec(task, address, interval) < 0 || writeTimespec(task, address + 16, value) < 0 ? -ERRNO.EFAULT : 0;
}

function timerSettime(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const at = args.number(2);
  if (at === 0) return -ERRNO.EINVAL;
  const interval = readTimespec(task, at);
  const exact = readExactTimespec(task, at + 16);
  if (interval < 0 || typeof exact === 'number') return firstError(interval, Number(exact));
  const timer = timerOf(task, args.i32(0));
  if (!timer) return -ERRNO.EINVAL;
  const old = timesOf(kernel, timer);
  timer.disarm(kernel);
  if (exact > 0n) {
    const absolute = (args.u32(1) & TIMER_ABSTIME) !== 0;
    const followsRealtime = absolute && isRealtimeClock(timer.clockId);
    timer.set(kernel, { dueAt: dueTime(kernel, timer, exact, absolute), interval, followsRealtime });
  }
  return args.number(3) === 0 ? 0 : writeItimerspec(task, args.number(3), old);
}

/** On the timer's own clock, cycles. */
function dueTime(kernel: Kernel, timer: PosixTimer, time: bigint, absolute: boolean): number {
  if (absolute && timer.clock === 'time') return cyclesAt(kernel, timer.clockId, time);
  const span = Math.max(1, kernel.clock.cycles(Math.min(Number(time), Number.MAX_SAFE_INTEGER)));
  return absolute ? span : timer.clockNow(kernel) + span;
}

function timerGettime(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const timer = timerOf(task, args.i32(0));
  return timer ? writeItimerspec(task, args.number(1), timesOf(kernel, timer)) : -ERRNO.EINVAL;
}

function timerGetoverrun(_kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  return timerOf(task, args.i32(0))?.lastOverrun ?? -ERRNO.EINVAL;
}

function timerDelete(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const timer = timerOf(task, args.i32(0));
  if (!timer) return -ERRNO.EINVAL;
  timer.disarm(kernel);
  task.process.posixTimers.delete(timer.id);
  return 0;
}

export const TIMER_ROWS: readonly SyscallRow[] = [
  { number: 36, name: 'getitimer', arguments: ['i32', 'pointer'], handler: getitimer },
  { number: 37, name: 'alarm', arguments: ['u32'], handler: alarm },
  { number: 38, name: 'setitimer', arguments: ['i32', 'pointer', 'pointer'], handler: setitimer },
  { number: 222, name: 'timer_create', arguments: ['i32', 'pointer', 'pointer'], handler: timerCreate },
  { number: 223, name: 'timer_settime', arguments: ['i32', 'flags', 'pointer', 'pointer'], handler: timerSettime },
  { number: 224, name: 'timer_gettime', arguments: ['i32', 'pointer'], handler: timerGettime },
  { number: 225, name: 'timer_getoverrun', arguments: ['i32'], handler: timerGetoverrun },
  { number: 226, name: 'timer_delete', arguments: ['i32'], handler: timerDelete },
];
