// eventfd, timerfd, signalfd, epoll.

import { ERRNO } from '../abi/errno.ts';
import { O_CLOEXEC, O_NONBLOCK } from '../abi/fcntl.ts';
import { UNBLOCKABLE } from '../abi/signal.ts';
import { EpollFile } from '../ipc/epoll-file.ts';
import { EventFile } from '../ipc/event-file.ts';
import { SignalFile } from '../ipc/signal-file.ts';
import { TFD_TIMER_ABSTIME, TimerFile, type TimerSetting } from '../ipc/timer-file.ts';
import type { Kernel } from '../kernel.ts';
import { isPrivileged } from '../task/credentials.ts';
import type { Task } from '../task/task.ts';
import { isAlarmClock } from '../time/clocks.ts';
import { putBytes } from '../vfs/user-memory.ts';
import { fileOf } from './file-arguments.ts';
import { BLOCKED, type SyscallArguments, type SyscallResult, type SyscallRow } from './row.ts';
import { deadlineOf, dropTemporaryMask, isOver, readTimeout, setTemporaryMask } from './waiting.ts';

const EFD_SEMAPHORE = 1;
const TFD_TIMER_CANCEL_ON_SET = 2;
const EPOLL_CTL_ADD = 1;
const EPOLL_CTL_DEL = 2;
const EPOLL_CTL_MOD = 3;
const EPOLL_EVENT_BYTES = 12;
const BILLION = 1_000_000_000;
/** CLOCK_REALTIME, MONOTONIC, BOOTTIME, and the alarm clocks. */
const TIMER_CLOCKS = new Set([0, 1, 7, 8, 9]);
const REALTIME_CLOCKS = new Set([0, 8]);

function eventfd(kernel: Kernel, task: Task, initial: number, flags: number): number {
  if (flags & ~(EFD_SEMAPHORE | O_CLOEXEC | O_NONBLOCK)) return -ERRNO.EINVAL;
  if (!task.files.hasRoom()) return -ERRNO.EMFILE;
  const file = new EventFile(kernel, flags & O_NONBLOCK, initial, (flags & EFD_SEMAPHORE) !== 0);
  return task.files.allocate(file, (flags & O_CLOEXEC) !== 0);
}

function timerfdCreate(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const [clock, flags] = [args.i32(0), args.u32(1)];
  if (flags & ~(O_CLOEXEC | O_NONBLOCK) || !TIMER_CLOCKS.has(clock)) return -ERRNO.EINVAL;
  if (isAlarmClock(clock) && !isPrivileged(task.credentials)) return -ERRNO.EPERM;
  if (!task.files.hasRoom()) return -ERRNO.EMFILE;
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
  file.set(kernel, firstExpiration(kernel, file, seconds, value, flags), intervalSeconds * BILLION + interval, flags);
  return args.number(3) === 0 ? 0 : putBytes(task, args.number(3), old);
}

/** Virtual nanoseconds of the first expiration; 0 to disarm. A time that has passed expires at once. */
function firstExpiration(kernel: Kernel, file: TimerFile, seconds: number, fraction: number, flags: number): number {
  if (seconds === 0 && fraction === 0) return 0;
  const now = kernel.clock.nanoseconds(kernel.now);
  const given = seconds * BILLION + fraction;
  if (!(flags & TFD_TIMER_ABSTIME)) return now + given;
  if (!REALTIME_CLOCKS.has(file.clock)) return Math.max(given, 1);
  return Math.max(Number(BigInt(seconds) * BigInt(BILLION) + BigInt(fraction) - kernel.clock.epochNanoseconds), 1);
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
    if (!task.files.hasRoom()) return -ERRNO.EMFILE;
    return task.files.allocate(new SignalFile(kernel, flags & O_NONBLOCK, mask), (flags & O_CLOEXEC) !== 0);
  }
  const file = fileOf(task, fd);
  if (!file) return -ERRNO.EBADF;
  if (!(file instanceof SignalFile)) return -ERRNO.EINVAL;
  file.setMask(kernel, mask);
  return fd;
}

function epollCreate(kernel: Kernel, task: Task, flags: number): number {
  if (flags & ~O_CLOEXEC) return -ERRNO.EINVAL;
  if (!task.files.hasRoom()) return -ERRNO.EMFILE;
  return task.files.allocate(new EpollFile(kernel), (flags & O_CLOEXEC) !== 0);
}

function epollCtl(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const operation = args.i32(1);
  let [events, data] = [0, 0n];
  if (operation !== EPOLL_CTL_DEL) {
    const raw = task.mm.user.copyIn(args.number(3), EPOLL_EVENT_BYTES);
    if (!raw) return -ERRNO.EFAULT;
    const view = new DataView(raw.buffer);
    [events, data] = [view.getInt32(0, true), view.getBigUint64(4, true)];
  }
  const epoll = fileOf(task, args.i32(0));
  const fd = args.i32(2);
  const file = fileOf(task, fd);
  if (!epoll || !file) return -ERRNO.EBADF;
  if (!file.canPoll) return -ERRNO.EPERM;
  if (epoll === file || !(epoll instanceof EpollFile)) return -ERRNO.EINVAL;
  switch (operation) {
    case EPOLL_CTL_ADD:
      return epoll.add(kernel, fd, file, events, data);
    case EPOLL_CTL_MOD:
      return epoll.modify(kernel, fd, file, events, data);
    case EPOLL_CTL_DEL:
      return epoll.remove(fd, file);
    default:
      return -ERRNO.EINVAL;
  }
}

