// Predecoded code: chaining inside a page, across pages and address spaces, and every way in which code can change.

import { describe, expect, it } from 'vitest';
import type { CodeCache } from '../../../src/machine/cpu/decode/code-cache.ts';
import { RAX, RBX, RCX, RSI, RSP, XMM } from '../../../src/machine/cpu/state.ts';
import type { AddressSpace } from '../../../src/machine/memory/address-space.ts';
import { PAGE_SIZE, RECORDS_BYTES, RECORD_BYTES } from '../../../src/machine/memory/layout.ts';
import { clearJumpCache } from '../../../src/machine/cpu/step/jump-cache.ts';
import { BenchMachine, CODE, RW, RWX, RX, STACK, STACK_TOP, hex } from './bench-machine.ts';

const SYSCALL = [0x0f, 0x05];
const ALIAS = 0x50_0000;

describe('chaining', () => {
  it('decodes each instruction of a loop once', () => {
    // 1: add eax, ecx; dec ecx; jne 1b; syscall
    const machine = new BenchMachine().load(hex('b9 e8 03 00 00 01 c8 ff c9 75 fa 0f 05'));
    expect(machine.run().kind).toBe('syscall');
    expect(machine.context.register(RAX)).toBe(500500n);
    expect(machine.cpu.statistics.instructions).toBe(1 + 3000 + 1);
    expect(machine.cpu.statistics.misses).toBeLessThan(5);
  });

  it('follows a jump to another page and one back', () => {
    const machine = new BenchMachine();
    machine.map(CODE, 2, RX);
    machine.poke(CODE, hex('e9 fb 0f 00 00')); // jmp CODE + 0x1000
    machine.poke(CODE + 0x1000, hex('ff c0 e9 fe ef ff ff')); // inc eax; jmp CODE + 5
    machine.poke(CODE + 5, SYSCALL);
    machine.context.rip = BigInt(CODE);
    expect(machine.run().kind).toBe('syscall');
    expect(machine.context.register(RAX)).toBe(1n);
    expect(machine.context.rip).toBe(BigInt(CODE + 7));
  });

  it('runs on over the end of a page, also within an instruction', () => {
    for (const start of [PAGE_SIZE - 5, PAGE_SIZE - 3, PAGE_SIZE - 1]) {
      const machine = new BenchMachine();
      machine.map(CODE, 2, RX);
      machine.poke(CODE + start, [...hex('b8 78 56 34 12'), ...SYSCALL]);
      machine.context.rip = BigInt(CODE + start);
      expect(machine.run().kind).toBe('syscall');
      expect(machine.context.register(RAX)).toBe(0x1234_5678n);
    }
  });

  it('drops the arena when it is full and goes on', () => {
    const machine = new BenchMachine();
    const blocks = 8;
    machine.map(CODE, blocks + 1, RWX);
    // Each page: nops and a jump to the next; the arena is filled but for the last few of them.
    const page = new Array<number>(PAGE_SIZE).fill(0x90);
    page.splice(PAGE_SIZE - 5, 5, ...hex('e9 00 00 00 00'));
    for (let i = 0; i < blocks; i++) machine.poke(CODE + i * PAGE_SIZE, page);
    machine.poke(CODE + blocks * PAGE_SIZE, SYSCALL);
    const { cache } = machine.cpu as unknown as { cache: CodeCache };
    for (let n = 0; n < RECORDS_BYTES / RECORD_BYTES - 5 * PAGE_SIZE; n++) cache.allocate();
    for (let round = 0; round < 3; round++) {
      machine.context.rip = BigInt(CODE);
      expect(machine.run(1e9).kind).toBe('syscall');
    }
    expect(machine.cpu.statistics.drops).toBe(1);
    expect(machine.cpu.statistics.instructions).toBe(3 * (blocks * (PAGE_SIZE - 4) + 1));
  });
});

