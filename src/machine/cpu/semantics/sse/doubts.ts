// When WebAssembly's float operation may not be x86's: an operand or result that is neither zero nor normal, another MXCSR than
// a C program has, a flag that is not set yet. What is known already is not asked. A doubt that holds often for
// good numbers (a zero) is followed by the exact question, which is asked only then.

import type { Expression } from '../../wasm/expression.ts';
import type { Context, Doubts } from '../context.ts';
import { F64, type Format, vectorShape } from '../float/format.ts';
import { bitsOf } from '../float/native.ts';
import { lanesOfFormat } from '../float/regular.ts';
import { defaults, exactProduct, precisionSet, regular } from '../float/shortcut.ts';
import { binary, floatConstant, lane, lanesOf, shuffle, typed, unary } from './emit.ts';

/** MXCSR is as a C program has it, but perhaps for PE. */
export const otherControl = (c: Context): Doubts => (c.control === 'any' ? [[defaults().eqz()]] : []);

/** The result is inexact, by terms of which all hold then, and PE is not set. */
export function inexact(c: Context, ...terms: readonly Expression[]): Doubts {
  switch (c.control) {
    case 'any':
      return [[precisionSet().eqz(), ...terms]];
    case 'exact':
      return [terms];
    case 'inexact':
      return [];
  }
}

/** Sign, exponent and some of the fraction of a float as i32. */
const upper = (x: Expression, t: Format): Expression =>
  t === F64 ? x.unary('i64.reinterpret_f64', 'i64').shr(32).wrap() : x.unary('i32.reinterpret_f32', 'i32');

/** Zero, denormal, infinite, NaN, or so small that it may be a denormal rounded up: an exponent field of 0, 1 or all ones. */
function isOdd(x: Expression, t: Format): Expression {
  const step = t === F64 ? 1 << 21 : 1 << 24;
  return upper(x, t)
    .shl(1)
    .add(step)
    .ltu(3 * step);
}
const isIrregular = (x: Expression, t: Format): Expression => regular(bitsOf(x, t), t).eqz();
export const nonZero = (x: Expression, t: Format): Expression => x.with(`${t.name}.ne`, floatConstant(t, 0n), 'i32');
export const unequal = (x: Expression, y: Expression, t: Format): Expression => x.with(`${t.name}.ne`, y, 'i32');

/** Zero, normal or infinite: comparing such numbers raises nothing, whatever MXCSR. */
function isCalm(x: Expression, t: Format): Expression {
  return x
    .unary(`${t.name}.abs`, t.name)
    .with(`${t.name}.ge`, floatConstant(t, t.minNormal), 'i32')
    .or(x.with(`${t.name}.eq`, floatConstant(t, 0n), 'i32'));
}

/** Of operands. */
export const irregular = (t: Format, ...operands: readonly Expression[]): Doubts =>
  operands.filter((x) => !x.regular).map((x) => [isOdd(x, t), isIrregular(x, t)]);
export const wild = (t: Format, ...operands: readonly Expression[]): Doubts =>
  operands.filter((x) => !x.regular).map((x) => [isOdd(x, t), isCalm(x, t).eqz()]);

/** A single as a double. */
const wide = (x: Expression): Expression => x.unary('f64.promote_f32', 'f64');
/** x * y is not z exactly. */
function isNotProduct(t: Format, x: Expression, y: Expression, z: Expression): Expression {
  if (t !== F64) return unequal(wide(x).with('f64.mul', wide(y), 'f64'), wide(z), F64);
  const [p, q] = [bitsOf(x, t), bitsOf(y, t)];
  return nonZero(z, t).and(
    exactProduct(p, q, t)
      .eqz()
      .or(unequal(x.with('f64.mul', y, 'f64'), z, t)),
  );
}
/** The rounded sum is not x + y exactly: what is left of it without the one is not the other. */
const isNotSum = (t: Format, x: Expression, y: Expression, sum: Expression): Expression =>
  unequal(sum.with(`${t.name}.sub`, x, t.name), y, t).or(unequal(sum.with(`${t.name}.sub`, y, t.name), x, t));

