// /proc/cpuinfo (proc(5)), made from what CPUID answers as Linux makes it: arch/x86/kernel/cpu/proc.c has the lines,
// asm/cpufeatures.h the names of the bits and their order.

import { type Leaf, cpuid } from '../../../machine/cpu/helpers/cpuid.ts';
import type { Kernel } from '../../kernel.ts';

const EAX = 0,
  ECX = 2,
  EDX = 3;
const EXTENDED = 0x8000_0000;
const BRAND_LEAVES = [EXTENDED + 2, EXTENDED + 3, EXTENDED + 4];

/** One register of CPUID and its bits by name, in the order in which Linux prints them. */
type Features = readonly [leaf: number, subleaf: number, register: number, bits: Readonly<Record<string, number>>];
/** Names alone: what Linux finds out otherwise, and finds on every processor like this one. */
const FEATURES: readonly (Features | readonly string[])[] = [
  [1, 0, EDX, { fpu: 0, tsc: 4, msr: 5, pae: 6, cx8: 8, apic: 9, cmov: 15, pat: 16, clflush: 19, mmx: 23 }],
  [1, 0, EDX, { fxsr: 24, sse: 25, sse2: 26, ht: 28 }],
  [EXTENDED + 1, 0, EDX, { syscall: 11, nx: 20, rdtscp: 27, lm: 29 }],
  [EXTENDED + 7, 0, EDX, { constant_tsc: 8 }],
  ['rep_good', 'nopl', 'xtopology'],
  [EXTENDED + 7, 0, EDX, { nonstop_tsc: 8 }],
  ['cpuid', 'tsc_known_freq'],
  [1, 0, ECX, { pni: 0, ssse3: 9, cx16: 13, sse4_1: 19, sse4_2: 20, x2apic: 21, popcnt: 23, xsave: 26 }],
  [EXTENDED + 1, 0, ECX, { lahf_lm: 0 }],
  [0xd, 1, EAX, { xsaveopt: 0, xsavec: 1, xgetbv1: 2, xsaves: 3 }],
  [6, 0, EAX, { arat: 2 }],
  [7, 0, EDX, { uintr: 5 }],
];

const isNames = (row: Features | readonly string[]): row is readonly string[] => typeof row[0] === 'string';

export function cpuinfo(kernel: Kernel): string {
  return kernel.hardware.vcpus.map(({ id, apic }) => `${lines(kernel, id, apic.id).join('\n')}\n\n`).join('');
}

function lines(kernel: Kernel, id: number, apicId: number): string[] {
  const { processor } = kernel.options;
  const leaf = (number: number, subleaf = 0): Leaf => cpuid(processor, number, subleaf, apicId);
  const [highest, b, c, d] = leaf(0);
  const [signature, , , hwcap] = leaf(1);
  const [addresses] = leaf(EXTENDED + 8);
  const flags = FEATURES.flatMap((row) => {
    if (isNames(row)) return row;
    const [number, subleaf, register, bits] = row;
    const word = leaf(number, subleaf)[register]!;
    return Object.keys(bits).filter((name) => ((word >>> bits[name]!) & 1) === 1);
  });
  const lineBytes = ((leaf(1)[1] >>> 8) & 0xff) * 8;
  const yes = (hwcap & 1) === 1 ? 'yes' : 'no';
  return [
    `processor\t: ${id}`,
    `vendor_id\t: ${text([b, d, c])}`,
    `cpu family\t: ${(signature >>> 8) & 15}`,
    `model\t\t: ${((signature >>> 4) & 15) + ((signature >>> 12) & 0xf0)}`,
    `model name\t: ${text(BRAND_LEAVES.flatMap((number) => [...leaf(number)]))}`,
    `stepping\t: ${signature & 15}`,
    `cpu MHz\t\t: ${(processor.hertz / 1e6).toFixed(3)}`,
    `cache size\t: ${lastCacheBytes(leaf) / 1024} KB`,
    'physical id\t: 0',
    `siblings\t: ${processor.vcpus}`,
    `core id\t\t: ${id}`,
    `cpu cores\t: ${processor.vcpus}`,
    `apicid\t\t: ${apicId}`,
    `initial apicid\t: ${apicId}`,
    `fpu\t\t: ${yes}`,
    `fpu_exception\t: ${yes}`,
    `cpuid level\t: ${highest}`,
    'wp\t\t: yes',
    `flags\t\t: ${flags.join(' ')}`,
    'bugs\t\t:',
    `bogomips\t: ${((processor.hertz * 2) / 1e6).toFixed(2)}`,
    `clflush size\t: ${lineBytes}`,
    `cache_alignment\t: ${lineBytes}`,
    `address sizes\t: ${addresses & 0xff} bits physical, ${(addresses >>> 8) & 0xff} bits virtual`,
    'power management:',
  ];
}

/** Of the last cache that leaf 4 tells of. */
function lastCacheBytes(leaf: (number: number, subleaf: number) => Leaf): number {
  let bytes = 0;
  for (let subleaf = 0; ; subleaf++) {
    const [type, shape, sets] = leaf(4, subleaf);
    if ((type & 31) === 0) return bytes;
    bytes = ((shape >>> 22) + 1) * (((shape >>> 12) & 0x3ff) + 1) * ((shape & 0xfff) + 1) * (sets + 1);
  }
}

/** Registers as the characters that they hold, up to a NUL. */
function text(words: readonly number[]): string {
  const characters = words.flatMap((word) => [0, 8, 16, 24].map((shift) => String.fromCharCode((word >>> shift) & 0xff)));
  return characters.join('').split('\0', 1)[0]!;
}
