// UIRET, STUI, CLUI, TESTUI, and the way all five take through their helpers.

import { describe, expect, test } from 'vitest';
import { LocalApic } from '../../../src/machine/apic/local-apic.ts';
import { PRESETS, resolveCosts } from '../../../src/machine/cost/presets.ts';
import { uintrHelpers } from '../../../src/machine/cpu/helpers/uintr.ts';
import type { HelperMachine } from '../../../src/machine/cpu/helpers/helper.ts';
import { CpuContext } from '../../../src/machine/cpu/state.ts';
import { Vcpu } from '../../../src/machine/cpu/vcpu.ts';
import { clui, stui, testui } from '../../../src/machine/uintr/flag.ts';
import { uiret } from '../../../src/machine/uintr/uiret.ts';
import { describeFault, READ_ONLY_PAGE, Rig, STACK_PAGE, UPID } from './rig.ts';

const STACK = BigInt(STACK_PAGE + 0x400);
const COSTS = resolveCosts(PRESETS['spr-2.0ghz']!, {});

/** RSP at three quadwords: RIP, RFLAGS, RSP. */
function returning(rig: Rig, rip: bigint, rflags: bigint, rsp: bigint, at = STACK): void {
  [rip, rflags, rsp].forEach((word, i) => expect(rig.user.write64(at + BigInt(i * 8), word)).toBeNull());
  rig.registers.setRegister(4, at);
}

describe('UIRET', () => {
  test('loads RIP, RFLAGS and RSP and sets UIF', () => {
    const rig = new Rig();
    returning(rig, 0x1234n, 0x246n, 0x7777n);
    expect(uiret(rig.unit, rig.registers, rig.user)).toBeNull();
    expect([rig.registers.rip, rig.registers.rflags, rig.registers.rsp, rig.unit.uif]).toEqual([0x1234n, 0x246, 0x7777n, true]);
    expect(rig.events.map((event) => event.kind)).toEqual(['uiret', 'uif_changed']);
  });

  const loaded = [0, 2, 4, 6, 7, 8, 10, 11, 14, 16, 18, 21];
  test.each(Array.from({ length: 32 }, (_, bit) => bit))('RFLAGS bit %i', (bit) => {
    const rig = new Rig();
    const mask = 2 ** bit;
    rig.registers.rflags = 0x202;
    returning(rig, 0n, BigInt(0x202 ^ mask), 0n);
    uiret(rig.unit, rig.registers, rig.user);
    expect(rig.registers.rflags).toBe(loaded.includes(bit) ? 0x202 ^ mask : 0x202);
  });

  test.each(loaded)('RFLAGS bit %i is cleared by an image that has it clear', (bit) => {
    const rig = new Rig();
    rig.registers.rflags = 0x202 | (1 << bit);
    returning(rig, 0n, 2n, 0n);
    uiret(rig.unit, rig.registers, rig.user);
    expect(rig.registers.rflags).toBe(0x202);
  });

  test.each([
    { flexible: false, image: 0n, uif: true },
    { flexible: false, image: 2n, uif: true },
    { flexible: true, image: 0n, uif: false },
    { flexible: true, image: 2n, uif: true },
  ])('flexible UIRET $flexible, image $image: UIF $uif', ({ flexible, image, uif }) => {
    const rig = new Rig({ flexibleUiret: flexible });
    rig.unit.uif = !uif;
    returning(rig, 0n, image, 0n);
    uiret(rig.unit, rig.registers, rig.user);
    expect(rig.unit.uif).toBe(uif);
    expect(rig.of('uiret')).toEqual([{ rip: 0n, uif }]);
  });

  const end = STACK_PAGE + 0x1000;
  test.each([
    { name: 'RIP not canonical', at: STACK, rip: 1n << 47n, outcome: '#GP(0)' },
    { name: 'RSP popped not canonical is no fault', at: STACK, rip: 0n, rsp: 1n << 60n, outcome: 'ok' },
    { name: 'first pop not mapped', at: BigInt(end), rip: null, outcome: `#PF(4) at ${end.toString(16)}` },
    { name: 'second pop not mapped', at: BigInt(end - 8), rip: null, outcome: `#PF(4) at ${end.toString(16)}` },
    { name: 'third pop not mapped', at: BigInt(end - 16), rip: null, outcome: `#PF(4) at ${end.toString(16)}` },
    { name: 'stack not canonical', at: 1n << 47n, rip: null, outcome: '#SS(0)' },
    { name: 'stack runs out of canonical addresses', at: (1n << 47n) - 8n, rip: null, outcome: '#PF(4) at 7ffffffffff8' },
    { name: 'read-only stack is fine', at: BigInt(READ_ONLY_PAGE), rip: null, outcome: 'ok' },
    { name: 'a kernel address', at: 0xffff_8880_0000_1000n, rip: null, outcome: '#PF(4) at ffff888000001000' },
  ])('$name: $outcome', ({ at, rip, rsp, outcome }) => {
    const rig = new Rig();
    if (rip === null) rig.registers.setRegister(4, at);
    else returning(rig, rip, 2n, rsp ?? 0n, at);
    const before = rig.snapshot();
    const fault = uiret(rig.unit, rig.registers, rig.user);
    expect(describeFault(fault)).toBe(outcome);
    if (fault) expect(rig.snapshot()).toBe(before);
  });
});

