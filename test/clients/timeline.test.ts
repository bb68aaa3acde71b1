import { describe, expect, it } from 'vitest';
import { timelineOf } from '../../clients/cli/timeline.ts';
import { API } from '../../src/gen/api.ts';
import { Decoder } from '../../src/wire/decode.ts';
import { encodeMessage } from '../../src/wire/encode.ts';
import type { Event } from '../../src/gen/api.ts';

const decoder = new Decoder(API, false);
let sequence = 0;
/** An event with every default filled in, as it comes from the daemon. */
const event = (cycle: number, vcpu: number, tid: number, payload: object): Event =>
  decoder.decode(
    'uintr.v1.Event',
    encodeMessage(API, 'uintr.v1.Event', { sequence: ++sequence, cycle, vcpu, pid: 1, tid, ...payload }),
  ) as Event;

const SENDER = 3;
const RECEIVER = 2;
const send = (cycle: number, interrupt: number, suppressed = '') => [
  event(cycle, 1, SENDER, { senduipi: { interrupt, upid: 64, sends_ipi: suppressed === '', suppressed_by: suppressed } }),
  event(cycle, 1, SENDER, { pir_posted: { interrupt, pir: 1, upid: 64 } }),
];
const deliver = (cycle: number, interrupt: number) => [
  event(cycle, 0, RECEIVER, { notification_processed: { taken: 1, uirr: 1 } }),
  event(cycle, 0, RECEIVER, { user_interrupt_recognized: { deliverable: true } }),
  event(cycle + 360, 0, RECEIVER, { user_interrupt_delivered: { interrupt, symbol: 'handler', handler: 0x401000 } }),
  event(cycle + 400, 0, RECEIVER, { uiret: { uif: true } }),
];

describe('timelineOf', () => {
  it('follows an interrupt with its IPI, past events of others', () => {
    const timeline = timelineOf([
      ...send(50, 8),
      ...send(100, 9),
      event(100, 1, SENDER, { ipi_sent: { interrupt: 9, idt_vector: 0xec, arrives_at: 740 } }),
      event(500, 1, SENDER, { uiret: {} }),
      event(740, 0, RECEIVER, { ipi_arrived: { interrupt: 9, mode: 'user' } }),
      ...deliver(1100, 9),
      event(9000, 0, RECEIVER, { uiret: {} }),
    ])!;
    expect(timeline.steps.map((step) => [step.cycle, step.what])).toEqual([
      [100, 'SENDUIPI'],
      [100, 'PIR post'],
      [100, 'IPI sent'],
      [740, 'IPI arrives'],
      [1100, 'notification'],
      [1100, 'recognition'],
      [1460, 'delivery'],
      [1460, 'handler'],
      [1500, 'UIRET'],
    ]);
    expect(timeline.legs.at(-1)).toEqual({ name: 'SENDUIPI -> handler (delivery)', cycles: 1360 });
    expect(timeline.legs.slice(0, -1).reduce((sum, leg) => sum + leg.cycles, 0)).toBe(1400);
  });

  it('tells why a receiver that was away had to wait', () => {
    const timeline = timelineOf([
      event(10, 0, RECEIVER, { switched_out: { reason: 'preempted' } }),
      ...send(100, 1, 'SN'),
      event(300, 0, RECEIVER, { switched_in: { migrated_from: -1 } }),
      event(310, 0, RECEIVER, { upid_suppressed: { suppressed: false, by: 'return to user mode' } }),
      event(310, 0, RECEIVER, { ipi_sent: { interrupt: 0, idt_vector: 0xec } }),
      ...deliver(670, 1),
    ])!;
    expect(timeline.steps[0]).toMatchObject({ what: 'switched out', detail: 'preempted' });
    expect(timeline.steps[1]!.detail).toContain('no IPI: SN is set');
    expect(timeline.legs.map((leg) => leg.name)).toContain('PIR post -> receiver scheduled again');
    expect(timeline.legs.every((leg) => leg.cycles >= 0)).toBe(true);
  });

  it('is nothing where no interrupt was delivered', () => {
    expect(timelineOf(send(1, 1))).toBeUndefined();
    expect(timelineOf([])).toBeUndefined();
  });
});
