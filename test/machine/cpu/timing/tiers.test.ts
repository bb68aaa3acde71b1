// Estimated time is the same in every executor and however it is sliced, and follows the code that is there.

import { describe, expect, it } from 'vitest';
import { RAX, RCX } from '../../../../src/machine/cpu/state.ts';
import { BenchMachine, CODE, DATA, RWX, RX, hex, stepModule } from '../bench-machine.ts';

const make = (): BenchMachine => new BenchMachine(4 << 20, stepModule(), 'x86-64-v2', 0);

/**
 * A loop of a thousand rounds with arithmetic, memory, a branch that depends on data, a call, the stack; then floating point in a loop, a
 * copy by REP MOVSB, and a system call.
 */
const MIXED = hex(
  `b9 e8 03 00 00 be 00 00 60 00 31 c0 01 c8 48 6b c0 1f 48 89 46 08 01 06 f6 c1 03 75 05 e8 28 00 00 00 50 5a ff c9 75 e4
   b9 64 00 00 00 f2 0f 58 c1 f2 0f 59 c9 ff c9 75 f4
   b9 64 00 00 00 bf 00 08 60 00 f3 a4 0f 05 90 90 48 33 06 c3`,
);

function state(machine: BenchMachine): unknown {
  const { context, vcpu, cpu } = machine;
  return {
    registers: machine.registers(),
    rip: context.rip,
    rflags: context.rflags,
    clock: vcpu.clock,
    instructions: cpu.instructions,
    data: machine.peek(DATA, 16),
  };
}

function started(tiers: 'step' | 'region' | 'mixed'): BenchMachine {
  const machine = make().load(MIXED);
  machine.cpu.setTiers(tiers);
  return machine;
}

describe('the clock', () => {
  const whole = started('step');
  const exit = whole.run(1_000_000);
  const end = state(whole);

  it('stands between instructions and cycles', () => {
    expect(exit).toEqual({ kind: 'syscall' });
    const { instructions } = whole.cpu;
    expect(instructions).toBeGreaterThan(10_000);
    expect(whole.vcpu.clock).toBeGreaterThan(instructions / 6);
    expect(whole.vcpu.clock).toBeLessThan(3 * instructions);
    expect((whole.vcpu.clock * 16) % 1).toBe(0);
  });

  it.each(['step', 'region', 'mixed'] as const)('is the same by %s, with budgets of 1, 7, 1000 and a million', (tiers) => {
    for (const slice of [1, 7, 1000, 1_000_000]) {
      const sliced = started(tiers);
      while (sliced.run(slice).kind === 'deadline');
      expect(state(sliced)).toEqual(end);
    }
  });

  it('is the same by single instructions, and a stop is where it has been reached', () => {
    const stepped = started('step');
    const places: [clock: number, rip: bigint][] = [];
    while (stepped.cpu.step().kind === 'deadline') places.push([stepped.vcpu.clock, stepped.context.rip]);
    expect(state(stepped)).toEqual(end);
    for (const deadline of [1, 2, 3, 10, 100, 1000, 3333]) {
      for (const tiers of ['step', 'region'] as const) {
        const stopped = started(tiers);
        expect(stopped.run(deadline)).toEqual({ kind: 'deadline' });
        const [clock, rip] = places.find(([reached]) => reached >= deadline)!;
        expect([stopped.vcpu.clock, stopped.context.rip]).toEqual([clock, rip]);
      }
    }
  });

  it('is the same after the registers and the memory have been moved to another machine', () => {
    const first = started('step');
    first.run(777);
    const second = started('region');
    second.context.bytes.set(first.context.bytes);
    second.vcpu.clock = first.vcpu.clock;
    second.cpu.instructions = first.cpu.instructions;
    for (const [address, bytes] of [
      [DATA, 4096],
      [0x80_0000, 16384],
    ] as const)
      second.poke(address, first.peek(address, bytes));
    expect(second.run(1_000_000)).toEqual({ kind: 'syscall' });
    expect(state(second)).toEqual(end);
  });
});

describe('code that changes', () => {
  /** From an instruction on, up to the next: what it costs when it is executed. */
  function costAt(machine: BenchMachine, offset: number): number {
    machine.context.rip = BigInt(CODE + offset);
    const start = machine.vcpu.clock;
    machine.cpu.step();
    return machine.vcpu.clock - start;
  }

  it('behind an instruction changes what that costs', () => {
    // add rax, 1; imul rax, rcx; ret, then a division in the place of the multiplication.
    const before = hex('48 83 c0 01 48 0f af c1 c3');
    const after = hex('48 83 c0 01 48 f7 f1 90 c3');
    const fresh = (code: number[]): number => costAt(make().load(code), 0);
    const machine = make().load(before, RWX);
    machine.context.setRegister(RCX, 1n);
    expect(costAt(machine, 0)).toBe(fresh(before));
    machine.poke(CODE, after);
    expect(costAt(machine, 0)).toBe(fresh(after));
    expect(fresh(after)).not.toBe(fresh(before));
  });

  it.each(['step', 'region', 'mixed'] as const)('by itself keeps one clock by %s', (tiers) => {
    // A loop that rewrites the immediate of an addition behind the store, in its own block, each time around:
    // mov [rip + 6], cl; add rax, imm8; nop; dec rcx; jne start; syscall
    const code = hex('88 0d 03 00 00 00 48 83 c0 00 90 48 ff c9 75 f0 0f 05');
    const run = (slice: number): unknown => {
      const machine = make().load(code, RWX);
      machine.cpu.setTiers(tiers);
      machine.context.setRegister(RCX, 50n);
      while (machine.run(slice).kind === 'deadline');
      return [machine.context.register(RAX), machine.vcpu.clock, machine.cpu.instructions];
    };
    const [sum, clock] = run(1_000_000) as [bigint, number];
    expect(sum).toBe((50n * 51n) / 2n);
    expect(clock).toBeGreaterThan(50);
    for (const slice of [1, 7, 100]) expect(run(slice)).toEqual(run(1_000_000));
  });

  it('costs the same in a page that was decoded from elsewhere first', () => {
    for (const offset of [0, 12, 24, 40, 57]) {
      const machine = make().load(MIXED, RX);
      machine.context.rip = BigInt(CODE + offset);
      machine.cpu.step();
      const from = make().load(MIXED, RX);
      for (const at of [0, 12, 40]) expect(costAt(machine, at)).toBe(costAt(from, at));
    }
  });
});
