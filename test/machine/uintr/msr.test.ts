// RDMSR and WRMSR of the six registers: every #GP condition, and what is read back.

import { describe, expect, test } from 'vitest';
import {
  IA32_UINTR_HANDLER,
  IA32_UINTR_MISC,
  IA32_UINTR_PD,
  IA32_UINTR_RR,
  IA32_UINTR_STACKADJUST,
  IA32_UINTR_TT,
  readMsr,
  writeMsr,
} from '../../../src/machine/uintr/msr.ts';
import { describeFault, HANDLER, KERNEL_MAP, Rig } from './rig.ts';

const ALL = 0xffff_ffff_ffff_ffffn;
const LOWEST_NON_CANONICAL = 1n << 47n;
const HIGHEST_NON_CANONICAL = 0xffff_7fff_ffff_ffffn;

const NAMES = {
  RR: IA32_UINTR_RR,
  HANDLER: IA32_UINTR_HANDLER,
  STACKADJUST: IA32_UINTR_STACKADJUST,
  MISC: IA32_UINTR_MISC,
  PD: IA32_UINTR_PD,
  TT: IA32_UINTR_TT,
} as const;

type Row = readonly [register: keyof typeof NAMES, value: bigint, outcome: 'ok' | '#GP(0)'];

const ROWS: readonly Row[] = [
  ['RR', 0n, 'ok'],
  ['RR', 1n, 'ok'],
  ['RR', 1n << 63n, 'ok'],
  ['RR', ALL, 'ok'],
  ['HANDLER', 0n, 'ok'],
  ['HANDLER', HANDLER, 'ok'],
  ['HANDLER', 0x7fff_ffff_ffffn, 'ok'],
  ['HANDLER', KERNEL_MAP, 'ok'],
  ['HANDLER', LOWEST_NON_CANONICAL, '#GP(0)'],
  ['HANDLER', HIGHEST_NON_CANONICAL, '#GP(0)'],
  ['HANDLER', 1n << 63n, '#GP(0)'],
  ['STACKADJUST', 128n, 'ok'],
  ['STACKADJUST', 0x7000_0001n, 'ok'],
  ['STACKADJUST', 6n, 'ok'],
  ['STACKADJUST', ALL, 'ok'],
  ['STACKADJUST', LOWEST_NON_CANONICAL, '#GP(0)'],
  ['STACKADJUST', HIGHEST_NON_CANONICAL, '#GP(0)'],
  ['MISC', 0n, 'ok'],
  ['MISC', 0xffff_ffffn, 'ok'],
  ['MISC', 0xec_0000_00ffn, 'ok'],
  ['MISC', 0xff_ffff_ffffn, 'ok'],
  ['PD', KERNEL_MAP, 'ok'],
  ['PD', 0x40n, 'ok'],
  ['PD', LOWEST_NON_CANONICAL, '#GP(0)'],
  ['TT', KERNEL_MAP, 'ok'],
  ['TT', KERNEL_MAP | 1n, 'ok'],
  ['TT', 0x10n, 'ok'],
  ['TT', LOWEST_NON_CANONICAL | 1n, '#GP(0)'],
  ...Array.from({ length: 24 }, (_, i): Row => ['MISC', 1n << BigInt(40 + i), '#GP(0)']),
  ...Array.from({ length: 6 }, (_, i): Row => ['PD', KERNEL_MAP | (1n << BigInt(i)), '#GP(0)']),
  ...Array.from({ length: 3 }, (_, i): Row => ['TT', KERNEL_MAP | (1n << BigInt(1 + i)), '#GP(0)']),
];

describe('WRMSR', () => {
  test.each(ROWS)('IA32_UINTR_%s := 0x%s gives %s', (name, value, outcome) => {
    const rig = new Rig();
    const before = readMsr(rig.unit, NAMES[name]);
    expect(describeFault(writeMsr(rig.unit, NAMES[name], value))).toBe(outcome);
    expect(readMsr(rig.unit, NAMES[name])).toBe(outcome === 'ok' ? value : before);
  });

  test('MISC sets UITTSZ and UINV and cannot touch UIF', () => {
    const { unit } = new Rig().asReceiver();
    expect(writeMsr(unit, IA32_UINTR_MISC, 0x42_0000_0007n)).toBeNull();
    expect([unit.uittsz, unit.uinv, unit.uif]).toEqual([7, 0x42, true]);
  });

  test.each([
    [0n, 0],
    [4n, 1],
  ])('RR := %s is recognised %i time(s), and is not a delivery', (value, recognised) => {
    const rig = new Rig().asReceiver();
    expect(writeMsr(rig.unit, IA32_UINTR_RR, value)).toBeNull();
    expect(rig.of('user_interrupt_recognized')).toHaveLength(recognised);
    expect(rig.of('user_interrupt_delivered')).toHaveLength(0);
  });

  test.each(Object.entries(NAMES))('IA32_UINTR_%s does not exist where CPUID has no UINTR', (_name, register) => {
    const { unit } = new Rig({ enumerated: false });
    expect(describeFault(writeMsr(unit, register, 0n))).toBe('#GP(0)');
    expect(readMsr(unit, register)).toMatchObject({ vector: 13, errorCode: 0 });
  });

  test.each([0x984, 0x98b, 0x80b])('0x%s is none of the six', (register) => {
    const { unit } = new Rig();
    expect(readMsr(unit, register)).toMatchObject({ vector: 13 });
    expect(writeMsr(unit, register, 0n)).toMatchObject({ vector: 13 });
  });
});
