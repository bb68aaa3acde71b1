// System calls on signals.

import { RSP } from '../../machine/cpu/state.ts';
import { ERRNO, RESTART } from '../abi/errno.ts';
import {
  MINSIGSTKSZ,
  SA_NOCLDSTOP,
  SA_NOCLDWAIT,
  SA_EXPOSE_TAGBITS,
  SA_NODEFER,
  SA_ONSTACK,
  SA_RESETHAND,
  SA_RESTART,
  SA_RESTORER,
  SA_SIGINFO,
  SI_KERNEL,
  SI_TKILL,
  SI_USER,
  SIG_BLOCK,
  SIG_SETMASK,
  SIG_UNBLOCK,
  SIGNAL,
  SIGNAL_COUNT,
  signalBit,
  UNBLOCKABLE,
} from '../abi/signal.ts';
import type { Kernel } from '../kernel.ts';
import { altStackFlags, setAltStack } from '../signal/alternate-stack.ts';
import { leaveHandler } from '../signal/frame.ts';
import { forceSignal, sendToProcess, sendToTask } from '../signal/generate.ts';
import { changeMask, changeMaskForCall } from '../signal/mask.ts';
import { isIgnored } from '../signal/pending.ts';
import { encodeSiginfo, readSiginfo } from '../signal/siginfo.ts';
import { takeSignal } from '../signal/take.ts';
import { signalInformation, type SignalInformation } from '../signal/state.ts';
import type { Process } from '../task/process.ts';
import { maySignal } from '../task/access.ts';
import type { Task } from '../task/task.ts';
import { readTimespec } from '../time/timespec.ts';
import { CONTEXT_REPLACED, type SyscallArguments, type SyscallResult, type SyscallRow } from './row.ts';

const SIGSET_BYTES = 8;
/** SA_UNSUPPORTED is not among them, which is what it is for. */
const KNOWN_FLAGS =
  (SA_NOCLDSTOP | SA_NOCLDWAIT | SA_SIGINFO | SA_EXPOSE_TAGBITS | SA_ONSTACK | SA_RESTART | SA_NODEFER | SA_RESETHAND | SA_RESTORER) >>> 0;

function rtSigaction(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const signal = args.i32(0);
  const { user } = task.mm;
  if (args.number(3) !== SIGSET_BYTES) return -ERRNO.EINVAL;
  let next: Uint8Array | null = null;
  if (args.number(1) !== 0) {
    next = user.copyIn(args.number(1), 32);
    if (!next) return -ERRNO.EFAULT;
  }
  if (signal < 1 || signal > SIGNAL_COUNT) return -ERRNO.EINVAL;
  if (next && UNBLOCKABLE & signalBit(signal)) return -ERRNO.EINVAL;
  const action = task.signals.actions.of(signal);
  const old = new Uint8Array(32);
  const oldView = new DataView(old.buffer);
  oldView.setBigUint64(0, action.handler, true);
  oldView.setBigUint64(8, BigInt(action.flags >>> 0), true);
  oldView.setBigUint64(16, action.restorer, true);
  oldView.setBigUint64(24, action.mask, true);
  if (next) {
    const view = new DataView(next.buffer);
    action.handler = view.getBigUint64(0, true);
    action.flags = (view.getUint32(8, true) & KNOWN_FLAGS) >>> 0;
    action.restorer = view.getBigUint64(16, true);
    action.mask = view.getBigUint64(24, true) & ~UNBLOCKABLE;
    if (isIgnored(task, signal)) discard(task, signal);
    else heedTimers(kernel, task, signal);
  }
  return args.number(2) !== 0 && !user.copyOut(args.number(2), old) ? -ERRNO.EFAULT : 0;
}

/** Periodic timers whose signal was ignored go on. */
function heedTimers(kernel: Kernel, { process }: Task, signal: number): void {
  for (const timer of process.posixTimers.values()) if (timer.notification.signal === signal) timer.signalHeeded(kernel);
}

/** A signal that becomes ignored no longer waits. */
function discard(task: Task, signal: number): void {
  const { process } = task;
  process.pending.discard(signalBit(signal));
  for (const other of process.tasks) other.signals.pending.discard(signalBit(signal));
}

function rtSigprocmask(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const { signals, mm } = task;
  if (args.number(3) !== SIGSET_BYTES) return -ERRNO.EINVAL;
  const old = signals.blocked;
  if (args.number(1) !== 0) {
    const set = mm.user.read64(args.number(1));
    if (set === null) return -ERRNO.EFAULT;
    const how = args.i32(0);
    if (how === SIG_BLOCK) changeMask(kernel, task, old | set);
    else if (how === SIG_UNBLOCK) changeMask(kernel, task, old & ~set);
    else if (how === SIG_SETMASK) changeMask(kernel, task, set);
    else return -ERRNO.EINVAL;
  }
  return args.number(2) !== 0 && !mm.user.write64(args.number(2), old) ? -ERRNO.EFAULT : 0;
}