describe('self-modifying code', () => {
  it('sees a store to the next instruction of its own block', () => {
    // mov byte ptr [rip -> imm of the next], 5; mov eax, 1; mov ebx, eax; syscall
    const machine = new BenchMachine().load(hex('c6 05 01 00 00 00 05 b8 01 00 00 00 89 c3 0f 05'), RWX);
    expect(machine.run().kind).toBe('syscall');
    expect(machine.context.register(RBX)).toBe(5n);
  });

  it('sees a loop increment its own operand', () => {
    // mov ecx, 3; 1: mov eax, 1; add ebx, eax; inc byte ptr [imm of 1b]; dec ecx; jne 1b; syscall
    const machine = new BenchMachine().load(hex('b9 03 00 00 00 b8 01 00 00 00 01 c3 fe 05 f4 ff ff ff ff c9 75 ef 0f 05'), RWX);
    expect(machine.run().kind).toBe('syscall');
    expect(machine.context.register(RBX)).toBe(1n + 2n + 3n);
  });

  it('sees a store through an alias of the code frame', () => {
    // 1: mov eax, 1; mov byte ptr [rsi + 1], 9; dec ecx; jne 1b; syscall
    const machine = new BenchMachine().load(hex('b8 01 00 00 00 c6 46 01 09 ff c9 75 f3 0f 05'), RX);
    machine.space.map(ALIAS / PAGE_SIZE, machine.frameOf(CODE), RW);
    machine.context.setRegister(RSI, BigInt(ALIAS));
    machine.context.setRegister(RCX, 2n);
    expect(machine.run().kind).toBe('syscall');
    expect(machine.context.register(RAX)).toBe(9n);
  });

  it('sees a store from another page, by an earlier permitted mapping too', () => {
    const machine = new BenchMachine().load(hex('ff d0 0f 05'), RX); // call rax; syscall
    const frame = machine.map(ALIAS, 1, RWX);
    machine.poke(ALIAS, hex('bb 01 00 00 00 c3')); // mov ebx, 1; ret
    for (const value of [1, 2, 3]) {
      // The store goes by generated code: mov [rsi], cl; syscall
      machine.poke(CODE + 16, hex('88 0e 0f 05'));
      machine.context.setRegister(RSI, BigInt(ALIAS + 1));
      machine.context.setRegister(RCX, BigInt(value));
      machine.context.rip = BigInt(CODE + 16);
      expect(machine.run().kind).toBe('syscall');
      machine.context.setRegister(RAX, BigInt(ALIAS));
      machine.context.rip = BigInt(CODE);
      expect(machine.run().kind).toBe('syscall');
      expect(machine.context.register(RBX)).toBe(BigInt(value));
      expect(machine.physical.isCode(frame)).toBe(true);
    }
  });

  it('sees a write to either half of an instruction across a page end', () => {
    const machine = new BenchMachine();
    machine.map(CODE, 2, RX);
    const at = CODE + PAGE_SIZE - 2;
    machine.poke(at, [...hex('b8 01 02 03 04'), ...SYSCALL]);
    const result = (): bigint => {
      machine.context.rip = BigInt(at);
      expect(machine.run().kind).toBe('syscall');
      return machine.context.register(RAX);
    };
    expect(result()).toBe(0x0403_0201n);
    machine.poke(at + 1, [0x11]);
    expect(result()).toBe(0x0403_0211n);
    machine.poke(at + 2, [0x12]);
    expect(result()).toBe(0x0403_1211n);
  });

  it('takes the second half of an instruction across a page end from the address space it runs in', () => {
    const machine = new BenchMachine();
    machine.map(CODE, 2, RX);
    const at = CODE + PAGE_SIZE - 2;
    machine.poke(at, [...hex('b8 01 02 03 04'), ...SYSCALL]);
    const other = machine.newSpace();
    other.map(CODE / PAGE_SIZE, machine.frameOf(CODE), RX);
    machine.map(CODE + PAGE_SIZE, 1, RX, other);
    machine.poke(CODE + PAGE_SIZE, [...hex('22 33 44'), ...SYSCALL], other);
    for (let i = 0; i < 3; i++) {
      for (const [space, value] of [
        [machine.space, 0x0403_0201n],
        [other, 0x4433_2201n],
      ] as const) {
        machine.cpu.setAddressSpace(space);
        machine.context.rip = BigInt(at);
        expect(machine.run().kind).toBe('syscall');
        expect(machine.context.register(RAX)).toBe(value);
      }
    }
  });
});

