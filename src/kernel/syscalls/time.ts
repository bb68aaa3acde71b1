// System calls on clocks and sleeps. All time is virtual.

import { CAP } from '../abi/capability.ts';
import { ERRNO, RESTART } from '../abi/errno.ts';
import { USER_HZ } from '../abi/auxv.ts';
import type { Kernel } from '../kernel.ts';
import { isCapable } from '../task/credentials.ts';
import type { Task } from '../task/task.ts';
import {
  canSleepOn,
  CLOCK,
  cpuClock,
  cyclesAt,
  isAlarmClock,
  isCoarse,
  isDescriptorClock,
  isRealtimeClock,
  isWallClock,
  readClock,
} from '../time/clocks.ts';
import { processCycles, usageTimerWait } from '../time/process-time.ts';
import { setRealtime } from '../time/realtime.ts';
import { readExactTimespec, readExactTimeval, readTimespec, writeTimespec, writeTimeval } from '../time/timespec.ts';
import { BLOCKED, type SyscallArguments, type SyscallResult, type SyscallRow } from './row.ts';
import { timerClock } from './timers.ts';

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
  return typeof time === 'number' ? time : stepRealtime(kernel, task, time);
}

/** CAP_SYS_TIME, and a time that the monotonic clock has not passed. */
function stepRealtime(kernel: Kernel, task: Task, nanoseconds: bigint): number {
  if (!isCapable(task.credentials, CAP.SYS_TIME)) return -ERRNO.EPERM;
  if (nanoseconds < BigInt(kernel.clock.nanoseconds(kernel.now))) return -ERRNO.EINVAL;
  setRealtime(kernel, nanoseconds);
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
  if (time === null) return isCapable(task.credentials, CAP.SYS_TIME) ? 0 : -ERRNO.EPERM;
  return stepRealtime(kernel, task, time);
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
  return kernel.block(task, {
    queues: [],
    deadline,
    waitingFor: 'a sleep to end',
    onRealtime: isRealtimeClock(clock),
    interrupted: -RESTART.ERESTARTNOHAND,
  });
}

/** Until a process or thread has used so much time. The rest of an interrupted relative sleep is told. */
function sleepOnCpuClock(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const span = readTimespec(task, args.number(2));
  if (span < 0) return span;
  const [clock, absolute] = [args.i32(0), (args.u32(1) & TIMER_ABSTIME) !== 0];
  const counted = timerClock(kernel, task, clock);
  const used = cpuClock(kernel, task, clock);
  if (!counted || used === null || (counted !== 'time' && 'tid' in counted && counted.tid === task.tid)) return -ERRNO.EINVAL;
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
  { number: 96, name: 'gettimeofday', arguments: ['pointer', 'pointer'], handler: gettimeofday },
  { number: 100, name: 'times', arguments: ['pointer'], handler: times },
  { number: 159, name: 'adjtimex', arguments: ['pointer'], handler: adjtimex, deviation: 'the clock can be asked, not adjusted' },
  { number: 164, name: 'settimeofday', arguments: ['pointer', 'pointer'], handler: settimeofday },
  { number: 201, name: 'time', arguments: ['pointer'], handler: time },
  { number: 219, name: 'restart_syscall', arguments: [], handler: restartSyscall },
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
