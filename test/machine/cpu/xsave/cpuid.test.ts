// What CPUID answers, against values written down by hand from SDM vol. 2.

import { describe, expect, it } from 'vitest';
import { BRAND, type CpuidMachine, cpuid, createCpuidHelper } from '../../../../src/machine/cpu/helpers/cpuid.ts';
import { RAX, RBX, RCX, RDX } from '../../../../src/machine/cpu/state.ts';
import type { Vcpu } from '../../../../src/machine/cpu/vcpu.ts';
import { FakeMachine } from '../x87/fake-machine.ts';

const V1: CpuidMachine = { cpuLevel: 'x86-64-v1', uintr: true, vcpus: 4, hertz: 2_000_000_000 };
const V2: CpuidMachine = { ...V1, cpuLevel: 'x86-64-v2' };
const ALONE: CpuidMachine = { ...V1, vcpus: 1, uintr: false };

const text = (...words: readonly number[]): string =>
  String.fromCharCode(...words.flatMap((word) => [0, 8, 16, 24].map((shift) => (word >>> shift) & 255))).replace(/\0+$/, '');
const hex = (leaf: readonly number[]): string => leaf.map((word) => word.toString(16)).join(' ');

describe('CPUID', () => {
  const LEAVES: readonly [string, CpuidMachine, number, number, number, string][] = [
    ['signature and features, v1', V1, 1, 0, 3, '806f4 3040800 c200000 17898371'],
    ['one vCPU has no HTT', ALONE, 1, 0, 0, '806f4 10800 c200000 7898371'],
    ['cache descriptors', V1, 2, 0, 0, 'feff01 f0 0 0'],
    ['L1 data cache', V1, 4, 0, 0, 'c000121 2c0003f 3f 0'],
    ['L1 instruction cache', V1, 4, 1, 0, 'c000122 1c0003f 3f 0'],
    ['L2', V1, 4, 2, 0, 'c000143 3c0003f 7ff 0'],
    ['L3, shared by all', V1, 4, 3, 0, 'c00c163 380003f dfff 4'],
    ['no further cache', V1, 4, 4, 0, '0 0 0 0'],
    ['UINTR', V1, 7, 0, 0, '1 2040 0 20'],
    ['no UINTR', ALONE, 7, 0, 0, '1 2040 0 0'],
    ['no flexible UIRET', V1, 7, 1, 0, '0 0 0 0'],
    ['topology: threads of a core', V1, 0xb, 0, 3, '0 1 100 3'],
    ['topology: cores', V1, 0xb, 1, 3, '2 4 201 3'],
    ['topology: end', V1, 0xb, 2, 3, '0 0 2 3'],
    ['topology of one', ALONE, 0xb, 1, 0, '0 1 201 0'],
    ['topology of three', { ...V1, vcpus: 3 }, 0x1f, 1, 2, '2 3 201 2'],
    ['XCR0 components', V1, 0xd, 0, 0, '3 240 240 0'],
    ['XSAVE extensions and IA32_XSS', V1, 0xd, 1, 0, 'f 270 4000 0'],
    ['XSAVE extensions without UINTR', ALONE, 0xd, 1, 0, 'f 240 0 0'],
    ['no AVX component', V1, 0xd, 2, 0, '0 0 0 0'],
    ['UINTR component', V1, 0xd, 14, 0, '30 0 1 0'],
    ['no UINTR component', ALONE, 0xd, 14, 0, '0 0 0 0'],
    ['TSC: 25 MHz * 80 / 1', V1, 0x15, 0, 0, '1 50 17d7840 0'],
    ['frequency', V1, 0x16, 0, 0, '7d0 7d0 64 0'],
    ['extended leaves', V1, 0x8000_0000, 0, 0, '80000008 0 0 0'],
    ['SYSCALL, NX, RDTSCP, LM', V1, 0x8000_0001, 0, 0, '0 0 0 28100800'],
    ['LAHF with v2', V2, 0x8000_0001, 0, 0, '0 0 1 28100800'],
    ['L2 the extended way', V1, 0x8000_0006, 0, 0, '0 0 8008040 0'],
    ['invariant TSC', V1, 0x8000_0007, 0, 0, '0 0 0 100'],
    ['address sizes', V1, 0x8000_0008, 0, 0, '302e 0 0 0'],
    ['beyond the highest leaf', V1, 0x21, 0, 0, '0 0 0 0'],
    ['no hypervisor leaves', V1, 0x4000_0000, 0, 0, '0 0 0 0'],
  ];
  it.each(LEAVES)('%s', (_name, machine, leaf, subleaf, apicId, expected) => {
    expect(hex(cpuid(machine, leaf, subleaf, apicId))).toBe(expected);
  });

  it('v2 adds SSE3, SSSE3, CMPXCHG16B, SSE4.1, SSE4.2 and POPCNT to v1', () => {
    const added = cpuid(V2, 1, 0, 0)[2] - cpuid(V1, 1, 0, 0)[2];
    expect(added).toBe(2 ** 0 + 2 ** 9 + 2 ** 13 + 2 ** 19 + 2 ** 20 + 2 ** 23);
  });

  it('reports what every x86-64 program may take for granted, and no AVX', () => {
    const [, , ecx, edx] = cpuid(V1, 1, 0, 0);
    for (const [name, bit] of Object.entries({ fpu: 0, tsc: 4, cx8: 8, cmov: 15, mmx: 23, fxsr: 24, sse: 25, sse2: 26 })) {
      expect({ name, set: (edx >>> bit) & 1 }).toEqual({ name, set: 1 });
    }
    expect(ecx & (1 << 28)).toBe(0);
  });

  it('vendor and brand', () => {
    const [maximum, b, c, d] = cpuid(V1, 0, 0, 0);
    expect(maximum).toBe(0x20);
    expect(text(b, d, c)).toBe('GenuineIntel');
    expect(text(...[2, 3, 4].flatMap((n) => [...cpuid(V1, 0x8000_0000 + n, 0, 0)]))).toBe(BRAND);
  });

  it('the frequency leaves follow the preset', () => {
    const [denominator, numerator, crystal] = cpuid({ ...V1, hertz: 2_900_000_001 }, 0x15, 0, 0);
    expect((BigInt(crystal) * BigInt(numerator)) / BigInt(denominator)).toBe(2_900_000_001n);
  });

  it('as an instruction: takes EAX and ECX, clears the upper halves, names its vCPU and costs extra', () => {
    const machine = new FakeMachine();
    Object.assign(machine, { vcpu: { id: 1, apic: { id: 1 } } as unknown as Vcpu });
    for (const register of [RAX, RBX, RCX, RDX]) machine.context.setRegister(register, 0xffff_ffff_0000_0001n);
    machine.context.setRegister(RAX, 0xffff_ffff_0000_000bn);
    expect(createCpuidHelper(V1)(machine)).toBeNull();
    expect([RAX, RBX, RCX, RDX].map((register) => machine.context.register(register))).toEqual([2n, 4n, 0x201n, 1n]);
    expect(machine.charged).toBe(machine.costs.cpuid);
    expect(machine.charged).toBeGreaterThan(0);
  });
});
