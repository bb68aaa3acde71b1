// System calls on clocks, sleeps and timers. All time is virtual.

import { ERRNO, RESTART } from '../abi/errno.ts';
import { USER_HZ } from '../abi/auxv.ts';
import { SIGNAL, SIGNAL_COUNT } from '../abi/signal.ts';
import type { Kernel } from '../kernel.ts';
import { isPrivileged } from '../task/credentials.ts';
import type { Task } from '../task/task.ts';
import {
  canSleepOn,
  CLOCK,
  cpuClock,
  cyclesAt,
  isAlarmClock,
  isCoarse,
  isDescriptorClock,
  isWallClock,
  readClock,
} from '../time/clocks.ts';
import { IntervalTimer, type IntervalTimerKind } from '../time/interval-timer.ts';
import { PosixTimer, type TimerClock } from '../time/posix-timer.ts';
import { processCycles, usageTimerWait } from '../time/process-time.ts';
import { readExactTimespec, readExactTimeval, readTimespec, readTimeval, writeTimespec, writeTimeval } from '../time/timespec.ts';
import { BLOCKED, type SyscallArguments, type SyscallResult, type SyscallRow } from './row.ts';

const TIMER_ABSTIME = 1;
/** Resolution of the coarse clocks: a tick of CONFIG_HZ=250. */
const TICK = 4_000_000;

function clockGettime(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const now = readClock(kernel, task, args.i32(0));
  return now === null ? -ERRNO.EINVAL : writeTimespec(task, args.number(1), now);
}

function clockGetres(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const clock = args.i32(0);
  if (readClock(kernel, task, clock) === null) return -ERRNO.EINVAL;
  return args.number(1) === 0 ? 0 : writeTimespec(task, args.number(1), isCoarse(clock) ? TICK : 1);
}

function clockSettime(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const clock = args.i32(0);
  if (clock !== CLOCK.REALTIME && clock >= 0) return -ERRNO.EINVAL;
  const time = readExactTimespec(task, args.number(1));
  if (time === -ERRNO.EFAULT) return time;
  if (clock < 0) return cpuClock(kernel, task, clock) === null ? -ERRNO.EINVAL : -ERRNO.EPERM;
  return typeof time === 'number' ? time : setRealtime(kernel, task, time);
}

function setRealtime(kernel: Kernel, task: Task, nanoseconds: bigint): number {
  if (!isPrivileged(task.credentials)) return -ERRNO.EPERM;
  kernel.clock.epochNanoseconds = nanoseconds - BigInt(kernel.clock.nanoseconds(kernel.now));
  return 0;
}

function gettimeofday(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  if (args.number(0) !== 0 && writeTimeval(task, args.number(0), kernel.realtime()) < 0) return -ERRNO.EFAULT;
  return args.number(1) !== 0 && !task.mm.user.write64(args.number(1), 0) ? -ERRNO.EFAULT : 0;
}

function settimeofday(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const time = args.number(0) === 0 ? null : readExactTimeval(task, args.number(0));
  if (typeof time === 'number') return time;
  if (args.number(1) !== 0 && !task.mm.user.copyIn(args.number(1), 8)) return -ERRNO.EFAULT;
  if (time === null) return isPrivileged(task.credentials) ? 0 : -ERRNO.EPERM;
  return setRealtime(kernel, task, time);
}

function time(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const seconds = kernel.realtime() / 1_000_000_000n;
  return args.number(0) !== 0 && !task.mm.user.write64(args.number(0), seconds) ? -ERRNO.EFAULT : seconds;
}

function times(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const tick = kernel.clock.hertz / USER_HZ;
  const own = processCycles(kernel, task.process);
  const { childrenUsage } = task.process;
  if (args.number(0) !== 0) {
    const bytes = new Uint8Array(32);
    const view = new DataView(bytes.buffer);
    [own.user, own.system, childrenUsage.user, childrenUsage.system].forEach((cycles, i) =>
      view.setBigInt64(i * 8, BigInt(Math.floor(cycles / tick)), true),
    );
    if (!task.mm.user.copyOut(args.number(0), bytes)) return -ERRNO.EFAULT;
  }
  return Math.floor(kernel.now / tick);
}

