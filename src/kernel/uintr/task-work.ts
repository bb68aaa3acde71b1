// Work that another task has left for a receiver or sender to do in its own context (Linux's task_work).

import type { Vcpu } from '../../machine/cpu/vcpu.ts';
import type { Kernel } from '../kernel.ts';
import type { Task } from '../task/task.ts';
import { tearDownEmptyTable } from './sender.ts';
import type { TaskWork } from './state.ts';
import { ensureUintr, receiverOf } from './task-state.ts';
import { freeEntry, putUitt } from './uitt-context.ts';
import { clearRequests, putUpid } from './upid-context.ts';

/** An exited task's work is dropped, but what it holds is given back. */
export function addTaskWork(kernel: Kernel, task: Task, work: TaskWork): void {
  const state = ensureUintr(task);
  if (!state.exited) state.work.push(work);
  else release(kernel, work);
}

export function runTaskWork(kernel: Kernel, task: Task, vcpu: Vcpu): void {
  const state = task.uintr;
  if (!state || state.work.length === 0) return;
  for (const work of state.work.splice(0)) {
    if (work.kind === 'free-entry') {
      freeEntry(kernel, work.table, work.index);
      if (work.table === state.table) tearDownEmptyTable(kernel, task, vcpu);
    } else if (receiverOf(task) === work.upid) {
      // A bit that has reached UIRR is left to be delivered.
      clearRequests(kernel, work.upid, 1n << BigInt(work.vector));
      kernel.uintr.ledger.withdraw(work.upid.address, 1n << BigInt(work.vector));
      work.upid.vectors &= ~(1n << BigInt(work.vector));
    }
    release(kernel, work);
  }
}

/** The task ends: nothing is done any more. */
export function dropTaskWork(kernel: Kernel, task: Task): void {
  for (const work of task.uintr?.work.splice(0) ?? []) release(kernel, work);
}

function release(kernel: Kernel, work: TaskWork): void {
  if (work.kind === 'free-entry') putUitt(kernel, work.table);
  else putUpid(kernel, work.upid);
}
