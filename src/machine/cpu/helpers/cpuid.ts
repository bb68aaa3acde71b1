// CPUID: the leaves of a processor like Sapphire Rapids that has only what this engine executes (SDM vol. 2, CPUID).
// Bits this processor never reports (AVX, BMI, ERMS, ...) keep run-time dispatch in libraries on paths that the cost model serves well.

import { RAX, RBX, RCX, RDX } from '../state.ts';
import { XCR0, XSAVE_AREA_BYTES } from '../xsave-area.ts';
import type { Helper } from './helper.ts';

export interface CpuidMachine {
  readonly cpuLevel: 'x86-64-v1' | 'x86-64-v2';
  readonly uintr: boolean;
  readonly vcpus: number;
  /** Of the time-stamp counter, which is also the nominal clock. */
  readonly hertz: number;
}

/** EAX, EBX, ECX, EDX. */
export type Leaf = readonly [number, number, number, number];
/** A leaf of a machine as the processor with this APIC id sees it. */
type Row = (machine: CpuidMachine, subleaf: number, apicId: number) => Leaf;

export const BRAND = 'uintrd virtual CPU';
const VENDOR = 'GenuineIntel';
const MAXIMUM_LEAF = 0x20;
const MAXIMUM_EXTENDED_LEAF = 0x8000_0008;
/** Family 6, model 0x8f, stepping 4. */
const SIGNATURE = 0x0008_06f4;
const LINE_BYTES = 64;
const NONE: Leaf = [0, 0, 0, 0];

const bits = (...positions: readonly number[]): number => positions.reduce((word, bit) => word + 2 ** bit, 0);

const LEAF_1_ECX = {
  /** x2APIC, XSAVE, OSXSAVE. */
  'x86-64-v1': bits(21, 26, 27),
  /** And SSE3, SSSE3, CMPXCHG16B, SSE4.1, SSE4.2, POPCNT. */
  'x86-64-v2': bits(21, 26, 27, 0, 9, 13, 19, 20, 23),
};
/** FPU TSC MSR PAE CX8 APIC CMOV PAT CLFSH FXSR SSE SSE2. */
const LEAF_1_EDX = bits(0, 4, 5, 6, 8, 9, 15, 16, 19, 24, 25, 26);
const MMX = bits(23);
const HTT = bits(28);
/** FDP_EXCPTN_ONLY; FPU CS and DS deprecated. */
const LEAF_7_EBX = bits(6, 13);
const UINTR = bits(5);
/** XSAVEOPT, XSAVEC, XGETBV with ECX = 1, XSAVES. */
const LEAF_D_1_EAX = bits(0, 1, 2, 3);
const UINTR_COMPONENT = 14;
const UINTR_COMPONENT_BYTES = 48;
/** SYSCALL, NX, RDTSCP, LM. */
const EXTENDED_1_EDX = bits(11, 20, 27, 29);
const LAHF = bits(0);
const INVARIANT_TSC = bits(8);

interface Cache {
  readonly type: 1 | 2 | 3;
  readonly level: number;
  readonly ways: number;
  readonly sets: number;
  readonly shared: boolean;
}
const CACHES: readonly Cache[] = [
  { type: 1, level: 1, ways: 12, sets: 64, shared: false },
  { type: 2, level: 1, ways: 8, sets: 64, shared: false },
  { type: 3, level: 2, ways: 16, sets: 2048, shared: false },
  { type: 3, level: 3, ways: 15, sets: 57344, shared: true },
];

/** Bits of an APIC id that number the processors of the package: each vCPU is a core with one thread. */
const coreBits = (vcpus: number): number => 32 - Math.clz32(vcpus - 1);
const word = (text: string, at: number): number => [0, 1, 2, 3].reduce((value, i) => value + (text.charCodeAt(at + i) || 0) * 256 ** i, 0);

const cacheLeaf: Row = ({ vcpus }, subleaf) => {
  const cache = CACHES[subleaf];
  if (cache === undefined) return NONE;
  const ids = 2 ** coreBits(vcpus) - 1;
  const sharing = cache.shared ? Math.min(ids, 0xfff) : 0;
  const eax = cache.type + cache.level * 2 ** 5 + 2 ** 8 + sharing * 2 ** 14 + Math.min(ids, 63) * 2 ** 26;
  return [eax, (cache.ways - 1) * 2 ** 22 + LINE_BYTES - 1, cache.sets - 1, cache.shared ? 4 : 0];
};

