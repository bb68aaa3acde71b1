// Repeated moves and stores in bulk end as single iterations do: memory, registers, clock and count, wherever the budget ends.

import { describe, expect, it } from 'vitest';
import { DF, RAX, RBX, RCX, RDI, RFLAGS_START, RSI } from '../../../../src/machine/cpu/state.ts';
import { PAGE_SIZE } from '../../../../src/machine/memory/layout.ts';
import { BenchMachine, CODE, RW, RWX, hex, stepModule } from '../bench-machine.ts';

const AREA = 0x70_0000;
/** Mapped to the same frame as the first page of the area. */
const ALIAS = 0x7f_0000;
const PAGES = 3;

const pattern = Uint8Array.from({ length: PAGES * PAGE_SIZE }, (_, i) => (i * 31 + (i >> 8) * 7 + 3) & 0xff);
const AT = 333;

interface Case {
  readonly name: string;
  readonly source: number;
  readonly destination: number;
  readonly count: number;
  readonly value?: bigint;
  readonly backwards?: boolean;
  readonly flatCost?: number;
}

const OVERLAPS = [1, 2, 3, 4, 7, 8, 15, 16].flatMap((distance): Case[] => [
  { name: `overlap, ${distance} bytes ahead`, source: AREA + 64, destination: AREA + 64 + distance, count: 90 },
  { name: `overlap, ${distance} bytes behind`, source: AREA + 64, destination: AREA + 64 - distance, count: 90 },
]);

const CASES: readonly Case[] = [
  ...OVERLAPS,
  { name: 'apart', source: AREA, destination: AREA + 2048, count: 150 },
  { name: 'none', source: AREA, destination: AREA + 2048, count: 0 },
  { name: 'one', source: AREA, destination: AREA + 2048, count: 1 },
  { name: 'over page ends', source: AREA + 3900, destination: AREA + PAGE_SIZE + 3993, count: 150 },
  { name: 'to the last byte of a page', source: AREA + 8, destination: AREA + PAGE_SIZE - 160, count: 20 },
  { name: 'into what is not mapped', source: AREA, destination: AREA + PAGES * PAGE_SIZE - 40, count: 60 },
  { name: 'out of what is not mapped', source: AREA + PAGES * PAGE_SIZE - 44, destination: AREA, count: 60 },
  { name: 'to an alias ahead', source: AREA + 100, destination: ALIAS + 103, count: 80 },
  { name: 'to an alias behind', source: ALIAS + 103, destination: AREA + 100, count: 80 },
  { name: 'into its own code', source: AREA, destination: CODE, count: 3 },
  { name: 'backwards', source: AREA + 800, destination: AREA + 803, count: 60, backwards: true },
  { name: 'of the same place', source: AREA + 77, destination: AREA + 77, count: 150 },
  { name: 'of the same place over page ends', source: AREA + 4000, destination: AREA + 4000, count: 300 },
  { name: 'of a place and its alias, up to a difference', source: AREA + 3996, destination: ALIAS + 3996, count: 300 },
  ...[0, 1, 15, 16, 17, 47, 90].map((distance): Case => {
    const value = BigInt(pattern[AT + distance]!);
    return { name: `of what ends ${distance} bytes on`, source: AREA + AT, destination: AREA + AT, count: 110, value };
  }),
  { name: 'of equal bytes', source: AREA, destination: AREA + 512, count: 100, value: 0x5a5a_5a5a_5a5a_5a5an },
  { name: 'of a value whose upper part differs', source: AREA, destination: AREA + 512, count: 100, value: 0x5a5a_5a00_0101_0101n },
  { name: 'at a flat cost', source: AREA, destination: AREA + 2048, count: 150, flatCost: 1 },
];

const INSTRUCTIONS: readonly [name: string, code: string][] = [
  ['REP MOVSB', 'f3 a4'],
  ['REP MOVSW', 'f3 66 a5'],
  ['REP MOVSD', 'f3 a5'],
  ['REP MOVSQ', 'f3 48 a5'],
  ['REPNE MOVSB', 'f2 a4'],
  ['REP MOVSB FS:', 'f3 64 a4'],
  ['REP MOVSB by ESI and EDI', 'f3 67 a4'],
  ['REP STOSB', 'f3 aa'],
  ['REP STOSW', 'f3 66 ab'],
  ['REP STOSD', 'f3 ab'],
  ['REP STOSQ', 'f3 48 ab'],
  ['REPNE SCASB', 'f2 ae'],
  ['REPE SCASB', 'f3 ae'],
  ['REPE CMPSB', 'f3 a6'],
  ['REPNE CMPSB', 'f2 a6'],
  ['REPE CMPSB FS:', 'f3 64 a6'],
];

