// A thread ends, or becomes another program: its user-interrupt registers are cleared and its references given back.

import type { Vcpu } from '../../machine/cpu/vcpu.ts';
import { restoreComponent } from '../../machine/uintr/xsave-component.ts';
import type { Kernel } from '../kernel.ts';
import type { Task } from '../task/task.ts';
import { retireUpid } from './receiver.ts';
import { dropTaskWork } from './task-work.ts';
import { putUitt } from './uitt-context.ts';
import { putUpid } from './upid-context.ts';

export function exitTask(kernel: Kernel, task: Task, vcpu: Vcpu | null): void {
  if (vcpu) clearRegisters(vcpu);
  if (!task.uintr) return;
  release(kernel, task);
  task.uintr.exited = true;
}

export function execTask(kernel: Kernel, task: Task, vcpu: Vcpu): void {
  clearRegisters(vcpu);
  if (!task.uintr) return;
  release(kernel, task);
}

function clearRegisters(vcpu: Vcpu): void {
  vcpu.uintr.uinv = 0;
  restoreComponent(vcpu.uintr, null, 'kernel');
}

function release(kernel: Kernel, task: Task): void {
  const state = task.uintr!;
  const { upid, table } = state;
  dropTaskWork(kernel, task);
  state.image = null;
  state.notifySignal = false;
  if (upid) {
    if (state.receiver) {
      retireUpid(kernel, task, upid);
      if (!kernel.uintr.profile.goneWhenUnregistered) putUpid(kernel, upid);
    }
    upid.receiverActive = false;
    state.upid = null;
    putUpid(kernel, upid);
  }
  if (table) {
    state.table = null;
    putUitt(kernel, table);
  }
}
