// SENDUIPI: its faults one by one, the ON/SN truth table, all 64 vectors, destinations, coalescing.

import { describe, expect, test } from 'vitest';
import { senduipi } from '../../../src/machine/uintr/senduipi.ts';
import { encodeUitteLow, parseUitte } from '../../../src/machine/uintr/uitt.ts';
import { encodeUpidControl, notificationDestination, parseUpidControl } from '../../../src/machine/uintr/upid.ts';
import { describeFault, KERNEL_MAP, OTHER_UPID, Rig, STACK_PAGE, UITT, UPID } from './rig.ts';

const CONTROL = encodeUpidControl({ on: false, sn: false, nv: 0xec, ndst: 3 });
const ON = 1n,
  SN = 2n;

type Case = readonly [name: string, outcome: string, arrange: (rig: Rig) => bigint | undefined];

/** Each returns the index to send to, 0 if nothing. */
const FAULTS: readonly Case[] = [
  ['CR4.UINTR is clear', '#UD', (rig) => void (rig.unit.cr4Uintr = false)],
  ['IA32_UINTR_TT[0] is clear', '#UD', (rig) => void (rig.unit.tt = UITT)],
  ['#UD comes before the index is looked at', '#UD', (rig) => ((rig.unit.tt = UITT), 99n)],
  ['index one above UITTSZ', '#GP(0)', () => 4n],
  ['index with only bit 63 set', '#GP(0)', () => 1n << 63n],
  ['index with only bit 32 set', '#GP(0)', () => 1n << 32n],
  ['index -1', '#GP(0)', () => 0xffff_ffff_ffff_ffffn],
  ['V is clear', '#GP(0)', (rig) => rig.entry(0, encodeUitteLow(1) & ~1n, UPID) as undefined],
  ['an entry of zeros', '#GP(0)', () => 1n],
  ['UPIDADDR not canonical', '#GP(0)', (rig) => rig.entry(0, encodeUitteLow(1), 1n << 50n) as undefined],
  ['UPID not mapped', '#PF(2) at ffff988000000000', (rig) => rig.entry(0, encodeUitteLow(1), 0xffff_9880_0000_0000n) as undefined],
  [
    'UPID in user space, not mapped',
    `#PF(2) at ${(STACK_PAGE + 0x1000).toString(16)}`,
    (rig) => rig.entry(0, encodeUitteLow(1), BigInt(STACK_PAGE + 0x1000)) as undefined,
  ],
  [
    'UPID in user space, read-only',
    `#PF(3) at ${(STACK_PAGE + 0x2000).toString(16)}`,
    (rig) => rig.entry(0, encodeUitteLow(1), BigInt(STACK_PAGE + 0x2000)) as undefined,
  ],
  ['UITT not mapped', '#PF(0) at ffff988000000010', (rig) => ((rig.unit.tt = 0xffff_9880_0000_0001n), 1n)],
  ['UITT runs out of canonical addresses', '#GP(0)', (rig) => ((rig.unit.tt = 0x7fff_ffff_fff1n), 1n)],
];

describe('SENDUIPI faults', () => {
  test.each(FAULTS)('%s: %s', (_name, outcome, arrange) => {
    const rig = new Rig().asSender();
    rig.upid(CONTROL, 0n);
    const index = arrange(rig) ?? 0n;
    const before = rig.snapshot();
    expect(describeFault(senduipi(rig.unit, index, 0))).toBe(outcome);
    expect(rig.snapshot()).toBe(before);
    expect(rig.ipis).toEqual([]);
    expect(rig.events.map((event) => event.kind)).toEqual(['senduipi_fault']);
    expect(rig.of('senduipi_fault')[0]).toMatchObject({ uitt_index: index });
  });

  test('#UD where CPUID has no UINTR, whatever CR4 says', () => {
    expect(describeFault(senduipi(new Rig({ enumerated: false }).asSender().unit, 0n, 0))).toBe('#UD');
  });

  const reservedLow = [...range(1, 8), ...range(14, 64)];
  test.each(reservedLow)('UITT entry with bit %i set: #GP(0)', (bit) => {
    const rig = new Rig().asSender();
    rig.entry(0, encodeUitteLow(1) | (1n << BigInt(bit)), UPID);
    const before = rig.snapshot();
    expect(describeFault(senduipi(rig.unit, 0n, 0))).toBe('#GP(0)');
    expect(rig.snapshot()).toBe(before);
  });

  test.each(range(0, 6))('UPIDADDR with bit %i set: #GP(0)', (bit) => {
    const rig = new Rig().asSender();
    rig.entry(0, encodeUitteLow(1), UPID | (1n << BigInt(bit)));
    expect(describeFault(senduipi(rig.unit, 0n, 0))).toBe('#GP(0)');
  });

  test.each([...range(2, 16), ...range(24, 32)])('UPID with reserved bit %i set: #GP(0), nothing written', (bit) => {
    const rig = new Rig().asSender();
    rig.upid(CONTROL | (1n << BigInt(bit)), 0x10n);
    const before = rig.snapshot();
    expect(describeFault(senduipi(rig.unit, 0n, 0))).toBe('#GP(0)');
    expect(rig.snapshot()).toBe(before);
  });
});

