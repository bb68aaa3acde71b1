// Sending signals: to a thread, a process, or by force for a fault. What is ignored is dropped here (signal(7)).

import { ERRNO } from '../abi/errno.ts';
import { SA_NOCLDSTOP, SI_USER, SIGNAL, SIGRTMIN, signalBit } from '../abi/signal.ts';
import type { Kernel } from '../kernel.ts';
import { makeRunnable } from '../task/blocking.ts';
import { RLIMIT } from '../task/limits.ts';
import type { Process } from '../task/process.ts';
import type { Task } from '../task/task.ts';
import { STOP_MASK } from './default-action.ts';
import { stateInformation } from './child-state.ts';
import { isBlocked, isIgnored } from './pending.ts';
import { signalInformation, type SignalInformation, type SignalQueue } from './state.ts';

/** 0, or -EAGAIN where the target's user has as many signals queued as RLIMIT_SIGPENDING allows. */
export function sendToTask(kernel: Kernel, task: Task, information: SignalInformation): number {
  return send(kernel, task.process, task, information);
}

export function sendToProcess(kernel: Kernel, process: Process, information: SignalInformation): number {
  return send(kernel, process, null, information);
}

/** Every process of a group. Returns how many there were. */
export function sendToGroup(kernel: Kernel, group: number, information: SignalInformation): number {
  const members = kernel.pids.group(group);
  for (const process of members) sendToProcess(kernel, process, information);
  return members.length;
}

/** A signal from the kernel itself, without sender. */
export function kernelSignal(signal: number): SignalInformation {
  return signalInformation(signal, SI_USER);
}

function send(kernel: Kernel, process: Process, target: Task | null, information: SignalInformation): number {
  const { signal } = information;
  const leader = process.leader;
  if (!leader) return 0;
  kernel.charge(kernel.hardware.costs.signal_generation);
  if (signal === SIGNAL.SIGKILL) {
    announce(kernel, target ?? leader, information);
    killProcess(kernel, process, { kind: 'killed', signal, core: false });
    return 0;
  }
  prepareJobControl(kernel, process, signal);
  const receiver = target ?? chooseThread(process, signal);
  const waits = (receiver.signals.blocked & signalBit(signal)) !== 0n;
  announce(kernel, receiver, information);
  if (!waits && isIgnored(receiver, signal)) return 0;
  const queued = queue(kernel, process, target ? target.signals.pending : process.pending, information);
  if (queued < 0) return queued;
  if (isBlocked(receiver, signal)) kernel.wake(process.signalEvents);
  else noticeSignal(kernel, receiver);
  return 0;
}

/** Beyond RLIMIT_SIGPENDING what tells of itself is refused, and of a plain kill nothing but the fact is kept. */
function queue(kernel: Kernel, process: Process, pending: SignalQueue, information: SignalInformation): number {
  const { signal, code } = information;
  const isLimited = (signal >= SIGRTMIN || code < 0) && !information.expiry;
  if (!isLimited || (signal < SIGRTMIN && pending.has(signal)) || hasRoom(kernel, process)) {
    pending.add(information);
    return 0;
  }
  if (signal >= SIGRTMIN && code !== SI_USER) return -ERRNO.EAGAIN;
  if (!pending.has(signal)) pending.add(signalInformation(signal, SI_USER));
  return 0;
}

/** True if the signal, to a thread or to whichever is chosen, would be dropped for being ignored. */
export function wouldBeIgnored(process: Process, target: Task | null, signal: number): boolean {
  if (!process.leader) return true;
  const receiver = target ?? chooseThread(process, signal);
  return (receiver.signals.blocked & signalBit(signal)) === 0n && isIgnored(receiver, signal);
}

/** RLIMIT_SIGPENDING: signals that wait for any process of the same user count, and timers, which have a place for theirs. */
export function hasRoom(kernel: Kernel, process: Process): boolean {
  const limit = process.limits[RLIMIT.SIGPENDING]!.soft;
  let count = 0;
  for (const other of kernel.pids.processes.values()) {
    if (other.uid !== process.uid) continue;
    count += other.posixTimers.size + other.pending.counted;
    for (const task of other.tasks) count += task.signals.pending.counted;
  }
  return count < limit;
}

