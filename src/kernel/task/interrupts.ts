// Ordinary interrupts that reach the kernel: reschedule IPIs, and the vectors of user interrupts.

import type { Vcpu } from '../../machine/cpu/vcpu.ts';
import type { Kernel } from '../kernel.ts';
import { leaveUserMode } from '../time/process-time.ts';
import { onInterrupt } from '../uintr/hooks.ts';

/** A reschedule IPI has no work of its own: whoever sent it has left a note, which resume() reads. */
export function takeInterrupt(kernel: Kernel, vcpu: Vcpu, vector: number): void {
  leaveUserMode(kernel, vcpu);
  if (vcpu.mode === 'idle') kernel.scheduler.leaveIdle(kernel, vcpu);
  vcpu.charge(kernel.hardware.costs.kernel_interrupt);
  count(kernel, vcpu, vector);
  onInterrupt(kernel, vcpu, vector);
  vcpu.apic.eoi();
}

/** Vector of the block device. */
export const BLOCK_VECTOR = 0x24;

/** The device's interrupt; an idle vCPU is woken only by what it does. */
export function takeDeviceInterrupt(kernel: Kernel, vcpu: Vcpu): void {
  leaveUserMode(kernel, vcpu);
  if (vcpu.mode !== 'idle') vcpu.charge(kernel.hardware.costs.kernel_interrupt);
  count(kernel, vcpu, BLOCK_VECTOR);
}

function count(kernel: Kernel, vcpu: Vcpu, vector: number): void {
  let counts = kernel.interruptCounts.get(vector);
  if (!counts) {
    counts = kernel.hardware.vcpus.map(() => 0);
    kernel.interruptCounts.set(vector, counts);
  }
  counts[vcpu.id]!++;
}
