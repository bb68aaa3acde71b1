// Sending signals: to a thread, a process, or by force for a fault. What is ignored is dropped here (signal(7)).

import { SA_NOCLDSTOP, SI_USER, SIGNAL, signalBit } from '../abi/signal.ts';
import type { Kernel } from '../kernel.ts';
import { makeRunnable } from '../task/blocking.ts';
import type { Process } from '../task/process.ts';
import type { Task } from '../task/task.ts';
import { STOP_MASK } from './default-action.ts';
import { stateInformation } from './child-state.ts';
import { isIgnored } from './pending.ts';
import { signalInformation, type SignalInformation } from './state.ts';

export function sendToTask(kernel: Kernel, task: Task, information: SignalInformation): void {
  send(kernel, task.process, task, information);
}

export function sendToProcess(kernel: Kernel, process: Process, information: SignalInformation): void {
  send(kernel, process, null, information);
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

function send(kernel: Kernel, process: Process, target: Task | null, information: SignalInformation): void {
  const { signal } = information;
  const leader = process.leader;
  if (!leader) return;
  kernel.charge(kernel.hardware.costs.signal_generation);
  if (signal === SIGNAL.SIGKILL) {
    announce(kernel, target ?? leader, information);
    killProcess(kernel, process, { kind: 'killed', signal, core: false });
    return;
  }
  prepareJobControl(kernel, process, signal);
  const receiver = target ?? chooseThread(process, signal);
  const blocked = (receiver.signals.blocked & signalBit(signal)) !== 0n;
  announce(kernel, receiver, information);
  if (!blocked && isIgnored(receiver, signal)) return;
  (target ? target.signals.pending : process.pending).add(information);
  if (blocked) wakeSignalWaiters(kernel, process, target, signal);
  else noticeSignal(kernel, receiver);
}

function announce(kernel: Kernel, task: Task, information: SignalInformation): void {
  const { signal, code, pid } = information;
  kernel.emit('signal_generated', kernel.cpu ? kernel.current(kernel.cpu) : null, { signal, code, sender_pid: pid, target_tid: task.tid });
}

/** The first thread that does not block the signal, the leader if all do. */
function chooseThread(process: Process, signal: number): Task {
  const bit = signalBit(signal);
  return process.tasks.find((task) => (task.signals.blocked & bit) === 0n && task.exiting === null) ?? process.leader!;
}

/** sigtimedwait and signalfd take blocked signals: their sleeps look again. */
function wakeSignalWaiters(kernel: Kernel, process: Process, target: Task | null, signal: number): void {
  const bit = signalBit(signal);
  for (const task of target ? [target] : process.tasks) {
    if (task.signals.waitedFor & bit) {
      kernel.wakeTask(task, 'signal');
      return;
    }
  }
  kernel.wake(process.signalEvents);
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
  for (const task of process.tasks) if (task.state === 'stopped') makeRunnable(kernel, task, 'SIGCONT', false);
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

/** The parent of a stopped or continued child (SA_NOCLDSTOP keeps the signal away, not the wait). */
export function notifyParentOfState(kernel: Kernel, process: Process, state: 'stopped' | 'continued'): void {
  const { parent } = process;
  if (!parent) return;
  const action = parent.leader?.signals.actions.of(SIGNAL.SIGCHLD);
  if (action && (action.flags & SA_NOCLDSTOP) === 0) sendToProcess(kernel, parent, stateInformation(process, state));
  kernel.wake(parent.childEvents);
}
