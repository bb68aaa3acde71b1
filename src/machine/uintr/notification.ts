// User-interrupt notification identification and processing: SDM vol. 3, the sections of these names.
// They happen whenever an ordinary interrupt is taken, whatever the CPL and UIF.

import type { CpuException } from '../cpu/exit.ts';
import { duringExternalDelivery, isFault } from './faults.ts';
import type { InterruptController, ProcessorMode } from './ports.ts';
import { reportRecognized } from './recognition.ts';
import type { UintrUnit } from './uintr-unit.ts';
import { UPID_ON } from './upid.ts';

/** idt: goes on through the IDT. notification: was one, has been processed, no handler runs. */
export type TakenInterrupt = { readonly kind: 'idt'; readonly vector: number } | { readonly kind: 'notification' } | CpuException;

/** Takes the highest-priority interrupt that the controller will give; null if there is none. */
export function takeInterrupt(unit: UintrUnit, controller: InterruptController, mode: ProcessorMode): TakenInterrupt | null {
  const vector = controller.acknowledge();
  if (vector < 0) return null;
  if (!isNotification(unit, vector)) return { kind: 'idt', vector };
  controller.eoi();
  return processNotification(unit, mode) ?? { kind: 'notification' };
}

export function isNotification(unit: UintrUnit, vector: number): boolean {
  return unit.cr4Uintr && vector === unit.uinv;
}

/** Clears ON, moves PIR to UIRR. SN is not looked at. null on success; a fault changes nothing. */
export function processNotification(unit: UintrUnit, mode: ProcessorMode): CpuException | null {
  const { memory, events, places, ledger } = unit.ports;
  const upid = unit.pd;
  const unwritable = memory.probeWrite(upid) ?? memory.probeWrite(upid + 8n);
  if (unwritable) return duringExternalDelivery(unwritable);
  const low = memory.read64(upid);
  if (isFault(low)) return duringExternalDelivery(low);
  const taken = memory.read64(upid + 8n);
  if (isFault(taken)) return duringExternalDelivery(taken);
  const fault = memory.write64(upid, low & ~UPID_ON) ?? memory.write64(upid + 8n, 0n);
  if (fault) return duringExternalDelivery(fault);
  unit.rr |= taken;
  ledger.take(upid, taken);
  events.emit('notification_processed', places.place(), { upid, taken, uirr: unit.rr, mode });
  if (taken !== 0n) reportRecognized(unit, mode);
  return null;
}
