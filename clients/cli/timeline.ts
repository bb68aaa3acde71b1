// One user interrupt from its SENDUIPI to its UIRET, picked out of a machine's events: what happened when, and how long each leg took.

import { hex } from './output.ts';
import type { Event } from '../../src/gen/api.ts';

export interface Step {
  readonly cycle: number;
  readonly vcpu: number;
  readonly tid: number;
  readonly what: string;
  readonly detail: string;
}

export interface Leg {
  readonly name: string;
  readonly cycles: number;
}

export interface Timeline {
  readonly steps: readonly Step[];
  readonly legs: readonly Leg[];
}

/** Events of a thread that explain why its interrupt has to wait. */
const WAITING: Readonly<Record<string, (event: Event) => string>> = {
  switched_out: ({ switched_out: e }) => e!.reason,
  switched_in: () => '',
  upid_suppressed: ({ upid_suppressed: e }) => `SN ${e!.suppressed ? 'set' : 'cleared'}: ${e!.by}`,
  woken: ({ woken: e }) => `by ${e!.by}`,
};

/** Events that are legs of the interrupt's way, in the order in which it goes through them. */
export const LEGS: Readonly<Record<string, { readonly what: string; readonly detail: (event: Event) => string }>> = {
  senduipi: {
    what: 'SENDUIPI',
    detail: ({ senduipi: e }) =>
      `UITT[${e!.uitt_index}] -> vector ${e!.vector}, UPID ${hex(e!.upid)}${e!.sends_ipi ? '' : `; no IPI: ${e!.suppressed_by} is set`}`,
  },
  pir_posted: { what: 'PIR post', detail: ({ pir_posted: e }) => `PIR ${hex(e!.pir)}` },
  ipi_sent: {
    what: 'IPI sent',
    detail: ({ ipi_sent: e }) =>
      `vector ${hex(BigInt(e!.idt_vector))} to APIC ${e!.destination_apic}${e!.interrupt === 0n ? ', by the kernel to itself' : ''}`,
  },
  ipi_arrived: { what: 'IPI arrives', detail: ({ ipi_arrived: e }) => `in ${e!.mode} mode` },
  notification_processed: {
    what: 'notification',
    detail: ({ notification_processed: e }) => `PIR ${hex(e!.taken)} -> UIRR ${hex(e!.uirr)}`,
  },
  user_interrupt_recognized: {
    what: 'recognition',
    detail: ({ user_interrupt_recognized: e }) => (e!.deliverable ? 'deliverable' : `waits for ${e!.waits_for}`),
  },
  user_interrupt_delivered: { what: 'delivery', detail: ({ user_interrupt_delivered: e }) => `interrupted ${hex(e!.rip)}` },
  uiret: { what: 'UIRET', detail: ({ uiret: e }) => `back to ${hex(e!.rip)}, UIF ${Number(e!.uif)}` },
};

function kindOf(event: Event): string | undefined {
  return [...Object.keys(LEGS), ...Object.keys(WAITING)].find((kind) => event[kind as keyof Event] !== undefined);
}

/** Whether an event belongs to the way of this interrupt to this receiver. */
function belongs(event: Event, kind: string, interrupt: bigint, receiver: number): boolean {
  const numbered = event.senduipi ?? event.pir_posted ?? event.ipi_arrived ?? event.user_interrupt_delivered;
  if (numbered) return numbered.interrupt === interrupt;
  // Interrupt 0 is the self-IPI that a kernel sends for what waits in the PIR.
  if (event.ipi_sent) return event.ipi_sent.interrupt === interrupt || (event.ipi_sent.interrupt === 0n && event.tid === receiver);
  return event.tid === receiver && (kind in LEGS || kind in WAITING);
}

/** The way of the first interrupt that was delivered; undefined if there is none. */
export function timelineOf(events: readonly Event[]): Timeline | undefined {
  const deliveredAt = events.findIndex(
    (event) => event.user_interrupt_delivered !== undefined && event.user_interrupt_delivered.interrupt !== 0n,
  );
  if (deliveredAt < 0) return undefined;
  const delivery = events[deliveredAt]!;
  const { interrupt, symbol, handler } = delivery.user_interrupt_delivered!;
  const sentAt = events.findIndex((event) => event.senduipi?.interrupt === interrupt);
  const returnedAt = events.findIndex((event, at) => at > deliveredAt && event.uiret !== undefined && event.tid === delivery.tid);
  if (sentAt < 0 || returnedAt < 0) return undefined;

  // Why the receiver was not there to take it, if it was not: the last time it left.
  const leftAt = events.findLastIndex(
    (event, at) => at < sentAt && event.tid === delivery.tid && (event.switched_out ?? event.switched_in) !== undefined,
  );
  const from = leftAt >= 0 && events[leftAt]!.switched_out ? leftAt : sentAt;

  const steps: Step[] = [];
  const firstOf = new Map<string, number>();
  for (const event of events.slice(from, returnedAt + 1)) {
    const kind = kindOf(event);
    if (kind === undefined || !belongs(event, kind, interrupt, delivery.tid)) continue;
    const cycle = Number(event.cycle);
    const leg = LEGS[kind];
    if (leg && !firstOf.has(kind)) firstOf.set(kind, cycle);
    steps.push({
      cycle,
      vcpu: event.vcpu,
      tid: event.tid,
      what: leg?.what ?? kind.replace('_', ' '),
      detail: leg ? leg.detail(event) : WAITING[kind]!(event),
    });
    if (kind === 'user_interrupt_delivered')
      steps.push({ cycle, vcpu: event.vcpu, tid: event.tid, what: 'handler', detail: `${symbol || 'code'} at ${hex(handler)}` });
  }
  return { steps, legs: legsOf(firstOf, events.slice(sentAt, returnedAt + 1), delivery.tid) };
}

function legsOf(firstOf: ReadonlyMap<string, number>, events: readonly Event[], receiver: number): Leg[] {
  const at = (kind: string): number => firstOf.get(kind) ?? Number.NaN;
  const back = events.find((event) => event.switched_in !== undefined && event.tid === receiver);
  const path: [string, number][] = [
    ['SENDUIPI', at('senduipi')],
    ['PIR post', at('pir_posted')],
  ];
  if (back) path.push(['receiver scheduled again', Number(back.cycle)]);
  if (firstOf.has('ipi_sent')) path.push(['IPI sent', at('ipi_sent')]);
  // A self-IPI has no flight and so no arrival of its own.
  if (firstOf.has('ipi_arrived')) path.push(['IPI arrives', at('ipi_arrived')]);
  path.push(
    ['notification', at('notification_processed')],
    ['recognition', at('user_interrupt_recognized')],
    ['delivery', at('user_interrupt_delivered')],
    ['UIRET (the handler)', at('uiret')],
  );
  const legs = path.slice(1).map(([name, cycle], index) => ({ name: `${path[index]![0]} -> ${name}`, cycles: cycle - path[index]![1] }));
  return [...legs, { name: 'SENDUIPI -> handler (delivery)', cycles: at('user_interrupt_delivered') - at('senduipi') }];
}
