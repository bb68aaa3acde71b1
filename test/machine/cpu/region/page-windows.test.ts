// What generated code remembers of pages from one call of run() to the next, and what changes in between.

import { describe, expect, it } from 'vitest';
import { RAX, RCX, RDI, RSP } from '../../../../src/machine/cpu/state.ts';
import { PTE_DIRTY, PTE_WRITE } from '../../../../src/machine/memory/address-space.ts';
import { PAGE_SIZE } from '../../../../src/machine/memory/layout.ts';
import { BenchMachine, CODE, R, RW, RWX, RX, STACK_TOP, hex } from '../bench-machine.ts';

// 1: mov rax,[rdi]; mov [rdi+8],rcx; inc rcx; jmp 1b
const LOOP = '48 8b 07 48 89 4f 08 48 ff c1 eb f4';
const LOAD = CODE;
const STORE = CODE + 3;
const CYCLES = 2000;

interface Running {
  readonly machine: BenchMachine;
  readonly page: number;
  readonly frame: number;
}

/** The loop has gone round until what it accesses is remembered. */
function running(tiers: 'step' | 'region', address: number): Running {
  const machine = new BenchMachine();
  machine.cpu.setTiers(tiers);
  machine.load(hex(LOOP), RX);
  const frame = machine.map(address, 1, RW);
  machine.physical.view.setUint32(frame, 1, true);
  machine.context.setRegister(RDI, BigInt(address));
  for (let i = 0; i < 3; i++) expect(machine.run(CYCLES).kind).toBe('deadline');
  expect(machine.cpu.statistics.regions.compiled > 0).toBe(tiers === 'region');
  expect(machine.context.register(RAX)).toBe(1n);
  return { machine, page: address / PAGE_SIZE, frame };
}

/** A frame that holds `value`. */
function frameWith({ physical }: BenchMachine, value: number): number {
  const frame = physical.allocateFrame();
  physical.view.setUint32(frame, value, true);
  return frame;
}

const LOW = 0x60_0000 + 4 * PAGE_SIZE;
const HIGH = 0x5_0000_0000;

describe.each([
  ['below 4 GiB', 'step', LOW],
  ['below 4 GiB', 'region', LOW],
  ['above 4 GiB', 'step', HIGH],
  ['above 4 GiB', 'region', HIGH],
] as const)('%s, by %s', (_where, tier, address) => {
  it('a page that is gone faults', () => {
    const { machine, page } = running(tier, address);
    machine.space.unmap(page);
    expect(machine.run(CYCLES)).toMatchObject({ kind: 'exception', vector: 14, errorCode: 4, address: BigInt(address) });
    expect(machine.context.rip).toBe(BigInt(LOAD));
    machine.cpu.release();
  });

  it('a page that has become read-only faults at the store', () => {
    const { machine, page } = running(tier, address);
    machine.space.protect(page, R);
    expect(machine.run(CYCLES)).toMatchObject({ kind: 'exception', vector: 14, errorCode: 7, address: BigInt(address + 8) });
    expect(machine.context.rip).toBe(BigInt(STORE));
    machine.cpu.release();
  });

  it('another frame is read, and written', () => {
    const { machine, page, frame } = running(tier, address);
    const other = frameWith(machine, 2);
    machine.space.map(page, other, RW);
    const before = machine.physical.view.getUint32(frame + 8, true);
    expect(machine.run(CYCLES).kind).toBe('deadline');
    expect(machine.context.register(RAX)).toBe(2n);
    expect(machine.physical.view.getUint32(frame + 8, true)).toBe(before);
    expect(machine.physical.view.getUint32(other + 8, true)).toBeGreaterThan(before);
    machine.cpu.release();
  });

  it('the next store makes a page dirty that was cleaned', () => {
    const { machine, page } = running(tier, address);
    expect(machine.space.clearDirty(page)).toBe(true);
    expect(machine.run(CYCLES).kind).toBe('deadline');
    expect(machine.space.entry(page) & PTE_DIRTY).toBe(PTE_DIRTY);
    machine.cpu.release();
  });

  it('another address space has its own page there', () => {
    const { machine, page, frame } = running(tier, address);
    const first = machine.space;
    const second = machine.newSpace();
    second.map(CODE / PAGE_SIZE, machine.frameOf(CODE), RX);
    second.map(page, frameWith(machine, 3), RW);
    for (let turn = 0; turn < 3; turn++) {
      for (const [space, value] of [
        [second, 3n],
        [first, 1n],
      ] as const) {
        machine.cpu.setAddressSpace(space);
        const rcx = machine.context.register(RCX);
        const before = machine.physical.view.getUint32(frame + 8, true);
        expect(machine.run(CYCLES).kind).toBe('deadline');
        expect(machine.context.register(RAX)).toBe(value);
        expect(machine.context.register(RCX)).toBeGreaterThan(rcx);
        expect(machine.physical.view.getUint32(frame + 8, true) > before).toBe(space === first);
      }
    }
    machine.cpu.release();
  });
});

