// Packed integer and logical arithmetic, on XMM and on MMX registers (SDM vol. 2, chapter 4, P*).

import { Code } from 'iced-x86';
import { type Expression, i64 } from '../../wasm/expression.ts';
import type { Definition } from '../context.ts';
import {
  MMX,
  type PackedForm,
  type Rows,
  XMM,
  binary,
  bind,
  lanesOf,
  row,
  rows,
  shuffle,
  splat,
  zeroExtended,
  zeroVector,
} from './emit.ts';

type Combine = (x: Expression, y: Expression) => Expression;

/** destination = combine(destination, source). */
export const combining =
  (combine: Combine, form: PackedForm = XMM): Definition =>
  (c) => {
    const y = form.source(c);
    form.write(c, combine(form.destination(c), y));
  };
const simple =
  (op: string): Combine =>
  (x, y) =>
    binary(op, x, y);

/** High halves of the products of words. */
const multiplyHigh =
  (sign: 's' | 'u'): Combine =>
  (x, y) =>
    shuffle(
      binary(`i32x4.extmul_low_i16x8_${sign}`, x, y),
      binary(`i32x4.extmul_high_i16x8_${sign}`, x, y),
      lanesOf(2, 1, 3, 5, 7, 9, 11, 13, 15),
    );

const even = (x: Expression): Expression => shuffle(x, x, lanesOf(4, 0, 2, 0, 2));
export const multiplyEven =
  (sign: 's' | 'u'): Combine =>
  (x, y) =>
    binary(`i64x2.extmul_low_i32x4_${sign}`, even(x), even(y));

/** PSADBW: sums of eight absolute byte differences. */
const sumOfDifferences: Combine = (x, y) => {
  const difference = binary('i8x16.sub', binary('i8x16.max_u', x, y), binary('i8x16.min_u', x, y));
  const fours = difference.unary('i16x8.extadd_pairwise_i8x16_u', 'v128').unary('i32x4.extadd_pairwise_i16x8_u', 'v128');
  const pairs = binary('i32x4.add', fours, shuffle(fours, fours, lanesOf(4, 1, 0, 3, 2)));
  return binary('v128.and', pairs, splat('i64x2', i64(0xffff_ffffn)));
};

/** Interleaves the low halves of two MMX registers; the high half of that is PUNPCKH's. */
const interleave =
  (width: number): Combine =>
  (x, y) =>
    shuffle(x, y, lanesOf(width, ...Array.from({ length: 16 / width }, (_, i) => (i >> 1) + (i & 1) * (16 / width))));
const high = (x: Expression): Expression => shuffle(x, x, lanesOf(8, 1, 1));
/** Both operands' words or doublewords in one vector, to be narrowed. */
const narrow =
  (op: string): Combine =>
  (x, y) => {
    const both = shuffle(x, y, lanesOf(8, 0, 2));
    return binary(op, both, both);
  };

/** Of a register with itself: zero, whatever it holds. */
const exclusiveOr: Definition = (c) => {
  if (c.areSame(0, 1)) c.setVector(0, zeroVector());
  else combining(simple('v128.xor'))(c);
};

const andNot: Combine = (x, y) => binary('v128.andnot', y, x);
/** PUNPCKL reads 32 bits. */
const LOW_SOURCE: PackedForm = { ...MMX, source: (c) => zeroExtended(bind(c, c.get(1, 4), 'i64')) };