describe('STUI, CLUI, TESTUI', () => {
  test.each([
    [false, stui, true, 1],
    [true, stui, true, 0],
    [true, clui, false, 1],
    [false, clui, false, 0],
  ])('UIF %s, %o: UIF %s, %i event', (before, instruction, after, events) => {
    const { unit, registers, ...rig } = new Rig();
    unit.uif = before;
    expect(instruction(unit)).toBeNull();
    expect([unit.uif, registers.rflags]).toEqual([after, 0x202]);
    expect(rig.events).toHaveLength(events);
  });

  test.each([
    [true, 0x202, 0x203],
    [false, 0x203, 0x202],
    [true, 0x8d5 | 0x202, 0x203],
    [false, 0x8d5 | 0x202, 0x202],
    [true, 0x24_4702, 0x24_4703],
  ])('TESTUI with UIF %s: RFLAGS %i becomes %i', (uif, before, after) => {
    const { unit, registers } = new Rig();
    unit.uif = uif;
    registers.rflags = before;
    expect(testui(unit, registers)).toBeNull();
    expect([registers.rflags, unit.uif]).toEqual([after, uif]);
  });

  test.each([
    ['STUI', (rig: Rig) => stui(rig.unit)],
    ['CLUI', (rig: Rig) => clui(rig.unit)],
    ['TESTUI', (rig: Rig) => testui(rig.unit, rig.registers)],
    ['UIRET', (rig: Rig) => uiret(rig.unit, rig.registers, rig.user)],
  ])('%s: #UD without CR4.UINTR, and without UINTR in CPUID', (_name, instruction) => {
    for (const rig of [new Rig({ enumerated: false }), new Rig()]) {
      rig.unit.cr4Uintr = !rig.unit.enumerated;
      rig.unit.uif = true;
      const before = rig.snapshot();
      expect(describeFault(instruction(rig))).toBe('#UD');
      expect(rig.snapshot()).toBe(before);
    }
  });
});

describe('helpers', () => {
  function machine(rig: Rig, register = 0): HelperMachine & { charged: number } {
    const vcpu = new Vcpu(0, new LocalApic(0), rig.unit);
    vcpu.clock = 1001;
    return {
      context: CpuContext.fresh(),
      vcpu,
      costs: COSTS,
      clock: 1000,
      instruction: { code: 0, length: 4, registers: [register], memorySize: 0, immediate: 0 },
      address: () => 0n,
      read: (address, bytes) => {
        const word = rig.user.read64(address);
        return typeof word === 'bigint' ? new Uint8Array(new BigUint64Array([word]).buffer, 0, bytes) : word;
      },
      write: () => null,
      probeWrite: () => null,
      charged: 0,
      charge(cycles) {
        this.charged += cycles;
      },
    };
  }

  test.each(Array.from({ length: 16 }, (_, n) => n))('SENDUIPI takes its index from register %i', (register) => {
    const rig = new Rig().asSender();
    rig.upid(0xec_0000n, 0n);
    const m = machine(rig, register);
    for (let n = 0; n < 16; n++) m.context.setRegister(n, n === register ? 0n : 77n);
    expect(uintrHelpers['senduipi']!(m)).toBe('boundary');
    expect([rig.peek(UPID + 8n), m.charged]).toEqual([2n, COSTS.senduipi]);
    expect(rig.ipis).toMatchObject([{ departs: 1001 + COSTS.senduipi }]);
  });

  test('a post without IPI costs less', () => {
    const rig = new Rig().asSender();
    rig.upid(2n, 0n);
    const m = machine(rig);
    expect(uintrHelpers['senduipi']!(m)).toBe('boundary');
    expect(m.charged).toBe(COSTS.senduipi_suppressed);
  });

  test.each([
    ['senduipi', '#UD', 0],
    ['stui', 'boundary', COSTS.stui],
    ['clui', 'ok', COSTS.clui],
    ['testui', 'ok', COSTS.testui],
    ['uiret', 'jumped', COSTS.uiret],
  ])('%s gives %s and costs %i', (name, outcome, cost) => {
    const rig = new Rig();
    const m = machine(rig);
    returning(rig, 0x1234n, 2n, 0n);
    m.context.setRegister(4, STACK);
    expect(describeFault(uintrHelpers[name]!(m))).toBe(outcome);
    expect(m.charged).toBe(cost);
    if (name === 'uiret') expect(m.context.rip).toBe(0x1234n);
  });
});
