// Registers by name: what a thread has, what it can be given, and that it goes on with it.

import { expect, test } from 'vitest';
import { readRegisters } from '../../../src/machine/control/registers.ts';
import type { Machine } from '../../../src/machine/machine.ts';
import type { RegisterValues } from '../../../src/machine/protocol.ts';
import { makeElf } from '../../kernel/elf-maker.ts';
import { finish, newMachine, spawn } from '../run-guest.ts';

/** Spins; then exits with what is in %edi. */
const CODE = Uint8Array.of(0xeb, 0xfe, 0xb8, 60, 0, 0, 0, 0x0f, 0x05);
const EXIT = 0x401002n;

function spinning(): { machine: Machine; pid: number } {
  const machine = newMachine({ vcpus: 1 });
  const pid = spawn(machine, makeElf({ code: CODE }));
  machine.advanceTo(100_000);
  return { machine, pid };
}

const read = (machine: Machine, tid: number): RegisterValues => {
  machine.board.suspendAll();
  return readRegisters(machine.board.kernel.pids.tasks.get(tid)!);
};
const values = (given: Readonly<Record<string, bigint>>) => ({ values: given, vectors: {} });

test('of a thread that runs are whole, and reading them changes nothing', () => {
  const { machine, pid } = spinning();
  const before = machine.hash();
  const { values: seen, vectors } = read(machine, pid);
  expect(seen).toMatchObject({ rip: 0x401000n, rax: 0n, mxcsr: 0x1f80n, fcw: 0x37fn, fsw: 0n, ftw: 0n });
  expect(seen['rflags']! & 0x202n).toBe(0x202n);
  expect(Object.keys(seen)).toHaveLength(24);
  expect(Object.keys(vectors)).toHaveLength(24);
  expect(vectors['xmm15']).toHaveLength(16);
  expect(vectors['st7']).toHaveLength(10);
  expect(machine.hash()).toBe(before);
});

test('what is written is what the thread goes on with', () => {
  const { machine, pid } = spinning();
  const { registers } = machine.apply('write_registers', { tid: pid, registers: values({ rip: EXIT, rdi: 42n }) });
  expect(registers.values).toMatchObject({ rip: EXIT, rdi: 42n });
  expect(finish(machine, pid).status).toBe(42);
});

test('every register holds what it is given', () => {
  const { machine, pid } = spinning();
  const given: Record<string, bigint> = {};
  for (const [at, name] of [
    'rax',
    'rcx',
    'rdx',
    'rbx',
    'rsp',
    'rbp',
    'rsi',
    'rdi',
    ...Array.from({ length: 8 }, (_, i) => `r${i + 8}`),
  ].entries())
    given[name] = 0xfedc_ba98_7654_3200n + BigInt(at);
  Object.assign(given, {
    rip: 0xffff_8000_0000_0000n,
    rflags: 0x2_46n | 0xcd5n,
    fs_base: 0x7fff_ffff_ffffn,
    gs_base: 0xffff_ffff_ffff_ffffn,
  });
  Object.assign(given, { mxcsr: 0xffffn, fcw: 0xf7fn, fsw: 0x3800n, ftw: 0xffn });
  const vectors = Object.fromEntries(
    [
      ...Array.from({ length: 16 }, (_, i) => [`xmm${i}`, 16] as const),
      ...Array.from({ length: 8 }, (_, i) => [`st${i}`, 10] as const),
    ].map(([name, length], at) => [name, Uint8Array.from({ length }, (_, i) => at * 16 + i)]),
  );
  machine.apply('write_registers', { tid: pid, registers: { values: given, vectors } });
  expect(read(machine, pid)).toEqual({ values: given, vectors });
  // TOP is 7: st0 is the physical register 7.
  const { bytes } = machine.board.kernel.pids.tasks.get(pid)!.context;
  expect(bytes.slice(0x200 + 7 * 16, 0x200 + 7 * 16 + 10)).toEqual(vectors['st0']);
});

const REFUSED: readonly [registers: RegisterValues, field: string][] = [
  [values({ rip: 0x8000_0000_0000n }), 'rip'],
  [values({ rip: 0xffff_7fff_ffff_ffffn }), 'rip'],
  [values({ fs_base: 1n << 63n }), 'fs_base'],
  [values({ rflags: 0n }), 'rflags'],
  [values({ rflags: 0x002n }), 'rflags'],
  [values({ rflags: 0x200n }), 'rflags'],
  [values({ rflags: 0x20an }), 'rflags'],
  [values({ rflags: 0x3202n }), 'rflags'],
  [values({ rflags: 0x2_0202n }), 'rflags'],
  [values({ rflags: 0x1_0000_0202n }), 'rflags'],
  [values({ mxcsr: 0x1_0000n }), 'mxcsr'],
  [values({ ftw: 0x100n }), 'ftw'],
  [values({ fcw: 0x1_0000n }), 'fcw'],
  [values({ eax: 1n }), 'eax'],
  [values({ constructor: 1n }), 'constructor'],
  [{ values: {}, vectors: { xmm0: new Uint8Array(8) } }, 'xmm0'],
  [{ values: {}, vectors: { st0: new Uint8Array(16) } }, 'st0'],
  [{ values: {}, vectors: { xmm16: new Uint8Array(16) } }, 'xmm16'],
  [{ values: { rax: 5n, rip: 1n << 60n }, vectors: {} }, 'rip'],
];
for (const [registers, field] of REFUSED)
  test(`${JSON.stringify(registers, (_, value: unknown) => (typeof value === 'bigint' ? `0x${value.toString(16)}` : value))} is refused`, () => {
    const { machine, pid } = spinning();
    const before = machine.hash();
    expect(() => machine.apply('write_registers', { tid: pid, registers })).toThrow(
      expect.objectContaining({ code: 'INVALID_FIELD', message: expect.stringContaining(`["${field}"]`) as string }),
    );
    expect(machine.hash()).toBe(before);
  });

test('a thread that is not there', () => {
  const { machine } = spinning();
  for (const tid of [1, 99])
    expect(() => machine.apply('write_registers', { tid, registers: values({}) })).toThrow(
      expect.objectContaining({ code: 'THREAD_NOT_FOUND' }),
    );
});