describe('address spaces', () => {
  it('have their own code at one address', () => {
    const machine = new BenchMachine().load([...hex('b8 01 00 00 00'), ...SYSCALL]);
    const other = machine.newSpace();
    machine.map(CODE, 1, RX, other);
    machine.poke(CODE, [...hex('b8 02 00 00 00'), ...SYSCALL], other);
    for (const [space, value] of [
      [machine.space, 1n],
      [other, 2n],
      [machine.space, 1n],
      [other, 2n],
    ] as const) {
      machine.cpu.setAddressSpace(space);
      machine.context.rip = BigInt(CODE);
      expect(machine.run().kind).toBe('syscall');
      expect(machine.context.register(RAX)).toBe(value);
    }
  });

  it('notice that the page of a known jump target has been mapped anew or taken away', () => {
    const machine = new BenchMachine().load(hex('ff d6 0f 05')); // call rsi; syscall
    machine.context.setRegister(RSI, BigInt(ALIAS));
    const call = () => {
      machine.context.rip = BigInt(CODE);
      machine.context.setRegister(4, BigInt(STACK_TOP));
      return machine.run();
    };
    for (const value of [1, 2]) {
      machine.map(ALIAS, 1, RX);
      machine.poke(ALIAS, [...hex(`b8 0${value} 00 00 00`), 0xc3]);
      expect(call().kind).toBe('syscall');
      expect(machine.context.register(RAX)).toBe(BigInt(value));
    }
    machine.space.protect(ALIAS / PAGE_SIZE, RW);
    expect(call()).toEqual({ kind: 'exception', vector: 14, errorCode: 0x15, address: BigInt(ALIAS) });
    expect(machine.context.rip).toBe(BigInt(ALIAS));
    machine.space.unmap(ALIAS / PAGE_SIZE);
    expect(call()).toEqual({ kind: 'exception', vector: 14, errorCode: 0x14, address: BigInt(ALIAS) });
  });

  it('of which one did not run while code changed twice see the last change', () => {
    const machine = new BenchMachine().load(hex('ff d6 0f 05')); // call rsi; syscall
    const frame = machine.map(ALIAS, 1, RX);
    const other = machine.newSpace();
    for (const page of [CODE, ALIAS, STACK, STACK + PAGE_SIZE]) other.map(page / PAGE_SIZE, machine.frameOf(page), page < STACK ? RX : RW);
    const call = (space: AddressSpace): bigint => {
      machine.cpu.setAddressSpace(space);
      machine.context.setRegister(RSI, BigInt(ALIAS));
      machine.context.setRegister(RSP, BigInt(STACK + PAGE_SIZE));
      machine.context.rip = BigInt(CODE);
      expect(machine.run().kind).toBe('syscall');
      return machine.context.register(RAX);
    };
    // jmp over a hole; mov eax, value; ret: the first record of the page has a link.
    const write = (value: number): void => machine.poke(ALIAS, [...hex('eb 02 cc cc b8'), value, ...hex('00 00 00 c3')]);
    write(1);
    expect([call(machine.space), call(other)]).toEqual([1n, 1n]);
    write(2);
    expect(call(other)).toBe(2n);
    write(3);
    expect([call(other), call(machine.space)]).toEqual([3n, 3n]);
    write(4);
    expect([call(machine.space), call(other)]).toEqual([4n, 4n]);
    expect(machine.physical.isCode(frame)).toBe(true);
  });

  it('share what was decoded from a frame at the same address', () => {
    const machine = new BenchMachine().load([...hex('b8 01 00 00 00'), ...SYSCALL]);
    expect(machine.run().kind).toBe('syscall');
    const { decoded } = machine.cpu.statistics;
    const other = machine.newSpace();
    other.map(CODE / PAGE_SIZE, machine.frameOf(CODE), RX);
    machine.cpu.setAddressSpace(other);
    machine.context.rip = BigInt(CODE);
    expect(machine.run().kind).toBe('syscall');
    expect(machine.cpu.statistics.decoded).toBe(decoded);
  });
});

it('the jump cache leaves the tables of RCPPS alone', () => {
  // rcpps xmm0, xmm1; syscall
  const machine = new BenchMachine().load([0x0f, 0x53, 0xc1, ...SYSCALL]);
  const rcpps = (): number[] => {
    machine.context.bytes.set(new Uint8Array(Float32Array.of(1, 3, 9, 100).buffer), XMM + 16);
    machine.context.rip = BigInt(CODE);
    expect(machine.run().kind).toBe('syscall');
    return [...new Float32Array(machine.context.bytes.slice(XMM, XMM + 16).buffer)];
  };
  const before = rcpps();
  expect(before.map((value) => Math.round(value * 1000))).toEqual([1000, 333, 111, 10]);
  clearJumpCache(machine.physical.bytes);
  expect(rcpps()).toEqual(before);
});
