// Flags that an instruction keeps of the one before, seen a block later, where the region is left at a page that is not there.

import { describe, expect, it } from 'vitest';
import { RAX, RBP, RCX, RDI, RDX, RSI } from '../../../../src/machine/cpu/state.ts';
import { BenchMachine, CODE, RW, RX, hex } from '../bench-machine.ts';

const DATA = 0x60_0000;

/** The instruction that keeps flags is behind one that sets them all. */
const PAIRS: readonly (readonly [name: string, code: string])[] = [
  ['add rdx,rsi; inc rdi', '48 01 f2 48 ff c7'],
  ['sub rdx,rsi; dec rdi', '48 29 f2 48 ff cf'],
  ['add edx,esi; btc rdi,8', '01 f2 48 0f ba ff 08'],
  ['xadd rdx,rsi; rol rdi,1', '48 0f c1 f2 48 d1 c7'],
  ['add rdx,rsi; inc rdi; bts rdi,3', '48 01 f2 48 ff c7 48 0f ba ef 03'],
  ['imul rdx,rsi; inc rdi', '48 0f af d6 48 ff c7'],
];

function run(tiers: 'step' | 'region', pair: string, pages: number): readonly [rflags: number, rip: bigint, rdi: bigint] {
  const machine = new BenchMachine();
  machine.cpu.setTiers(tiers);
  const body = hex(pair);
  // 1: mov [rbp+36h],eax; add rbp,200h; dec ecx; jz 2f; PAIR; jmp 1b; 2: syscall
  const code = [
    ...hex('89 45 36 48 81 c5 00 02 00 00 ff c9 74'),
    body.length + 2,
    ...body,
    0xeb,
    256 - 14 - body.length - 2,
    ...hex('0f 05'),
  ];
  machine.load(code, RX);
  machine.map(DATA, pages, RW);
  machine.context.rip = BigInt(CODE);
  for (const [register, value] of [
    [RAX, 7n],
    [RBP, BigInt(DATA)],
    [RCX, 100n],
    [RDI, 0x7fn],
    [RDX, -0x18n],
    [RSI, 0x7n],
  ] as const)
    machine.context.setRegister(register, BigInt.asUintN(64, value));
  const exit = machine.run();
  expect(exit).toMatchObject({ kind: 'exception', vector: 14 });
  expect(machine.cpu.statistics.regions.compiled > 0).toBe(tiers === 'region');
  const { rflags, rip } = machine.context;
  const rdi = machine.context.register(RDI);
  machine.cpu.release();
  return [rflags, rip, rdi];
}

describe.each(PAIRS)('%s', (_name, pair) => {
  it.each([1, 2, 3, 4, 5, 6, 7])('as the step executor has them, behind %i pages', (pages) => {
    expect(run('region', pair, pages)).toEqual(run('step', pair, pages));
  });
});
