// Faults are precise: nothing has changed, RIP is at the instruction, and the error code says what was tried.

import { describe, expect, it } from 'vitest';
import { RAX, RCX, RDI, RDX, RSI, RSP } from '../../../src/machine/cpu/state.ts';
import { PAGE_SIZE } from '../../../src/machine/memory/layout.ts';
import { BenchMachine, CODE, DATA, R, RW, RX, hex } from './bench-machine.ts';

const READ_ONLY = 0x70_0000;
const HOLE = 0x71_0000;
const HIGH = 0x7f12_3456_7000;

function machine(code: string): BenchMachine {
  const m = new BenchMachine().load(hex(code));
  m.map(READ_ONLY, 1, R);
  for (let n = 0; n < 16; n++) if (n !== RSP) m.context.setRegister(n, BigInt(n) * 0x0101_0101_0101n + 0x1111n);
  return m;
}

interface FaultRow {
  readonly name: string;
  readonly code: string;
  readonly rsi?: number | bigint;
  readonly rsp?: number | bigint;
  readonly vector: number;
  readonly error: number;
  readonly address?: number | bigint;
}

const FAULTS: readonly FaultRow[] = [
  { name: 'load from a hole', code: '48 8b 06', rsi: HOLE, vector: 14, error: 4, address: HOLE },
  { name: 'load at address 0', code: '48 8b 06', rsi: 0, vector: 14, error: 4, address: 0 },
  { name: 'store to a hole', code: '48 89 06', rsi: HOLE + 5, vector: 14, error: 6, address: HOLE + 5 },
  { name: 'store to a read-only page', code: '48 89 06', rsi: READ_ONLY, vector: 14, error: 7, address: READ_ONLY },
  { name: 'read-modify-write of a read-only page', code: '48 01 06', rsi: READ_ONLY + 8, vector: 14, error: 7, address: READ_ONLY + 8 },
  {
    name: 'store over a page end, second page missing',
    code: '48 89 06',
    rsi: DATA + 2 * PAGE_SIZE - 3,
    vector: 14,
    error: 6,
    address: DATA + 2 * PAGE_SIZE,
  },
  { name: 'store over a page end, first page missing', code: '48 89 06', rsi: DATA - 3, vector: 14, error: 6, address: DATA - 3 },
  {
    name: 'load over a page end, second page missing',
    code: '48 8b 06',
    rsi: DATA + 2 * PAGE_SIZE - 1,
    vector: 14,
    error: 4,
    address: DATA + 2 * PAGE_SIZE,
  },
  { name: '16-byte store over a page end', code: '0f 11 06', rsi: READ_ONLY - 1, vector: 14, error: 6, address: READ_ONLY - 1 },
  { name: 'load above 4 GiB', code: '48 8b 06', rsi: HIGH, vector: 14, error: 4, address: HIGH },
  { name: 'load at the end of the user half', code: '48 8b 06', rsi: 0x7fff_ffff_fffcn, vector: 13, error: 0 },
  { name: 'non-canonical load', code: '48 8b 06', rsi: 0x8000_0000_0000n, vector: 13, error: 0 },
  { name: 'non-canonical store', code: '48 89 06', rsi: 0x1234_0000_0000_0000n, vector: 13, error: 0 },
  {
    name: 'load from the kernel half',
    code: '48 8b 06',
    rsi: 0xffff_8000_0000_0000n,
    vector: 14,
    error: 4,
    address: 0xffff_8000_0000_0000n,
  },
  { name: 'push on a missing page', code: '50', rsp: HOLE + 8, vector: 14, error: 6, address: HOLE },
  { name: 'push on a non-canonical stack', code: '50', rsp: 0x8000_0000_0008n, vector: 12, error: 0 },
  { name: 'pop from a non-canonical stack', code: '58', rsp: 0x8000_0000_0008n, vector: 12, error: 0 },
  { name: 'RSP-based load', code: '48 8b 04 24', rsp: 0x8000_0000_0008n, vector: 12, error: 0 },
  {
    name: 'call with the stack on a read-only page',
    code: 'e8 00 00 00 00',
    rsp: READ_ONLY + 16,
    vector: 14,
    error: 7,
    address: READ_ONLY + 8,
  },
  { name: 'misaligned MOVAPS', code: '0f 28 06', rsi: DATA + 8, vector: 13, error: 0 },
  { name: 'xchg with a read-only page', code: '48 87 06', rsi: READ_ONLY, vector: 14, error: 7, address: READ_ONLY },
  { name: 'failing cmpxchg on a read-only page', code: '48 0f b1 0e', rsi: READ_ONLY, vector: 14, error: 7, address: READ_ONLY },
  { name: 'pop into a read-only page', code: '8f 06', rsi: READ_ONLY, vector: 14, error: 7, address: READ_ONLY },
  { name: 'cmpsb of two holes', code: 'a6', rsi: HOLE, vector: 14, error: 4, address: 0x070707_071818 },
  { name: 'repe cmpsb of two holes', code: 'f3 a6', rsi: HOLE, vector: 14, error: 4, address: HOLE },
  { name: 'repne cmpsb of two holes', code: 'f2 a6', rsi: HOLE, vector: 14, error: 4, address: 0x070707_071818 },
  { name: 'repe cmpsd of two holes', code: 'f3 a7', rsi: HOLE, vector: 14, error: 4, address: 0x070707_071818 },
  { name: 'movsb to a read-only page', code: 'a4', rsi: DATA, vector: 14, error: 6, address: 0x070707_071818 },
  { name: 'HLT', code: 'f4', vector: 13, error: 0 },
  { name: 'CLI', code: 'fa', vector: 13, error: 0 },
  { name: 'IN', code: 'ec', vector: 13, error: 0 },
  { name: 'MOV from CR0', code: '0f 20 c0', vector: 13, error: 0 },
  { name: 'RDMSR', code: '0f 32', vector: 13, error: 0 },
  { name: 'WRMSR', code: '0f 30', vector: 13, error: 0 },
  { name: 'SGDT under UMIP', code: '0f 01 06', vector: 13, error: 0 },
  { name: 'INT 0x80', code: 'cd 80', vector: 13, error: 0x402 },
  { name: 'division by zero', code: '31 c9 f7 f1', vector: 0, error: 0 },
  { name: 'jump to a non-canonical address', code: 'ff e6', rsi: 0x8000_0000_0000n, vector: 13, error: 0 },
  { name: 'call to a non-canonical address', code: 'ff d6', rsi: 0x8000_0000_0000n, vector: 13, error: 0 },
];