const isNotDifference = (t: Format, x: Expression, y: Expression, difference: Expression): Expression =>
  unequal(x.with(`${t.name}.sub`, difference, t.name), y, t).or(unequal(difference.with(`${t.name}.add`, y, t.name), x, t));

type Pair = 'add' | 'sub' | 'mul' | 'div';

/** Of result = x op y. */
export function pairDoubts(c: Context, op: Pair, t: Format, x: Expression, y: Expression, result: Expression): Doubts {
  const before = [...otherControl(c), ...irregular(t, x, y)];
  switch (op) {
    case 'add':
      return [...before, [isOdd(result, t), isIrregular(result, t)], ...inexact(c, isNotSum(t, x, y, result))];
    case 'sub':
      return [...before, [isOdd(result, t), isIrregular(result, t)], ...inexact(c, isNotDifference(t, x, y, result))];
    case 'mul':
      return [...before, [isOdd(result, t), nonZero(x, t), nonZero(y, t)], ...inexact(c, isNotProduct(t, x, y, result))];
    case 'div':
      return [...before, [isOdd(result, t), nonZero(x, t).or(nonZero(y, t).eqz())], ...inexact(c, isNotProduct(t, result, y, x))];
  }
}
export const rootDoubts = (c: Context, t: Format, x: Expression, result: Expression): Doubts => [
  ...otherControl(c),
  ...irregular(t, x),
  [isOdd(result, t), nonZero(x, t)],
  ...inexact(c, isNotProduct(t, result, result, x)),
];

// The same by lanes. Masks are all ones in lanes of which something holds.

const integerShape = (t: Format): 'i64x2' | 'i32x4' => (t === F64 ? 'i64x2' : 'i32x4');
/** The same in all lanes. */
export function splatted(c: Context, t: Format, bits: bigint): Expression {
  const word = BigInt.asUintN(64, t === F64 ? bits : (bits & 0xffff_ffffn) | (bits << 32n));
  return typed(c.vectorConstant(word, word), 'v128');
}
export const some = (mask: Expression): Expression => mask.unary('v128.any_true', 'i32');
const either = (masks: readonly Expression[]): Expression => masks.reduce((x, y) => binary('v128.or', x, y));
const without = (x: Expression, y: Expression): Expression => binary('v128.andnot', x, y);

/** Without its sign, x is below `from` or not below `to`. */
export function outsideLanes(c: Context, t: Format, x: Expression, from: bigint, to: bigint): Expression {
  const shape = integerShape(t);
  // 2x - 2from as unsigned is not below the span: both sides moved by the sign bit for a signed comparison.
  const moved = binary(`${shape}.add`, binary(`${shape}.add`, x, x), splatted(c, t, t.sign - 2n * from));
  return binary(`${shape}.gt_s`, moved, splatted(c, t, 2n * (to - from) - t.sign - 1n));
}
const oddLanes = (c: Context, t: Format, x: Expression): Expression => outsideLanes(c, t, x, 2n * t.minNormal, t.infinity);
const zeroLanes = (c: Context, t: Format, x: Expression): Expression => binary(`${vectorShape(t)}.eq`, x, splatted(c, t, 0n));
const irregularLanes = (c: Context, t: Format, x: Expression): Expression =>
  without(outsideLanes(c, t, x, t.minNormal, t.infinity), zeroLanes(c, t, x));
const wildLanes = (c: Context, t: Format, x: Expression): Expression =>
  without(outsideLanes(c, t, x, t.minNormal, t.infinity + 1n), zeroLanes(c, t, x));

const doubtful = (t: Format, operands: readonly Expression[]): Expression[] =>
  operands.filter(({ regular: known }) => (known & lanesOfFormat(t)) !== lanesOfFormat(t));

