// CVT* between integers, singles and doubles (SDM vol. 2).

import { Code } from 'iced-x86';
import { call, i32 } from '../../wasm/expression.ts';
import type { Definition } from '../context.ts';
import { F32, F64, type Format, isNormal, isZero } from '../float/format.ts';
import type { PackedConversions } from '../float/packed.ts';
import { bitsOf, number } from '../float/native.ts';
import { fastMode, isOrdinary, settle, widthOf } from './arithmetic.ts';
import { type Rows, assign, bind, laneBits, local, low, replaceBits, row, typed, unary, vector, zeroExtended } from './emit.ts';

/** Integers of this magnitude are exact in the format. */
const EXACT = { f32: 1n << 24n, f64: 1n << 53n };

const fromInteger =
  (t: Format, width: 4 | 8): Definition =>
  (c) => {
    const operand = typed(c.get(1, width), 'i64');
    const x = bind(c, width === 4 ? operand.unary('i64.extend32_s', 'i64') : operand, 'i64');
    const result = local(c, 'i64');
    assign(c, result, bitsOf(x.unary(`${t.name}.convert_i64_s`, t.name), t));
    if (t === F32 || width === 8) {
      c.rare(x.add(EXACT[t.name]).gtu(2n * EXACT[t.name]), () => {
        assign(c, result, call(c.float[t.name].fromInteger, 'i64', x));
        settle(c);
      });
    }
    c.setVector(0, replaceBits(vector(c, 0), widthOf(t), 0, result));
  };

const toInteger =
  (t: Format, width: 4 | 8, truncate: 0 | 1): Definition =>
  (c) => {
    const x = low(c, 1, widthOf(t));
    const type = width === 4 ? 'i32' : 'i64';
    const integer = bind(c, number(x, t).unary(`${type}.trunc_sat_${t.name}_s`, type), type);
    const result = local(c, 'i64');
    assign(c, result, width === 4 ? integer.extend() : integer);
    // In range, and exact, or inexact where that sets no flag.
    const fits = integer
      .add(1n << BigInt(width * 8 - 1))
      .add(1)
      .gtu(1);
    const exact = number(x, t).with(`${t.name}.eq`, integer.unary(`${t.name}.convert_${type}_s`, t.name), 'i32');
    const quiet = truncate ? exact.or(fastMode()) : exact;
    c.rare(isNormal(x, t).or(isZero(x, t)).and(fits).and(quiet).eqz(), () => {
      assign(c, result, call(c.float[t.name][width === 4 ? 'toInt32' : 'toInt64'], 'i64', x, i32(truncate)));
      settle(c);
    });
    c.set(0, width, result);
  };

const resize =
  (from: Format, to: Format): Definition =>
  (c) => {
    const x = low(c, 1, widthOf(from));
    const result = local(c, 'i64');
    assign(c, result, bitsOf(number(x, from).unary(to === F64 ? 'f64.promote_f32' : 'f32.demote_f64', to.name), to));
    // Widening a normal number is exact.
    const plain = to === F64 ? isNormal(x, from) : fastMode().and(isOrdinary(x, from)).and(isOrdinary(result, to));
    c.rare(plain.eqz(), () => {
      assign(c, result, call(c.float[from.name].resize, 'i64', x));
      settle(c);
    });
    c.setVector(0, replaceBits(vector(c, 0), widthOf(to), 0, result));
  };

const packed =
  (name: keyof PackedConversions, half = false, truncate?: 0 | 1): Definition =>
  (c) => {
    const x = half ? zeroExtended(low(c, 1, 8)) : vector(c, 1);
    const mode = truncate === undefined ? [] : [i32(truncate)];
    const result = bind(c, call(c.float.conversions[name], 'v128', x, ...mode), 'v128');
    settle(c);
    c.setVector(0, result);
  };

