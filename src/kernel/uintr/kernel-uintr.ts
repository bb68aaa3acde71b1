// What the kernel as a whole keeps for user interrupts: the profile, memory for UPIDs, who waits, the counters of /proc/interrupts.

import type { InterruptLedger } from '../../machine/uintr/interrupt-ledger.ts';
import type { Kernel } from '../kernel.ts';
import { UINTR_PROFILES, type UintrProfile } from './profile.ts';
import type { UpidContext } from './upid-context.ts';
import { UpidSlab } from './upid-slab.ts';

export class KernelUintr {
  static readonly transient = ['kernel'];
  readonly profile: UintrProfile;
  readonly slab = new UpidSlab();
  /** Blocked receivers that the kernel's vector stands for, last come first as Linux lists them. */
  waiting: UpidContext[] = [];
  /** Notifications that came through the IDT: receiver not running, or its UINV cleared. */
  spuriousNotifications = 0;
  kernelNotifications = 0;
  private readonly kernel: Kernel;

  constructor(kernel: Kernel, profile: UintrProfile) {
    this.kernel = kernel;
    this.profile = profile;
  }

  get hasHardware(): boolean {
    return this.kernel.hardware.vcpus.every((vcpu) => vcpu.uintr.enumerated);
  }

  /** The machine's ledger, which all units share. */
  get ledger(): InterruptLedger {
    return this.kernel.hardware.vcpus[0]!.uintr.ports.ledger;
  }
}

/** Also sets CR4.UINTR where the processor has it, as the kernel does when a CPU comes up. */
export function createKernelUintr(kernel: Kernel): KernelUintr {
  for (const vcpu of kernel.hardware.vcpus) vcpu.uintr.cr4Uintr = vcpu.uintr.enumerated;
  return new KernelUintr(kernel, UINTR_PROFILES[kernel.options.profile]!);
}
