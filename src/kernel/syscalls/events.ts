// eventfd, timerfd, signalfd.

import { ERRNO } from '../abi/errno.ts';
import { O_CLOEXEC, O_NONBLOCK } from '../abi/fcntl.ts';
import { UNBLOCKABLE } from '../abi/signal.ts';
import { EventFile } from '../ipc/event-file.ts';
import { SignalFile } from '../ipc/signal-file.ts';
import { TimerFile, type TimerSetting } from '../ipc/timer-file.ts';
import type { Kernel } from '../kernel.ts';
import { isPrivileged } from '../task/credentials.ts';
import type { Task } from '../task/task.ts';
import { isAlarmClock } from '../time/clocks.ts';
import { putBytes } from '../vfs/user-memory.ts';
import { fileOf } from './file-arguments.ts';
import type { SyscallArguments, SyscallResult, SyscallRow } from './row.ts';

const EFD_SEMAPHORE = 1;
const TFD_TIMER_ABSTIME = 1;
const TFD_TIMER_CANCEL_ON_SET = 2;
const BILLION = 1_000_000_000;
/** CLOCK_REALTIME, MONOTONIC, BOOTTIME, and the alarm clocks. */
const TIMER_CLOCKS = new Set([0, 1, 7, 8, 9]);
const REALTIME_CLOCKS = new Set([0, 8]);

function eventfd(kernel: Kernel, task: Task, initial: number, flags: number): number {
  if (flags & ~(EFD_SEMAPHORE | O_CLOEXEC | O_NONBLOCK)) return -ERRNO.EINVAL;
  if (!task.files.hasRoom()) return task.files.fullError;
  const file = new EventFile(kernel, flags & O_NONBLOCK, initial, (flags & EFD_SEMAPHORE) !== 0);
  return task.files.allocate(file, (flags & O_CLOEXEC) !== 0);
}

function timerfdCreate(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const [clock, flags] = [args.i32(0), args.u32(1)];
  if (flags & ~(O_CLOEXEC | O_NONBLOCK) || !TIMER_CLOCKS.has(clock)) return -ERRNO.EINVAL;
  if (isAlarmClock(clock) && !isPrivileged(task.credentials)) return -ERRNO.EPERM;
  if (!task.files.hasRoom()) return task.files.fullError;
  return task.files.allocate(new TimerFile(kernel, flags & O_NONBLOCK, clock), (flags & O_CLOEXEC) !== 0);
}

function timerOf(task: Task, fd: number): TimerFile | number {
  const file = fileOf(task, fd);
  if (!file) return -ERRNO.EBADF;
  return file instanceof TimerFile ? file : -ERRNO.EINVAL;
}

/** struct itimerspec. */
function encodeSetting(setting: TimerSetting): Uint8Array {
  const parts = [setting.interval, setting.value].flatMap((time) => [BigInt(Math.floor(time / BILLION)), BigInt(time % BILLION)]);
  return new Uint8Array(BigInt64Array.from(parts).buffer);
}

function timerfdSettime(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const raw = task.mm.user.copyIn(args.number(2), 32);
  if (!raw) return -ERRNO.EFAULT;
  const flags = args.u32(1);
  const [intervalSeconds, interval, seconds, value] = [...new BigInt64Array(raw.buffer)].map(Number) as [number, number, number, number];
  const isFraction = (n: number): boolean => n >= 0 && n < BILLION;
  if (flags & ~(TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET)) return -ERRNO.EINVAL;
  if (intervalSeconds < 0 || seconds < 0 || !isFraction(interval) || !isFraction(value)) return -ERRNO.EINVAL;
  const file = timerOf(task, args.i32(0));
  if (typeof file === 'number') return file;
  const old = encodeSetting(file.setting(kernel));
  const time = BigInt(seconds) * BigInt(BILLION) + BigInt(value);
  const followsRealtime = (flags & TFD_TIMER_ABSTIME) !== 0 && REALTIME_CLOCKS.has(file.clock);
  const isCancelledBySet = followsRealtime && (flags & TFD_TIMER_CANCEL_ON_SET) !== 0;
  const dueAt = time === 0n ? null : dueTime(kernel, time, (flags & TFD_TIMER_ABSTIME) !== 0, followsRealtime);
  file.set(kernel, { dueAt, interval: intervalSeconds * BILLION + interval, flags, followsRealtime, isCancelledBySet });
  if (dueAt !== null && isCancelledBySet && file.takeCancellation()) return -ERRNO.ECANCELED;
  return args.number(3) === 0 ? 0 : putBytes(task, args.number(3), old);
}

/** Virtual time, cycles; negative for what was before the start. */
function dueTime(kernel: Kernel, time: bigint, absolute: boolean, realtime: boolean): number {
  const since = Number(realtime ? time - kernel.clock.epochNanoseconds : time);
  const cycles = Math.sign(since) * kernel.clock.cycles(Math.min(Math.abs(since), Number.MAX_SAFE_INTEGER));
  return absolute ? cycles : kernel.now + Math.max(1, cycles);
}

function timerfdGettime(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const file = timerOf(task, args.i32(0));
  return typeof file === 'number' ? file : putBytes(task, args.number(1), encodeSetting(file.setting(kernel)));
}

function signalfd(kernel: Kernel, task: Task, args: SyscallArguments, flags: number): number {
  if (args.number(2) !== 8) return -ERRNO.EINVAL;
  const given = task.mm.user.read64(args.number(1));
  if (given === null) return -ERRNO.EFAULT;
  if (flags & ~(O_CLOEXEC | O_NONBLOCK)) return -ERRNO.EINVAL;
  const mask = given & ~UNBLOCKABLE;
  const fd = args.i32(0);
  if (fd === -1) {
    if (!task.files.hasRoom()) return task.files.fullError;
    return task.files.allocate(new SignalFile(kernel, flags & O_NONBLOCK, mask), (flags & O_CLOEXEC) !== 0);
  }
  const file = fileOf(task, fd);
  if (!file) return -ERRNO.EBADF;
  if (!(file instanceof SignalFile)) return -ERRNO.EINVAL;
  file.setMask(kernel, mask);
  return fd;
}

export const eventRows: readonly SyscallRow[] = [
  { number: 282, name: 'signalfd', arguments: ['fd', 'pointer', 'size'], handler: (k, t, a) => signalfd(k, t, a, 0) },
  { number: 283, name: 'timerfd_create', arguments: ['i32', 'flags'], handler: timerfdCreate },
  { number: 284, name: 'eventfd', arguments: ['u32'], handler: (k, t, a) => eventfd(k, t, a.u32(0), 0) },
  { number: 286, name: 'timerfd_settime', arguments: ['fd', 'flags', 'pointer', 'pointer'], handler: timerfdSettime },
  { number: 287, name: 'timerfd_gettime', arguments: ['fd', 'pointer'], handler: timerfdGettime },
  { number: 289, name: 'signalfd4', arguments: ['fd', 'pointer', 'size', 'flags'], handler: (k, t, a) => signalfd(k, t, a, a.u32(3)) },
  { number: 290, name: 'eventfd2', arguments: ['u32', 'flags'], handler: (k, t, a) => eventfd(k, t, a.u32(0), a.u32(1)) },
];
