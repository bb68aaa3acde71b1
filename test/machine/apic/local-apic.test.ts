// Local APIC: priorities of requested and serviced interrupts, and IPIs over the bus.

import { describe, expect, test } from 'vitest';
import { ApicBus, type IpiArrival } from '../../../src/machine/apic/apic-bus.ts';
import { encodeFixedIcr, parseIcr } from '../../../src/machine/apic/icr.ts';
import { LocalApic } from '../../../src/machine/apic/local-apic.ts';
import { EventQueue } from '../../../src/machine/clock/event-queue.ts';

describe('priorities', () => {
  test.each([
    { requested: [], tpr: 0, pending: -1 },
    { requested: [0x30], tpr: 0, pending: 0x30 },
    { requested: [0x30, 0x31], tpr: 0, pending: 0x31 },
    { requested: [0xec, 0xeb, 0xfd], tpr: 0, pending: 0xfd },
    { requested: [0xec], tpr: 0xe0, pending: -1 },
    { requested: [0xec], tpr: 0xdf, pending: 0xec },
    { requested: [0xec], tpr: 0xf0, pending: -1 },
    { requested: [0x1f, 0xff], tpr: 0, pending: 0xff },
    { requested: [0x10], tpr: 0, pending: 0x10 },
    { requested: [0x0f], tpr: 0, pending: -1 },
    { requested: [31, 32, 63, 64], tpr: 0, pending: 64 },
  ])('requested $requested, TPR $tpr: $pending', ({ requested, tpr, pending }) => {
    const apic = new LocalApic(0);
    apic.tpr = tpr;
    for (const vector of requested) apic.accept(vector);
    expect(apic.pending()).toBe(pending);
    expect(apic.acknowledge()).toBe(pending);
    if (pending >= 0) expect([apic.isRequested(pending), apic.isInService(pending)]).toEqual([false, true]);
  });

  test.each([
    [0x40, 0x4f, -1],
    [0x40, 0x50, 0x50],
    [0x40, 0x30, -1],
  ])('with %i in service, %i requested: %i', (serviced, requested, pending) => {
    const apic = new LocalApic(0);
    apic.accept(serviced);
    apic.acknowledge();
    apic.accept(requested);
    expect(apic.pending()).toBe(pending);
    apic.eoi();
    if (pending < 0) expect(apic.pending()).toBe(requested);
  });

  test('EOI ends the highest in service', () => {
    const apic = new LocalApic(0);
    for (const vector of [0x40, 0x80]) {
      apic.accept(vector);
      apic.acknowledge();
    }
    apic.eoi();
    expect([apic.isInService(0x40), apic.isInService(0x80), apic.ppr]).toEqual([true, false, 0x40]);
    apic.eoi();
    apic.eoi();
    expect(apic.ppr).toBe(0);
  });

  test('two arrivals before the acknowledgement are one', () => {
    const apic = new LocalApic(0);
    apic.accept(0xec);
    apic.accept(0xec);
    expect([apic.acknowledge(), apic.acknowledge()]).toEqual([0xec, -1]);
  });

  test.each([0, 15])('vector %i is illegal', (vector) => {
    const apic = new LocalApic(0);
    apic.accept(vector);
    expect([apic.pending(), apic.esr]).toEqual([-1, 0x40]);
  });
});

describe('bus', () => {
  function bus(x2apic: boolean): { apics: LocalApic[]; queue: EventQueue<IpiArrival>; bus: ApicBus } {
    const apics = [0, 1, 5].map((id) => new LocalApic(id, x2apic));
    const queue = new EventQueue<IpiArrival>();
    return { apics, queue, bus: new ApicBus(apics, 257, queue) };
  }

  test.each([
    { x2apic: true, destination: 5, reached: [5] },
    { x2apic: true, destination: 0, reached: [0] },
    { x2apic: true, destination: 2, reached: [] },
    { x2apic: true, destination: 0xff, reached: [] },
    { x2apic: true, destination: 0x105, reached: [] },
    { x2apic: true, destination: 0xffff_ffff, reached: [0, 1, 5] },
    { x2apic: false, destination: 5, reached: [5] },
    { x2apic: false, destination: 0xff, reached: [0, 1, 5] },
  ])('x2APIC $x2apic, destination $destination reaches $reached', ({ x2apic, destination, reached }) => {
    const { apics, queue, bus: b } = bus(x2apic);
    expect(b.sendFixed(apics[0]!, destination, 0xec, 9, 1000)).toBe(reached.length > 0 ? 1257 : 0);
    expect(queue.list().map(({ time, payload }) => [time, payload])).toEqual(
      reached.map((id) => [1257, { kind: 'ipi', destination: id, vector: 0xec, interrupt: 9 }]),
    );
    for (let due = queue.popDue(1257); due; due = queue.popDue(1257)) expect(b.arrive(due.payload)?.pending()).toBe(0xec);
    expect(apics.filter((apic) => apic.pending() === 0xec).map((apic) => apic.id)).toEqual(reached);
  });

  test('self shorthand is accepted at once', () => {
    const { apics, queue, bus: b } = bus(true);
    b.sendSelf(apics[1]!, 0xec);
    expect([apics[1]!.pending(), queue.nextTime()]).toEqual([0xec, Number.POSITIVE_INFINITY]);
  });

  test.each([
    ['self', 0x4_00ecn, [1]],
    ['all', 0x8_00ecn, [0, 1, 5]],
    ['others', 0xc_00ecn, [0, 5]],
    ['logical destination is not carried', 0x8ecn | (5n << 32n), []],
    ['NMI is not carried', 0x4ecn | (5n << 32n), []],
    ['illegal vector', 0x0fn | (5n << 32n), []],
  ])('ICR: %s', (_name, value, reached) => {
    const { apics, queue, bus: b } = bus(true);
    b.writeIcr(apics[1]!, value, 0, 0);
    for (let due = queue.popDue(257); due; due = queue.popDue(257)) b.arrive(due.payload);
    expect(apics.filter((apic) => apic.pending() >= 0).map((apic) => apic.id)).toEqual(reached);
  });

  test.each([
    [true, 0x1234_5678],
    [false, 0x56],
  ])('ICR layout, x2APIC %s', (x2apic, destination) => {
    const command = parseIcr(encodeFixedIcr(destination, 0xec, x2apic), x2apic);
    expect(command).toEqual({ vector: 0xec, deliveryMode: 0, logical: false, shorthand: 'none', destination });
  });
});
