// Whose registers are in the one live CPU block: those of one vCPU's current task at a time. Everybody else's are in their tasks' contexts.

import type { Kernel } from '../kernel/kernel.ts';
import type { Cpu } from './cpu/cpu.ts';
import type { CpuContext } from './cpu/state.ts';
import type { Vcpu } from './cpu/vcpu.ts';
import type { AddressSpace } from './memory/address-space.ts';

export class LiveBlock {
  private readonly cpu: Cpu;
  private readonly kernel: Kernel;
  private focus: Vcpu | null = null;

  constructor(cpu: Cpu, kernel: Kernel) {
    this.cpu = cpu;
    this.kernel = kernel;
  }

  /** The vCPU in focus. */
  get vcpu(): Vcpu | null {
    return this.focus;
  }

  /** Loads the current task of `vcpu`. */
  attend(vcpu: Vcpu): void {
    if (this.focus === vcpu) return;
    this.clear();
    const task = this.kernel.current(vcpu);
    if (!task) throw new Error(`vCPU ${vcpu.id} is in user mode without a task`);
    this.cpu.context.bytes.set(task.context.bytes);
    this.cpu.setVcpu(vcpu);
    this.cpu.setAddressSpace(task.mm.space);
    this.focus = vcpu;
  }

  /** The registers of `vcpu`, if they are live, go back to its task. */
  leave(vcpu: Vcpu): void {
    if (this.focus !== vcpu) return;
    this.kernel.current(vcpu)?.context.bytes.set(this.cpu.context.bytes);
    this.focus = null;
  }

  /** Live registers go back to the task they belong to, so that every task.context is whole. */
  clear(): void {
    if (this.focus) this.leave(this.focus);
  }

  /** The registers of a vCPU's task, wherever they are now. */
  registersOf(vcpu: Vcpu): CpuContext {
    return this.focus === vcpu ? this.cpu.context : this.kernel.current(vcpu)!.context;
  }

  /** Of the task of a vCPU; null where there is none. */
  spaceOf(vcpu: Vcpu | null): AddressSpace | null {
    return vcpu ? (this.kernel.current(vcpu)?.mm.space ?? null) : null;
  }
}