const RUNS = [
  [1, 'step'],
  [7, 'step'],
  [1000, 'region'],
  [1_000_000, 'step'],
] as const;

const machines = new Map<number, BenchMachine>();

/** One machine for each cost, begun anew. */
function started(code: string, one: Case): BenchMachine {
  const flatCost = one.flatCost ?? 0;
  let machine = machines.get(flatCost);
  if (!machine) {
    machine = new BenchMachine(4 << 20, stepModule(), 'x86-64-v2', flatCost).load([0]);
    machine.map(AREA, PAGES, RW);
    machine.space.map(ALIAS / PAGE_SIZE, machine.frameOf(AREA), RW);
    machines.set(flatCost, machine);
  }
  machine.poke(CODE, hex(`${code} 90 90 0f 05`));
  machine.poke(AREA, pattern);
  machine.vcpu.clock = machine.cpu.instructions = 0;
  const { context } = machine;
  context.rip = BigInt(CODE);
  context.rflags = RFLAGS_START | (one.backwards ? DF : 0);
  context.setRegister(RSI, BigInt(one.source));
  context.setRegister(RDI, BigInt(one.destination));
  context.setRegister(RCX, BigInt(one.count));
  context.setRegister(RAX, one.value ?? 0x1122_3344_5566_7788n);
  context.setRegister(11, 0n);
  context.fsBase = 5n;
  return machine;
}

function state(machine: BenchMachine): unknown {
  const { context, vcpu, cpu, physical } = machine;
  const pages = Array.from({ length: PAGES }, (_, n) => {
    const frame = machine.frameOf(AREA + n * PAGE_SIZE);
    return Buffer.from(physical.bytes.subarray(frame, frame + PAGE_SIZE)).toString('latin1');
  });
  return [machine.registers(), context.rip, context.rflags, vcpu.clock, cpu.instructions, pages];
}

describe.each(INSTRUCTIONS)('%s', (_, code) => {
  it.each(CASES)('$name', (one) => {
    const single = started(code, one);
    const places: [clock: number, rcx: bigint, rip: bigint][] = [];
    let exit = single.cpu.step();
    for (; exit.kind === 'deadline'; exit = single.cpu.step())
      places.push([single.vcpu.clock, single.context.register(RCX), single.context.rip]);
    const end = state(single);
    for (const [budget, tiers] of RUNS) {
      const machine = started(code, one);
      machine.cpu.setTiers(tiers);
      let met = machine.run(budget);
      for (let i = 0; met.kind === 'deadline'; met = machine.run(budget)) {
        // Wherever it stops, single iterations have been.
        while (i < places.length - 1 && places[i]![0] < machine.vcpu.clock) i++;
        expect([machine.vcpu.clock, machine.context.register(RCX), machine.context.rip]).toEqual(places[i]);
      }
      expect(met).toEqual(exit);
      expect(state(machine)).toEqual(end);
    }
  });
});

it.each([
  [0xffff_ffff_ffff_ffffn, 'f3 a4'],
  [0x1_0000_0000n, 'f3 a4'],
  [0x8000_0000_0000_0000n, 'f3 aa'],
])('a count of %i goes on to the end of what is mapped', (count, code) => {
  const one: Case = { name: '', source: AREA, destination: AREA + PAGE_SIZE, count: 0 };
  const machine = started(code, one);
  machine.context.setRegister(RCX, count);
  expect(machine.run(1e9)).toMatchObject({ kind: 'exception', address: BigInt(AREA + PAGES * PAGE_SIZE) });
  expect(machine.context.register(RCX)).toBe(count - BigInt((PAGES - 1) * PAGE_SIZE));
  expect(machine.cpu.instructions).toBe((PAGES - 1) * PAGE_SIZE);
});

it('code that is stored to is what runs behind it', () => {
  // lea rdi, [rip + 7]; mov ecx, 5; rep stosb over mov ebx, 1; then that.
  const machine = new BenchMachine().load(hex('48 8d 3d 07 00 00 00 b9 05 00 00 00 f3 aa bb 01 00 00 00 0f 05'), RWX);
  machine.context.setRegister(RAX, 0x90n);
  expect(machine.run().kind).toBe('syscall');
  expect(machine.context.register(RBX)).toBe(0n);
});