/** `timeout` in nanoseconds, null for ever. */
function epollWaitFor(kernel: Kernel, task: Task, args: SyscallArguments, timeout: number | null): SyscallResult {
  const limit = args.i32(2);
  const address = args.number(1);
  const epoll = fileOf(task, args.i32(0));
  if (!epoll) return -ERRNO.EBADF;
  if (limit <= 0 || limit > 0x7fff_ffff / EPOLL_EVENT_BYTES) return -ERRNO.EINVAL;
  if (!task.mm.user.isUserRange(address, limit * EPOLL_EVENT_BYTES)) return -ERRNO.EFAULT;
  if (!(epoll instanceof EpollFile)) return -ERRNO.EINVAL;
  const deadline = deadlineOf(kernel, task, timeout);
  const ready = epoll.collect(kernel, task, limit);
  if (ready.length === 0 && !isOver(kernel, task, deadline)) {
    return kernel.block(task, { queues: epoll.pollQueues(-1, task), deadline, waitingFor: 'epoll', interrupted: -ERRNO.EINTR });
  }
  const bytes = new Uint8Array(ready.length * EPOLL_EVENT_BYTES);
  const view = new DataView(bytes.buffer);
  ready.forEach(({ events, data }, i) => {
    view.setUint32(i * EPOLL_EVENT_BYTES, events, true);
    view.setBigUint64(i * EPOLL_EVENT_BYTES + 4, data, true);
  });
  return task.mm.user.copyOut(address, bytes) ? ready.length : -ERRNO.EFAULT;
}

/** The forms with a signal mask: it is dropped when the call ends by itself. */
function epollWaitMasked(kernel: Kernel, task: Task, args: SyscallArguments, timeout: number | null): SyscallResult {
  const masked = setTemporaryMask(kernel, task, args.number(4), args.number(5));
  if (masked < 0) return masked;
  const result = epollWaitFor(kernel, task, args, timeout);
  if (result !== BLOCKED && result !== -ERRNO.EINTR) dropTemporaryMask(kernel, task);
  return result;
}

function milliseconds(args: SyscallArguments): number | null {
  const given = args.i32(3);
  return given < 0 ? null : given * 1_000_000;
}

function epollPwait2(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const timeout = readTimeout(task, args.number(3), 1);
  if (timeout !== null && timeout < 0) return timeout;
  return epollWaitMasked(kernel, task, args, timeout);
}

export const eventRows: readonly SyscallRow[] = [
  { number: 213, name: 'epoll_create', arguments: ['i32'], handler: (k, t, a) => (a.i32(0) <= 0 ? -ERRNO.EINVAL : epollCreate(k, t, 0)) },
  {
    number: 232,
    name: 'epoll_wait',
    arguments: ['fd', 'pointer', 'i32', 'i32'],
    handler: (k, t, a) => epollWaitFor(k, t, a, milliseconds(a)),
  },
  { number: 233, name: 'epoll_ctl', arguments: ['fd', 'i32', 'fd', 'pointer'], handler: epollCtl },
  {
    number: 281,
    name: 'epoll_pwait',
    arguments: ['fd', 'pointer', 'i32', 'i32', 'pointer', 'size'],
    handler: (k, t, a) => epollWaitMasked(k, t, a, milliseconds(a)),
  },
  { number: 282, name: 'signalfd', arguments: ['fd', 'pointer', 'size'], handler: (k, t, a) => signalfd(k, t, a, 0) },
  { number: 283, name: 'timerfd_create', arguments: ['i32', 'flags'], handler: timerfdCreate },
  { number: 284, name: 'eventfd', arguments: ['u32'], handler: (k, t, a) => eventfd(k, t, a.u32(0), 0) },
  { number: 286, name: 'timerfd_settime', arguments: ['fd', 'flags', 'pointer', 'pointer'], handler: timerfdSettime },
  { number: 287, name: 'timerfd_gettime', arguments: ['fd', 'pointer'], handler: timerfdGettime },
  { number: 289, name: 'signalfd4', arguments: ['fd', 'pointer', 'size', 'flags'], handler: (k, t, a) => signalfd(k, t, a, a.u32(3)) },
  { number: 290, name: 'eventfd2', arguments: ['u32', 'flags'], handler: (k, t, a) => eventfd(k, t, a.u32(0), a.u32(1)) },
  { number: 291, name: 'epoll_create1', arguments: ['flags'], handler: (k, t, a) => epollCreate(k, t, a.u32(0)) },
  { number: 441, name: 'epoll_pwait2', arguments: ['fd', 'pointer', 'i32', 'pointer', 'pointer', 'size'], handler: epollPwait2 },
];
