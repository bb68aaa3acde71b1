// The cost of an instruction depends on the bytes of its page and its place there, and on nothing else.

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { COST, RIP_48, FORM, LENGTH, SPECIAL_COUNT, SPECIAL } from '../../../../src/machine/cpu/decode/record.ts';
import { PAGE_SIZE, RECORDS_BASE, RECORD_BYTES } from '../../../../src/machine/memory/layout.ts';
import { BenchMachine, CODE, RX, stepModule } from '../bench-machine.ts';

/** Costs by address of all that has been decoded. */
function costsIn(machine: BenchMachine): Map<number, number> {
  const costs = new Map<number, number>();
  const { view } = machine.physical;
  for (
    let record = RECORDS_BASE;
    view.getUint8(record + LENGTH) !== 0 || view.getUint32(record + RIP_48, true) !== 0;
    record += RECORD_BYTES
  ) {
    const form = view.getUint16(record + FORM, true);
    if (form < SPECIAL_COUNT && form !== SPECIAL.UNDEFINED) continue;
    const rip = view.getUint32(record + RIP_48, true);
    const cost = view.getUint16(record + COST, true);
    expect(cost).toBeGreaterThan(0);
    expect(costs.get(rip) ?? cost, rip.toString(16)).toBe(cost);
    costs.set(rip, cost);
  }
  return costs;
}

function decodedFrom(page: Uint8Array, starts: readonly number[]): Map<number, number> {
  const machine = new BenchMachine(4 << 20, stepModule(), 'x86-64-v2', 0);
  machine.map(CODE, 1, RX);
  machine.poke(CODE, page);
  for (const start of starts) {
    machine.context.rip = BigInt(CODE + start);
    // One instruction; whatever becomes of it, its block has been decoded.
    machine.cpu.step();
  }
  return costsIn(machine);
}

const image = readFileSync(new URL('../../../../guests/bin/bench/strings', import.meta.url));

it.each([0x1000, 0x2000, 0x3000, 0x4000])('page %i of a program costs the same wherever decoding begins', (offset) => {
  const page = new Uint8Array(image.subarray(offset, offset + PAGE_SIZE));
  const all = new Map<number, number>();
  // Starts in any order, in the middle of instructions too; and each start alone.
  const starts = Array.from({ length: 120 }, (_, i) => (i * 1597 + offset) % (PAGE_SIZE - 16));
  for (const [address, cost] of decodedFrom(page, starts)) all.set(address, cost);
  for (const start of starts.slice(0, 40))
    for (const [address, cost] of decodedFrom(page, [start])) expect(all.get(address) ?? cost, address.toString(16)).toBe(cost);
});