function rtSigpending(_kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  if (args.number(1) > SIGSET_BYTES) return -ERRNO.EINVAL;
  const set = (task.signals.pending.mask | task.process.pending.mask) & task.signals.blocked;
  const bytes = new Uint8Array(BigUint64Array.of(set).buffer).subarray(0, args.number(1));
  return task.mm.user.copyOut(args.number(0), bytes) ? 0 : -ERRNO.EFAULT;
}

/** Waits with another mask; the old one returns with the handler's frame or at the exit to user mode. */
function rtSigsuspend(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  if (args.number(1) !== SIGSET_BYTES) return -ERRNO.EINVAL;
  if (!task.progress) {
    const mask = task.mm.user.read64(args.number(0));
    if (mask === null) return -ERRNO.EFAULT;
    task.progress = { suspended: true };
    changeMaskForCall(kernel, task, mask);
  }
  return kernel.block(task, { queues: [], waitingFor: 'a signal (sigsuspend)', interrupted: -RESTART.ERESTARTNOHAND });
}

function pause(kernel: Kernel, task: Task): SyscallResult {
  return kernel.block(task, { queues: [], waitingFor: 'a signal (pause)', interrupted: -RESTART.ERESTARTNOHAND });
}

function rtSigtimedwait(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  if (args.number(3) !== SIGSET_BYTES) return -ERRNO.EINVAL;
  const { signals, mm } = task;
  const wanted = mm.user.read64(args.number(0));
  if (wanted === null) return -ERRNO.EFAULT;
  const set = wanted & ~UNBLOCKABLE;
  const deadline = sleepDeadline(kernel, task, args.number(2));
  if (typeof deadline === 'object' && deadline?.error) return -deadline.error;
  signals.waitedFor = 0n;
  const information = takeSignal(kernel, task, set);
  if (information) {
    const at = args.number(1);
    return at !== 0 && !mm.user.copyOut(at, encodeSiginfo(information)) ? -ERRNO.EFAULT : information.signal;
  }
  if (task.timedOut || (deadline?.at !== undefined && deadline.at <= kernel.now)) return -ERRNO.EAGAIN;
  signals.waitedFor = set;
  const result = kernel.block(task, {
    queues: [],
    deadline: deadline?.at ?? null,
    waitingFor: 'a signal (sigtimedwait)',
    interrupted: -ERRNO.EINTR,
  });
  if (typeof result === 'number') signals.waitedFor = 0n;
  return result;
}

/** The absolute deadline of a relative timeout argument, kept across re-runs; null without timeout. */
function sleepDeadline(kernel: Kernel, task: Task, address: number): { at: number; error?: never } | { error: number; at?: never } | null {
  if (address === 0) return null;
  if (task.progress?.deadline !== undefined) return { at: Number(task.progress.deadline) };
  const span = readTimespec(task, address);
  if (span < 0) return { error: -span };
  const at = kernel.now + kernel.clock.cycles(span);
  task.progress = { deadline: at };
  return { at };
}

function rtSigreturn(kernel: Kernel, task: Task): SyscallResult {
  kernel.charge(kernel.hardware.costs.signal_return);
  if (!leaveHandler(kernel, task)) forceSignal(kernel, task, signalInformation(SIGNAL.SIGSEGV, SI_KERNEL));
  return CONTEXT_REPLACED;
}

function sigaltstack(_kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const { signals, mm } = task;
  const sp = task.context.number(RSP);
  const old = new Uint8Array(24);
  const oldView = new DataView(old.buffer);
  oldView.setBigUint64(0, BigInt(signals.altStack.base), true);
  oldView.setInt32(8, altStackFlags(task, sp), true);
  oldView.setBigUint64(16, BigInt(signals.altStack.size), true);
  if (args.number(0) !== 0) {
    const raw = mm.user.copyIn(args.number(0), 24);
    if (!raw) return -ERRNO.EFAULT;
    const view = new DataView(raw.buffer);
    const wanted = { base: Number(view.getBigUint64(0, true)), flags: view.getInt32(8, true), size: Number(view.getBigUint64(16, true)) };
    const result = setAltStack(task, sp, wanted, MINSIGSTKSZ);
    if (result < 0) return result;
  }
  return args.number(1) !== 0 && !mm.user.copyOut(args.number(1), old) ? -ERRNO.EFAULT : 0;
}

function sender(task: Task, signal: number, code: number): SignalInformation {
  return signalInformation(signal, code, { pid: task.process.pid, uid: task.credentials.uid });
}

function kill(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const pid = args.i32(0);
  const signal = args.i32(1);
  if (pid === -0x8000_0000) return -ERRNO.ESRCH;
  const targets = killTargets(kernel, task, pid);
  if (targets.length === 0) return -ERRNO.ESRCH;
  if (signal < 0 || signal > SIGNAL_COUNT) return -ERRNO.EINVAL;
  let [reached, failure] = [false, 0];
  for (const target of targets) {
    const result = sendTo(kernel, task, target, sender(task, signal, SI_USER));
    if (result === 0) reached = true;
    // A broadcast says nothing of those that it may not reach.
    else if (pid !== -1 || result !== -ERRNO.EPERM) failure = result;
  }
  return reached ? 0 : failure;
}

