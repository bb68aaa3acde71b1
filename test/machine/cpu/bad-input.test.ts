// Code that no compiler makes: at the edge of what is mapped, entered in the middle, spinning, rewriting itself, in very many pieces.
// The same must come out of every choice of executors, and what is kept must stay bounded.

import { describe, expect, it } from 'vitest';
import type { Tiers } from '../../../src/machine/cpu/cpu.ts';
import { RAX, RBX, RCX, RDI, RSI } from '../../../src/machine/cpu/state.ts';
import { PAGE_SIZE } from '../../../src/machine/memory/layout.ts';
import { BenchMachine, CODE, RW, RWX, RX, STACK, STACK_TOP, hex, stepModule } from './bench-machine.ts';

const TIERS: readonly Tiers[] = ['step', 'region', 'mixed', 'random'];
const FETCH_FAULT = { kind: 'exception', vector: 14, errorCode: 0x14 };

function machineOf(tiers: Tiers, ramBytes?: number): BenchMachine {
  const machine = new BenchMachine(ramBytes, stepModule());
  machine.cpu.setTiers(tiers);
  return machine;
}

describe.each(TIERS)('%s', (tiers) => {
  const end = CODE + PAGE_SIZE;

  it.each([
    // The name says how many bytes lie before the end; the loop runs 200 times, then falls over the edge.
    ['a loop that ends with the page', 'ff c0 ff c9 75 fa', 6],
    ['the last byte of the page is an instruction', 'ff c0 ff c9 75 fa 90', 7],
  ])('%s: #PF at the first byte behind', (_name, code, bytes) => {
    const machine = machineOf(tiers).load([0x90]);
    machine.poke(end - bytes, hex(code));
    machine.context.rip = BigInt(end - bytes);
    machine.context.setRegister(RCX, 200n);
    expect(machine.run()).toMatchObject({ ...FETCH_FAULT, address: BigInt(end) });
    expect(machine.context.rip).toBe(BigInt(end));
    expect(machine.context.register(RAX)).toBe(200n);
    expect(machine.context.register(RCX)).toBe(0n);
  });

  it.each([1, 2, 3, 4])('an instruction with %i bytes before the edge faults as a whole, and runs once the page is there', (before) => {
    const machine = machineOf(tiers).load([0x90]);
    const code = hex('b8 11 22 33 44 ff c9 75 f7 0f 05'); // 1: mov eax, ...; dec ecx; jnz 1b; syscall
    const start = end - before;
    machine.poke(start, code.slice(0, before));
    machine.context.rip = BigInt(start);
    machine.context.setRegister(RCX, 100n);
    expect(machine.run()).toMatchObject({ ...FETCH_FAULT, address: BigInt(end) });
    expect(machine.context.rip).toBe(BigInt(start));
    expect(machine.vcpu.clock).toBe(0);
    machine.map(end, 1, RX);
    machine.poke(end, code.slice(before));
    expect(machine.run().kind).toBe('syscall');
    expect(machine.context.register(RAX)).toBe(0x4433_2211n);
    expect(machine.cpu.instructions).toBe(301);
  });

  it('the page behind a running loop goes away and comes back as other code', () => {
    // 1: call [next page]; dec ecx; jnz 1b; syscall
    const machine = machineOf(tiers).load(hex('ff d6 ff c9 75 fa 0f 05'));
    machine.context.setRegister(RSI, BigInt(end));
    for (const value of [1n, 2n, 3n]) {
      machine.map(end, 1, RX);
      machine.poke(end, [...hex('48 83 c3'), Number(value), 0xc3]); // add rbx, value; ret
      machine.context.setRegister(RBX, 0n);
      machine.context.setRegister(RCX, 300n);
      machine.context.rip = BigInt(CODE);
      expect(machine.run().kind).toBe('syscall');
      expect(machine.context.register(RBX)).toBe(300n * value);
      machine.space.unmap(end / PAGE_SIZE);
      machine.context.setRegister(RCX, 1n);
      machine.context.rip = BigInt(CODE);
      expect(machine.run()).toMatchObject({ ...FETCH_FAULT, address: BigInt(end) });
    }
  });

  it('a jump into the middle of an instruction runs what the bytes mean from there', () => {
    // mov ecx, 300; 1: mov eax, 0xc3ffeb01 at +5, whose bytes from +6 are: add ebx, ebp ... entered by turns
    // 5: b8 <ff c3 eb 01> 90 = mov eax, 0x01ebc3ff; nop; from 6: inc ebx; jmp +1 (over the nop)
    // b: dec ecx; jz out; test cl, 1; jz 5; jmp 6; out: syscall
    const machine = machineOf(tiers).load(hex('b9 2c 01 00 00 b8 ff c3 eb 01 90 ff c9 74 07 f6 c1 01 74 f1 eb f0 0f 05'));
    expect(machine.run().kind).toBe('syscall');
    expect(machine.context.register(RBX)).toBe(150n);
    expect(machine.context.register(RAX)).toBe(0x01eb_c3ffn);
  });

  it('a jump to itself spends its time, stops at the deadline and goes on', () => {
    const machine = machineOf(tiers).load(hex('eb fe'));
    for (const cycles of [1, 7, 1000, 1_000_000]) {
      const start = machine.vcpu.clock;
      expect(machine.run(cycles).kind).toBe('deadline');
      expect(machine.vcpu.clock - start).toBe(cycles);
      expect(machine.context.rip).toBe(BigInt(CODE));
    }
    expect(machine.cpu.instructions).toBe(1_001_008);
  });

  it.each([
    ['REP MOVSB over itself', 'f3 a4', RSI],
    ['a call to itself until the stack is at its end', 'e8 fb ff ff ff', RDI],
  ])('%s ends with a fault', (_name, code) => {
    const machine = machineOf(tiers).load(hex(code), RWX);
    machine.context.setRegister(RSI, BigInt(CODE));
    machine.context.setRegister(RDI, BigInt(CODE + 1));
    machine.context.setRegister(RCX, 1n << 40n);
    const exit = machine.run(100_000_000);
    expect(exit).toMatchObject({ kind: 'exception' });
    if (code.startsWith('e8')) expect(exit).toMatchObject({ vector: 14, errorCode: 6, address: BigInt(STACK - 8) });
  });

  it('a loop that rewrites its own operand for ever does what it says, and keeps no more and more', () => {
    // 1: add rbx, imm8 (at +3); inc byte ptr [rip -> imm8]; dec ecx; jnz 1b; syscall
    const machine = machineOf(tiers).load(hex('48 83 c3 00 fe 05 f9 ff ff ff ff c9 75 f2 0f 05'), RWX);
    const rounds = 400;
    machine.context.setRegister(RCX, BigInt(rounds));
    expect(machine.run(10_000_000).kind).toBe('syscall');
    let sum = 0n;
    for (let n = 0; n < rounds; n++) sum += BigInt.asIntN(8, BigInt(n));
    expect(machine.context.register(RBX)).toBe(BigInt.asUintN(64, sum));
    expect(machine.cpu.instructions).toBe(rounds * 4 + 1);
    expect(live(machine)).toBeLessThan(50);
  });

  it('code that is written over by each of many functions in turn runs as written last', () => {
    // 1: mov [rsi], al...: writes "mov ebx, imm32; ret" afresh and calls it: mov [rsi+1], ecx; call rsi; add rdi, rbx; dec ecx; jnz 1b; syscall
    const machine = machineOf(tiers).load(hex('89 4e 01 ff d6 48 01 df ff c9 75 f4 0f 05'));
    const other = 0x80_0000;
    machine.map(other, 1, RWX);
    machine.poke(other, hex('bb 00 00 00 00 c3'));
    machine.context.setRegister(RSI, BigInt(other));
    machine.context.setRegister(RDI, 0n);
    machine.context.setRegister(RCX, 400n);
    expect(machine.run(10_000_000).kind).toBe('syscall');
    expect(machine.context.register(RDI)).toBe((400n * 401n) / 2n);
    expect(live(machine)).toBeLessThan(50);
  });

  it('very many tiny functions', () => {
    // A region of each of a hundred thousand is for the long tests.
    const functions = tiers === 'mixed' ? 100_000 : 1000;
    const rounds = tiers === 'mixed' ? 1 : 3;
    const { machine, calls } = tinyFunctions(tiers, functions);
    for (let round = 1; round <= rounds; round++) {
      machine.context.setRegister(RAX, 0n);
      machine.context.rip = BigInt(calls);
      expect(machine.run(100_000_000).kind).toBe('syscall');
      expect(machine.context.register(RAX)).toBe(BigInt(functions));
      expect(machine.context.register(4)).toBe(BigInt(STACK_TOP));
    }
    expect(machine.cpu.instructions).toBe(rounds * (3 * functions + 1));
  });
});

