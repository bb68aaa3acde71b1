// Recognition of pending user interrupts, and what a pending one waits for: SDM vol. 3, "User-Interrupt Delivery".
// Pending is UIRR != 0; it is not stored, so everything that writes UIRR re-evaluates it.

import type { ProcessorMode } from './ports.ts';
import type { UintrUnit } from './uintr-unit.ts';

export type WaitsFor = 'CR4.UINTR' | 'CPL 3' | 'UIF';

/** What keeps a pending interrupt from being delivered at the next instruction boundary; null if nothing does. */
export function waitsFor(unit: UintrUnit, mode: ProcessorMode): WaitsFor | null {
  if (!unit.cr4Uintr) return 'CR4.UINTR';
  if (mode !== 'user') return 'CPL 3';
  return unit.uif ? null : 'UIF';
}

/** True if a user interrupt must be delivered at this instruction boundary. */
export function isDeliverable(unit: UintrUnit, mode: ProcessorMode): boolean {
  return unit.rr !== 0n && waitsFor(unit, mode) === null;
}

/** Tells the event trail that UIRR has just been written with a value other than 0. */
export function reportRecognized(unit: UintrUnit, mode: ProcessorMode): void {
  const { events, places } = unit.ports;
  if (unit.rr === 0n || !events.wants('user_interrupt_recognized')) return;
  const reason = waitsFor(unit, mode);
  events.emit('user_interrupt_recognized', places.place(), { uirr: unit.rr, deliverable: reason === null, waits_for: reason ?? '' });
}