function nanosleep(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  return sleepFor(kernel, task, args.number(0), args.number(1));
}

function clockNanosleep(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const clock = args.i32(0);
  if (clock === CLOCK.THREAD_CPUTIME_ID || isDescriptorClock(clock)) return -ERRNO.EOPNOTSUPP;
  if (clock === CLOCK.PROCESS_CPUTIME_ID || clock < 0) return sleepOnCpuClock(kernel, task, args);
  if (!canSleepOn(clock) || isAlarmClock(clock)) return isWallClock(clock) ? -ERRNO.EOPNOTSUPP : -ERRNO.EINVAL;
  if (!(args.u32(1) & TIMER_ABSTIME)) return sleepFor(kernel, task, args.number(2), args.number(3));
  const until = readExactTimespec(task, args.number(2));
  if (typeof until === 'number') return until;
  const deadline = cyclesAt(kernel, clock, until);
  if (task.timedOut || deadline <= kernel.now) return 0;
  return kernel.block(task, { queues: [], deadline, waitingFor: 'a sleep to end', interrupted: -RESTART.ERESTARTNOHAND });
}

/** Until a process or thread has used so much time. The rest of an interrupted relative sleep is told. */
function sleepOnCpuClock(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const span = readTimespec(task, args.number(2));
  if (span < 0) return span;
  const [clock, absolute] = [args.i32(0), (args.u32(1) & TIMER_ABSTIME) !== 0];
  const counted = timerClock(kernel, task, clock);
  const used = cpuClock(kernel, task, clock);
  if (!counted || used === null || (typeof counted === 'object' && counted.tid === task.tid)) return -ERRNO.EINVAL;
  const until = Number((task.progress ??= { until: kernel.clock.cycles(span) + (absolute ? 0 : used) })['until']);
  if (used >= until) return 0;
  const deadline = kernel.now + usageTimerWait(kernel, task.process, until - used);
  const interrupted = absolute ? -RESTART.ERESTARTNOHAND : -ERRNO.EINTR;
  task.timedOut = false;
  const result = kernel.block(task, { queues: [], deadline, waitingFor: 'processor time to be used', interrupted });
  if (result === BLOCKED || absolute || args.number(3) === 0) return result;
  return writeTimespec(task, args.number(3), kernel.clock.nanoseconds(until - used)) < 0 ? -ERRNO.EFAULT : result;
}

/** A relative sleep: a signal leaves the rest in `remaining`, and restart_syscall goes on to the same moment. */
function sleepFor(kernel: Kernel, task: Task, span: number, remaining: number): SyscallResult {
  if (task.progress === null) {
    const nanoseconds = readTimespec(task, span);
    if (nanoseconds < 0) return nanoseconds;
    task.progress = { deadline: kernel.now + kernel.clock.cycles(nanoseconds), remaining };
  }
  return sleepOn(kernel, task);
}

function sleepOn(kernel: Kernel, task: Task): SyscallResult {
  const deadline = Number(task.progress!.deadline);
  const remaining = Number(task.progress!.remaining);
  if (task.timedOut || deadline <= kernel.now) return 0;
  const result = kernel.block(task, { queues: [], deadline, waitingFor: 'a sleep to end', interrupted: -RESTART.ERESTART_RESTARTBLOCK });
  if (result === BLOCKED) return BLOCKED;
  const left = kernel.clock.nanoseconds(deadline - kernel.now);
  if (remaining !== 0 && writeTimespec(task, remaining, left) < 0) return -ERRNO.EFAULT;
  task.restart = { number: 35, progress: { deadline, remaining } };
  return result;
}

/** Goes on with a sleep or timed wait that a stop or an ignored signal interrupted. */
function restartSyscall(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const { restart } = task;
  if (!restart) return -ERRNO.EINTR;
  task.progress ??= { ...restart.progress };
  if (restart.number === 35) return sleepOn(kernel, task);
  return kernel.table.row(restart.number)!.handler!(kernel, task, args);
}

