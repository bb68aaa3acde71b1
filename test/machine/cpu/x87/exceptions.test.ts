// Pending exceptions, the pointers to the last instruction, environment images and faults on memory operands.

import { describe, expect, it } from 'vitest';
import { VECTOR } from '../../../../src/machine/cpu/exit.ts';
import { x87Helpers } from '../../../../src/machine/cpu/helpers/x87.ts';
import { FDP, FIP, FOP, RAX, X87 } from '../../../../src/machine/cpu/state.ts';
import { FakeMachine, MEMORY_BASE } from './fake-machine.ts';

const CODE_OFFSET = 0x800;
const RIP = BigInt(MEMORY_BASE + CODE_OFFSET);
const ZE = 4;
const ES = 0x80;
const BUSY = 0x8000;

function run(machine: FakeMachine, name: string, code: readonly number[], registers: readonly number[] = [], memorySize = 0): unknown {
  machine.memory.set(code, CODE_OFFSET);
  machine.context.rip = RIP;
  machine.instruction = { code: 0, length: code.length, registers, memorySize, immediate: 0, secondImmediate: 0, operandWidth: 0 };
  return x87Helpers[name]!(machine);
}

const view = (machine: FakeMachine): DataView => new DataView(machine.context.bytes.buffer);
const fip = (machine: FakeMachine): bigint => view(machine).getBigUint64(FIP, true);
const fdp = (machine: FakeMachine): bigint => view(machine).getBigUint64(FDP, true);
const fop = (machine: FakeMachine): number => view(machine).getUint16(FOP, true);

/** 1 / 0 with ZE unmasked: pending. */
function divided(): FakeMachine {
  const machine = new FakeMachine();
  machine.context.fcw = 0x37b;
  run(machine, 'Fld1', [0xd9, 0xe8]);
  expect(run(machine, 'Fdiv_m32fp', [0x48, 0xd8, 0x30], [-1], 4)).toBeNull();
  return machine;
}

describe('an unmasked exception', () => {
  it('leaves the operands and sets ES, B and the pointers', () => {
    const machine = divided();
    expect(machine.context.fsw & (ZE | ES | BUSY)).toBe(ZE | ES | BUSY);
    expect(view(machine).getUint16(X87 + 7 * 16 + 8, true)).toBe(0x3fff);
    expect(fip(machine)).toBe(RIP);
    expect(fdp(machine)).toBe(BigInt(MEMORY_BASE));
    expect(fop(machine)).toBe(0x030);
  });

  const WAITING: readonly [string, readonly number[]][] = [
    ['Wait', [0x9b]],
    ['Fld1', [0xd9, 0xe8]],
    ['Fnop', [0xd9, 0xd0]],
    ['Fldcw_m2byte', [0xd9, 0x28]],
    ['Fldenv_m28byte', [0xd9, 0x20]],
    ['Frstor_m108byte', [0xdd, 0x20]],
    ['Fincstp', [0xd9, 0xf7]],
    ['Ffree_sti', [0xdd, 0xc0]],
    ['Fabs', [0xd9, 0xe1]],
    ['Fstp_m32fp', [0xd9, 0x18]],
  ];
  it.each(WAITING)('is #MF at the next waiting instruction: %s', (name, code) => {
    const machine = divided();
    const before = machine.context.bytes.slice();
    expect(run(machine, name, code, [0])).toEqual({ kind: 'exception', vector: VECTOR.MF, errorCode: 0, address: 0n });
    expect(machine.context.bytes).toEqual(before);
  });

  const NON_WAITING: readonly [string, readonly number[]][] = [
    ['Fninit', [0xdb, 0xe3]],
    ['Fnclex', [0xdb, 0xe2]],
    ['Fnstcw_m2byte', [0xd9, 0x38]],
    ['Fnstsw_m2byte', [0xdd, 0x38]],
    ['Fnstsw_AX', [0xdf, 0xe0]],
    ['Fnstenv_m28byte', [0xd9, 0x30]],
    ['Fnsave_m108byte', [0xdd, 0x30]],
    ['Fneni', [0xdb, 0xe0]],
  ];
  it.each(NON_WAITING)('is left pending by %s', (name, code) => {
    expect(run(divided(), name, code, [0])).toBeNull();
  });

  it('is gone after FNCLEX and FNINIT', () => {
    for (const name of ['Fnclex', 'Fninit']) {
      const machine = divided();
      run(machine, name, [0xdb, 0xe2]);
      expect(run(machine, 'Wait', [0x9b])).toBeNull();
    }
  });

  it('comes into being when FLDCW unmasks a flag that is set', () => {
    const machine = new FakeMachine();
    machine.context.fsw = ZE;
    machine.memory.set([0x7b, 0x03]);
    expect(run(machine, 'Fldcw_m2byte', [0xd9, 0x28], [], 2)).toBeNull();
    expect(machine.context.fsw).toBe(ZE | ES | BUSY);
    machine.memory.set([0x7f, 0x03]);
    expect(run(machine, 'Fnclex', [0xdb, 0xe2])).toBeNull();
    expect(machine.context.fsw).toBe(0);
  });
});

