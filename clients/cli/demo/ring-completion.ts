// A program reads a file through io_uring and is told by a user interrupt: the chain SQE, CQE, UIPI, handler.

import { table } from '../../../src/text/table.ts';
import { hex } from '../output.ts';
import { runGuest } from './guest-programs.ts';
import type { Event } from '../../../src/gen/api.ts';
import type { UintrClient } from '../../ts/client.ts';

interface Link {
  readonly event: Event;
  readonly step: string;
  readonly detail: string;
}

/** From the first submission of `events` that was announced by an interrupt to the end of the handler. */
export function chainOf(events: readonly Event[]): Link[] {
  const announced = events.find((event) => event.ring_interrupt !== undefined)?.ring_interrupt;
  if (!announced) return [];
  const chain: Link[] = [];
  const add = (event: Event, step: string, detail: string): number => chain.push({ event, step, detail });
  let delivered: Event | undefined;
  for (const event of events) {
    const { sqe_submitted: sqe, cqe_posted: cqe, ring_interrupt: ring, user_interrupt_delivered: delivery } = event;
    if (sqe?.request === announced.request)
      add(event, 'SQE', `request ${sqe.request}: ${sqe.name}, fd ${sqe.fd}, user_data ${hex(sqe.user_data)}`);
    if (cqe?.request === announced.request) add(event, 'CQE', `request ${cqe.request}: result ${cqe.result}, CQ tail ${cqe.cq_tail}`);
    if (ring && ring.interrupt === announced.interrupt)
      add(event, 'UIPI', `interrupt ${ring.interrupt}: vector ${ring.vector}, UPID ${hex(ring.upid)}, by the kernel for ring ${ring.ring}`);
    if (delivery?.interrupts.includes(announced.interrupt)) {
      delivered = event;
      add(
        event,
        'handler',
        `interrupt ${announced.interrupt}: ${delivery.symbol} at ${hex(delivery.handler)}, interrupted ${hex(delivery.rip)}`,
      );
    }
    if (event.uiret && delivered && event.tid === delivered.tid) {
      add(event, 'UIRET', `back to ${hex(event.uiret.rip)}`);
      break;
    }
  }
  return chain;
}

export async function showRing(client: UintrClient): Promise<void> {
  const events = await runGuest(client, 'uring/uring_uintr.poc', 'ABI_POC');
  const chain = chainOf(events);
  if (chain.length < 5) throw new Error('no completion arrived as a user interrupt');
  const first = chain[0]!.event.cycle;
  console.log('\n   The way of its first completion:');
  console.log(
    table<Link>(chain, [
      ['  CYCLE', ({ event }) => `  ${event.cycle}`],
      ['SINCE SQE', ({ event }) => `+${event.cycle - first}`],
      ['VCPU', ({ event }) => event.vcpu],
      ['THREAD', ({ event }) => event.tid],
      ['STEP', ({ step }) => step],
      ['', ({ detail }) => detail],
    ]),
  );
}
