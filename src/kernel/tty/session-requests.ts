// Requests about sessions and process groups: TIOCSCTTY, TIOCNOTTY, TIOCGPGRP, TIOCSPGRP, TIOCGSID (tty_ioctl(4)).

import { ERRNO } from '../abi/errno.ts';
import { TIOCGPGRP, TIOCGSID, TIOCNOTTY, TIOCSCTTY, TIOCSPGRP } from '../abi/ioctl.ts';
import { SIGNAL } from '../abi/signal.ts';
import type { Kernel } from '../kernel.ts';
import { isPrivileged } from '../task/credentials.ts';
import type { Task } from '../task/task.ts';
import { putUint32 } from '../vfs/user-memory.ts';
import { acquire, checkForeground, leaveTerminal, takeFrom } from './job-control.ts';
import { realTerminal, type TerminalRequest } from './request.ts';
import type { TerminalFile } from './terminal-file.ts';

function makeControlling(kernel: Kernel, task: Task, file: TerminalFile, argument: number): number {
  const terminal = realTerminal(file);
  const { process } = task;
  const leads = process.session === process.pid;
  if (leads && terminal.session === process.session) return 0;
  if (!leads || process.terminal) return -ERRNO.EPERM;
  const privileged = isPrivileged(task.credentials);
  if (terminal.session !== 0) {
    if (argument !== 1 || !privileged) return -ERRNO.EPERM;
    takeFrom(kernel, terminal);
  }
  if (!file.isReadable && !privileged) return -ERRNO.EPERM;
  acquire(process, terminal);
  return 0;
}

function giveUp(kernel: Kernel, task: Task, file: TerminalFile): number {
  if (task.process.terminal !== file.terminal) return -ERRNO.ENOTTY;
  leaveTerminal(kernel, task.process, false);
  return 0;
}

/** A slave answers its own session alone; through the master anybody may ask. */
function mayAsk(task: Task, file: TerminalFile): boolean {
  return file.terminal.kind === 'master' || task.process.terminal === file.terminal;
}

function getForeground(_kernel: Kernel, task: Task, file: TerminalFile, argument: number): number {
  if (!mayAsk(task, file)) return -ERRNO.ENOTTY;
  return putUint32(task, argument, realTerminal(file).foreground);
}

function setForeground(kernel: Kernel, task: Task, file: TerminalFile, argument: number): number {
  const terminal = realTerminal(file);
  const { process } = task;
  const denied = checkForeground(kernel, task, terminal, SIGNAL.SIGTTOU);
  if (denied < 0) return denied === -ERRNO.EIO ? -ERRNO.ENOTTY : denied;
  const group = task.mm.user.readInt32(argument);
  if (group === null) return -ERRNO.EFAULT;
  if (group < 0) return -ERRNO.EINVAL;
  if (process.terminal !== terminal || terminal.session !== process.session) return -ERRNO.ENOTTY;
  const session = sessionOfGroup(kernel, group);
  if (session === null) return -ERRNO.ESRCH;
  if (session !== process.session) return -ERRNO.EPERM;
  terminal.foreground = group;
  return 0;
}

/** Of a process group, or, where there is none of that number, of the process; null if there is neither. */
function sessionOfGroup(kernel: Kernel, group: number): number | null {
  for (const process of kernel.pids.processes.values()) if (process.group === group) return process.session;
  return kernel.pids.processes.get(group)?.session ?? null;
}

function getSession(_kernel: Kernel, task: Task, file: TerminalFile, argument: number): number {
  const { session } = realTerminal(file);
  if (!mayAsk(task, file) || session === 0) return -ERRNO.ENOTTY;
  return putUint32(task, argument, session);
}

export const SESSION_REQUESTS: readonly (readonly [request: number, handler: TerminalRequest])[] = [
  [TIOCSCTTY, makeControlling],
  [TIOCNOTTY, giveUp],
  [TIOCGPGRP, getForeground],
  [TIOCSPGRP, setForeground],
  [TIOCGSID, getSession],
];
