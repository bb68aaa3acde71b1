// User interrupts across a context switch and at the return to user mode.

import type { Vcpu } from '../../machine/cpu/vcpu.ts';
import { restoreComponent, saveComponent } from '../../machine/uintr/xsave-component.ts';
import type { Kernel } from '../kernel.ts';
import type { Task } from '../task/task.ts';
import { UINTR_NOTIFICATION_VECTOR } from './profile.ts';
import { ensureUintr, receiverOf } from './task-state.ts';
import { readRequests, setDestination, suppress } from './upid-context.ts';
import { beginWaiting, endWaiting } from './waiting.ts';

/** XSAVES clears UINV: a notification still in flight comes through the IDT and changes no register. */
export function switchOut(kernel: Kernel, task: Task, vcpu: Vcpu): void {
  const upid = receiverOf(task);
  if (upid) {
    beginWaiting(kernel, task, upid);
    if (!upid.waiting || upid.waitingCost === 'sender') suppress(kernel, upid, true, 'switch out');
  }
  const image = saveComponent(vcpu.uintr);
  if (image || task.uintr) ensureUintr(task).image = image;
}

/** XRSTORS. The previous task's registers were saved, so UINV is 0 and loading cannot fault. */
export function switchIn(kernel: Kernel, task: Task, vcpu: Vcpu): void {
  const upid = receiverOf(task);
  if (upid?.waiting && !kernel.uintr.profile.signalLeavesWaiting) endWaiting(kernel, upid);
  const image = task.uintr?.image ?? null;
  const fault = restoreComponent(vcpu.uintr, image, 'kernel');
  if (fault) throw new Error(`XRSTORS of the user-interrupt state of thread ${task.tid} faults`);
  if (image) vcpu.charge(kernel.hardware.costs.xsaves_uintr);
}

/**
 * Makes this vCPU the one that notifications go to. What was posted while SN was set is fetched by a self-IPI, which the
 * hardware turns into notification processing; that also clears a stale ON.
 */
export function exitToUser(kernel: Kernel, task: Task, vcpu: Vcpu): void {
  const upid = receiverOf(task);
  if (!upid) return;
  if (vcpu.uintr.uinv === 0) vcpu.uintr.uinv = UINTR_NOTIFICATION_VECTOR;
  setDestination(kernel, upid, vcpu.apic.id, vcpu.uintr.x2apic);
  suppress(kernel, upid, false, 'return to user mode');
  if (readRequests(kernel, upid) === 0n) return;
  kernel.emit('ipi_sent', task, {
    interrupt: 0,
    destination_apic: vcpu.apic.id,
    idt_vector: UINTR_NOTIFICATION_VECTOR,
    arrives_at: kernel.now,
  });
  kernel.hardware.sendIpi(vcpu, vcpu.apic.id, UINTR_NOTIFICATION_VECTOR);
}
