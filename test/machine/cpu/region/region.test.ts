// Small programs by the step executor and by regions, in slices: the same registers, flags, memory, time and counts.

import { describe, expect, it } from 'vitest';
import type { Tiers } from '../../../../src/machine/cpu/cpu.ts';
import { RAX, RBP, RBX, RCX, RDI, RSI, RSP } from '../../../../src/machine/cpu/state.ts';
import { PAGE_SIZE } from '../../../../src/machine/memory/layout.ts';
import { BenchMachine, CODE, DATA, R, RX, STACK_TOP, hex } from '../bench-machine.ts';

interface Program {
  readonly code: string;
  readonly registers?: Readonly<Record<number, bigint>>;
  /** Ends in an endless loop; cycles that are enough to get there. */
  readonly cycles?: number;
}

const END = 'eb fe';
const PROGRAMS: Readonly<Record<string, Program>> = {
  'a loop of one block': { code: `48 01 c2 48 ff c9 75 f8 ${END}`, registers: { [RCX]: 500n, 0: 3n } },
  // lea keeps flags: DEC's CF comes from the ADD of the turn before.
  'CF kept by DEC round a loop, added by ADC': {
    code: `48 01 c3 48 11 d7 48 ff c9 75 f5 ${END}`,
    registers: { [RCX]: 300n, 0: 1n << 62n },
  },
  'nested loops': { code: `ba 14 00 00 00 48 ff c0 ff ca 75 f9 ff c9 75 f0 ${END}`, registers: { [RCX]: 30n } },
  'shifts by CL, with counts of 0': {
    code: `48 01 c2 48 d3 e2 9c 5b 48 ff c9 75 f4 ${END}`,
    registers: { [RCX]: 200n, 0: 0x1234_5678_9abcn },
  },
  'SETcc and CMOVcc behind a comparison': {
    code: `48 39 ca 0f 9c c0 0f 97 c3 48 0f 4e f2 48 ff c2 48 83 fa 50 75 eb ${END}`,
    registers: { [RCX]: 40n },
  },
  // call f; dec ecx; jnz; end; f: lea rax,[rax+rcx]; ret
  'a call in a loop': { code: `e8 06 00 00 00 ff c9 75 f7 ${END} 48 8d 04 08 c3`, registers: { [RCX]: 400n } },
  // fib by recursion: mov edi,12; call f; end; f: cmp edi,2; jl base; push rdi; dec edi; call f; pop rdi; push rax; sub edi,2; call f; pop rcx; add eax,ecx; ret; base: mov eax,edi; ret
  recursion: {
    code: `bf 0c 00 00 00 e8 02 00 00 00 ${END} 83 ff 02 7c 18 57 ff cf e8 f3 ff ff ff 5f 50 83 ef 02 e8 e9 ff ff ff 59 01 c8 c3 90 90 90 89 f8 c3`,
    cycles: 60_000,
  },
  // 1: call f; call f; dec ecx; jnz 1b; end; f: lea rax,[rax+rcx+1]; ret
  'a function called from two places': {
    code: 'e8 0b 00 00 00 e8 06 00 00 00 ff c9 75 f2 eb fe 48 8d 44 08 01 c3',
    registers: { [RCX]: 300n },
  },
  // 1: call f; inc rbx; dec ecx; jnz 1b; end; f: test cl,1; jz 2f; add qword [rsp],3; 2: ret
  'a function that returns to behind its return address by turns': {
    code: 'e8 09 00 00 00 48 ff c3 ff c9 75 f4 eb fe f6 c1 01 74 05 48 83 04 24 03 c3',
    registers: { [RCX]: 300n },
  },
  // lea r8,[rip+f]; lea r9,[rip+g]; 1: call r8; cmp ecx,50; cmove r8,r9; dec ecx; jnz 1b; end; f: inc rax; ret; g: inc rbx; ret
  'computed calls that lead elsewhere in the end': {
    code: '4c 8d 05 17 00 00 00 4c 8d 0d 14 00 00 00 41 ff d0 83 f9 32 4d 0f 44 c1 ff c9 75 f2 eb fe 48 ff c0 c3 48 ff c3 c3',
    registers: { [RCX]: 300n },
  },
  // 1: call a; dec ecx; jnz 1b; end; a: push rcx; call b; call b; pop rcx; ret; b: call c; add rax,rcx; call c; ret; c: inc rbx; ret
  'functions within functions': {
    code: 'e8 06 00 00 00 ff c9 75 f7 eb fe 51 e8 07 00 00 00 e8 02 00 00 00 59 c3 e8 09 00 00 00 48 01 c8 e8 01 00 00 00 c3 48 ff c3 c3',
    registers: { [RCX]: 300n },
  },
  // 1: call f; dec ecx; jnz 1b; end; f: pop rdx; inc rax; jmp rdx
  'a return address that is popped and jumped to': {
    code: 'e8 06 00 00 00 ff c9 75 f7 eb fe 5a 48 ff c0 ff e2',
    registers: { [RCX]: 300n },
  },
  // mov edi,40; call even; end; even: test edi,edi; jz 1f; dec edi; call odd; inc rax; 1: ret; odd: dec edi; call even; add rbx,2; ret
  'functions that call each other': {
    code: 'bf 28 00 00 00 e8 02 00 00 00 eb fe 85 ff 74 0a ff cf e8 04 00 00 00 48 ff c0 c3 ff cf e8 ea ff ff ff 48 83 c3 02 c3',
  },
  // lea rax,[rip+table]… two targets by turns: test cl,1; lea r8,[rip+a]; lea r9,[rip+b]; cmovz r8,r9; jmp r8
  'a computed jump with two targets': {
    code: `f6 c1 01 4c 8d 05 11 00 00 00 4c 8d 0d 0e 00 00 00 4d 0f 44 c1 41 ff e0 90 90 90 48 ff c0 eb 03 48 ff c3 ff c9 75 d9 ${END}`,
    registers: { [RCX]: 300n },
  },
  'pushes and pops': { code: `50 53 48 ff c0 5a 5e 48 01 d6 ff c9 75 f2 ${END}`, registers: { [RCX]: 300n } },
  'operands at RBP': {
    code: `48 83 45 f8 03 48 8b 45 f8 48 89 45 f0 ff c9 75 f0 ${END}`,
    registers: { [RCX]: 300n, [RBP]: BigInt(STACK_TOP) },
  },
  'operands at RBP over a page end': {
    code: `48 83 45 f8 03 48 8b 45 08 48 89 45 f0 ff c9 75 f0 ${END}`,
    registers: { [RCX]: 300n, [RBP]: BigInt(STACK_TOP) + 4n - 16n },
  },
  'a walk over a page end, unaligned': {
    code: `48 8b 07 48 03 06 48 89 07 48 83 c7 07 48 83 c6 05 ff c9 75 ed ${END}`,
    registers: { [RCX]: 600n, [RDI]: BigInt(DATA) + 3n, [RSI]: BigInt(DATA) + 1n },
  },
  // add rax,[rdi]; add [rdi],rax; xor rdi,4096
  'two pages by turns through one register': {
    code: `48 03 07 48 01 07 48 81 f7 00 10 00 00 ff c9 75 ef ${END}`,
    registers: { [RCX]: 300n, [RDI]: BigInt(DATA) + 16n },
  },
  // mov [rdi],rcx; xchg rdi,rsi; add rbx,[rdi]; xchg rdi,rsi; add rbx,[rdi]
  'loads from a page that cannot be stored to, between stores through the same register': {
    code: `48 89 0f 48 87 fe 48 03 1f 48 87 fe 48 03 1f ff c9 75 ed ${END}`,
    registers: { [RCX]: 300n, [RDI]: BigInt(DATA), [RSI]: BigInt(CODE) },
  },
  'bytes moved over a page end': {
    code: `a4 ff c9 75 fb ${END}`,
    registers: { [RCX]: 3000n, [RSI]: BigInt(CODE), [RDI]: BigInt(DATA) + 3000n },
  },
  // mov ecx,5; rep movsb; dec ebx
  'a few moves by a repeat prefix, over a page end': {
    code: `b9 05 00 00 00 f3 a4 ff cb 75 f5 ${END}`,
    registers: { [RBX]: 300n, [RSI]: BigInt(CODE), [RDI]: BigInt(DATA) + 3000n },
  },
  // mov ecx,6; repe cmpsb; pushf; pop rdx; add rax,rdx; dec ebx
  'a few comparisons by a repeat prefix': {
    code: `b9 06 00 00 00 f3 a6 9c 5a 48 01 d0 ff cb 75 f0 ${END}`,
    registers: { [RBX]: 300n, [RSI]: BigInt(CODE), [RDI]: BigInt(CODE) + 16n },
  },
  // xor ecx,ecx; rep stosd; mov cl,40; rep stosd
  'no iteration at all, and many': {
    code: `31 c9 f3 ab b1 28 f3 ab ff cb 75 f4 ${END}`,
    registers: { [RBX]: 30n, 0: 0x1234_5678n, [RDI]: BigInt(DATA) },
  },
  // mov ecx,ebx; and ecx,3; rep stosb; pushf; pop rdx; add rax,rdx; dec ebx; jnz
  'few iterations or none, and the flags of before': {
    code: `89 d9 83 e1 03 f3 aa 9c 5a 48 01 d0 ff cb 75 f0 ${END}`,
    registers: { [RBX]: 300n, [RDI]: BigInt(DATA) },
  },
  // mov ecx,ebx; and ecx,1; rep lodsb; jz 2f; inc rdx; 2: dec ebx; jnz
  'none by turns, behind it a jump by the flags of before': {
    code: `89 d9 83 e1 01 f3 ac 74 03 48 ff c2 ff cb 75 f0 ${END}`,
    registers: { [RBX]: 300n, [RSI]: BigInt(CODE) },
  },
  // mov ecx,ebx; and ecx,3; repe cmpsb; pushf; pop rdx; add rax,rdx; dec ebx; jnz
  'comparisons, or none and the flags of before': {
    code: `89 d9 83 e1 03 f3 a6 9c 5a 48 01 d0 ff cb 75 f0 ${END}`,
    registers: { [RBX]: 300n, [RSI]: BigInt(CODE), [RDI]: BigInt(CODE) + 7n },
  },
  // and ecx,0; rep movsb from where nothing is mapped
  'no iteration where there is no memory': {
    code: `83 e1 00 f3 a4 ff cb 75 f7 ${END}`,
    registers: { [RBX]: 300n, [RSI]: 0n, [RDI]: 0n },
  },
  // 1: mov edx,ecx; and edx,7; inc edx; 2: add rax,rdx; ror rax,3; dec edx; jnz 2b; pushf; pop rsi; add rbx,rsi; dec ecx; jnz 1b
  'a short loop that ends in each of its copies': {
    code: `89 ca 83 e2 07 ff c2 48 01 d0 48 c1 c8 03 ff ca 75 f5 9c 5e 48 01 f3 ff c9 75 e5 ${END}`,
    registers: { [RCX]: 300n, 0: 12345n },
  },
  // 1: mov edi,DATA; mov edx,ecx; and edx,15; 2: mov [rdi],cl; inc rdi; cmp dl,dil; ja 2b; dec ecx; jnz 1b
  'a short loop that stores, and ends by a comparison': {
    code: `bf 00 00 60 00 89 ca 83 e2 0f 88 0f 48 ff c7 40 38 fa 77 f6 ff c9 75 e8 ${END}`,
    registers: { [RCX]: 300n },
  },
  // movd xmm0,eax; movd xmm2,eax; 1: mulss xmm0,xmm2; addss xmm1,xmm0; movd ebx,xmm1; add rdx,rbx; dec ecx; jnz 1b
  'a short loop of halves that becomes denormal': {
    code: `66 0f 6e c0 66 0f 6e d0 f3 0f 59 c2 f3 0f 58 c8 66 0f 7e cb 48 01 da ff c9 75 ed ${END}`,
    registers: { [RCX]: 300n, 0: 0x3f00_0000n },
  },
  // add rax,[rip-7]; add rax,[0x600008]; add [0x601ff8],rax
  'operands without a base': {
    code: `48 03 05 f9 ff ff ff 48 03 04 25 08 00 60 00 48 01 04 25 f8 1f 60 00 ff c9 75 e5 ${END}`,
    registers: { [RCX]: 300n },
  },
  // 1: dec ecx; js end; cmp ecx,50; jb 1b; add rax,rcx; jmp 1b
  'a way back to the head that is not taken at first': {
    code: `ff c9 78 0a 83 f9 32 72 f7 48 01 c8 eb f2 ${END}`,
    registers: { [RCX]: 300n },
  },
  // 1: mov edx,7; 2: mov [rdi+rdx],cl; add rax,rsi; mov esi,edx; mov ebx,ecx; dec edx; jnz 2b; mov rbp,[rdi+rax*8]; dec ecx; jnz 1b: RAX leads out of the data.
  'a fault behind a loop within a loop, which set registers that the outer one sets again': {
    code: `ba 07 00 00 00 88 0c 17 48 01 f0 89 d6 89 cb ff ca 75 f2 48 8b 2c c7 ff c9 75 e5 ${END}`,
    registers: { [RCX]: 300n, [RDI]: BigInt(DATA) },
  },
  // Runs into the hole behind the data: the fault's registers and flags are those before the instruction.
  'a fault in the middle of a loop': {
    code: `48 01 ca 48 8b 07 48 83 c7 08 ff c9 75 f2 ${END}`,
    registers: { [RCX]: 5000n, [RDI]: BigInt(DATA) },
  },
};

