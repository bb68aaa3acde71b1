// Whose registers are in the one live CPU block: those of one task at a time, that of the vCPU in focus. Its context is a view of the
// block meanwhile, so that the kernel finds every task.context whole and a system call copies nothing.

import type { Kernel } from '../kernel/kernel.ts';
import type { Cpu } from './cpu/cpu.ts';
import { CpuContext } from './cpu/state.ts';
import type { Vcpu } from './cpu/vcpu.ts';
import type { AddressSpace } from './memory/address-space.ts';

export class LiveBlock {
  private readonly cpu: Cpu;
  private readonly kernel: Kernel;
  private focus: Vcpu | null = null;
  /** The context that is a view of the block, and the view it has exchanged its own memory for. */
  private resident: CpuContext | null = null;
  private readonly seat: CpuContext;

  constructor(cpu: Cpu, kernel: Kernel) {
    this.cpu = cpu;
    this.kernel = kernel;
    this.seat = new CpuContext(cpu.context.bytes);
  }

  /** The vCPU in focus. */
  get vcpu(): Vcpu | null {
    return this.focus;
  }

  /** The current task of `vcpu` is live, and the engine acts for them. */
  attend(vcpu: Vcpu): void {
    const task = this.kernel.current(vcpu);
    if (!task) throw new Error(`vCPU ${vcpu.id} is in user mode without a task`);
    if (this.resident !== task.context) {
      this.clear();
      task.context.exchange(this.seat);
      this.resident = task.context;
    }
    this.focus = vcpu;
    this.cpu.setVcpu(vcpu);
    this.cpu.setAddressSpace(task.mm.space);
  }

  /** Nobody's registers are live: every context is in memory of its own. */
  clear(): void {
    if (this.resident) this.resident.exchange(this.seat);
    this.resident = null;
    this.focus = null;
  }

  /** Of the task of a vCPU; null where there is none. */
  spaceOf(vcpu: Vcpu | null): AddressSpace | null {
    return vcpu ? (this.kernel.current(vcpu)?.mm.space ?? null) : null;
  }
}
