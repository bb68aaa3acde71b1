// WRMSR of a value that came from user space unchecked (Linux's wrmsrl): a #GP is survived, reported, and nothing is written.

import type { Vcpu } from '../../machine/cpu/vcpu.ts';
import { writeMsr } from '../../machine/uintr/msr.ts';
import type { Kernel } from '../kernel.ts';
import type { Task } from '../task/task.ts';

export function writeUncheckedMsr(kernel: Kernel, task: Task, vcpu: Vcpu, register: number, value: bigint): void {
  if (!writeMsr(vcpu.uintr, register, value)) return;
  kernel.emit('oops', task, {
    message: `unchecked MSR access error: WRMSR to 0x${register.toString(16)} (tried to write 0x${value.toString(16).padStart(16, '0')})`,
  });
}