function outcome({ code, registers = {}, cycles = 20_000 }: Program, tiers: Tiers, slice: number): unknown {
  const machine = new BenchMachine();
  machine.cpu.setTiers(tiers, 77);
  machine.load(hex(code), RX);
  for (const [n, value] of Object.entries(registers)) machine.context.setRegister(Number(n), value);
  const exits: unknown[] = [];
  while (machine.vcpu.clock < cycles) {
    const exit = machine.run(Math.min(slice, cycles - machine.vcpu.clock));
    if (exit.kind === 'deadline') continue;
    exits.push(exit);
    break;
  }
  const { context } = machine;
  const result = {
    exits,
    registers: machine.registers(),
    rip: context.rip,
    rflags: context.rflags,
    clock: machine.vcpu.clock,
    instructions: machine.cpu.instructions,
    data: machine.peek(DATA, 2 * PAGE_SIZE),
    stack: machine.peek(STACK_TOP - 256, 512),
  };
  if (tiers === 'step' || tiers === 'region') expect(machine.cpu.statistics.regions.compiled > 0).toBe(tiers === 'region');
  machine.cpu.release();
  return result;
}

describe.each(Object.entries(PROGRAMS))('%s', (_name, program) => {
  const expected = outcome(program, 'step', 1_000_000);

  it('does what it is to do', () => {
    const { registers, rip } = expected as { registers: bigint[]; rip: bigint };
    expect(registers[RSP]).toBe(BigInt(STACK_TOP));
    expect(rip >= BigInt(CODE)).toBe(true);
  });

  it.each<[Tiers, number]>([
    ['region', 1_000_000],
    ['region', 1000],
    ['region', 7],
    ['region', 1],
    ['mixed', 1_000_000],
    ['random', 1000],
    ['step', 7],
  ])('by %s in slices of %i', (tiers, slice) => {
    expect(outcome(program, tiers, slice)).toEqual(expected);
  });
});

