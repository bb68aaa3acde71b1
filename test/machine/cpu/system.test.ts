// Instructions that end in the kernel or in a helper.

import { describe, expect, it } from 'vitest';
import { RAX, RBP, RBX, RCX, RDX, RSI, RSP } from '../../../src/machine/cpu/state.ts';
import { BenchMachine, CODE, DATA, STACK_TOP, hex } from './bench-machine.ts';

describe('entering the kernel', () => {
  it('SYSCALL saves RIP and RFLAGS', () => {
    const machine = new BenchMachine().load(hex('0f 05'));
    machine.context.rflags = 0xad7;
    expect(machine.run()).toEqual({ kind: 'syscall' });
    expect(machine.context.register(RCX)).toBe(BigInt(CODE + 2));
    expect(machine.context.register(11)).toBe(0xad7n);
    expect(machine.context.rip).toBe(BigInt(CODE + 2));
  });

  it.each([
    ['cc', 3, 1],
    ['cd 03', 3, 2],
    ['cd 04', 4, 2],
    ['f1', 1, 1],
  ])('%s traps with RIP behind it', (code, vector, length) => {
    const machine = new BenchMachine().load(hex(code));
    expect(machine.run()).toEqual({ kind: 'exception', vector, errorCode: 0, address: 0n });
    expect(machine.context.rip).toBe(BigInt(CODE + length));
  });
});

describe('RFLAGS', () => {
  it('POPF changes what CPL 3 may', () => {
    const machine = new BenchMachine().load(hex('9d 9c 58 0f 05')); // popfq; pushfq; pop rax
    machine.poke(STACK_TOP, [0xff, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]); // all but TF
    expect(machine.run().kind).toBe('syscall');
    expect(machine.context.register(RAX)).toBe(0x24_4ed7n);
    expect(machine.context.rflags).toBe(0x24_4ed7);
  });

  it('are whole whenever generated code has stopped', () => {
    for (const flags of [0x202, 0x203, 0x206, 0x212, 0x242, 0x282, 0xa02, 0xad7, 0x2c6]) {
      const machine = new BenchMachine().load(hex('90 90 90'));
      machine.context.rflags = flags;
      machine.run(2);
      expect(machine.context.rflags).toBe(flags);
    }
  });
});

describe('division of 128 bits', () => {
  it.each([
    ['f7 f1', 5n, 7n, 16n],
    ['f7 f1', 0xffff_ffff_ffff_fffen, 0xffff_ffff_ffff_ffffn, 0xffff_ffff_ffff_ffffn],
    ['f7 f9', (1n << 64n) - 3n, 7n, 16n],
    ['f7 f9', 3n, 7n, (1n << 64n) - 16n],
  ])('48 %s with %x:%x / %x', (code, high, low, divisor) => {
    const machine = new BenchMachine().load(hex(`48 ${code} 0f 05`));
    machine.context.setRegister(RDX, high);
    machine.context.setRegister(RAX, low);
    machine.context.setRegister(RCX, divisor);
    expect(machine.run().kind).toBe('syscall');
    const view = code === 'f7 f1' ? BigInt.asUintN : BigInt.asIntN;
    const x = view(128, (high << 64n) | low);
    const y = view(64, divisor);
    expect(machine.context.register(RAX)).toBe(BigInt.asUintN(64, x / y));
    expect(machine.context.register(RDX)).toBe(BigInt.asUintN(64, x % y));
  });

  it('that overflows is #DE', () => {
    const machine = new BenchMachine().load(hex('48 f7 f1'));
    machine.context.setRegister(RDX, 16n);
    machine.context.setRegister(RCX, 16n);
    expect(machine.run()).toMatchObject({ vector: 0 });
  });
});

describe('helpers', () => {
  it('ENTER copies the display', () => {
    const machine = new BenchMachine().load(hex('c8 20 00 03 0f 05')); // enter 32, 3
    machine.context.setRegister(RBP, BigInt(DATA + 64));
    machine.poke(DATA + 48, [1, 0, 0, 0, 0, 0, 0, 0, 2]);
    expect(machine.run().kind).toBe('syscall');
    expect(machine.context.register(RBP)).toBe(BigInt(STACK_TOP - 8));
    expect(machine.context.register(RSP)).toBe(BigInt(STACK_TOP - 32 - 32));
    const words = (at: number): number => machine.peek(at, 4).reduceRight((sum, b) => sum * 256 + b, 0);
    expect([8, 16, 24, 32].map((below) => words(STACK_TOP - below))).toEqual([DATA + 64, 2, 1, STACK_TOP - 8]);
  });

  it('segment registers hold what Linux gives a process', () => {
    const machine = new BenchMachine().load(hex('8c c8 8c d3 8c e1 8c 1e 0f 05')); // mov eax, cs; mov ebx, ss; mov ecx, fs; mov [rsi], ds
    machine.context.setRegister(RCX, 99n);
    machine.context.setRegister(RSI, BigInt(DATA));
    machine.poke(DATA, [7, 7, 7]);
    expect(machine.run().kind).toBe('syscall');
    expect([RAX, RBX, RCX].map((n) => machine.context.register(n))).toEqual([0x33n, 0x2bn, BigInt(CODE + 10)]);
    expect(machine.peek(DATA, 3)).toEqual([0, 0, 7]);
  });

  it('are found again for a changed instruction at the same address', () => {
    const machine = new BenchMachine().load(hex('48 f7 f1 0f 05'));
    for (const [modrm, register] of [
      [0xf1, RCX],
      [0xf3, RBX],
    ] as const) {
      machine.poke(CODE + 2, [modrm]);
      machine.context.rip = BigInt(CODE);
      machine.context.setRegister(RDX, 1n);
      machine.context.setRegister(RAX, 0n);
      machine.context.setRegister(RCX, 4n);
      machine.context.setRegister(RBX, 8n);
      expect(machine.run().kind).toBe('syscall');
      expect(machine.context.register(RAX)).toBe((1n << 64n) / (register === RCX ? 4n : 8n));
    }
  });
});