/** CVTPI2PS changes the low half only; CVTPS2PI and CVTPD2PI write an MMX register. */
const fromMmx: Definition = (c) => {
  const integers = zeroExtended(bind(c, c.get(1, 8), 'i64'));
  const result = bind(c, call(c.float.conversions.integerToSingle, 'v128', integers), 'v128');
  settle(c);
  c.setVector(0, replaceBits(vector(c, 0), 8, 0, laneBits(result, 8, 0)));
};
const toMmx =
  (name: 'singleToInteger' | 'doubleToInteger', truncate: 0 | 1): Definition =>
  (c) => {
    const x = name === 'singleToInteger' ? zeroExtended(low(c, 1, 8)) : vector(c, 1);
    const result = bind(c, call(c.float.conversions[name], 'v128', x, i32(truncate)), 'v128');
    settle(c);
    c.set(0, 8, bind(c, laneBits(result, 8, 0), 'i64'));
  };

/** Exact, so that MXCSR plays no part. */
const integersToDoubles: Definition = (c) => c.setVector(0, unary('f64x2.convert_low_i32x4_s', zeroExtended(low(c, 1, 8))));

export const convertRows: Rows = [
  row(Code.Cvtsi2ss_xmm_rm32, fromInteger(F32, 4)),
  row(Code.Cvtsi2ss_xmm_rm64, fromInteger(F32, 8)),
  row(Code.Cvtsi2sd_xmm_rm32, fromInteger(F64, 4)),
  row(Code.Cvtsi2sd_xmm_rm64, fromInteger(F64, 8)),
  row(Code.Cvtss2si_r32_xmmm32, toInteger(F32, 4, 0)),
  row(Code.Cvtss2si_r64_xmmm32, toInteger(F32, 8, 0)),
  row(Code.Cvtsd2si_r32_xmmm64, toInteger(F64, 4, 0)),
  row(Code.Cvtsd2si_r64_xmmm64, toInteger(F64, 8, 0)),
  row(Code.Cvttss2si_r32_xmmm32, toInteger(F32, 4, 1)),
  row(Code.Cvttss2si_r64_xmmm32, toInteger(F32, 8, 1)),
  row(Code.Cvttsd2si_r32_xmmm64, toInteger(F64, 4, 1)),
  row(Code.Cvttsd2si_r64_xmmm64, toInteger(F64, 8, 1)),
  row(Code.Cvtss2sd_xmm_xmmm32, resize(F32, F64)),
  row(Code.Cvtsd2ss_xmm_xmmm64, resize(F64, F32)),
  row(Code.Cvtdq2ps_xmm_xmmm128, packed('integerToSingle')),
  row(Code.Cvtdq2pd_xmm_xmmm64, integersToDoubles),
  row(Code.Cvtps2dq_xmm_xmmm128, packed('singleToInteger', false, 0)),
  row(Code.Cvttps2dq_xmm_xmmm128, packed('singleToInteger', false, 1)),
  row(Code.Cvtpd2dq_xmm_xmmm128, packed('doubleToInteger', false, 0)),
  row(Code.Cvttpd2dq_xmm_xmmm128, packed('doubleToInteger', false, 1)),
  row(Code.Cvtpd2ps_xmm_xmmm128, packed('doubleToSingle')),
  row(Code.Cvtps2pd_xmm_xmmm64, packed('singleToDouble', true)),
];

export const convertMmxRows: Rows = [
  row(Code.Cvtpi2ps_xmm_mmm64, fromMmx),
  row(Code.Cvtps2pi_mm_xmmm64, toMmx('singleToInteger', 0)),
  row(Code.Cvttps2pi_mm_xmmm64, toMmx('singleToInteger', 1)),
  row(Code.Cvtpd2pi_mm_xmmm128, toMmx('doubleToInteger', 0)),
  row(Code.Cvttpd2pi_mm_xmmm128, toMmx('doubleToInteger', 1)),
];
/** From memory it leaves the x87 state alone. */
export const integersToDoublesMmx: Definition = (c) =>
  c.setVector(0, unary('f64x2.convert_low_i32x4_s', zeroExtended(bind(c, c.get(1, 8), 'i64'))));