const READ_ONLY = 0x70_0000;

describe.each<Tiers>(['step', 'region'])('what has been looked at for loads is no leave to store, by %s', (tiers) => {
  it.each([
    ['BT, then BTS', '0f a3 07 0f ab 07 ff c9 75 f6', 3],
    ['MOV from, then POP to', '48 8b 07 8f 07 ff c9 75 f7', 3],
    ['MOV from, then XADD', '48 8b 07 48 0f c1 07 ff c9 75 f5', 3],
    ['MOV from, then MOVSB', '8a 07 a4 ff c9 75 f9', 2],
  ])('%s', (_name, code, at) => {
    const machine = new BenchMachine();
    machine.cpu.setTiers(tiers);
    machine.load(hex(`${code} ${END}`), RX);
    machine.map(READ_ONLY, 1, R);
    machine.context.setRegister(RCX, 100n);
    machine.context.setRegister(RAX, 3n);
    machine.context.setRegister(RDI, BigInt(READ_ONLY));
    machine.context.setRegister(RSI, BigInt(DATA));
    expect(machine.run()).toMatchObject({ kind: 'exception', vector: 14, errorCode: 7, address: BigInt(READ_ONLY) });
    expect(machine.context.rip).toBe(BigInt(CODE + at));
    expect(machine.peek(READ_ONLY, 16)).toEqual(new Array(16).fill(0));
    machine.cpu.release();
  });

  it.each([0x8080_8080_8080_8080n, 0xc000_0000_0000_0000n, 1n << 63n, (1n << 63n) - 8n, 0xffff_ffff_ffff_fff8n, 1n << 47n])(
    'nor is there an address that needs no look: %#x',
    (address) => {
      const machine = new BenchMachine();
      machine.cpu.setTiers(tiers);
      machine.load(hex(`48 8b 03 48 89 07 ff c9 75 f6 ${END}`), RX);
      machine.context.setRegister(RCX, 100n);
      machine.context.setRegister(RBX, BigInt(DATA));
      machine.context.setRegister(RDI, address);
      expect(machine.run()).toMatchObject({ kind: 'exception', vector: address >> 47n === 0x1_ffffn ? 14 : 13 });
      expect(machine.context.rip).toBe(BigInt(CODE + 3));
      machine.cpu.release();
    },
  );
});