/** Operations on lanes: the XMM form, the MMX form. */
const LANEWISE: readonly (readonly [combine: Combine, xmm: Code, mmx: Code])[] = [
  [simple('i8x16.add'), Code.Paddb_xmm_xmmm128, Code.Paddb_mm_mmm64],
  [simple('i16x8.add'), Code.Paddw_xmm_xmmm128, Code.Paddw_mm_mmm64],
  [simple('i32x4.add'), Code.Paddd_xmm_xmmm128, Code.Paddd_mm_mmm64],
  [simple('i64x2.add'), Code.Paddq_xmm_xmmm128, Code.Paddq_mm_mmm64],
  [simple('i8x16.add_sat_s'), Code.Paddsb_xmm_xmmm128, Code.Paddsb_mm_mmm64],
  [simple('i16x8.add_sat_s'), Code.Paddsw_xmm_xmmm128, Code.Paddsw_mm_mmm64],
  [simple('i8x16.add_sat_u'), Code.Paddusb_xmm_xmmm128, Code.Paddusb_mm_mmm64],
  [simple('i16x8.add_sat_u'), Code.Paddusw_xmm_xmmm128, Code.Paddusw_mm_mmm64],
  [simple('i8x16.sub'), Code.Psubb_xmm_xmmm128, Code.Psubb_mm_mmm64],
  [simple('i16x8.sub'), Code.Psubw_xmm_xmmm128, Code.Psubw_mm_mmm64],
  [simple('i32x4.sub'), Code.Psubd_xmm_xmmm128, Code.Psubd_mm_mmm64],
  [simple('i64x2.sub'), Code.Psubq_xmm_xmmm128, Code.Psubq_mm_mmm64],
  [simple('i8x16.sub_sat_s'), Code.Psubsb_xmm_xmmm128, Code.Psubsb_mm_mmm64],
  [simple('i16x8.sub_sat_s'), Code.Psubsw_xmm_xmmm128, Code.Psubsw_mm_mmm64],
  [simple('i8x16.sub_sat_u'), Code.Psubusb_xmm_xmmm128, Code.Psubusb_mm_mmm64],
  [simple('i16x8.sub_sat_u'), Code.Psubusw_xmm_xmmm128, Code.Psubusw_mm_mmm64],
  [simple('i8x16.eq'), Code.Pcmpeqb_xmm_xmmm128, Code.Pcmpeqb_mm_mmm64],
  [simple('i16x8.eq'), Code.Pcmpeqw_xmm_xmmm128, Code.Pcmpeqw_mm_mmm64],
  [simple('i32x4.eq'), Code.Pcmpeqd_xmm_xmmm128, Code.Pcmpeqd_mm_mmm64],
  [simple('i8x16.gt_s'), Code.Pcmpgtb_xmm_xmmm128, Code.Pcmpgtb_mm_mmm64],
  [simple('i16x8.gt_s'), Code.Pcmpgtw_xmm_xmmm128, Code.Pcmpgtw_mm_mmm64],
  [simple('i32x4.gt_s'), Code.Pcmpgtd_xmm_xmmm128, Code.Pcmpgtd_mm_mmm64],
  [simple('i8x16.min_u'), Code.Pminub_xmm_xmmm128, Code.Pminub_mm_mmm64],
  [simple('i8x16.max_u'), Code.Pmaxub_xmm_xmmm128, Code.Pmaxub_mm_mmm64],
  [simple('i16x8.min_s'), Code.Pminsw_xmm_xmmm128, Code.Pminsw_mm_mmm64],
  [simple('i16x8.max_s'), Code.Pmaxsw_xmm_xmmm128, Code.Pmaxsw_mm_mmm64],
  [simple('i8x16.avgr_u'), Code.Pavgb_xmm_xmmm128, Code.Pavgb_mm_mmm64],
  [simple('i16x8.avgr_u'), Code.Pavgw_xmm_xmmm128, Code.Pavgw_mm_mmm64],
  [simple('i16x8.mul'), Code.Pmullw_xmm_xmmm128, Code.Pmullw_mm_mmm64],
  [multiplyHigh('s'), Code.Pmulhw_xmm_xmmm128, Code.Pmulhw_mm_mmm64],
  [multiplyHigh('u'), Code.Pmulhuw_xmm_xmmm128, Code.Pmulhuw_mm_mmm64],
  [multiplyEven('u'), Code.Pmuludq_xmm_xmmm128, Code.Pmuludq_mm_mmm64],
  [simple('i32x4.dot_i16x8_s'), Code.Pmaddwd_xmm_xmmm128, Code.Pmaddwd_mm_mmm64],
  [sumOfDifferences, Code.Psadbw_xmm_xmmm128, Code.Psadbw_mm_mmm64],
  [simple('v128.and'), Code.Pand_xmm_xmmm128, Code.Pand_mm_mmm64],
  [simple('v128.or'), Code.Por_xmm_xmmm128, Code.Por_mm_mmm64],
  [simple('v128.xor'), Code.Pxor_xmm_xmmm128, Code.Pxor_mm_mmm64],
  [andNot, Code.Pandn_xmm_xmmm128, Code.Pandn_mm_mmm64],
];

export const integerRows: Rows = [
  ...LANEWISE.map(([combine, xmm]) => row(xmm, xmm === Code.Pxor_xmm_xmmm128 ? exclusiveOr : combining(combine))),
  ...rows(combining(simple('v128.and')), Code.Andps_xmm_xmmm128, Code.Andpd_xmm_xmmm128),
  ...rows(combining(simple('v128.or')), Code.Orps_xmm_xmmm128, Code.Orpd_xmm_xmmm128),
  ...rows(exclusiveOr, Code.Xorps_xmm_xmmm128, Code.Xorpd_xmm_xmmm128),
  ...rows(combining(andNot), Code.Andnps_xmm_xmmm128, Code.Andnpd_xmm_xmmm128),
];

/** MMX forms; mmx.ts adds what each of them does to the x87 state. */
export const integerMmxRows: Rows = [
  ...LANEWISE.map(([combine, , mmx]) => row(mmx, combining(combine, MMX))),
  row(
    Code.Punpckhbw_mm_mmm64,
    combining((x, y) => high(interleave(1)(x, y)), MMX),
  ),
  row(
    Code.Punpckhwd_mm_mmm64,
    combining((x, y) => high(interleave(2)(x, y)), MMX),
  ),
  row(
    Code.Punpckhdq_mm_mmm64,
    combining((x, y) => high(interleave(4)(x, y)), MMX),
  ),
  row(Code.Punpcklbw_mm_mmm32, combining(interleave(1), LOW_SOURCE)),
  row(Code.Punpcklwd_mm_mmm32, combining(interleave(2), LOW_SOURCE)),
  row(Code.Punpckldq_mm_mmm32, combining(interleave(4), LOW_SOURCE)),
  row(Code.Packsswb_mm_mmm64, combining(narrow('i8x16.narrow_i16x8_s'), MMX)),
  row(Code.Packuswb_mm_mmm64, combining(narrow('i8x16.narrow_i16x8_u'), MMX)),
  row(Code.Packssdw_mm_mmm64, combining(narrow('i16x8.narrow_i32x4_s'), MMX)),
];
