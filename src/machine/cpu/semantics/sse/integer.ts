// SSE2 integer and logical arithmetic on XMM registers (SDM vol. 2, chapter 4, P*).

import { Code } from 'iced-x86';
import { type Expression, i32 } from '../../wasm/expression.ts';
import type { Definition } from '../context.ts';
import { type Rows, binary, bind, lanesOf, row, rows, shuffle, vector } from './emit.ts';

/** destination = combine(destination, source). */
export const combining = (combine: (x: Expression, y: Expression) => Expression): Definition => (c) => {
  const y = vector(c, 1);
  const x = vector(c, 0);
  c.setVector(0, combine(x, y));
};
const simple = (op: string): Definition => combining((x, y) => binary(op, x, y));

/** High halves of the products of words. */
const multiplyHigh = (sign: 's' | 'u'): Definition =>
  combining((x, y) =>
    shuffle(
      binary(`i32x4.extmul_low_i16x8_${sign}`, x, y),
      binary(`i32x4.extmul_high_i16x8_${sign}`, x, y),
      lanesOf(2, 1, 3, 5, 7, 9, 11, 13, 15),
    ),
  );

const even = (x: Expression): Expression => shuffle(x, x, lanesOf(4, 0, 2, 0, 2));
export const multiplyEven = (sign: 's' | 'u'): Definition => combining((x, y) => binary(`i64x2.extmul_low_i32x4_${sign}`, even(x), even(y)));

/** PSADBW: sums of eight absolute byte differences. */
const sumOfDifferences: Definition = (c) => {
  const y = vector(c, 1), x = vector(c, 0);
  const difference = binary('i8x16.sub', binary('i8x16.max_u', x, y), binary('i8x16.min_u', x, y));
  const fours = bind(
    c,
    difference.unary('i16x8.extadd_pairwise_i8x16_u', 'v128').unary('i32x4.extadd_pairwise_i16x8_u', 'v128'),
    'v128',
  );
  const upper = fours.with('i64x2.shr_u', i32(32), 'v128');
  const lower = fours.with('i64x2.shl', i32(32), 'v128').with('i64x2.shr_u', i32(32), 'v128');
  c.setVector(0, binary('i64x2.add', upper, lower));
};

export const integerRows: Rows = [
  ...rows(simple('v128.and'), Code.Pand_xmm_xmmm128, Code.Andps_xmm_xmmm128, Code.Andpd_xmm_xmmm128),
  ...rows(simple('v128.or'), Code.Por_xmm_xmmm128, Code.Orps_xmm_xmmm128, Code.Orpd_xmm_xmmm128),
  ...rows(simple('v128.xor'), Code.Pxor_xmm_xmmm128, Code.Xorps_xmm_xmmm128, Code.Xorpd_xmm_xmmm128),
  ...rows(combining((x, y) => binary('v128.andnot', y, x)), Code.Pandn_xmm_xmmm128, Code.Andnps_xmm_xmmm128, Code.Andnpd_xmm_xmmm128),
  row(Code.Paddb_xmm_xmmm128, simple('i8x16.add')),
  row(Code.Paddw_xmm_xmmm128, simple('i16x8.add')),
  row(Code.Paddd_xmm_xmmm128, simple('i32x4.add')),
  row(Code.Paddq_xmm_xmmm128, simple('i64x2.add')),
  row(Code.Paddsb_xmm_xmmm128, simple('i8x16.add_sat_s')),
  row(Code.Paddsw_xmm_xmmm128, simple('i16x8.add_sat_s')),
  row(Code.Paddusb_xmm_xmmm128, simple('i8x16.add_sat_u')),
  row(Code.Paddusw_xmm_xmmm128, simple('i16x8.add_sat_u')),
  row(Code.Psubb_xmm_xmmm128, simple('i8x16.sub')),
  row(Code.Psubw_xmm_xmmm128, simple('i16x8.sub')),
  row(Code.Psubd_xmm_xmmm128, simple('i32x4.sub')),
  row(Code.Psubq_xmm_xmmm128, simple('i64x2.sub')),
  row(Code.Psubsb_xmm_xmmm128, simple('i8x16.sub_sat_s')),
  row(Code.Psubsw_xmm_xmmm128, simple('i16x8.sub_sat_s')),
  row(Code.Psubusb_xmm_xmmm128, simple('i8x16.sub_sat_u')),
  row(Code.Psubusw_xmm_xmmm128, simple('i16x8.sub_sat_u')),
  row(Code.Pcmpeqb_xmm_xmmm128, simple('i8x16.eq')),
  row(Code.Pcmpeqw_xmm_xmmm128, simple('i16x8.eq')),
  row(Code.Pcmpeqd_xmm_xmmm128, simple('i32x4.eq')),
  row(Code.Pcmpgtb_xmm_xmmm128, simple('i8x16.gt_s')),
  row(Code.Pcmpgtw_xmm_xmmm128, simple('i16x8.gt_s')),
  row(Code.Pcmpgtd_xmm_xmmm128, simple('i32x4.gt_s')),
  row(Code.Pminub_xmm_xmmm128, simple('i8x16.min_u')),
  row(Code.Pmaxub_xmm_xmmm128, simple('i8x16.max_u')),
  row(Code.Pminsw_xmm_xmmm128, simple('i16x8.min_s')),
  row(Code.Pmaxsw_xmm_xmmm128, simple('i16x8.max_s')),
  row(Code.Pavgb_xmm_xmmm128, simple('i8x16.avgr_u')),
  row(Code.Pavgw_xmm_xmmm128, simple('i16x8.avgr_u')),
  row(Code.Pmullw_xmm_xmmm128, simple('i16x8.mul')),
  row(Code.Pmulhw_xmm_xmmm128, multiplyHigh('s')),
  row(Code.Pmulhuw_xmm_xmmm128, multiplyHigh('u')),
  row(Code.Pmuludq_xmm_xmmm128, multiplyEven('u')),
  row(Code.Pmaddwd_xmm_xmmm128, simple('i32x4.dot_i16x8_s')),
  row(Code.Psadbw_xmm_xmmm128, sumOfDifferences),
];
