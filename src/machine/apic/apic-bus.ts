// Carries IPIs between local APICs: by APIC id, arriving a fixed flight time after the ICR write.

import { encodeFixedIcr, type InterruptCommand, isBroadcast, parseIcr } from './icr.ts';
import type { LocalApic } from './local-apic.ts';

/** An IPI under way: payload of the machine's event queue. */
export interface IpiArrival {
  readonly kind: 'ipi';
  /** APIC id. */
  readonly destination: number;
  readonly vector: number;
  /** Number of the user interrupt that it notifies of, 0 if none. */
  readonly interrupt: number;
}

/** The part of the machine's event queue that the bus uses. */
export interface ArrivalSchedule {
  schedule(time: number, arrival: IpiArrival): number;
}

export class ApicBus {
  static readonly transient = ['arrivals'];
  readonly apics: readonly LocalApic[];
  /** Cycles from the ICR write to acceptance at the destination. */
  readonly flight: number;
  private readonly arrivals: ArrivalSchedule;

  constructor(apics: readonly LocalApic[], flight: number, arrivals: ArrivalSchedule) {
    this.apics = apics;
    this.flight = flight;
    this.arrivals = arrivals;
  }

  /** A fixed physical IPI. Returns when it arrives, 0 if no APIC has this id (it is lost, as on the bus). */
  sendFixed(from: LocalApic, destination: number, vector: number, interrupt: number, departs: number): number {
    return this.writeIcr(from, encodeFixedIcr(destination, vector, from.x2apic), interrupt, departs);
  }

  /** Shorthand "self", and x2APIC's SELF IPI register: accepted by the sender's own APIC without a trip over the bus. */
  sendSelf(from: LocalApic, vector: number): void {
    from.accept(vector);
  }

  /** The whole register. Returns when it arrives, 0 if it reaches nobody. */
  writeIcr(from: LocalApic, value: bigint, interrupt: number, departs: number): number {
    const command = parseIcr(value, from.x2apic);
    if (command.vector < 16) from.esr |= 1 << 5;
    if (command.deliveryMode !== 0 || command.logical || command.vector < 16) return 0;
    if (command.shorthand === 'self') {
      this.sendSelf(from, command.vector);
      return departs;
    }
    const arrival = departs + this.flight;
    const reached = this.apics.filter((apic) => isAddressed(apic, from, command));
    for (const apic of reached) this.arrivals.schedule(arrival, { kind: 'ipi', destination: apic.id, vector: command.vector, interrupt });
    return reached.length > 0 ? arrival : 0;
  }

  /** The event is due: the destination's APIC accepts it and is returned. */
  arrive(arrival: IpiArrival): LocalApic | null {
    const apic = this.apics.find((candidate) => candidate.id === arrival.destination) ?? null;
    apic?.accept(arrival.vector);
    return apic;
  }
}

function isAddressed(apic: LocalApic, from: LocalApic, command: InterruptCommand): boolean {
  if (command.shorthand === 'others') return apic !== from;
  return command.shorthand === 'all' || isBroadcast(command.destination, from.x2apic) || apic.id === command.destination;
}
