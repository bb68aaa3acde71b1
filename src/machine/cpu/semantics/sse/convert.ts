// CVT* between integers, singles and doubles (SDM vol. 2).

import { Code } from 'iced-x86';
import { type Expression, call, i32 } from '../../wasm/expression.ts';
import type { Context, Definition, Doubts } from '../context.ts';
import { F32, F64, type Format, vectorShape } from '../float/format.ts';
import { bitsOf, number } from '../float/native.ts';
import { SINGLE_0, SINGLE_1, lanesOfFormat, lowLane } from '../float/regular.ts';
import { defaults, precisionSet } from '../float/shortcut.ts';
import { settle } from './arithmetic.ts';
import { inexact, irregular, irregularVectors, nonZero, otherControl, outsideLanes, saturated, some, splatted, unequal } from './doubts.ts';
import {
  type Rows,
  assign,
  binary,
  bind,
  float,
  laneBits,
  lanesOf,
  local,
  low,
  lowVector,
  replaceBits,
  replaceFloat,
  row,
  shuffle,
  typed,
  unary,
  vector,
  widthOf,
  zeroExtended,
} from './emit.ts';

/** Integers of this magnitude are exact in the format. */
const EXACT = { f32: 1n << 24n, f64: 1n << 53n };

/** Inexact, where that changes a flag or the rounding is another; exact results are the same whatever MXCSR. */
const inexactOtherwise = (c: Context, isInexact: Expression): Doubts =>
  c.control === 'any' ? [[isInexact, defaults().and(precisionSet()).eqz()]] : inexact(c, isInexact);

const fromInteger =
  (t: Format, width: 4 | 8): Definition =>
  (c) => {
    const operand = typed(c.get(1, width), 'i64');
    const x = bind(c, width === 4 ? operand.unary('i64.extend32_s', 'i64') : operand, 'i64');
    const result = local(c, t.name);
    assign(c, result, x.unary(`${t.name}.convert_i64_s`, t.name));
    if (t === F32 || width === 8) {
      const isLarge = x.add(EXACT[t.name]).gtu(2n * EXACT[t.name]);
      const isSet = c.control === 'inexact';
      c.rare(isSet ? [] : [[isLarge, ...(c.control === 'any' ? [defaults().and(precisionSet()).eqz()] : [])]], () => {
        assign(c, result, number(call(c.float[t.name].fromInteger, 'i64', x), t));
        settle(c);
      });
    }
    c.setVector(0, replaceFloat(vector(c, 0), t, result.known(1)));
  };

const toInteger =
  (t: Format, width: 4 | 8, truncate: 0 | 1): Definition =>
  (c) => {
    const x = float(c, 1, t);
    const type = width === 4 ? 'i32' : 'i64';
    const integral = truncate ? x : x.unary(`${t.name}.nearest`, t.name);
    const integer = bind(c, integral.unary(`${type}.trunc_sat_${t.name}_s`, type), type);
    const result = local(c, 'i64');
    assign(c, result, width === 4 ? integer.extend() : integer);
    const isInexact = unequal(x, integer.unary(`${t.name}.convert_${type}_s`, t.name), t);
    c.rare([...irregular(t, x), [saturated(integer, width === 4 ? 32 : 64)], ...inexactOtherwise(c, isInexact)], () => {
      assign(c, result, call(c.float[t.name][width === 4 ? 'toInt32' : 'toInt64'], 'i64', bitsOf(x, t), i32(truncate)));
      settle(c);
    });
    c.learn(1, lowLane(widthOf(t)));
    c.set(0, width, result);
  };

/** Widening a normal number is exact. */
const toDouble: Definition = (c) => {
  const x = float(c, 1, F32);
  const result = local(c, 'f64');
  assign(c, result, x.unary('f64.promote_f32', 'f64'));
  c.rare(irregular(F32, x), () => {
    assign(c, result, number(call(c.float.f32.resize, 'i64', bitsOf(x, F32)), F64));
    settle(c);
  });
  c.learn(1, lowLane(4));
  c.setVector(0, replaceFloat(vector(c, 0), F64, result.known(1)));
};

/** Bits of the doubles from which on, and below which, singles are normal and not the smallest or largest. */
const SMALL = (1023n - 125n) << 52n,
  LARGE = (1023n + 127n) << 52n;
const toSingle: Definition = (c) => {
  const x = float(c, 1, F64);
  const result = local(c, 'f32');
  assign(c, result, x.unary('f32.demote_f64', 'f32'));
  const isOutside = bitsOf(x, F64)
    .and(F64.magnitude)
    .sub(SMALL)
    .geu(LARGE - SMALL);
  const isInexact = unequal(result.unary('f64.promote_f32', 'f64'), x, F64);
  c.rare([...otherControl(c), [isOutside, nonZero(x, F64)], ...inexact(c, isInexact)], () => {
    assign(c, result, number(call(c.float.f64.resize, 'i64', bitsOf(x, F64)), F32));
    settle(c);
  });
  c.learn(1, lowLane(8));
  c.setVector(0, replaceFloat(vector(c, 0), F32, result.known(1)));
};