/** What kill(2) and rt_sigqueueinfo(2) do to one process; signal 0 only asks. */
function sendTo(kernel: Kernel, task: Task, target: Process, information: SignalInformation): number {
  if (!maySignal(task, target, information.signal)) return -ERRNO.EPERM;
  return information.signal === 0 || target.exitStatus !== null ? 0 : sendToProcess(kernel, target, information);
}

/** By pid; the tid of any of its threads does as well. */
function findProcess(kernel: Kernel, pid: number): Process | null {
  return kernel.pids.processes.get(pid) ?? kernel.pids.tasks.get(pid)?.process ?? null;
}

function killTargets(kernel: Kernel, task: Task, pid: number): Process[] {
  const all = [...kernel.pids.processes.values()];
  if (pid > 0) {
    const process = findProcess(kernel, pid);
    return process ? [process] : [];
  }
  if (pid === -1) return all.filter((process) => process.pid !== kernel.reaper.pid && process !== task.process);
  const group = pid === 0 ? task.process.group : -pid;
  return all.filter((process) => process.group === group);
}

function tkill(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  return sendToThread(kernel, task, 0, args.i32(0), args.i32(1), (signal) => sender(task, signal, SI_TKILL));
}

function tgkill(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  if (args.i32(0) <= 0) return -ERRNO.EINVAL;
  return sendToThread(kernel, task, args.i32(0), args.i32(1), args.i32(2), (signal) => sender(task, signal, SI_TKILL));
}

/** `pid` 0: any process. */
function sendToThread(
  kernel: Kernel,
  task: Task,
  pid: number,
  tid: number,
  signal: number,
  make: (signal: number) => SignalInformation,
): number {
  if (tid <= 0) return -ERRNO.EINVAL;
  const target = kernel.pids.tasks.get(tid);
  if (!target || (pid !== 0 && target.process.pid !== pid)) return -ERRNO.ESRCH;
  if (signal < 0 || signal > SIGNAL_COUNT) return -ERRNO.EINVAL;
  if (!maySignal(task, target.process, signal, target.credentials)) return -ERRNO.EPERM;
  return signal === 0 ? 0 : sendToTask(kernel, target, make(signal));
}

/** Nobody may tell others that the kernel, or kill, has sent a signal. */
function pretends(information: SignalInformation): boolean {
  return information.code >= 0 || information.code === SI_TKILL;
}

function rtSigqueueinfo(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const signal = args.i32(1);
  const information = readSiginfo(task, args.number(2), signal);
  if (typeof information === 'number') return information;
  if (pretends(information) && args.i32(0) !== task.process.pid) return -ERRNO.EPERM;
  const target = findProcess(kernel, args.i32(0));
  if (!target) return -ERRNO.ESRCH;
  if (signal < 0 || signal > SIGNAL_COUNT) return -ERRNO.EINVAL;
  return sendTo(kernel, task, target, information);
}

function rtTgsigqueueinfo(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const signal = args.i32(2);
  const information = readSiginfo(task, args.number(3), signal);
  if (typeof information === 'number') return information;
  if (args.i32(0) <= 0 || args.i32(1) <= 0) return -ERRNO.EINVAL;
  if (pretends(information) && args.i32(1) !== task.tid) return -ERRNO.EPERM;
  return sendToThread(kernel, task, args.i32(0), args.i32(1), signal, () => information);
}

export const SIGNAL_ROWS: readonly SyscallRow[] = [
  { number: 13, name: 'rt_sigaction', arguments: ['signal', 'pointer', 'pointer', 'size'], handler: rtSigaction },
  { number: 14, name: 'rt_sigprocmask', arguments: ['i32', 'pointer', 'pointer', 'size'], handler: rtSigprocmask },
  { number: 15, name: 'rt_sigreturn', arguments: [], handler: rtSigreturn },
  { number: 34, name: 'pause', arguments: [], handler: pause },
  { number: 62, name: 'kill', arguments: ['i32', 'signal'], handler: kill },
  { number: 127, name: 'rt_sigpending', arguments: ['pointer', 'size'], handler: rtSigpending },
  { number: 128, name: 'rt_sigtimedwait', arguments: ['pointer', 'pointer', 'pointer', 'size'], handler: rtSigtimedwait },
  { number: 129, name: 'rt_sigqueueinfo', arguments: ['i32', 'signal', 'pointer'], handler: rtSigqueueinfo },
  { number: 130, name: 'rt_sigsuspend', arguments: ['pointer', 'size'], handler: rtSigsuspend },
  { number: 131, name: 'sigaltstack', arguments: ['pointer', 'pointer'], handler: sigaltstack },
  { number: 200, name: 'tkill', arguments: ['i32', 'signal'], handler: tkill },
  { number: 234, name: 'tgkill', arguments: ['i32', 'i32', 'signal'], handler: tgkill },
  { number: 297, name: 'rt_tgsigqueueinfo', arguments: ['i32', 'i32', 'signal', 'pointer'], handler: rtTgsigqueueinfo },
];
