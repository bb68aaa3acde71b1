// Notification identification and processing: which interrupts are taken for one, and what processing leaves behind.

import { describe, expect, test } from 'vitest';
import { LocalApic } from '../../../src/machine/apic/local-apic.ts';
import { processNotification, takeInterrupt } from '../../../src/machine/uintr/notification.ts';
import type { ProcessorMode } from '../../../src/machine/uintr/ports.ts';
import { encodeUpidControl } from '../../../src/machine/uintr/upid.ts';
import { describeFault, NOTIFICATION_VECTOR, Rig, UPID } from './rig.ts';

const NOTIFIED = encodeUpidControl({ on: true, sn: false, nv: NOTIFICATION_VECTOR, ndst: 0 });
const MODES: readonly ProcessorMode[] = ['user', 'kernel', 'idle'];

describe('identification', () => {
  test.each([
    { cr4: true, uinv: 0xec, vector: 0xec, kind: 'notification' },
    { cr4: true, uinv: 0x30, vector: 0x30, kind: 'notification' },
    { cr4: true, uinv: 0xec, vector: 0xeb, kind: 'idt' },
    { cr4: true, uinv: 0, vector: 0xec, kind: 'idt' },
    { cr4: false, uinv: 0xec, vector: 0xec, kind: 'idt' },
    { cr4: false, uinv: 0xec, vector: 0x30, kind: 'idt' },
  ])('CR4.UINTR $cr4, UINV $uinv, vector $vector: $kind', ({ cr4, uinv, vector, kind }) => {
    const rig = new Rig().asReceiver();
    rig.upid(NOTIFIED, 5n);
    rig.unit.cr4Uintr = cr4;
    rig.unit.uinv = uinv;
    const apic = new LocalApic(0);
    apic.accept(vector);
    expect(takeInterrupt(rig.unit, apic, 'user')).toMatchObject(kind === 'idt' ? { kind, vector } : { kind });
    expect(rig.unit.rr).toBe(kind === 'idt' ? 0n : 5n);
    // A notification is dismissed at once, an IDT interrupt stays in service until its handler says so.
    expect(apic.isInService(vector)).toBe(kind === 'idt');
    expect(apic.isRequested(vector)).toBe(false);
    expect(rig.peek(UPID)).toBe(kind === 'idt' ? NOTIFIED : NOTIFIED & ~1n);
  });

  test('nothing to take', () => expect(takeInterrupt(new Rig().unit, new LocalApic(0), 'user')).toBeNull());

  test('TPR holds the notification back like any interrupt of its class', () => {
    const rig = new Rig().asReceiver();
    rig.upid(NOTIFIED, 1n);
    const apic = new LocalApic(0);
    apic.accept(NOTIFICATION_VECTOR);
    apic.tpr = 0xe0;
    expect(takeInterrupt(rig.unit, apic, 'user')).toBeNull();
    apic.tpr = 0xd0;
    expect(takeInterrupt(rig.unit, apic, 'user')).toEqual({ kind: 'notification' });
  });
});

interface Processing {
  readonly name: string;
  readonly low: bigint;
  readonly pir: bigint;
  readonly rr: bigint;
  readonly expectedLow: bigint;
  readonly expectedRr: bigint;
}

const SN = 2n;
const CASES: readonly Processing[] = [
  { name: 'ON and one vector', low: NOTIFIED, pir: 1n, rr: 0n, expectedLow: NOTIFIED & ~1n, expectedRr: 1n },
  {
    name: 'several vectors at once',
    low: NOTIFIED,
    pir: 0x8000_0000_0001_0002n,
    rr: 0n,
    expectedLow: NOTIFIED & ~1n,
    expectedRr: 0x8000_0000_0001_0002n,
  },
  { name: 'all 64 vectors', low: NOTIFIED, pir: (1n << 64n) - 1n, rr: 0n, expectedLow: NOTIFIED & ~1n, expectedRr: (1n << 64n) - 1n },
  { name: 'UIRR keeps what it had', low: NOTIFIED, pir: 4n, rr: 0x11n, expectedLow: NOTIFIED & ~1n, expectedRr: 0x15n },
  { name: 'a vector that is pending already stays one', low: NOTIFIED, pir: 4n, rr: 4n, expectedLow: NOTIFIED & ~1n, expectedRr: 4n },
  { name: 'ON without a posted vector', low: NOTIFIED, pir: 0n, rr: 0n, expectedLow: NOTIFIED & ~1n, expectedRr: 0n },
  { name: 'a self-IPI: posted vectors without ON', low: NOTIFIED & ~1n, pir: 8n, rr: 0n, expectedLow: NOTIFIED & ~1n, expectedRr: 8n },
  { name: 'SN is not looked at and stays', low: NOTIFIED | SN, pir: 2n, rr: 0n, expectedLow: (NOTIFIED | SN) & ~1n, expectedRr: 2n },
  {
    name: 'reserved bits are ignored and stay',
    low: NOTIFIED | 0xaa00_fffcn,
    pir: 2n,
    rr: 0n,
    expectedLow: (NOTIFIED | 0xaa00_fffcn) & ~1n,
    expectedRr: 2n,
  },
];

describe('processing', () => {
  describe.each(MODES)('in mode %s', (mode) => {
    test.each(CASES)('$name', ({ low, pir, rr, expectedLow, expectedRr }) => {
      const rig = new Rig().asReceiver();
      rig.upid(low, pir);
      rig.unit.rr = rr;
      expect(processNotification(rig.unit, mode)).toBeNull();
      expect(rig.peek(UPID)).toBe(expectedLow);
      expect(rig.peek(UPID + 8n)).toBe(0n);
      expect(rig.unit.rr).toBe(expectedRr);
      expect(rig.unit.uif).toBe(true);
      expect(rig.of('notification_processed')).toEqual([{ upid: UPID, taken: pir, uirr: expectedRr, mode }]);
      const waits = mode === 'user' ? '' : 'CPL 3';
      expect(rig.of('user_interrupt_recognized')).toEqual(
        pir === 0n ? [] : [{ uirr: expectedRr, deliverable: mode === 'user', waits_for: waits }],
      );
    });
  });

  test('with UIF clear the vector waits in UIRR', () => {
    const rig = new Rig().asReceiver();
    rig.unit.uif = false;
    rig.upid(NOTIFIED, 1n);
    expect(processNotification(rig.unit, 'user')).toBeNull();
    expect(rig.of('user_interrupt_recognized')).toEqual([{ uirr: 1n, deliverable: false, waits_for: 'UIF' }]);
  });

  test.each([
    ['not canonical: #GP with EXT', 1n << 60n, '#GP(1)'],
    ['not mapped: #PF, which has no EXT', 0xffff_9880_0000_0000n, '#PF(2) at ffff988000000000'],
  ])('UPIDADDR %s', (_name, pd, outcome) => {
    const rig = new Rig().asReceiver();
    rig.unit.pd = pd;
    const before = rig.snapshot();
    expect(describeFault(processNotification(rig.unit, 'user'))).toBe(outcome);
    expect(rig.snapshot()).toBe(before);
  });
});