/** Odd lanes of operands that are not known and of results, and then what of them matters. */
function lanesDoubt(
  c: Context,
  t: Format,
  operands: readonly Expression[],
  results: readonly (readonly [Expression, Expression])[],
): Doubts {
  const unknown = doubtful(t, operands);
  if (unknown.length + results.length === 0) return [];
  const odd = (x: Expression): Expression => oddLanes(c, t, x);
  return [
    [
      some(either([...unknown, ...results.map(([result]) => result)].map(odd))),
      some(either([...unknown.map((x) => irregularLanes(c, t, x)), ...results.map(([, matters]) => matters)])),
    ],
  ];
}
export const irregularVectors = (c: Context, t: Format, ...operands: readonly Expression[]): Doubts => lanesDoubt(c, t, operands, []);
export function wildVectors(c: Context, t: Format, ...operands: readonly Expression[]): Doubts {
  const unknown = doubtful(t, operands);
  return unknown.length === 0
    ? []
    : [[some(either(unknown.map((x) => oddLanes(c, t, x)))), some(either(unknown.map((x) => wildLanes(c, t, x))))]];
}

const high = (x: Expression): Expression => shuffle(x, x, lanesOf(8, 1, 1));
const wideLanes = (x: Expression): Expression => unary('f64x2.promote_low_f32x4', x);

/** Some lane of x * y is not z exactly. */
function isNotProductOfLanes(t: Format, x: Expression, y: Expression, z: Expression): Expression {
  if (t !== F64) {
    const half = (part: (v: Expression) => Expression): Expression =>
      binary('f64x2.ne', binary('f64x2.mul', wideLanes(part(x)), wideLanes(part(y))), wideLanes(part(z)));
    return some(
      binary(
        'v128.or',
        half((v) => v),
        half(high),
      ),
    );
  }
  const one = (n: number): Expression => {
    const at = (v: Expression): Expression => lane(v, 'f64x2.extract_lane', n, 'f64');
    return isNotProduct(t, at(x), at(y), at(z));
  };
  return one(0).or(one(1));
}
const differs = (t: Format, op: 'add' | 'sub', x: Expression, y: Expression, to: Expression): Expression =>
  binary(`${vectorShape(t)}.ne`, binary(`${vectorShape(t)}.${op}`, x, y), to);
const isNotSumOfLanes = (t: Format, x: Expression, y: Expression, sum: Expression): Expression =>
  some(binary('v128.or', differs(t, 'sub', sum, x, y), differs(t, 'sub', sum, y, x)));
const isNotDifferenceOfLanes = (t: Format, x: Expression, y: Expression, difference: Expression): Expression =>
  some(binary('v128.or', differs(t, 'sub', x, difference, y), differs(t, 'add', difference, y, x)));

export function packedPairDoubts(c: Context, op: Pair, t: Format, x: Expression, y: Expression, result: Expression): Doubts {
  const odd = oddLanes(c, t, result);
  const zero = (v: Expression): Expression => zeroLanes(c, t, v);
  const doubts = (matters: Expression, isInexact: Expression): Doubts => [
    ...otherControl(c),
    ...lanesDoubt(c, t, [x, y], [[result, matters]]),
    ...inexact(c, isInexact),
  ];
  switch (op) {
    case 'add':
      return doubts(irregularLanes(c, t, result), isNotSumOfLanes(t, x, y, result));
    case 'sub':
      return doubts(irregularLanes(c, t, result), isNotDifferenceOfLanes(t, x, y, result));
    case 'mul':
      return doubts(without(odd, binary('v128.or', zero(x), zero(y))), isNotProductOfLanes(t, x, y, result));
    case 'div':
      return doubts(without(odd, without(zero(x), zero(y))), isNotProductOfLanes(t, result, y, x));
  }
}
export const packedRootDoubts = (c: Context, t: Format, x: Expression, result: Expression): Doubts => [
  ...otherControl(c),
  ...lanesDoubt(c, t, [x], [[result, without(oddLanes(c, t, result), zeroLanes(c, t, x))]]),
  ...inexact(c, isNotProductOfLanes(t, result, result, x)),
];

/** The integers that a conversion gives where the value does not fit, and those that it also gives where it does. */
export const saturated = (x: Expression, bits: 32 | 64): Expression =>
  x
    .add(1n << BigInt(bits - 1))
    .add(1)
    .leu(1);