/** Regions that are there. */
function live(machine: BenchMachine): number {
  return (machine.cpu as unknown as { regions: { statistics: { live: number } } }).regions.statistics.live;
}

/** `count` functions of two instructions, 16 bytes apart, and as many calls in a row, a SYSCALL behind them. */
function tinyFunctions(tiers: Tiers, count: number): { machine: BenchMachine; calls: number } {
  const machine = machineOf(tiers, 16 << 20);
  const functions = 0x100_0000;
  const calls = 0x200_0000;
  const text = new Uint8Array(count * 16).fill(0xcc);
  const callers = new Uint8Array(count * 5 + 2);
  const view = new DataView(callers.buffer);
  for (let n = 0; n < count; n++) {
    text.set([0xff, 0xc0, 0xc3], n * 16); // inc eax; ret
    callers[n * 5] = 0xe8;
    view.setInt32(n * 5 + 1, functions + n * 16 - (calls + n * 5 + 5), true);
  }
  callers.set([0x0f, 0x05], count * 5);
  for (const [base, bytes] of [
    [functions, text],
    [calls, callers],
  ] as const) {
    for (let offset = 0; offset < bytes.length; offset += PAGE_SIZE) {
      const frame = machine.map(base + offset, 1, RX);
      machine.physical.bytes.set(bytes.subarray(offset, offset + PAGE_SIZE), frame);
    }
  }
  machine.map(STACK, 4, RW);
  machine.context.setRegister(4, BigInt(STACK_TOP));
  return { machine, calls };
}
