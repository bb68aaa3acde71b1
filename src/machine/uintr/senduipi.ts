// SENDUIPI: SDM vol. 2, with every #UD, #GP and #PF. LOCK and modes other than 64-bit are the decoder's business.

import type { CpuException } from '../cpu/exit.ts';
import { generalProtection, invalidOpcode, isFault } from './faults.ts';
import { TT_ENABLE } from './msr.ts';
import { postInterrupt } from './post.ts';
import type { UintrUnit } from './uintr-unit.ts';
import { parseUitte, UITTE_BYTES, type Uitte } from './uitt.ts';
import { notificationDestination } from './upid.ts';

/** 'posted': ON or SN was set, so the notification is left out. */
export type SenduipiOutcome = 'sent' | 'posted' | CpuException;

/** `index`: the operand, all 64 bits. `departs`: virtual time at which the ICR is written. */
export function senduipi(unit: UintrUnit, index: bigint, departs: number): SenduipiOutcome {
  if (!unit.enumerated || !unit.cr4Uintr) return refuse(unit, index, 'CR4.UINTR is clear', invalidOpcode());
  if ((unit.tt & TT_ENABLE) === 0n) return refuse(unit, index, 'SENDUIPI is not enabled in IA32_UINTR_TT', invalidOpcode());
  if (index > BigInt(unit.uittsz)) return refuse(unit, index, `the index is above UITTSZ, ${unit.uittsz}`, generalProtection());
  const target = readEntry(unit, index);
  if (isFault(target)) return target;

  const { memory, events, places, ledger, ipi } = unit.ports;
  const post = postInterrupt(memory, target.upid, target.vector, true);
  if (isFault(post))
    return refuse(
      unit,
      index,
      post.vector === 14 ? 'the UPID is not accessible' : 'the UPID has a reserved bit set or no canonical address',
      post,
    );

  const place = places.place();
  const interrupt = ledger.start();
  const joined = ledger.post(target.upid, target.vector, { interrupt, sender: place.tid }, post.coalesced);
  const { vector, upid } = target;
  events.emit('senduipi', place, {
    interrupt,
    uitt_index: Number(index),
    vector,
    upid,
    sends_ipi: post.notify,
    suppressed_by: suppressedBy(post.before),
  });
  events.emit('pir_posted', place, { interrupt, vector, upid, pir: post.pir, coalesced_with: joined });
  if (!post.notify) return 'posted';
  const destination = notificationDestination(post.before.ndst, unit.x2apic);
  const arrival = ipi.sendFixed(destination, post.before.nv, interrupt, departs);
  events.emit('ipi_sent', place, { interrupt, destination_apic: destination, idt_vector: post.before.nv, arrives_at: arrival });
  return 'sent';
}

function readEntry(unit: UintrUnit, index: bigint): Uitte | CpuException {
  const { memory } = unit.ports;
  const address = BigInt.asUintN(64, (unit.tt & ~0xfn) + index * BigInt(UITTE_BYTES));
  const low = memory.read64(address);
  if (isFault(low)) return refuse(unit, index, 'the UITT entry is not accessible', low);
  const high = memory.read64(address + 8n);
  if (isFault(high)) return refuse(unit, index, 'the UITT entry is not accessible', high);
  const entry = parseUitte(low, high);
  return typeof entry === 'string' ? refuse(unit, index, `UITT entry: ${entry}`, generalProtection()) : entry;
}

function suppressedBy(before: { readonly on: boolean; readonly sn: boolean }): string {
  return [before.sn ? 'SN' : '', before.on ? 'ON' : ''].filter(Boolean).join(' and ');
}

function refuse(unit: UintrUnit, index: bigint, reason: string, fault: CpuException): CpuException {
  const { events, places } = unit.ports;
  events.emit('senduipi_fault', places.place(), { uitt_index: index, reason, fault_vector: fault.vector });
  return fault;
}
