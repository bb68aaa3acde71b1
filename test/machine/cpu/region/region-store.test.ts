// Regions among machines, threads and address spaces: how many there may be, and what they rely on.

import { describe, expect, it } from 'vitest';
import { LiveRegions } from '../../../../src/machine/cpu/region/live-regions.ts';
import type { RegionStore } from '../../../../src/machine/cpu/region/region-store.ts';
import { RAX, RCX } from '../../../../src/machine/cpu/state.ts';
import { PAGE_SIZE } from '../../../../src/machine/memory/layout.ts';
import { BenchMachine, CODE, RX, hex, stepModule } from '../bench-machine.ts';

const SYSCALL = '0f 05';
/** Tags of address spaces in the jump cache. */
const TAGS = 0xffff;

describe('a region of two pages', () => {
  const next = CODE + PAGE_SIZE;
  // At CODE: jmp next. There: inc or dec eax; dec ecx; jz out; jmp CODE; out: syscall
  const leap = 'e9 fb 0f 00 00';
  const turn = (step: string): number[] => hex(`${step} ff c9 74 05 e9 f5 ef ff ff ${SYSCALL}`);

  it.each([1, 7, TAGS - 1, TAGS, 2 * TAGS - 1])('is not taken for proven in another address space %i changes later', (changes) => {
    const machine = new BenchMachine();
    machine.cpu.setTiers('region');
    machine.map(CODE, 1, RX);
    machine.poke(CODE, hex(leap));
    machine.map(next, 1, RX);
    machine.poke(next, turn('ff c0'));
    const count = (from: number): bigint => {
      machine.cpu.setAddressSpace(machine.space);
      machine.context.rip = BigInt(from);
      machine.context.setRegister(RCX, 100n);
      machine.context.setRegister(RAX, 1000n);
      expect(machine.run().kind).toBe('syscall');
      return machine.context.register(RAX);
    };
    expect([count(next), count(CODE)]).toEqual([1100n, 1100n]);
    const other = machine.newSpace();
    other.map(CODE / PAGE_SIZE, machine.frameOf(CODE), RX);
    machine.map(next, 1, RX, other);
    machine.poke(next, turn('ff c8'), other);
    const busy = machine.newSpace();
    for (let n = 0; n < changes; n++) {
      busy.generation++;
      machine.cpu.setAddressSpace(busy);
    }
    machine.space = other;
    expect([count(CODE), count(CODE)]).toEqual([900n, 900n]);
    machine.cpu.release();
  });
});

/** Runs `heads` loops, of which each becomes a region. */
function hold(liveRegions: LiveRegions<RegionStore>, heads: number): BenchMachine {
  const machine = new BenchMachine(8 << 20, { ...stepModule(), liveRegions });
  machine.cpu.setTiers('region');
  // mov ecx,3; 1: dec ecx; jnz 1b; fninit, which no region holds
  const code = [...Array.from({ length: heads }, () => hex('b9 03 00 00 00 ff c9 75 fc db e3')).flat(), ...hex(SYSCALL)];
  machine.load(code, RX);
  expect(machine.run().kind).toBe('syscall');
  return machine;
}
const liveOf = (machine: BenchMachine): number => machine.cpu.statistics.regions.live;

describe('live regions', () => {
  it('are bounded for a machine, and given back', () => {
    const live = new LiveRegions<RegionStore>();
    const machine = hold(live, 700);
    expect(machine.cpu.statistics.regions.compiled).toBeGreaterThan(650);
    expect(liveOf(machine)).toBe(600);
    expect(live.here).toBe(600);
    machine.cpu.release();
    expect([live.here, live.everywhere]).toEqual([0, 0]);
  });

  it('are bounded for a thread: whoever has most gives to whoever has few', () => {
    const live = new LiveRegions<RegionStore>();
    const machines = [600, 600, 600, 50].map((heads) => hold(live, heads));
    expect(live.here).toBe(1500);
    expect(liveOf(machines[3]!)).toBeGreaterThanOrEqual(50);
    expect(Math.min(...machines.slice(0, 3).map(liveOf))).toBeGreaterThan(400);
    for (const { cpu } of machines) cpu.release();
    expect(live.here).toBe(0);
  });

  it('are bounded for all threads together, of which one may end', () => {
    const main = new LiveRegions<RegionStore>();
    const here = new LiveRegions<RegionStore>(main.memory, 1);
    const there = new LiveRegions<RegionStore>(main.memory, 2);
    there.add(11_990);
    const machine = hold(here, 100);
    expect(main.everywhere).toBe(12_000);
    expect(liveOf(machine)).toBe(10);
    expect(machine.cpu.statistics.regions.compiled).toBeGreaterThan(90);
    main.forget(2);
    expect(main.everywhere).toBe(10);
    there.add(12_000);
    const without = hold(new LiveRegions<RegionStore>(main.memory, 3), 10);
    expect(liveOf(without)).toBe(0);
    for (const { cpu } of [machine, without]) cpu.release();
    expect(main.everywhere).toBe(12_000);
  });
});
