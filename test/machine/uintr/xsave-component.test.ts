// Component 14: where each field lies, what XSAVES and XRSTORS do beside moving bytes.

import { describe, expect, test } from 'vitest';
import { componentImage, isInUse, restoreComponent, saveComponent } from '../../../src/machine/uintr/xsave-component.ts';
import type { UintrUnit } from '../../../src/machine/uintr/uintr-unit.ts';
import { describeFault, Rig } from './rig.ts';

type Field = readonly [name: string, set: (unit: UintrUnit) => void, offset: number, bytes: string];

const FIELDS: readonly Field[] = [
  ['UIHANDLER', (unit) => (unit.handler = 0x0000_1122_3344_5566n), 0, '6655443322110000'],
  ['UISTACKADJUST', (unit) => (unit.stackadjust = 0x81n), 8, '8100000000000000'],
  ['UITTSZ', (unit) => (unit.uittsz = 0xffff_fffe), 16, 'feffffff00000000'],
  ['UINV', (unit) => (unit.uinv = 0xec), 16, '00000000ec000000'],
  ['UIF', (unit) => (unit.uif = true), 16, '0000000000000080'],
  ['UPIDADDR', (unit) => (unit.pd = 0xffff_8880_0000_1040n), 24, '4010000080 88ffff'.replace(' ', '')],
  ['UIRR', (unit) => (unit.rr = 0x8000_0000_0000_0001n), 32, '0100000000000080'],
  ['UITTADDR', (unit) => (unit.tt = 0xffff_8880_0000_2001n), 40, '0120000080 88ffff'.replace(' ', '')],
];

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('XSAVES', () => {
  test.each(FIELDS)('%s', (_name, set, offset, bytes) => {
    const { unit } = new Rig();
    expect(isInUse(unit)).toBe(false);
    set(unit);
    expect(isInUse(unit)).toBe(true);
    const expected = new Uint8Array(48);
    expected.set(Buffer.from(bytes, 'hex'), offset);
    expect(hex(componentImage(unit))).toBe(hex(expected));
    expect(hex(saveComponent(unit)!)).toBe(hex(expected));
  });

  test('clears UINV and nothing else', () => {
    const { unit } = new Rig().asSender().asReceiver();
    unit.rr = 6n;
    const before = componentImage(unit);
    saveComponent(unit);
    before[20] = 0;
    expect(hex(componentImage(unit))).toBe(hex(before));
    expect(unit.uinv).toBe(0);
  });

  test('the initial state is not stored', () => expect(saveComponent(new Rig().unit)).toBeNull());
});

describe('XRSTORS', () => {
  test.each(FIELDS)('brings %s back', (_name, set) => {
    const { unit } = new Rig();
    set(unit);
    const image = saveComponent(unit)!;
    const { unit: other } = new Rig();
    expect(restoreComponent(other, image, 'kernel')).toBeNull();
    expect(hex(componentImage(other))).toBe(hex(image));
  });

  test('null is the initial state: all of it, UIF and UIRR too', () => {
    const { unit } = new Rig().asSender().asReceiver();
    unit.rr = 1n;
    unit.uinv = 0;
    expect(restoreComponent(unit, null, 'kernel')).toBeNull();
    expect(isInUse(unit)).toBe(false);
  });

  test.each([
    ['an image', new Uint8Array(48)],
    ['the initial state', null],
  ])('#GP(0) while UINV is not 0: %s', (_name, image) => {
    const rig = new Rig().asReceiver();
    const before = rig.snapshot();
    expect(describeFault(restoreComponent(rig.unit, image, 'kernel'))).toBe('#GP(0)');
    expect(rig.snapshot()).toBe(before);
  });

  const RESERVED: readonly (readonly [string, number, number])[] = [
    ['UIHANDLER not canonical', 6, 0x80],
    ['UISTACKADJUST not canonical', 8 + 6, 0x80],
    ['byte 21', 21, 1],
    ['byte 22', 22, 0x80],
    ...Array.from({ length: 7 }, (_, bit) => [`byte 23 bit ${bit}`, 23, 1 << bit] as const),
    ...Array.from({ length: 6 }, (_, bit) => [`UPIDADDR bit ${bit}`, 24, 1 << bit] as const),
    ['UPIDADDR not canonical', 24 + 6, 0x80],
    ...[1, 2, 3].map((bit) => [`UITTADDR bit ${bit}`, 40, 1 << bit] as const),
    ['UITTADDR not canonical', 40 + 6, 0x80],
  ];
  test.each(RESERVED)('%s: #GP(0) before anything is loaded', (_name, offset, value) => {
    const rig = new Rig().asSender();
    const image = new Uint8Array(48);
    image[offset] = value;
    const before = rig.snapshot();
    expect(describeFault(restoreComponent(rig.unit, image, 'kernel'))).toBe('#GP(0)');
    expect(rig.snapshot()).toBe(before);
  });

  test.each([
    [0n, 0],
    [2n, 1],
  ])('UIRR %s is recognised %i time(s)', (rr, recognised) => {
    const rig = new Rig();
    const image = new Uint8Array(48);
    new DataView(image.buffer).setBigUint64(32, rr, true);
    restoreComponent(rig.unit, image, 'kernel');
    expect(rig.of('user_interrupt_recognized')).toHaveLength(recognised);
  });
});