function alarm(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const old = remainingOf(kernel, task.process.intervalTimers[0] ?? null);
  setInterval(kernel, task, 0, args.u32(0) * 1e9, 0);
  const seconds = Math.floor(old.value / 1e9);
  const rest = old.value % 1e9;
  return rest >= 5e8 || (seconds === 0 && rest > 0) ? seconds + 1 : seconds;
}

function remainingOf(kernel: Kernel, timer: IntervalTimer | null): { value: number; interval: number } {
  if (!timer) return { value: 0, interval: 0 };
  const left = Math.max(1, timer.dueAt - timer.clockNow(kernel));
  return { value: kernel.clock.nanoseconds(left), interval: kernel.clock.nanoseconds(timer.interval) };
}

function setInterval(kernel: Kernel, task: Task, which: IntervalTimerKind, value: number, interval: number): void {
  const { process } = task;
  process.intervalTimers[which]?.stop(kernel);
  process.intervalTimers[which] = null;
  if (value === 0) return;
  const timer = new IntervalTimer(process, which, 0, kernel.clock.cycles(interval));
  timer.dueAt = timer.clockNow(kernel) + kernel.clock.cycles(value);
  process.intervalTimers[which] = timer;
  timer.start(kernel);
}

function isIntervalTimer(which: number): which is IntervalTimerKind {
  return which === 0 || which === 1 || which === 2;
}

function writeItimerval(task: Task, address: number, { value, interval }: { value: number; interval: number }): number {
  return writeTimeval(task, address, interval) < 0 || writeTimeval(task, address + 16, value) < 0 ? -ERRNO.EFAULT : 0;
}

function getitimer(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const which = args.i32(0);
  if (!isIntervalTimer(which)) return -ERRNO.EINVAL;
  return writeItimerval(task, args.number(1), remainingOf(kernel, task.process.intervalTimers[which] ?? null));
}

function setitimer(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const which = args.i32(0);
  const at = args.number(1);
  const interval = at === 0 ? 0 : readTimeval(task, at);
  const value = at === 0 ? 0 : readTimeval(task, at + 16);
  if (interval < 0 || value < 0) return Math.min(interval, value) === -ERRNO.EINVAL ? -ERRNO.EINVAL : -ERRNO.EFAULT;
  if (!isIntervalTimer(which)) return -ERRNO.EINVAL;
  const old = remainingOf(kernel, task.process.intervalTimers[which] ?? null);
  setInterval(kernel, task, which, value, interval);
  return args.number(2) === 0 ? 0 : writeItimerval(task, args.number(2), old);
}

const SIGEV_SIGNAL = 0;
const SIGEV_NONE = 1;
const SIGEV_THREAD_ID = 4;
const MOST_TIMERS = 4096;
const SIGEVENT_BYTES = 64;

