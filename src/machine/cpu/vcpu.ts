// One logical processor as the run loop and the kernel see it. Plain data plus its units.

import type { LocalApic } from '../apic/local-apic.ts';
import type { UintrUnit } from '../uintr/uintr-unit.ts';

/** user: executes guest code. kernel: in CPL 0 until busyUntil. idle: halted until an interrupt or a wake-up. */
export type VcpuMode = 'user' | 'kernel' | 'idle';

export class Vcpu {
  readonly id: number;
  readonly apic: LocalApic;
  readonly uintr: UintrUnit;
  /** Local virtual time in cycles, whose whole part never decreases. In user code it counts sixteenths (timing/block-timing.ts); whole in any other mode. */
  clock = 0;
  mode: VcpuMode = 'idle';
  /** End of the current stretch of kernel work, valid in mode 'kernel'. */
  busyUntil = 0;

  constructor(id: number, apic: LocalApic, uintr: UintrUnit) {
    this.id = id;
    this.apic = apic;
    this.uintr = uintr;
  }

  /** Adds kernel work: the vCPU is in CPL 0 for `cycles` more. */
  charge(cycles: number): void {
    if (this.mode !== 'kernel') {
      this.mode = 'kernel';
      wholeCycle(this);
      this.busyUntil = this.clock;
    }
    this.busyUntil += cycles;
  }
}

/**
 * User code of `vcpu` ends or is interrupted: that happens in the cycle in which its last instruction was over, as RDTSC tells it. A deadline
 * that the clock has reached is whole, and so still reached.
 */
export function wholeCycle(vcpu: Pick<Vcpu, 'clock'>): void {
  vcpu.clock = Math.floor(vcpu.clock);
}
