// The user-interrupt state of one logical processor: SDM vol. 3, "User Interrupts". What it does is in the files beside this one.

import type { EventSink } from '../events/event-sink.ts';
import type { InterruptLedger } from './interrupt-ledger.ts';
import type { IpiPort, PlaceProvider, SupervisorMemory } from './ports.ts';

export interface UintrOptions {
  /** CPUID.(7,0):EDX[5]. */
  readonly enumerated: boolean;
  /** CPUID.(7,1):EDX[17]: UIRET loads UIF from bit 1 of the popped RFLAGS image. */
  readonly flexibleUiret: boolean;
  /** How NDST is read. */
  readonly x2apic: boolean;
}

/** What the unit is wired to. Not state. */
export interface UintrWiring {
  readonly memory: SupervisorMemory;
  readonly ipi: IpiPort;
  readonly events: EventSink;
  readonly places: PlaceProvider;
  readonly ledger: InterruptLedger;
}

export class UintrUnit implements UintrOptions {
  static readonly transient = ['wiring'];
  readonly enumerated: boolean;
  readonly flexibleUiret: boolean;
  readonly x2apic: boolean;
  /** CR4.UINTR. */
  cr4Uintr = false;
  uif = false;
  /** IA32_UINTR_HANDLER. */
  handler = 0n;
  /** IA32_UINTR_STACKADJUST. */
  stackadjust = 0n;
  /** IA32_UINTR_MISC[31:0]: highest valid index of the UITT. */
  uittsz = 0;
  /** IA32_UINTR_MISC[39:32]: the notification vector that is recognised. */
  uinv = 0;
  /** IA32_UINTR_PD: linear address of the UPID. */
  pd = 0n;
  /** IA32_UINTR_TT: linear address of the UITT; bit 0 enables SENDUIPI. */
  tt = 0n;
  /** IA32_UINTR_RR: bit n = user vector n is requested. */
  rr = 0n;
  private wiring: UintrWiring | null = null;

  constructor(options: UintrOptions) {
    this.enumerated = options.enumerated;
    this.flexibleUiret = options.flexibleUiret;
    this.x2apic = options.x2apic;
  }

  connect(wiring: UintrWiring): void {
    this.wiring = wiring;
  }

  get ports(): UintrWiring {
    if (!this.wiring) throw new Error('the UINTR unit is not connected');
    return this.wiring;
  }
}