describe('pointers', () => {
  it('FIP follows every instruction that is not control; FDP and FOP do not', () => {
    const machine = new FakeMachine();
    run(machine, 'Fld_m64fp', [0xdd, 0x00], [-1], 8);
    expect([fip(machine), fdp(machine), fop(machine)]).toEqual([RIP, 0n, 0]);
    view(machine).setBigUint64(FIP, 1n, true);
    for (const name of ['Fnstsw_AX', 'Fnclex', 'Wait']) run(machine, name, [0x9b]);
    expect(fip(machine)).toBe(1n);
    for (const name of ['Fnop', 'Fincstp', 'Fdecstp', 'Ffree_sti']) {
      view(machine).setBigUint64(FIP, 1n, true);
      run(machine, name, [0xd9], [0]);
      expect([name, fip(machine)]).toEqual([name, RIP]);
    }
  });

  it('FNSTENV stores them, and FLDENV loads them', () => {
    const machine = divided();
    run(machine, 'Fnstenv_m28byte', [0xd9, 0x30], [], 28);
    const image = new DataView(machine.memory.buffer);
    expect(image.getUint32(0, true)).toBe(0xffff037b);
    expect(image.getUint32(4, true)).toBe((0xffff0000 | ZE | ES | BUSY | (7 << 11)) >>> 0);
    expect(image.getUint32(8, true)).toBe(0xffff3fff);
    expect(image.getUint32(12, true)).toBe(Number(RIP));
    expect(image.getUint32(16, true)).toBe(0x030 << 16);
    expect(image.getUint32(20, true)).toBe(MEMORY_BASE);
    expect(image.getUint32(24, true)).toBe(0xffff0000);
    expect(machine.context.fcw).toBe(0x37f);
    expect(machine.context.fsw & ES).toBe(0);

    const other = new FakeMachine();
    other.memory.set(machine.memory);
    expect(run(other, 'Fldenv_m28byte', [0xd9, 0x20], [], 28)).toBeNull();
    expect([fip(other), fdp(other), fop(other), other.context.ftw, other.context.fcw]).toEqual([
      RIP,
      BigInt(MEMORY_BASE),
      0x030,
      0x80,
      0x37b,
    ]);
    expect(other.context.fsw & ES).toBe(ES);
  });

  it.each(['Fnsave_m108byte', 'Fnsave_m94byte'])('%s and its counterpart move everything', (name) => {
    const machine = new FakeMachine();
    run(machine, 'Fldpi', [0xd9, 0xeb]);
    run(machine, 'Fld1', [0xd9, 0xe8]);
    const before = machine.context.copy();
    run(machine, name, [0xdd, 0x30]);
    expect([machine.context.fcw, machine.context.fsw, machine.context.ftw]).toEqual([0x37f, 0, 0]);
    machine.context.bytes.fill(0, X87, X87 + 128);
    expect(run(machine, name.replace('Fnsave', 'Frstor'), [0xdd, 0x20])).toBeNull();
    const wide = name.endsWith('108byte');
    expect([machine.context.fsw, machine.context.ftw]).toEqual([before.fsw, before.ftw]);
    expect(machine.context.bytes.slice(X87, X87 + 128)).toEqual(before.bytes.slice(X87, X87 + 128));
    expect(fip(machine)).toBe(wide ? RIP : RIP & 0xffffn);
  });
});

describe('a memory operand that cannot be reached', () => {
  const FORMS = [
    'Fld_m32fp',
    'Fld_m80fp',
    'Fild_m64int',
    'Fbld_m80bcd',
    'Fadd_m64fp',
    'Fcomp_m32fp',
    'Ficom_m16int',
    'Fldcw_m2byte',
    'Fldenv_m28byte',
    'Frstor_m108byte',
  ];
  const STORES = [
    'Fst_m32fp',
    'Fstp_m64fp',
    'Fstp_m80fp',
    'Fistp_m64int',
    'Fisttp_m32int',
    'Fbstp_m80bcd',
    'Fnstcw_m2byte',
    'Fnstsw_m2byte',
    'Fnstenv_m28byte',
    'Fnsave_m108byte',
  ];
  it.each([...FORMS, ...STORES])('%s faults and changes nothing', (name) => {
    const machine = new FakeMachine();
    run(machine, 'Fldpi', [0xd9, 0xeb]);
    machine.operandAddress = BigInt(MEMORY_BASE + 4095);
    machine.context.rip = RIP;
    const before = machine.context.bytes.slice();
    const memory = machine.memory.slice();
    expect(x87Helpers[name]!(machine)).toMatchObject({ vector: VECTOR.PF, errorCode: STORES.includes(name) ? 6 : 4 });
    expect(machine.context.bytes).toEqual(before);
    expect(machine.memory).toEqual(memory);
  });
});

it('FNSTSW AX changes AX alone', () => {
  const machine = new FakeMachine();
  machine.context.setRegister(RAX, 0x1122_3344_5566_7788n);
  machine.context.fsw = 0x3841;
  run(machine, 'Fnstsw_AX', [0xdf, 0xe0], [0]);
  expect(machine.context.register(RAX)).toBe(0x1122_3344_5566_3841n);
});
