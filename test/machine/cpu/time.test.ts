// Exact time: an instruction starts only while the clock is below the deadline, whatever the slices.

import { describe, expect, it } from 'vitest';
import { RAX, RCX, RDI, RDX, RSI } from '../../../src/machine/cpu/state.ts';
import { BenchMachine, CODE, DATA, hex } from './bench-machine.ts';

/** Loops with arithmetic, memory, a branch that depends on data, a call, the stack. */
const MIXED = hex(
  'b9 e8 03 00 00 be 00 00 60 00 31 c0 01 c8 48 6b c0 1f 48 89 46 08 01 06 f6 c1 03 75 05 e8 08 00 00 00 50 5a ff c9 75 e4 0f 05 48 33 06 c3',
);
/** mov ecx, 100; mov esi, DATA; mov edi, DATA + 0x800; rep movsb; syscall */
const REP = hex('b9 64 00 00 00 be 00 00 60 00 bf 00 08 60 00 f3 a4 0f 05');

function state(machine: BenchMachine): unknown {
  return {
    registers: machine.registers(),
    rip: machine.context.rip,
    rflags: machine.context.rflags,
    clock: machine.vcpu.clock,
    data: machine.peek(DATA, 16),
  };
}

describe('deadlines', () => {
  it.each([1, 2, 7, 100, 1000])('slices of %i give what one run gives', (slice) => {
    const whole = new BenchMachine().load(MIXED);
    whole.run(10_000);
    const sliced = new BenchMachine().load(MIXED);
    while (sliced.vcpu.clock < 10_000) expect(sliced.cpu.run(Math.min(sliced.vcpu.clock + slice, 10_000))).toEqual({ kind: 'deadline' });
    expect(state(sliced)).toEqual(state(whole));
    expect(whole.vcpu.clock).toBe(10_000);
  });

  it('step() and run() agree at every instruction', () => {
    const stepped = new BenchMachine().load(MIXED);
    for (let n = 1; n <= 100; n++) {
      expect(stepped.cpu.step()).toEqual({ kind: 'deadline' });
      expect(stepped.vcpu.clock).toBe(n);
      const run = new BenchMachine().load(MIXED);
      run.run(n);
      expect(state(run)).toEqual(state(stepped));
    }
  });

  it('do nothing when they have passed', () => {
    const machine = new BenchMachine().load(MIXED);
    machine.vcpu.clock = 50;
    for (const deadline of [50, 49, 0]) expect(machine.cpu.run(deadline)).toEqual({ kind: 'deadline' });
    expect(machine.vcpu.clock).toBe(50);
    expect(machine.context.rip).toBe(BigInt(CODE));
  });

  it('stop a repeated instruction at any iteration, and it goes on', () => {
    for (const cycles of [4, 5, 50, 102]) {
      const machine = new BenchMachine().load(REP);
      machine.poke(
        DATA,
        Array.from({ length: 100 }, (_, i) => i + 1),
      );
      expect(machine.run(cycles)).toEqual({ kind: 'deadline' });
      const done = cycles - 3;
      expect(machine.context.rip).toBe(BigInt(CODE + 15));
      expect(machine.context.register(RCX)).toBe(BigInt(100 - done));
      expect(machine.context.register(RSI)).toBe(BigInt(DATA + done));
      expect(machine.context.register(RDI)).toBe(BigInt(DATA + 0x800 + done));
      expect(machine.peek(DATA + 0x800, 100)).toEqual(Array.from({ length: 100 }, (_, i) => (i < done ? i + 1 : 0)));
      expect(machine.run().kind).toBe('syscall');
      expect(machine.vcpu.clock).toBe(3 + 100 + 1);
    }
  });

  it('put RDTSC at the instruction that starts then', () => {
    const machine = new BenchMachine().load(hex('0f 31 90 0f 31 0f 05')); // rdtsc; nop; rdtsc; syscall
    machine.vcpu.clock = 0x1_0000_0005;
    machine.run(1);
    expect([machine.context.register(RAX), machine.context.register(RDX)]).toEqual([5n, 1n]);
    machine.run(2);
    expect([machine.context.register(RAX), machine.context.register(RDX)]).toEqual([7n, 1n]);
  });

  it('come before the fetch fault of the next instruction', () => {
    const machine = new BenchMachine().load(hex('ff e0')); // jmp rax
    machine.context.setRegister(RAX, 0x1234_5000n);
    expect(machine.run(1)).toEqual({ kind: 'deadline' });
    expect(machine.context.rip).toBe(0x1234_5000n);
    expect(machine.run(1)).toMatchObject({ vector: 14, errorCode: 0x14, address: 0x1234_5000n });
    expect(machine.vcpu.clock).toBe(1);
  });
});

describe('single-stepping by RFLAGS.TF', () => {
  it('traps behind the instruction after POPF', () => {
    // pushfq; or dword ptr [rsp], 0x100; popfq; nop; inc eax; syscall
    const machine = new BenchMachine().load(hex('9c 81 0c 24 00 01 00 00 9d 90 ff c0 0f 05'));
    expect(machine.run()).toEqual({ kind: 'exception', vector: 1, errorCode: 0, address: 0n, singleStep: true });
    expect(machine.context.rip).toBe(BigInt(CODE + 10));
    expect(machine.vcpu.clock).toBe(4);
    machine.context.rflags &= ~0x100;
    expect(machine.run().kind).toBe('syscall');
    expect(machine.context.register(RAX)).toBe(1n);
  });

  it('traps behind each iteration of a repeated instruction', () => {
    const machine = new BenchMachine().load(REP);
    machine.run(3);
    machine.context.rflags |= 0x100;
    expect(machine.run()).toMatchObject({ vector: 1 });
    expect(machine.context.register(RCX)).toBe(99n);
    expect(machine.context.rip).toBe(BigInt(CODE + 15));
  });
});
