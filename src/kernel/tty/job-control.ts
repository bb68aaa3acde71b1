// Sessions and process groups at a terminal (credentials(7), tty_ioctl(4)): who may read, write and change it, and who is told what.

import { ERRNO, RESTART } from '../abi/errno.ts';
import { SI_KERNEL, SIGNAL, signalBit } from '../abi/signal.ts';
import type { Kernel } from '../kernel.ts';
import { sendToGroup, sendToProcess } from '../signal/generate.ts';
import { signalInformation } from '../signal/state.ts';
import type { Process } from '../task/process.ts';
import { isOrphanedGroup } from '../task/process-groups.ts';
import type { Task } from '../task/task.ts';
import type { Terminal } from './terminal.ts';

/** A signal from the terminal to the processes in front; nothing where there are none. */
export function signalForeground(kernel: Kernel, terminal: Terminal, signal: number): void {
  if (terminal.foreground !== 0) sendToGroup(kernel, terminal.foreground, signalInformation(signal, SI_KERNEL));
}

/**
 * 0 if `task` may do to its terminal what a background process must ask for with `signal` (SIGTTIN to read, SIGTTOU to change or,
 * with TOSTOP, to write). Else -EIO, or -ERESTARTSYS after the signal has been sent to its group.
 */
export function checkForeground(kernel: Kernel, task: Task, terminal: Terminal, signal: number): number {
  const { process } = task;
  if (process.terminal !== terminal || terminal.foreground === 0 || process.group === terminal.foreground) return 0;
  const { blocked, actions } = task.signals;
  if (blocked & signalBit(signal) || actions.of(signal).handler === 1n) return signal === SIGNAL.SIGTTIN ? -ERRNO.EIO : 0;
  if (isOrphanedGroup(kernel, process.group)) return -ERRNO.EIO;
  sendToGroup(kernel, process.group, signalInformation(signal, SI_KERNEL));
  return -RESTART.ERESTARTSYS;
}

/** `process`, a session leader, makes the terminal its session's. */
export function acquire(process: Process, terminal: Terminal): void {
  terminal.session = process.session;
  terminal.foreground = process.group;
  process.terminal = terminal;
}

/** No process of the session has a terminal any more. */
function detachSession(kernel: Kernel, session: number): void {
  for (const process of kernel.pids.processes.values()) if (process.session === session) process.terminal = null;
}

/** The terminal is taken from the session it controls. */
export function takeFrom(kernel: Kernel, terminal: Terminal): void {
  if (terminal.session !== 0) detachSession(kernel, terminal.session);
  terminal.session = 0;
  terminal.foreground = 0;
}

/** TIOCNOTTY, or the end of a process: a session leader gives the terminal up for the whole session. */
export function leaveTerminal(kernel: Kernel, process: Process, exits: boolean): void {
  const { terminal } = process;
  if (process.session === process.pid) {
    if (terminal) leaveAsLeader(kernel, process, terminal, exits);
    else if (exits && process.lostForeground !== 0) {
      for (const signal of [SIGNAL.SIGHUP, SIGNAL.SIGCONT])
        sendToGroup(kernel, process.lostForeground, signalInformation(signal, SI_KERNEL));
    }
    process.lostForeground = 0;
  }
  process.terminal = null;
}

function leaveAsLeader(kernel: Kernel, process: Process, terminal: Terminal, exits: boolean): void {
  signalForeground(kernel, terminal, SIGNAL.SIGHUP);
  if (!exits) signalForeground(kernel, terminal, SIGNAL.SIGCONT);
  terminal.session = 0;
  terminal.foreground = 0;
  detachSession(kernel, process.session);
}

/** The terminal has hung up: its session loses it, and the leader is told and keeps in mind who was in front. */
export function tellOfHangUp(kernel: Kernel, terminal: Terminal): void {
  const { session, foreground } = terminal;
  terminal.session = 0;
  terminal.foreground = 0;
  if (session === 0) return;
  for (const process of [...kernel.pids.processes.values()]) {
    if (process.session !== session || process.terminal !== terminal) continue;
    process.terminal = null;
    if (process.pid !== session) continue;
    for (const signal of [SIGNAL.SIGHUP, SIGNAL.SIGCONT]) sendToProcess(kernel, process, signalInformation(signal, SI_KERNEL));
    process.lostForeground = foreground;
  }
}