function timerCreate(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const { process, mm } = task;
  const clockId = args.i32(0);
  if (args.number(1) !== 0 && !mm.user.copyIn(args.number(1), SIGEVENT_BYTES)) return -ERRNO.EFAULT;
  if ((isWallClock(clockId) && !canSleepOn(clockId)) || isDescriptorClock(clockId)) return -ERRNO.EOPNOTSUPP;
  const clock = timerClock(kernel, task, clockId);
  if (clock === null && clockId >= 0) return -ERRNO.EINVAL;
  if (process.posixTimers.length >= MOST_TIMERS) return -ERRNO.EAGAIN;
  const id = process.nextTimerId;
  let notification = { kind: SIGEV_SIGNAL, signal: SIGNAL.SIGALRM as number, value: BigInt(id), tid: 0 };
  if (args.number(1) !== 0) {
    const raw = mm.user.copyIn(args.number(1), SIGEVENT_BYTES);
    if (!raw) return -ERRNO.EFAULT;
    const view = new DataView(raw.buffer);
    notification = {
      kind: view.getInt32(12, true),
      signal: view.getInt32(8, true),
      value: view.getBigUint64(0, true),
      tid: view.getInt32(16, true),
    };
    if (notification.kind !== SIGEV_SIGNAL && notification.kind !== SIGEV_NONE && notification.kind !== SIGEV_THREAD_ID)
      return -ERRNO.EINVAL;
    if (notification.kind !== SIGEV_NONE && (notification.signal < 1 || notification.signal > SIGNAL_COUNT)) return -ERRNO.EINVAL;
    if (notification.kind === SIGEV_THREAD_ID && !process.tasks.some((thread) => thread.tid === notification.tid)) return -ERRNO.EINVAL;
  }
  if (!mm.user.write32(args.number(2), id)) return -ERRNO.EFAULT;
  if (isAlarmClock(clockId)) return -ERRNO.EOPNOTSUPP;
  if (clock === null) return -ERRNO.EINVAL;
  process.nextTimerId++;
  process.posixTimers.push(new PosixTimer(process, id, clockId, clock, notification));
  return 0;
}

function timerClock(kernel: Kernel, task: Task, clock: number): TimerClock | null {
  if (isWallClock(clock)) return canSleepOn(clock) ? 'time' : null;
  if (cpuClock(kernel, task, clock) === null) return null;
  const isThread = clock === CLOCK.THREAD_CPUTIME_ID || (clock < 0 && (clock & 4) !== 0);
  return isThread ? { tid: clock < 0 && clock >> 3 !== -1 ? ~(clock >> 3) : task.tid } : 'process';
}

function timerOf(task: Task, id: number): PosixTimer | null {
  return task.process.posixTimers.find((timer) => timer.id === id) ?? null;
}

function timerLeft(kernel: Kernel, timer: PosixTimer): { value: number; interval: number } {
  const interval = kernel.clock.nanoseconds(timer.interval);
  if (timer.dueAt === 0) return { value: 0, interval };
  return { value: kernel.clock.nanoseconds(Math.max(1, timer.dueAt - timer.clockNow(kernel))), interval };
}

function writeItimerspec(task: Task, address: number, { value, interval }: { value: number; interval: number }): number {
  return writeTimespec(task, address, interval) < 0 || writeTimespec(task, address + 16, value) < 0 ? -ERRNO.EFAULT : 0;
}

function timerSettime(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const timer = timerOf(task, args.i32(0));
  if (args.number(2) === 0) return -ERRNO.EINVAL;
  const interval = readTimespec(task, args.number(2));
  const value = readTimespec(task, args.number(2) + 16);
  if (interval < 0 || value < 0) return Math.min(interval, value) === -ERRNO.EINVAL ? -ERRNO.EINVAL : -ERRNO.EFAULT;
  if (!timer) return -ERRNO.EINVAL;
  const old = timerLeft(kernel, timer);
  if (value === 0) timer.disarm(kernel);
  else {
    const absolute = (args.u32(1) & TIMER_ABSTIME) !== 0;
    const exact = readExactTimespec(task, args.number(2) + 16);
    if (typeof exact === 'number') return exact;
    const cycles = absolute && timer.clock === 'time' ? cyclesAt(kernel, timer.clockId, exact) : kernel.clock.cycles(value);
    timer.arm(kernel, absolute ? cycles : timer.clockNow(kernel) + cycles, kernel.clock.cycles(interval));
  }
  return args.number(3) === 0 ? 0 : writeItimerspec(task, args.number(3), old);
}

function timerGettime(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const timer = timerOf(task, args.i32(0));
  return timer ? writeItimerspec(task, args.number(1), timerLeft(kernel, timer)) : -ERRNO.EINVAL;
}

function timerGetoverrun(_kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  return timerOf(task, args.i32(0))?.overrun ?? -ERRNO.EINVAL;
}

function timerDelete(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const timer = timerOf(task, args.i32(0));
  if (!timer) return -ERRNO.EINVAL;
  timer.disarm(kernel);
  task.process.posixTimers.splice(task.process.posixTimers.indexOf(timer), 1);
  return 0;
}

