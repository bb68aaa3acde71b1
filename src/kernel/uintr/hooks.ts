// Where the kernel's core calls into user interrupts. Every call is cheap and harmless for a task that uses none.
//
// What class Kernel provides: `uintr` (KernelUintr, made by createKernelUintr), `hardware`, `now`, current(vcpu), wake(task, by).
// What Mm provides: a field `uitt: UittContext | null`, null at first.
// The rule behind all of it: while a task is current on a vCPU, that vCPU's UintrUnit holds the task's component 14 and
// nothing else does; from onSwitchOut to onSwitchIn it lives in task.uintr.

import type { CpuException } from '../../machine/cpu/exit.ts';
import type { Vcpu } from '../../machine/cpu/vcpu.ts';
import type { Kernel } from '../kernel.ts';
import type { Mm } from '../mm/mm.ts';
import type { Task } from '../task/task.ts';
import { exitToUser, switchIn, switchOut } from './context-switch.ts';
import { execTask, exitTask } from './exit.ts';
import { fixUpBlockedReceiver, fixUpMissingTable, type FixUp } from './faults.ts';
import { takeKernelVector } from './interrupt.ts';
import { releaseTable, shareTable } from './process-table.ts';
import { runTaskWork } from './task-work.ts';

/** `task` stops being current on `vcpu` (preempted, blocked, stopped): after task.state is set. Not for an exiting task. */
export function onSwitchOut(kernel: Kernel, task: Task, vcpu: Vcpu): void {
  switchOut(kernel, task, vcpu);
}

/** `task` becomes current on `vcpu`: before its blocked call runs again or anything else of it. */
export function onSwitchIn(kernel: Kernel, task: Task, vcpu: Vcpu): void {
  switchIn(kernel, task, vcpu);
}

/** The last thing before `task` returns to user mode on `vcpu`, after signals; charges nothing. */
export function onExitToUser(kernel: Kernel, task: Task, vcpu: Vcpu): void {
  runTaskWork(kernel, task, vcpu);
  exitToUser(kernel, task, vcpu);
}

/** `task` ends. `vcpu` is where it is current, or null if it was not running (killed while blocked). Before its mm and files go. */
export function onTaskExit(kernel: Kernel, task: Task, vcpu: Vcpu | null): void {
  exitTask(kernel, task, vcpu);
}

/** execve of `task` (current on `vcpu`) can no longer fail: registration and senders are gone. The old mm is released by onMmReleased. */
export function onExec(kernel: Kernel, task: Task, vcpu: Vcpu): void {
  execTask(kernel, task, vcpu);
}

/** fork without CLONE_VM has made `to` from `from`. */
export function onMmCopied(kernel: Kernel, from: Mm, to: Mm): void {
  shareTable(kernel, from, to);
}

/** The last user of `mm` is gone (exit, exec). */
export function onMmReleased(kernel: Kernel, mm: Mm): void {
  releaseTable(kernel, mm);
}

/**
 * A woken blocked call is about to run again: true once if a user interrupt woke it (TIF_NOTIFY_SIGNAL).
 * Then the call does not run again but completes with -EINTR, without restart; uintr_wait and sleeps included.
 */
export function takeNotifySignal(task: Task): boolean {
  if (!task.uintr?.notifySignal) return false;
  task.uintr.notifySignal = false;
  return true;
}

/**
 * First look at an exception of the current task, before a signal. 'retry': execute the instruction again.
 * 'skipped': it has been done for the task, RIP is behind it. null: not ours.
 */
export function fixUpException(kernel: Kernel, vcpu: Vcpu, exception: CpuException): FixUp {
  return fixUpMissingTable(kernel, vcpu, exception) ?? fixUpBlockedReceiver(kernel, vcpu, exception);
}

/** An interrupt came through the IDT: true if the vector is one of ours (0xEC, 0xEB) and has been handled. */
export function onInterrupt(kernel: Kernel, vcpu: Vcpu, vector: number): boolean {
  return takeKernelVector(kernel, vcpu, vector);
}