describe('faults', () => {
  it.each(FAULTS)('$name', ({ code, rsi, rsp, vector, error, address }) => {
    const m = machine(code);
    if (rsi !== undefined) m.context.setRegister(RSI, BigInt(rsi));
    if (rsp !== undefined) m.context.setRegister(RSP, BigInt(rsp));
    m.context.rflags = 0xad7;
    const prefix = code === '31 c9 f7 f1' ? 1 : 0;
    if (prefix) m.cpu.step();
    const before = {
      registers: m.registers(),
      rip: m.context.rip,
      rflags: m.context.rflags,
      clock: m.vcpu.clock,
      data: m.peek(DATA, 2 * PAGE_SIZE),
      page: m.peek(READ_ONLY, PAGE_SIZE),
    };
    expect(m.run()).toEqual({ kind: 'exception', vector, errorCode: error, address: BigInt(address ?? 0) });
    expect({
      registers: m.registers(),
      rip: m.context.rip,
      rflags: m.context.rflags,
      clock: m.vcpu.clock,
      data: m.peek(DATA, 2 * PAGE_SIZE),
      page: m.peek(READ_ONLY, PAGE_SIZE),
    }).toEqual(before);
  });

  it('of a repeated instruction keep the iterations done', () => {
    // mov ecx, 0x1800; mov edi, DATA + 0x800; mov eax, 0x5a; rep stosb; syscall
    const m = new BenchMachine().load(hex('b9 00 18 00 00 bf 00 08 60 00 b8 5a 00 00 00 f3 aa 0f 05'));
    m.space.unmap(DATA / PAGE_SIZE + 1);
    expect(m.run()).toEqual({ kind: 'exception', vector: 14, errorCode: 6, address: BigInt(DATA + PAGE_SIZE) });
    expect(m.context.rip).toBe(BigInt(CODE + 15));
    expect(m.context.register(RCX)).toBe(0x1000n);
    expect(m.context.register(RDI)).toBe(BigInt(DATA + PAGE_SIZE));
    expect(m.peek(DATA + 0x7ff, 2)).toEqual([0, 0x5a]);
    m.map(DATA + PAGE_SIZE, 1, RW);
    expect(m.run().kind).toBe('syscall');
    expect(m.context.register(RDI)).toBe(BigInt(DATA + 2 * PAGE_SIZE));
    expect(m.peek(DATA + PAGE_SIZE, PAGE_SIZE)).toEqual(new Array(PAGE_SIZE).fill(0x5a));
  });

  it('of fetching name the page that is missing', () => {
    const m = new BenchMachine();
    m.map(CODE, 1, RX);
    m.poke(CODE + PAGE_SIZE - 2, hex('b8 01'));
    m.context.rip = BigInt(CODE + PAGE_SIZE - 2);
    expect(m.run()).toEqual({ kind: 'exception', vector: 14, errorCode: 0x14, address: BigInt(CODE + PAGE_SIZE) });
    expect(m.context.rip).toBe(BigInt(CODE + PAGE_SIZE - 2));
    m.context.rip = BigInt(DATA);
    m.map(DATA, 1, RW);
    expect(m.run()).toEqual({ kind: 'exception', vector: 14, errorCode: 0x15, address: BigInt(DATA) });
    m.context.rip = 0x8000_0000_0000n;
    expect(m.run()).toEqual({ kind: 'exception', vector: 13, errorCode: 0, address: 0n });
    m.context.rip = 0xffff_ffff_8000_0000n;
    expect(m.run()).toEqual({ kind: 'exception', vector: 14, errorCode: 0x14, address: 0xffff_ffff_8000_0000n });
  });
});

