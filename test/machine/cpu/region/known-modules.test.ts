// Modules of regions that are kept for machines to come: found by all that they depend on and nothing else, and bounded.

import { describe, expect, it } from 'vitest';
import type { RegionModule } from '../../../../src/machine/cpu/region/known-modules.ts';
import { LiveRegions } from '../../../../src/machine/cpu/region/live-regions.ts';
import type { RegionStore } from '../../../../src/machine/cpu/region/region-store.ts';
import { RAX, RCX } from '../../../../src/machine/cpu/state.ts';
import { BenchMachine, CODE, RX, hex, stepModule } from '../bench-machine.ts';

const FORMS = new Uint32Array(1);
const EMPTY = new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
const made = (): RegionModule => ({ module: EMPTY, bytes: 8, budgets: [], control: 'any' });
const words = (...numbers: number[]): Int32Array => Int32Array.from(numbers);

describe('known modules', () => {
  it('are found by description and forms', () => {
    const { known } = new LiveRegions();
    const first = known.find(FORMS, words(1, 2, 3), made);
    expect(known.find(FORMS, words(1, 2, 3), made)).toBe(first);
    expect(known.find(FORMS, words(1, 2, 4), made)).not.toBe(first);
    expect(known.find(new Uint32Array(1), words(1, 2, 3), made)).not.toBe(first);
  });

  it('are bounded, those last asked for are kept', () => {
    const { known } = new LiveRegions();
    const first = known.find(FORMS, words(0), made);
    for (let n = 1; n < 1000; n++) {
      known.find(FORMS, words(n), made);
      expect(known.find(FORMS, words(0), made)).toBe(first);
    }
    expect(known.size).toBe(400);
    expect(known.find(FORMS, words(1), () => ({ ...made(), bytes: 9 })).bytes).toBe(9);
  });

  it('are bounded for all threads together; one that ends gives its own back', () => {
    const { memory } = new LiveRegions();
    const threads = Array.from({ length: 30 }, (_, n) => new LiveRegions(memory, n + 1));
    const fill = (live: LiveRegions): number => {
      for (let n = 0; n < 400; n++) live.known.find(FORMS, words(n), made);
      return live.known.size;
    };
    const sizes = threads.map(fill);
    expect(sizes.reduce((sum, size) => sum + size)).toBe(8000);
    expect(sizes.at(-1)).toBe(0);
    threads.at(-1)!.forget(1);
    expect(fill(threads.at(-1)!)).toBe(400);
    // Who has some goes on with the newest of them where there is no room for more.
    const newest = threads[5]!.known.find(FORMS, words(-1), made);
    expect(threads[5]!.known.find(FORMS, words(-1), made)).toBe(newest);
    expect(threads[5]!.known.size).toBe(400);
  });
});

/** mov ecx,100; 1: add eax,STEP; dec ecx; jnz 1b; syscall */
const loop = (step: string): number[] => hex(`b9 64 00 00 00 83 c0 ${step} ff c9 75 f9 0f 05`);

function run(liveRegions: LiveRegions<RegionStore>, step: string): bigint {
  const machine = new BenchMachine(8 << 20, { ...stepModule(), liveRegions });
  machine.cpu.setTiers('region');
  machine.load(loop(step), RX);
  machine.context.rip = BigInt(CODE);
  machine.context.setRegister(RAX, 0n);
  machine.context.setRegister(RCX, 0n);
  expect(machine.run().kind).toBe('syscall');
  expect(machine.cpu.statistics.regions.compiled).toBeGreaterThan(0);
  machine.cpu.release();
  return machine.context.register(RAX);
}

describe('machines', () => {
  it('share what is equal, and nothing else', () => {
    const live = new LiveRegions<RegionStore>();
    expect(run(live, '01')).toBe(100n);
    const { size } = live.known;
    expect(size).toBeGreaterThan(0);
    expect(run(live, '01')).toBe(100n);
    expect(live.known.size).toBe(size);
    expect(run(live, '02')).toBe(200n);
    expect(live.known.size).toBeGreaterThan(size);
    expect(live.here).toBe(0);
  });
});