describe('SENDUIPI posts', () => {
  test.each([
    { before: 0n, after: ON, outcome: 'sent', suppressed: '' },
    { before: ON, after: ON, outcome: 'posted', suppressed: 'ON' },
    { before: SN, after: SN, outcome: 'posted', suppressed: 'SN' },
    { before: ON | SN, after: ON | SN, outcome: 'posted', suppressed: 'SN and ON' },
  ])('SN:ON = $before: $outcome', ({ before, after, outcome, suppressed }) => {
    const rig = new Rig().asSender();
    rig.upid(CONTROL | before, 0n);
    expect(senduipi(rig.unit, 0n, 5000)).toBe(outcome);
    expect(rig.peek(UPID)).toBe(CONTROL | after);
    expect(rig.peek(UPID + 8n)).toBe(2n);
    expect(rig.ipis).toEqual(outcome === 'sent' ? [{ destination: 3, vector: 0xec, interrupt: 1, departs: 5000 }] : []);
    expect(rig.of('senduipi')).toEqual([
      { interrupt: 1, uitt_index: 0, vector: 1, upid: UPID, sends_ipi: outcome === 'sent', suppressed_by: suppressed },
    ]);
    expect(rig.of('pir_posted')).toEqual([{ interrupt: 1, vector: 1, upid: UPID, pir: 2n, coalesced_with: 0 }]);
    const sent = { interrupt: 1, destination_apic: 3, idt_vector: 0xec, arrives_at: 5277 };
    expect(rig.of('ipi_sent')).toEqual(outcome === 'sent' ? [sent] : []);
  });

  test.each(range(0, 64))('vector %i sets its bit of PIR and no other', (vector) => {
    const rig = new Rig().asSender();
    rig.entry(3, encodeUitteLow(vector), UPID);
    rig.upid(CONTROL | SN, 0x8000_0001_0000_0001n);
    expect(senduipi(rig.unit, 3n, 0)).toBe('posted');
    expect(rig.peek(UPID + 8n)).toBe(0x8000_0001_0000_0001n | (1n << BigInt(vector)));
    expect(rig.peek(OTHER_UPID + 8n)).toBe(0n);
  });

  test.each([
    [true, 0x0000_0300, 0x300],
    [true, 0x1234_5678, 0x1234_5678],
    [false, 0x0000_0300, 3],
    [false, 0x1234_5678, 0x56],
    [false, 0x0000_0003, 0],
  ])('x2APIC %s, NDST %i: to APIC %i', (x2apic, ndst, apic) => {
    const rig = new Rig({ x2apic }).asSender();
    rig.upid(encodeUpidControl({ on: false, sn: false, nv: 0xec, ndst }), 0n);
    senduipi(rig.unit, 0n, 0);
    expect(rig.ipis[0]).toMatchObject({ destination: apic });
  });

  test.each([16, 0x42, 0xeb, 0xec, 0xff])('NV %i is the vector of the IPI', (nv) => {
    const rig = new Rig().asSender();
    rig.upid(encodeUpidControl({ on: false, sn: false, nv, ndst: 1 }), 0n);
    senduipi(rig.unit, 0n, 0);
    expect(rig.ipis).toMatchObject([{ destination: 1, vector: nv }]);
  });

  test('index equal to UITTSZ is the last valid one', () => {
    const rig = new Rig().asSender(4);
    rig.entry(3, encodeUitteLow(9), UPID);
    expect(senduipi(rig.unit, 3n, 0)).toBe('sent');
  });

  test('a second post of a vector joins the first, one of another vector does not', () => {
    const rig = new Rig().asSender();
    rig.entry(1, encodeUitteLow(2), UPID);
    rig.upid(CONTROL, 0n);
    expect([0n, 0n, 1n, 0n].map((index) => senduipi(rig.unit, index, 0))).toEqual(['sent', 'posted', 'posted', 'posted']);
    expect(rig.of('pir_posted').map((event) => event['coalesced_with'])).toEqual([0, 1, 0, 1]);
    expect(rig.ipis).toHaveLength(1);
  });

  test('bits that only notification processing ignores are kept: bytes 16 and on are not touched', () => {
    const rig = new Rig().asSender();
    rig.upid(CONTROL, 0n);
    rig.poke(UPID + 16n, 0x1122_3344_5566_7788n);
    senduipi(rig.unit, 0n, 0);
    expect(rig.peek(UPID + 16n)).toBe(0x1122_3344_5566_7788n);
  });
});

describe('layouts', () => {
  test.each([
    [{ on: false, sn: false, nv: 0, ndst: 0 }, 0n],
    [{ on: true, sn: false, nv: 0, ndst: 0 }, 1n],
    [{ on: false, sn: true, nv: 0, ndst: 0 }, 2n],
    [{ on: false, sn: false, nv: 0xec, ndst: 0 }, 0xec_0000n],
    [{ on: true, sn: true, nv: 0xff, ndst: 0xffff_ffff }, 0xffff_ffff_00ff_0003n],
  ])('UPID %o', (control, low) => {
    expect(encodeUpidControl(control)).toBe(low);
    expect(parseUpidControl(low)).toEqual(control);
  });

  test('xAPIC keeps the id in bits 15:8', () => expect(notificationDestination(0xab_cdef, false)).toBe(0xcd));

  test.each([0, 1, 31, 32, 63])('UITT entry for vector %i', (vector) => {
    expect(parseUitte(encodeUitteLow(vector), KERNEL_MAP)).toEqual({ vector, upid: KERNEL_MAP });
  });
});

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}
