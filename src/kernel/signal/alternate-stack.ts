// The alternate stack of a thread (sigaltstack(2)): where it lies, who may change it, what is told of it.

import { ERRNO } from '../abi/errno.ts';
import { SS_AUTODISARM, SS_DISABLE, SS_ONSTACK } from '../abi/signal.ts';
import type { Task } from '../task/task.ts';

export interface AltStack {
  readonly base: number;
  /** Bytes; 0: there is none. */
  readonly size: number;
  /** SS_* as last given. */
  readonly flags: number;
}

/** Of a program that has never asked for one. */
export const NO_ALT_STACK: AltStack = { base: 0, size: 0, flags: 0 };
/** Taken away by the kernel. */
export const DISARMED_ALT_STACK: AltStack = { base: 0, size: 0, flags: SS_DISABLE };

/** With SS_AUTODISARM the kernel does not ask: a handler may move to another stack. */
export function isOnAltStack(task: Task, sp: number): boolean {
  const { base, size, flags } = task.signals.altStack;
  return (flags & SS_AUTODISARM) === 0 && sp > base && sp <= base + size;
}

/** ss_flags as sigaltstack(2) reports them for a thread whose stack pointer is `sp`. */
export function altStackFlags(task: Task, sp: number): number {
  const { size, flags } = task.signals.altStack;
  const state = size === 0 ? SS_DISABLE : isOnAltStack(task, sp) ? SS_ONSTACK : 0;
  return state | (flags & SS_AUTODISARM);
}

/** 0, or why the stack stays as it is: in use, unknown flags, smaller than `least` bytes. */
export function setAltStack(task: Task, sp: number, wanted: AltStack, least: number): number {
  const { signals } = task;
  if (isOnAltStack(task, sp)) return -ERRNO.EPERM;
  const mode = (wanted.flags & ~SS_AUTODISARM) >>> 0;
  if (mode !== 0 && mode !== SS_ONSTACK && mode !== SS_DISABLE) return -ERRNO.EINVAL;
  if (mode === SS_DISABLE) signals.altStack = { base: 0, size: 0, flags: wanted.flags };
  else if (wanted.size < least) return -ERRNO.ENOMEM;
  else signals.altStack = wanted;
  return 0;
}