function announce(kernel: Kernel, task: Task, information: SignalInformation): void {
  const { signal, code, pid } = information;
  kernel.emit('signal_generated', kernel.cpu ? kernel.current(kernel.cpu) : null, { signal, code, sender_pid: pid, target_tid: task.tid });
}

/** The first thread that does not block the signal, or waits for it; the leader if all do. */
function chooseThread(process: Process, signal: number): Task {
  return process.tasks.find((task) => !isBlocked(task, signal) && task.exiting === null && !task.kernelThread) ?? process.leader!;
}

/** Ends an interruptible sleep, or brings a running thread into the kernel. */
export function noticeSignal(kernel: Kernel, task: Task): void {
  if (task.state === 'blocked') kernel.wakeTask(task, 'signal');
  else if (task.state === 'runnable' && kernel.scheduler.isCurrent(task)) kernel.scheduler.requestReschedule(kernel, task.vcpu);
}

/** SIGCONT wakes a stopped process whatever becomes of the signal; stop signals and SIGCONT cancel each other. */
function prepareJobControl(kernel: Kernel, process: Process, signal: number): void {
  const stops = (STOP_MASK & signalBit(signal)) !== 0n;
  if (stops) discardEverywhere(process, signalBit(SIGNAL.SIGCONT));
  if (signal !== SIGNAL.SIGCONT) return;
  discardEverywhere(process, STOP_MASK);
  if (process.stoppedBy === 0) return;
  continueProcess(kernel, process);
  process.continued = true;
  notifyParentOfState(kernel, process, 'continued');
}

function discardEverywhere(process: Process, mask: bigint): void {
  process.pending.discard(mask);
  for (const task of process.tasks) task.signals.pending.discard(mask);
}

export function continueProcess(kernel: Kernel, process: Process): void {
  process.stoppedBy = 0;
  process.stopReported = true;
  for (const task of process.threads) if (task.state === 'stopped') makeRunnable(kernel, task, 'SIGCONT', false);
}

/** Every thread of the process exits at its next boundary. The first cause stays. */
export function killProcess(kernel: Kernel, process: Process, status: NonNullable<Process['groupExit']>): void {
  process.groupExit ??= status;
  for (const task of [...process.tasks]) endThread(kernel, task);
}

/** One thread exits at its next boundary, wherever it is. */
export function endThread(kernel: Kernel, task: Task): void {
  task.exiting ??= 0;
  if (task.state === 'stopped') makeRunnable(kernel, task, 'kill', false);
  else if (task.state === 'blocked' || task.state === 'uninterruptible') kernel.wakeTask(task, 'kill');
  else if (kernel.scheduler.isCurrent(task)) kernel.scheduler.requestReschedule(kernel, task.vcpu);
}

/** A fault of the task itself: cannot be blocked or ignored; then it is fatal. */
export function forceSignal(kernel: Kernel, task: Task, information: SignalInformation): void {
  const bit = signalBit(information.signal);
  const action = task.signals.actions.of(information.signal);
  if (action.handler === 1n || task.signals.blocked & bit) {
    action.handler = 0n;
    task.signals.blocked &= ~bit;
  }
  announce(kernel, task, information);
  task.signals.pending.add(information);
}

/** Every thread of a process that has just been told to stop leaves its sleep, or user mode; those of the kernel too. */
export function bringToStop(kernel: Kernel, process: Process): void {
  for (const task of process.threads) noticeSignal(kernel, task);
}

/** The parent of a stopped or continued child (SA_NOCLDSTOP keeps the signal away, not the wait). */
export function notifyParentOfState(kernel: Kernel, process: Process, state: 'stopped' | 'continued'): void {
  const { parent } = process;
  if (!parent) return;
  const action = parent.leader?.signals.actions.of(SIGNAL.SIGCHLD);
  if (action && (action.flags & SA_NOCLDSTOP) === 0) sendToProcess(kernel, parent, stateInformation(kernel, process, state));
  kernel.wake(parent.childEvents);
}
