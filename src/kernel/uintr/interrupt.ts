// The two IDT vectors of user interrupts. The interrupt's own cost and EOI are the caller's.

import type { Vcpu } from '../../machine/cpu/vcpu.ts';
import type { Kernel } from '../kernel.ts';
import { UINTR_KERNEL_VECTOR, UINTR_NOTIFICATION_VECTOR } from './profile.ts';
import { wakeOutstanding } from './waiting.ts';

/**
 * 0xEC reaches the IDT only if the receiver had left or its registers were saved: the posted bits stay in its UPID, and its
 * next return to user mode fetches them. 0xEB is for blocked receivers.
 */
export function takeKernelVector(kernel: Kernel, vcpu: Vcpu, vector: number): boolean {
  const { uintr } = kernel;
  if (vector !== UINTR_NOTIFICATION_VECTOR && vector !== UINTR_KERNEL_VECTOR) return false;
  if (vector === UINTR_KERNEL_VECTOR) uintr.kernelNotifications++;
  else {
    uintr.spuriousNotifications++;
    kernel.emit('notification_spurious', kernel.current(vcpu), { idt_vector: vector });
  }
  if (vector === UINTR_KERNEL_VECTOR || uintr.profile.spuriousWakes) wakeOutstanding(kernel);
  return true;
}
