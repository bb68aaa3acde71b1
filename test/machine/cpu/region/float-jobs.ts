// The loops of float-operations.ts: each operation on its edges, and then sums that rely on what is known of its registers.

import type { Job } from '../../../../fuzz/cpu/native/batch.ts';
import { FLAGS, RESULT, bytesOf, keepControl, loopJob, turns } from './float-loop.ts';
import { ALONE, type FloatOperation, PAIRED, PAIRS } from './float-operations.ts';

const ONE = { f32: 0x3f80_0000n, f64: 0x3ff0_0000_0000_0000n, i32: 1n, i64: 1n };
/** Rounding towards zero: regions made under it are for any MXCSR. */
const OTHER = 0x7f80;

export interface Regime {
  /** MXCSR that the region is made for, and that it runs under. */
  readonly made: number;
  readonly mxcsr: number;
  /** The second operand is. */
  readonly inMemory: boolean;
}

/** Inexact results change nothing, or set PE; other modes, DAZ, FTZ. */
const REGIMES: readonly Regime[] = [
  { made: 0x1fa0, mxcsr: 0x1fa0, inMemory: false },
  { made: 0x1fa0, mxcsr: 0x1fa0, inMemory: true },
  { made: 0x1f80, mxcsr: 0x1f80, inMemory: false },
  ...[0x1f80, 0x1fa0, 0x3fa0, 0x5fa0, 0x7fa0, 0x1fe0, 0x9fa0].map((mxcsr) => ({ made: OTHER, mxcsr, inMemory: false })),
];

/** Adds 1 to what is in XMM0 and XMM1, as doubles and as singles: nothing but the flags tells of denormal operands. */
function sums(packed: boolean): number[] {
  const [doubles, singles] = packed ? ['660f58', '0f58'] : ['f20f58', 'f30f58'];
  const each = [`0f28d0${doubles}d6`, `${singles}c7`, `0f28d1${doubles}d6`, `${singles}cf`]; // movaps xmm2, xmm0; add xmm2, xmm6; ...
  return each.flatMap((sum, n) => [...bytesOf(sum), ...keepControl(n + 1)]);
}

function bodyOf({ opcode, immediate, from, packed, to }: FloatOperation, inMemory: boolean): number[] {
  const isGeneral = from === 'i64' || (from === 'i32' && opcode.endsWith('2a'));
  return [
    ...bytesOf('488b4710'), // mov rax, [rdi+16]
    ...bytesOf(opcode),
    ...(inMemory ? [0x47, 0x10] : [isGeneral ? 0xc0 : 0xc1]),
    ...(immediate === undefined ? [] : [immediate]),
    ...(to === 'flags' ? [0x92, 0x9a, 0x94].flatMap((setcc, n) => [0x0f, setcc, 0x47, FLAGS + n]) : []),
    ...(to === 'general' ? [0x48, 0x89, 0x47, RESULT] : [0x0f, 0x29, 0x47, RESULT]), // mov [rdi+32], rax; movaps [rdi+32], xmm0
    ...keepControl(0),
    ...sums(packed),
  ];
}

/** A vector with `bits` in one lane and ones in the others. */
function vector(from: FloatOperation['from'], bits: bigint, at: number): Uint8Array {
  const width = from.endsWith('64') ? 64 : 32;
  const count = 128 / width;
  let value = 0n;
  for (let n = 0; n < count; n++) value |= (n === at ? bits : ONE[from]) << BigInt(n * width);
  return new Uint8Array(BigUint64Array.of(BigInt.asUintN(64, value), value >> 64n).buffer);
}

/** The first turn is under another MXCSR where the region is to be made for any. Operands that stand alone are in every lane once. */
function operandsOf({ from, packed, operands }: FloatOperation): (readonly [Uint8Array, Uint8Array])[] {
  const one = ONE[from];
  const lanes = !packed ? [0] : from.endsWith('64') ? [0, 1] : [0, 1, 2, 3];
  const paired = [...PAIRED[from].flatMap((x) => PAIRED[from].map((y) => [x, y] as const)), ...PAIRS[from]];
  const alone = [...PAIRED[from], ...ALONE[from]].flatMap((y) => lanes.map((at) => [one, y, at] as const));
  const all = operands === 1 ? alone : paired.map(([x, y], n) => [x, y, lanes[n % lanes.length]!] as const);
  return [[one, one, 0] as const, ...all].map(([x, y, at]) => [vector(from, x, at), vector(from, y, at)]);
}

/** Of each operation in each regime that it has: operands in general registers have no form in memory here. */
export function jobsOf(operation: FloatOperation): { readonly regime: Regime; readonly job: Job }[] {
  const regimes = REGIMES.filter(({ inMemory }) => !inMemory || operation.from.startsWith('f'));
  return regimes.map((regime) => ({
    regime,
    job: loopJob(turns(bodyOf(operation, regime.inMemory)), operandsOf(operation), regime.made, regime.mxcsr),
  }));
}
