// Senders: finding or making the UITT, programming it into the vCPU, and connecting entries to receivers.

import type { Vcpu } from '../../machine/cpu/vcpu.ts';
import { TT_ENABLE } from '../../machine/uintr/msr.ts';
import { ERRNO } from '../abi/errno.ts';
import type { Kernel } from '../kernel.ts';
import type { Task } from '../task/task.ts';
import { ensureUintr } from './task-state.ts';
import { allocateUitt, connectEntry, putUitt, type UittContext } from './uitt-context.ts';
import type { UpidContext } from './upid-context.ts';

/** The table that `task` sends through, its own or its process's; null if it has none. */
export function tableOf(kernel: Kernel, task: Task): UittContext | null {
  return kernel.uintr.profile.tableOwner === 'task' ? (task.uintr?.table ?? null) : task.mm.uitt;
}

/** The same, made if need be; null when RAM is exhausted. */
export function ensureTable(kernel: Kernel, task: Task): UittContext | null {
  const found = tableOf(kernel, task) ?? allocateUitt(kernel);
  if (!found) return null;
  if (kernel.uintr.profile.tableOwner === 'task') ensureUintr(task).table = found;
  else task.mm.uitt = found;
  return found;
}

export function isProgrammed(vcpu: Vcpu): boolean {
  return (vcpu.uintr.tt & TT_ENABLE) !== 0n;
}

/** Lets `task`, current on `vcpu`, execute SENDUIPI with `table`. */
export function programTable(kernel: Kernel, task: Task, vcpu: Vcpu, table: UittContext, by: string): void {
  ensureUintr(task);
  vcpu.uintr.tt = table.address | TT_ENABLE;
  vcpu.uintr.uittsz = kernel.uintr.profile.uittsz;
  kernel.emit('uitt_activated', task, { uitt: table.address, by });
}

/** Connects the lowest free entry to `vector` of `upid`: its index, or -errno. */
export function registerSender(kernel: Kernel, task: Task, vcpu: Vcpu, vector: number, upid: UpidContext): number {
  if (!upid.receiverActive) return -ERRNO.ESHUTDOWN;
  const table = ensureTable(kernel, task);
  if (!table) return -ERRNO.ENOMEM;
  const index = table.freeIndex();
  if (index < 0) return -ERRNO.ENOSPC;
  connectEntry(kernel, table, index, vector, upid);
  if (!isProgrammed(vcpu)) programTable(kernel, task, vcpu, table, 'register_sender');
  kernel.emit('uintr_sender_registered', task, { uitt_index: index, vector, upid: upid.address });
  return index;
}

/** A task's own table goes as soon as it is empty: SENDUIPI then raises #UD. */
export function tearDownEmptyTable(kernel: Kernel, task: Task, vcpu: Vcpu): void {
  const table = task.uintr?.table;
  if (!table?.isEmpty) return;
  task.uintr!.table = null;
  vcpu.uintr.tt = 0n;
  vcpu.uintr.uittsz = 0;
  putUitt(kernel, table);
}