const topologyLeaf: Row = ({ vcpus }, subleaf, apicId) => {
  const level = subleaf & 0xff;
  if (subleaf === 0) return [0, 1, level + (1 << 8), apicId];
  if (subleaf === 1) return [coreBits(vcpus), vcpus, level + (2 << 8), apicId];
  return [0, 0, level, apicId];
};

const extendedStateLeaf: Row = ({ uintr }, subleaf) => {
  switch (subleaf) {
    case 0:
      return [XCR0, XSAVE_AREA_BYTES, XSAVE_AREA_BYTES, 0];
    case 1:
      return [LEAF_D_1_EAX, XSAVE_AREA_BYTES + (uintr ? UINTR_COMPONENT_BYTES : 0), uintr ? bits(UINTR_COMPONENT) : 0, 0];
    case UINTR_COMPONENT:
      return uintr ? [UINTR_COMPONENT_BYTES, 0, 1, 0] : NONE;
    default:
      return NONE;
  }
};

const CRYSTAL_HERTZ = 25_000_000;

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

const timeStampLeaf: Row = ({ hertz }) => {
  const divisor = greatestCommonDivisor(hertz, CRYSTAL_HERTZ);
  return [CRYSTAL_HERTZ / divisor, hertz / divisor, CRYSTAL_HERTZ, 0];
};

const frequencyLeaf: Row = ({ hertz }) => {
  const megahertz = Math.round(hertz / 1e6);
  return [megahertz, megahertz, 100, 0];
};

const brandLeaf =
  (part: number): Row =>
  () =>
    [0, 4, 8, 12].map((at) => word(BRAND, part * 16 + at)) as unknown as Leaf;

const LEAVES: ReadonlyMap<number, Row> = new Map<number, Row>([
  [0x0, () => [MAXIMUM_LEAF, word(VENDOR, 0), word(VENDOR, 8), word(VENDOR, 4)]],
  [
    0x1,
    ({ cpuLevel, vcpus }, _subleaf, apicId) => [
      SIGNATURE,
      (apicId & 0xff) * 2 ** 24 + Math.min(2 ** coreBits(vcpus), 255) * 2 ** 16 + (LINE_BYTES / 8) * 2 ** 8,
      LEAF_1_ECX[cpuLevel],
      LEAF_1_EDX + MMX + (vcpus > 1 ? HTT : 0),
    ],
  ],
  // "Use leaf 4", 64-byte prefetch.
  [0x2, () => [0x00fe_ff01, 0xf0, 0, 0]],
  [0x4, cacheLeaf],
  // The APIC timer runs in every state.
  [0x6, () => [bits(2), 0, 0, 0]],
  [0x7, ({ uintr }, subleaf) => (subleaf === 0 ? [1, LEAF_7_EBX, 0, uintr ? UINTR : 0] : NONE)],
  [0xb, topologyLeaf],
  [0xd, extendedStateLeaf],
  [0x15, timeStampLeaf],
  [0x16, frequencyLeaf],
  [0x1f, topologyLeaf],
  [0x8000_0000, () => [MAXIMUM_EXTENDED_LEAF, 0, 0, 0]],
  [0x8000_0001, ({ cpuLevel }) => [0, 0, cpuLevel === 'x86-64-v2' ? LAHF : 0, EXTENDED_1_EDX]],
  [0x8000_0002, brandLeaf(0)],
  [0x8000_0003, brandLeaf(1)],
  [0x8000_0004, brandLeaf(2)],
  // 2 MiB L2, 16 ways, 64-byte lines.
  [0x8000_0006, () => [0, 0, 2048 * 2 ** 16 + 0x8000 + LINE_BYTES, 0]],
  [0x8000_0007, () => [0, 0, 0, INVARIANT_TSC]],
  // 46 physical and 48 linear address bits.
  [0x8000_0008, () => [46 + 48 * 2 ** 8, 0, 0, 0]],
]);

/** Leaves beyond the highest read as the highest basic one, which is zero here. */
export function cpuid(machine: CpuidMachine, leaf: number, subleaf: number, apicId: number): Leaf {
  return LEAVES.get(leaf)?.(machine, subleaf, apicId) ?? NONE;
}

/** The instruction on a processor of this machine. */
export function createCpuidHelper(described: CpuidMachine): Helper {
  return (machine) => {
    const { context, vcpu, costs } = machine;
    const [eax, ebx, ecx, edx] = cpuid(described, context.int32(RAX) >>> 0, context.int32(RCX) >>> 0, vcpu.apic.id);
    context.setNumber(RAX, eax);
    context.setNumber(RBX, ebx);
    context.setNumber(RCX, ecx);
    context.setNumber(RDX, edx);
    machine.charge(costs.cpuid);
    return null;
  };
}
