// Waiting for children (wait4, waitid): which child, in which state, and what is told of it.

import { ERRNO } from '../abi/errno.ts';
import { SIGNAL } from '../abi/signal.ts';
import type { Kernel } from '../kernel.ts';
import { reap } from './exit.ts';
import type { ExitStatus, Process } from './process.ts';
import type { Task } from './task.ts';

export const WNOHANG = 1;
export const WUNTRACED = 2;
export const WSTOPPED = 2;
export const WEXITED = 4;
export const WCONTINUED = 8;
export const WNOWAIT = 0x0100_0000;
export const WNOTHREAD = 0x2000_0000;
export const WALL = 0x4000_0000;
export const WCLONE = 0x8000_0000;

/** Whom a wait is for. */
export type WaitTarget =
  | { readonly kind: 'any' }
  | { readonly kind: 'pid'; readonly pid: number }
  | { readonly kind: 'process'; readonly process: Process }
  | { readonly kind: 'group'; readonly group: number };

export type ChildNews =
  | { readonly kind: 'exited'; readonly process: Process; readonly status: ExitStatus }
  | { readonly kind: 'stopped'; readonly process: Process; readonly signal: number }
  | { readonly kind: 'continued'; readonly process: Process };

/** News of a child, taken unless WNOWAIT; null if there is none yet; -ECHILD if no such child exists. */
export function findChildNews(kernel: Kernel, task: Task, target: WaitTarget, options: number): ChildNews | null | number {
  const candidates = task.process.children.filter((child) => matches(task, child, target, options));
  if (candidates.length === 0) return -ERRNO.ECHILD;
  const keep = (options & WNOWAIT) !== 0;
  for (const process of candidates) {
    const { exitStatus } = process;
    if (exitStatus && options & WEXITED) {
      if (!keep) reap(kernel, process);
      return { kind: 'exited', process, status: exitStatus };
    }
    if (!exitStatus && options & WSTOPPED && process.stoppedBy !== 0 && !process.stopReported) {
      if (!keep) process.stopReported = true;
      return { kind: 'stopped', process, signal: process.stoppedBy };
    }
    if (!exitStatus && options & WCONTINUED && process.continued) {
      if (!keep) process.continued = false;
      return { kind: 'continued', process };
    }
  }
  return null;
}

function matches(task: Task, child: Process, target: WaitTarget, options: number): boolean {
  if (options & WNOTHREAD && child.creator !== task) return false;
  if (target.kind === 'process' && child !== target.process) return false;
  if (target.kind === 'pid' && child.pid !== target.pid) return false;
  if (target.kind === 'group' && child.group !== target.group) return false;
  const isClone = child.exitSignal !== SIGNAL.SIGCHLD;
  return (options & WALL) !== 0 || isClone === ((options & WCLONE) !== 0);
}

/** The status word of wait4 (WIFEXITED and its like). */
export function statusWord(news: ChildNews): number {
  if (news.kind === 'stopped') return (news.signal << 8) | 0x7f;
  if (news.kind === 'continued') return 0xffff;
  const { status } = news;
  return status.kind === 'exited' ? (status.code & 0xff) << 8 : status.signal | (status.core ? 0x80 : 0);
}