const TIMEX_BYTES = 208;

/** Reading the clock's rate and state: synchronised, never adjusted. */
function adjtimex(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  return readAdjustment(kernel, task, args.number(0));
}

function clockAdjtime(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const clock = args.i32(0);
  if (!task.mm.user.copyIn(args.number(1), TIMEX_BYTES)) return -ERRNO.EFAULT;
  if (clock === CLOCK.REALTIME) return readAdjustment(kernel, task, args.number(1));
  const isClock = isWallClock(clock) || clock === CLOCK.PROCESS_CPUTIME_ID || clock === CLOCK.THREAD_CPUTIME_ID || clock < 0;
  return isClock && !isDescriptorClock(clock) ? -ERRNO.EOPNOTSUPP : -ERRNO.EINVAL;
}

function readAdjustment(kernel: Kernel, task: Task, address: number): number {
  const modes = task.mm.user.read32(address);
  if (modes === null) return -ERRNO.EFAULT;
  if (modes !== 0) return -ERRNO.EPERM;
  const bytes = new Uint8Array(TIMEX_BYTES);
  const view = new DataView(bytes.buffer);
  const now = kernel.realtime();
  view.setBigInt64(48, 1n, true);
  view.setBigInt64(72, now / 1_000_000_000n, true);
  view.setBigInt64(80, (now % 1_000_000_000n) / 1000n, true);
  view.setBigInt64(88, 10_000n, true);
  return task.mm.user.copyOut(address, bytes) ? 0 : -ERRNO.EFAULT;
}

export const TIME_ROWS: readonly SyscallRow[] = [
  { number: 35, name: 'nanosleep', arguments: ['pointer', 'pointer'], handler: nanosleep },
  { number: 36, name: 'getitimer', arguments: ['i32', 'pointer'], handler: getitimer },
  { number: 37, name: 'alarm', arguments: ['u32'], handler: alarm },
  { number: 38, name: 'setitimer', arguments: ['i32', 'pointer', 'pointer'], handler: setitimer },
  { number: 96, name: 'gettimeofday', arguments: ['pointer', 'pointer'], handler: gettimeofday },
  { number: 100, name: 'times', arguments: ['pointer'], handler: times },
  { number: 159, name: 'adjtimex', arguments: ['pointer'], handler: adjtimex, deviation: 'the clock can be asked, not adjusted' },
  { number: 164, name: 'settimeofday', arguments: ['pointer', 'pointer'], handler: settimeofday },
  { number: 201, name: 'time', arguments: ['pointer'], handler: time },
  { number: 219, name: 'restart_syscall', arguments: [], handler: restartSyscall },
  { number: 222, name: 'timer_create', arguments: ['i32', 'pointer', 'pointer'], handler: timerCreate },
  { number: 223, name: 'timer_settime', arguments: ['i32', 'flags', 'pointer', 'pointer'], handler: timerSettime },
  { number: 224, name: 'timer_gettime', arguments: ['i32', 'pointer'], handler: timerGettime },
  { number: 225, name: 'timer_getoverrun', arguments: ['i32'], handler: timerGetoverrun },
  { number: 226, name: 'timer_delete', arguments: ['i32'], handler: timerDelete },
  { number: 227, name: 'clock_settime', arguments: ['i32', 'pointer'], handler: clockSettime },
  { number: 228, name: 'clock_gettime', arguments: ['i32', 'pointer'], handler: clockGettime },
  { number: 229, name: 'clock_getres', arguments: ['i32', 'pointer'], handler: clockGetres },
  { number: 230, name: 'clock_nanosleep', arguments: ['i32', 'flags', 'pointer', 'pointer'], handler: clockNanosleep },
  {
    number: 305,
    name: 'clock_adjtime',
    arguments: ['i32', 'pointer'],
    handler: clockAdjtime,
    deviation: 'the clock can be asked, not adjusted',
  },
];
