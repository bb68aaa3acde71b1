// The legs of an interrupt's way in words: one row a kind of event.

import type { EventFields, EventKind } from '../events/schema.ts';
import type { ExplainedLeg } from './explanation.ts';
import type { InterruptRecord, TrailLeg } from './interrupt-trail.ts';

interface Words<K extends EventKind> {
  readonly leg: string;
  text(fields: EventFields<K>): string;
}

const hex = (value: bigint | number): string => `0x${value.toString(16)}`;

const WORDS: { readonly [K in EventKind]?: Words<K> } = {
  senduipi: {
    leg: 'senduipi',
    text: (e) =>
      `UITT[${e.uitt_index}] -> vector ${e.vector}; ${e.sends_ipi ? 'notifies' : `no notification: ${noNotification(e.suppressed_by!)}`}`,
  },
  pir_posted: {
    leg: 'pir_posted',
    text: (e) => `PIR ${hex(e.pir!)}${e.coalesced_with ? `; vector ${e.vector} was posted already, by interrupt ${e.coalesced_with}` : ''}`,
  },
  ipi_sent: {
    leg: 'ipi_sent',
    text: (e) =>
      e.interrupt === 0
        ? `the kernel's self-IPI ${hex(e.idt_vector!)} fetches what was posted`
        : `vector ${hex(e.idt_vector!)} to APIC ${e.destination_apic}, arrives at cycle ${e.arrives_at}`,
  },
  ipi_arrived: { leg: 'ipi_arrived', text: (e) => `vector ${hex(e.idt_vector!)}, in ${e.mode} mode` },
  notification_processed: { leg: 'notification_processed', text: (e) => `PIR ${hex(e.taken!)} -> UIRR ${hex(e.uirr!)}` },
  user_interrupt_recognized: { leg: 'recognized', text: (e) => (e.deliverable ? 'deliverable' : `waits for ${e.waits_for}`) },
  user_interrupt_delivered: {
    leg: 'delivered',
    text: (e) => `${e.symbol || hex(e.handler!)}, vector ${e.vector}; interrupted ${hex(e.rip!)}`,
  },
  user_interrupt_fault: { leg: 'fault', text: (e) => `exception ${e.fault_vector} at ${hex(e.address!)}` },
  uiret: { leg: 'uiret', text: (e) => `back to ${hex(e.rip!)}` },
};

function noNotification(by: string): string {
  return /^[A-Z ]+$/.test(by.replace(' and ', ' ')) ? `${by} set` : by;
}

export function explainedLegs(record: InterruptRecord): ExplainedLeg[] {
  return record.legs.map((leg, at) => explained(leg, record.legs[at - 1]));
}

function explained({ kind, fields, cycle, vcpu, tid, sequence }: TrailLeg, before: TrailLeg | undefined): ExplainedLeg {
  const words = WORDS[kind as EventKind] as Words<EventKind> | undefined;
  const text = words?.text(fields) ?? '';
  return { leg: words?.leg ?? kind, cycle, cycles: before ? Math.max(0, cycle - before.cycle) : 0, vcpu, tid, text, sequence };
}