describe('accesses that leave the fast path', () => {
  it.each([2, 4, 8])('of %i bytes go over a page end in both directions', (width) => {
    const prefix = { 2: '66 ', 4: '', 8: '48 ' }[width]!;
    for (let split = 1; split < width; split++) {
      const m = new BenchMachine().load(hex(`${prefix}89 06 31 c0 ${prefix}8b 06 0f 05`));
      const at = DATA + PAGE_SIZE - split;
      const bytes = [0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x08].slice(0, width);
      const value = bytes.reduceRight((sum, b) => (sum << 8n) | BigInt(b), 0n);
      m.context.setRegister(RAX, value);
      m.context.setRegister(RSI, BigInt(at));
      expect(m.run().kind).toBe('syscall');
      expect(m.context.register(RAX)).toBe(value);
      expect(m.peek(at - 1, width + 2)).toEqual([0, ...bytes, 0]);
    }
  });

  it('read, modify and write over a page end', () => {
    const m = new BenchMachine().load(hex('48 ff 06 0f 05')); // inc qword ptr [rsi]
    m.context.setRegister(RSI, BigInt(DATA + PAGE_SIZE - 3));
    m.poke(DATA + PAGE_SIZE - 3, [0xff, 0xff, 0xff, 0xff, 0]);
    expect(m.run().kind).toBe('syscall');
    expect(m.peek(DATA + PAGE_SIZE - 3, 8)).toEqual([0, 0, 0, 0, 1, 0, 0, 0]);
  });

  it('reach pages above 4 GiB', () => {
    const m = new BenchMachine().load(hex('48 01 46 08 48 8b 56 08 0f 05')); // add [rsi + 8], rax; mov rdx, [rsi + 8]
    m.map(HIGH, 2, RW);
    m.context.setRegister(RSI, BigInt(HIGH + PAGE_SIZE - 12));
    m.context.setRegister(RAX, 0x1_0000_0001n);
    expect(m.run().kind).toBe('syscall');
    expect(m.context.register(RDX)).toBe(0x1_0000_0001n);
    expect(m.peek(HIGH + PAGE_SIZE - 4, 8)).toEqual([1, 0, 0, 0, 1, 0, 0, 0]);
  });

  it('run code above 4 GiB', () => {
    const m = new BenchMachine();
    m.map(HIGH, 1, RX);
    m.poke(HIGH, hex('48 8d 05 00 00 00 00 e8 02 00 00 00 0f 05 c3')); // lea rax, [rip]; call +2; syscall; ret
    m.map(DATA, 1, RW);
    m.context.setRegister(RSP, BigInt(DATA + 0x100));
    m.context.rip = BigInt(HIGH);
    expect(m.run().kind).toBe('syscall');
    expect(m.context.register(RAX)).toBe(BigInt(HIGH + 7));
    expect(m.context.rip).toBe(BigInt(HIGH + 14));
  });
});
