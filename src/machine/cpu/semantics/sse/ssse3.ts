// SSSE3, on XMM and on MMX registers.

import { Code } from 'iced-x86';
import { type Expression, i32 } from '../../wasm/expression.ts';
import type { Definition } from '../context.ts';
import {
  MMX,
  type PackedForm,
  type Rows,
  XMM,
  binary,
  bind,
  featureRow,
  immediate,
  lanesOf,
  shuffle,
  splat,
  unary,
  vectorConstant,
  zeroVector,
} from './emit.ts';
import { withTransition } from './mmx.ts';

/** An operation of two vectors; `bytes` is the register's width, 16 or 8. */
type Combine = (x: Expression, y: Expression, bytes: number) => Expression;

const sizeOf = (form: PackedForm): number => (form === XMM ? 16 : 8);
const combining =
  (combine: Combine) =>
  (form: PackedForm): Definition =>
  (c) => {
    const y = form.source(c);
    form.write(c, combine(form.destination(c), y, sizeOf(form)));
  };

/** Lanes of even or odd number of both operands, the first operand's first. */
const pick = (x: Expression, y: Expression, width: number, bytes: number, odd: 0 | 1): Expression => {
  const lanes = Array.from({ length: 8 / width }, (_, i) => 2 * i + odd);
  const half = lanes.filter((n) => n * width < bytes);
  const all = [...half, ...half.map((n) => n + 16 / width)];
  while (all.length < 16 / width) all.push(0);
  return shuffle(x, y, lanesOf(width, ...all));
};
const horizontal =
  (op: string, width: number): Combine =>
  (x, y, bytes) =>
    binary(op, pick(x, y, width, bytes, 0), pick(x, y, width, bytes, 1));

const INDEXES = (): Expression => vectorConstant(0x0706050403020100n, 0x0f0e0d0c0b0a0908n);

const shuffleBytes: Combine = (x, y, bytes) => binary('i8x16.swizzle', x, binary('v128.and', y, splat('i8x16', i32(0x80 | (bytes - 1)))));

const multiplyAdd: Combine = (x, y) => {
  const products = (half: 'low' | 'high'): Expression =>
    binary('i16x8.mul', unary(`i16x8.extend_${half}_i8x16_u`, x), unary(`i16x8.extend_${half}_i8x16_s`, y));
  const low = products('low'),
    high = products('high');
  return binary('i16x8.add_sat_s', pick(low, high, 2, 16, 0), pick(low, high, 2, 16, 1));
};

const sign =
  (shape: 'i8x16' | 'i16x8' | 'i32x4', bits: number): Combine =>
  (x, y) => {
    const negative = y.with(`${shape}.shr_s`, i32(bits - 1), 'v128');
    const negated = binary(`${shape}.sub`, binary('v128.xor', x, negative), negative);
    return binary('v128.and', negated, binary(`${shape}.ne`, y, zeroVector()));
  };

/** WebAssembly saturates where both factors are -1; x86 wraps. */
const multiplyRound: Combine = (x, y) => {
  const least = splat('i16x8', i32(0x8000));
  const both = binary('v128.and', binary('i16x8.eq', x, least), binary('i16x8.eq', y, least));
  return binary('v128.xor', binary('i16x8.q15mulr_sat_s', x, y), both);
};

const absolute =
  (shape: string): Combine =>
  (_x, y) =>
    unary(`${shape}.abs`, y);

/** PALIGNR: bytes of destination above source, from the immediate on. */
const align =
  (form: PackedForm): Definition =>
  (c) => {
    const bytes = sizeOf(form);
    const source = form.source(c),
      destination = form.destination(c);
    const n = immediate(c, 2);
    const from = bind(c, splat('i8x16', n.ltu(2 * bytes).choose(n, i32(2 * bytes))), 'v128');
    const index = bind(c, binary('i8x16.add', INDEXES(), from), 'v128');
    const upper = binary('i8x16.swizzle', destination, binary('i8x16.sub', index, splat('i8x16', i32(bytes))));
    form.write(c, binary('v128.or', binary('i8x16.swizzle', source, index), upper));
  };

const TABLE: readonly (readonly [definition: (form: PackedForm) => Definition, xmm: Code, mmx: Code])[] = [
  [combining(shuffleBytes), Code.Pshufb_xmm_xmmm128, Code.Pshufb_mm_mmm64],
  [combining(horizontal('i16x8.add', 2)), Code.Phaddw_xmm_xmmm128, Code.Phaddw_mm_mmm64],
  [combining(horizontal('i32x4.add', 4)), Code.Phaddd_xmm_xmmm128, Code.Phaddd_mm_mmm64],
  [combining(horizontal('i16x8.add_sat_s', 2)), Code.Phaddsw_xmm_xmmm128, Code.Phaddsw_mm_mmm64],
  [combining(horizontal('i16x8.sub', 2)), Code.Phsubw_xmm_xmmm128, Code.Phsubw_mm_mmm64],
  [combining(horizontal('i32x4.sub', 4)), Code.Phsubd_xmm_xmmm128, Code.Phsubd_mm_mmm64],
  [combining(horizontal('i16x8.sub_sat_s', 2)), Code.Phsubsw_xmm_xmmm128, Code.Phsubsw_mm_mmm64],
  [combining(multiplyAdd), Code.Pmaddubsw_xmm_xmmm128, Code.Pmaddubsw_mm_mmm64],
  [combining(sign('i8x16', 8)), Code.Psignb_xmm_xmmm128, Code.Psignb_mm_mmm64],
  [combining(sign('i16x8', 16)), Code.Psignw_xmm_xmmm128, Code.Psignw_mm_mmm64],
  [combining(sign('i32x4', 32)), Code.Psignd_xmm_xmmm128, Code.Psignd_mm_mmm64],
  [combining(multiplyRound), Code.Pmulhrsw_xmm_xmmm128, Code.Pmulhrsw_mm_mmm64],
  [combining(absolute('i8x16')), Code.Pabsb_xmm_xmmm128, Code.Pabsb_mm_mmm64],
  [combining(absolute('i16x8')), Code.Pabsw_xmm_xmmm128, Code.Pabsw_mm_mmm64],
  [combining(absolute('i32x4')), Code.Pabsd_xmm_xmmm128, Code.Pabsd_mm_mmm64],
  [align, Code.Palignr_xmm_xmmm128_imm8, Code.Palignr_mm_mmm64_imm8],
];

const row = featureRow('SSSE3');

export const ssse3Rows: Rows = TABLE.flatMap(([definition, xmm, mmx]) => [
  row(xmm, definition(XMM)),
  row(mmx, withTransition(definition(MMX))),
]);
