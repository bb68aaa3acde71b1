// The way of each interrupt, picked out of a machine's events: what happened to it and to its receiver, in order.

import type { Event } from '../../../src/gen/api.ts';

/** The kinds that are looked at. */
export const WAY_KINDS = [
  'syscall_entered',
  'switched_in',
  'switched_out',
  'woken',
  'senduipi',
  'senduipi_fault',
  'pir_posted',
  'ipi_sent',
  'ipi_arrived',
  'notification_processed',
  'user_interrupt_recognized',
  'user_interrupt_delivered',
  'uiret',
];

export interface Way {
  readonly interrupt: bigint;
  readonly sender: number;
  readonly senduipi: Event;
  /** SENDUIPI trapped first: WAITING_SENDER. */
  readonly trapped: boolean;
  readonly posted: Event | undefined;
  readonly arrived: Event | undefined;
  readonly delivered: Event;
  readonly returned: Event | undefined;
  // Of the receiver, the last before the delivery.
  readonly notified: Event | undefined;
  readonly recognized: Event | undefined;
  /** The kernel's IPI to its own vCPU, for what waits in the PIR at the return to user mode. */
  readonly selfIpi: Event | undefined;
  readonly call: Event | undefined;
  readonly switchedOut: Event | undefined;
  readonly switchedIn: Event | undefined;
  readonly woken: Event | undefined;
  /** The first system call of another thread on the receiver's vCPU since SENDUIPI. */
  readonly otherCall: Event | undefined;
}

/** A way for each SENDUIPI, in order; undefined for an interrupt that was not delivered. One is under way at a time. */
export function waysOf(events: readonly Event[]): (Way | undefined)[] {
  const ways: (Way | undefined)[] = [];
  let from = 0;
  for (let at = 0; at < events.length; at++) {
    const sent = events[at]!.senduipi;
    if (!sent) continue;
    const next = events.findIndex((event, index) => index > at && event.senduipi !== undefined);
    const end = next < 0 ? events.length : next;
    const deliveredAt = events.findIndex((event, index) => index > at && index < end && carries(event, sent.interrupt));
    ways.push(deliveredAt < 0 ? undefined : wayOf(events, from, at, deliveredAt, end));
    if (deliveredAt >= 0) from = deliveredAt + 1;
  }
  return ways;
}

function carries({ user_interrupt_delivered: delivered }: Event, interrupt: bigint): boolean {
  return delivered !== undefined && (delivered.interrupt === interrupt || delivered.interrupts.includes(interrupt));
}

function wayOf(events: readonly Event[], from: number, sentAt: number, deliveredAt: number, end: number): Way {
  const senduipi = events[sentAt]!;
  const delivered = events[deliveredAt]!;
  const { interrupt } = senduipi.senduipi!;
  const window = events.slice(from, deliveredAt);
  const own = (kind: keyof Event): Event | undefined =>
    window.findLast((event) => event.tid === delivered.tid && event[kind] !== undefined);
  // The threads' events are not in the order of their cycles: what another vCPU did a little earlier may come later.
  const since = (event: Event | undefined): Event | undefined => (event && event.cycle >= senduipi.cycle ? event : undefined);
  return {
    interrupt,
    sender: senduipi.tid,
    senduipi,
    trapped: window.some((event) => event.senduipi_fault !== undefined && event.tid === senduipi.tid),
    posted: window.find((event) => event.pir_posted?.interrupt === interrupt),
    arrived: window.find((event) => event.ipi_arrived?.interrupt === interrupt),
    delivered,
    returned: events.slice(deliveredAt, end).find((event) => event.uiret !== undefined && event.tid === delivered.tid),
    notified: own('notification_processed'),
    recognized: own('user_interrupt_recognized'),
    selfIpi: since(window.findLast((event) => event.tid === delivered.tid && event.ipi_sent?.interrupt === 0n)),
    call: own('syscall_entered'),
    switchedOut: own('switched_out'),
    switchedIn: since(own('switched_in')),
    woken: since(own('woken')),
    otherCall: window.find(
      (event) =>
        event.syscall_entered !== undefined &&
        event.vcpu === delivered.vcpu &&
        event.tid !== delivered.tid &&
        event.cycle >= senduipi.cycle,
    ),
  };
}