const integersToSingles: Definition = (c) => {
  const x = vector(c, 1);
  const result = local(c, 'v128');
  assign(c, result, unary('f32x4.convert_i32x4_s', x));
  const exact = splatted(c, F32, EXACT.f32),
    range = splatted(c, F32, 2n * EXACT.f32);
  c.rare([...otherControl(c), ...inexact(c, some(binary('i32x4.gt_u', binary('i32x4.add', x, exact), range)))], () => {
    assign(c, result, call(c.float.conversions.integerToSingle, 'v128', x));
    settle(c);
  });
  c.setVector(0, result.known(lanesOfFormat(F32)));
};

/** Lanes that may have been out of range: the least and the greatest integer. */
function saturatedLanes(c: Context, x: Expression): Expression {
  const [least, greatest] = [splatted(c, F32, F32.sign), splatted(c, F32, F32.magnitude)];
  return some(binary('v128.or', binary('i32x4.eq', x, least), binary('i32x4.eq', x, greatest)));
}
const toIntegers =
  (from: Format, truncate: 0 | 1): Definition =>
  (c) => {
    const x = vector(c, 1);
    const shape = vectorShape(from);
    const integral = truncate ? x : bind(c, unary(`${shape}.nearest`, x), 'v128');
    const result = local(c, 'v128');
    assign(c, result, unary(from === F64 ? 'i32x4.trunc_sat_f64x2_s_zero' : 'i32x4.trunc_sat_f32x4_s', integral));
    const back = unary(from === F64 ? 'f64x2.convert_low_i32x4_s' : 'f32x4.convert_i32x4_s', result);
    const isInexact = some(binary(`${shape}.ne`, back, x));
    c.rare([...irregularVectors(c, from, x), [saturatedLanes(c, result)], ...inexactOtherwise(c, isInexact)], () => {
      assign(c, result, call(c.float.conversions[from === F64 ? 'doubleToInteger' : 'singleToInteger'], 'v128', x, i32(truncate)));
      settle(c);
    });
    c.learn(1, lanesOfFormat(from));
    c.setVector(0, result);
  };

const toSingles: Definition = (c) => {
  const x = vector(c, 1);
  const result = local(c, 'v128');
  assign(c, result, unary('f32x4.demote_f64x2_zero', x));
  const outside = outsideLanes(c, F64, x, SMALL, LARGE);
  const isOutside = [some(outside), some(binary('v128.and', outside, binary('f64x2.ne', x, splatted(c, F64, 0n))))];
  const isInexact = some(binary('f64x2.ne', unary('f64x2.promote_low_f32x4', result), x));
  c.rare([...otherControl(c), isOutside, ...inexact(c, isInexact)], () => {
    assign(c, result, call(c.float.conversions.doubleToSingle, 'v128', x));
    settle(c);
  });
  c.learn(1, lanesOfFormat(F64));
  c.setVector(0, result.known(lanesOfFormat(F32)));
};

const toDoubles: Definition = (c) => {
  const source = lowVector(c, 1, 8);
  const result = local(c, 'v128');
  assign(c, result, unary('f64x2.promote_low_f32x4', source));
  // The zeros above would be looked at as well.
  c.rare(irregularVectors(c, F32, bind(c, shuffle(source, source, lanesOf(8, 0, 0)), 'v128')), () => {
    assign(c, result, call(c.float.conversions.singleToDouble, 'v128', source));
    settle(c);
  });
  c.learn(1, SINGLE_0 | SINGLE_1);
  c.setVector(0, result.known(lanesOfFormat(F64)));
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
const integersToDoubles: Definition = (c) =>
  c.setVector(0, unary('f64x2.convert_low_i32x4_s', lowVector(c, 1, 8)).known(lanesOfFormat(F64)));

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
  row(Code.Cvtss2sd_xmm_xmmm32, toDouble),
  row(Code.Cvtsd2ss_xmm_xmmm64, toSingle),
  row(Code.Cvtdq2ps_xmm_xmmm128, integersToSingles),
  row(Code.Cvtdq2pd_xmm_xmmm64, integersToDoubles),
  row(Code.Cvtps2dq_xmm_xmmm128, toIntegers(F32, 0)),
  row(Code.Cvttps2dq_xmm_xmmm128, toIntegers(F32, 1)),
  row(Code.Cvtpd2dq_xmm_xmmm128, toIntegers(F64, 0)),
  row(Code.Cvttpd2dq_xmm_xmmm128, toIntegers(F64, 1)),
  row(Code.Cvtpd2ps_xmm_xmmm128, toSingles),
  row(Code.Cvtps2pd_xmm_xmmm64, toDoubles),
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