describe('a page that windows are on where nothing is known', () => {
  // 1: inc rcx; jmp 1b
  const COUNTING = '48 ff c1 eb fb';
  const STACK_PAGE = STACK_TOP / PAGE_SIZE;

  function counting(flags = RX): BenchMachine {
    const machine = new BenchMachine();
    machine.cpu.setTiers('region');
    machine.load(hex(COUNTING), flags);
    return machine;
  }

  /** Of the instructions of one more run. */
  function shareInRegions(machine: BenchMachine): number {
    const { instructions, inRegions } = machine.cpu.statistics;
    expect(machine.run(CYCLES).kind).toBe('deadline');
    const now = machine.cpu.statistics;
    expect(machine.context.register(RCX)).toBe(BigInt(now.instructions / 2));
    return (now.inRegions - inRegions) / (now.instructions - instructions);
  }

  it('is one that has been written', () => {
    const machine = counting();
    expect(shareInRegions(machine)).toBeGreaterThan(0.9);
    machine.cpu.release();
  });

  it('is one that was written before the machine came back from a snapshot', () => {
    const machine = counting();
    machine.space.revokeWrite(STACK_PAGE);
    const [before] = [...machine.space.entries()].filter(([page]) => page === STACK_PAGE);
    expect(shareInRegions(machine)).toBeGreaterThan(0.9);
    expect(machine.space.entry(STACK_PAGE) & PTE_WRITE).toBe(PTE_WRITE);
    expect([...machine.space.entries()].filter(([page]) => page === STACK_PAGE)).toEqual([before]);
    machine.cpu.release();
  });

  it('is none that has not: regions wait for the first store', () => {
    const machine = counting();
    machine.space.clearDirty(STACK_PAGE);
    expect(shareInRegions(machine)).toBe(0);
    expect(machine.space.entry(STACK_PAGE) & (PTE_WRITE | PTE_DIRTY)).toBe(0);
    machine.space.translate(STACK_TOP, 'write');
    expect(shareInRegions(machine)).toBe(1);
    machine.cpu.release();
  });

  it('is none that code is in, which would be decoded again and again', () => {
    const machine = counting(RWX);
    machine.space.translate(CODE, 'write');
    machine.space.clearDirty(STACK_PAGE);
    machine.context.setRegister(RSP, BigInt(CODE + 0x800));
    for (let turn = 0; turn < 10; turn++) expect(shareInRegions(machine)).toBe(0);
    expect(machine.cpu.statistics.decoded).toBeLessThan(10);
    machine.cpu.release();
  });
});

describe.each(['mixed', 'region'] as const)('addresses above 4 GiB, by %s', (tiers) => {
  it('are found by regions once there has been one', () => {
    const machine = new BenchMachine();
    machine.cpu.setTiers(tiers);
    machine.load(hex(LOOP), RX);
    for (const address of [LOW, HIGH]) machine.map(address, 1, RW);
    machine.context.setRegister(RDI, BigInt(LOW));
    for (let turn = 0; turn < 4; turn++) machine.run(1_000_000);
    const { compiled } = machine.cpu.statistics.regions;
    expect(compiled).toBeGreaterThan(0);
    machine.context.setRegister(RDI, BigInt(HIGH));
    for (let turn = 0; turn < 4; turn++) machine.run(1_000_000);
    const { instructions, inRegions, regions } = machine.cpu.statistics;
    // Regions of 'region' have been made for such from the start.
    expect(regions.compiled).toBe(tiers === 'mixed' ? 2 * compiled : compiled);
    expect(machine.run(1_000_000).kind).toBe('deadline');
    const now = machine.cpu.statistics;
    expect((now.inRegions - inRegions) / (now.instructions - instructions)).toBeGreaterThan(0.99);
    expect(machine.context.register(RCX)).toBeGreaterThan(1_000_000n);
    machine.cpu.release();
  });
});
