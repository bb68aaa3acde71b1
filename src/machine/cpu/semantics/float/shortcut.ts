// Ways out of the exact functions through native arithmetic: where the rounding is MXCSR's default and it can be shown cheaply
// that no flag changes, because the result is exact, or inexact with PE already set. Zeros and the time until PE is first
// set come here; without it a program whose results are all exact would never leave the integer code.

import type { Body, Expression, Variable } from '../../wasm/expression.ts';
import { F64, type Format, isFinite, isNormal, isZero } from './format.ts';
import { FAST_MASK, MASKS, PE, mxcsr } from './mxcsr.ts';
import { bitsOf, number } from './native.ts';

export const native = (op: string, t: Format, x: Expression, y: Expression): Expression =>
  bitsOf(number(x, t).with(`${t.name}.${op}`, number(y, t), t.name), t);
export const same = (t: Format, x: Expression, y: Expression): Expression => number(x, t).with(`${t.name}.eq`, number(y, t), 'i32');

/** To nearest, all masked, DAZ and FTZ off. */
export const defaults = (): Expression =>
  mxcsr()
    .and(FAST_MASK & ~PE)
    .eq(MASKS);
export const precisionSet = (): Expression => mxcsr().and(PE).nez();

/** Normal, and not the smallest such number, which may be a tiny one rounded up. */
const safe = (x: Expression, t: Format): Expression => isNormal(x, t).and(x.and(t.magnitude).ne(t.minNormal));
/** Zero or normal. */
export const regular = (x: Expression, t: Format): Expression => isNormal(x, t).or(isZero(x, t));

/** Bits that the product of two significands needs less than twice the format's. */
const trailing = (x: Expression, t: Format): Expression => x.or(t.minNormal).ctz();
export const exactProduct = (x: Expression, y: Expression, t: Format): Expression => trailing(x, t).add(trailing(y, t)).gtu(t.fraction);

/** What x + y is more than their rounded sum, exactly: Knuth's two-sum. */
function roundingError(t: Format, x: Expression, y: Expression, sum: Expression): Expression {
  const part = native('sub', t, sum, x);
  return native('add', t, native('sub', t, x, native('sub', t, sum, part)), native('sub', t, y, part));
}

export function shortcutSum(b: Body, t: Format, x: Variable, y: Expression): void {
  b.when(defaults().and(regular(x, t)).and(regular(y, t)), () => {
    const sum = b.variable(native('add', t, x, y));
    b.when(isFinite(sum, t), () => {
      b.when(precisionSet(), () => b.return(sum));
      b.when(isZero(roundingError(t, x, y, sum), t), () => b.return(sum));
    });
  });
}

export function shortcutProduct(b: Body, t: Format, x: Variable, y: Variable): void {
  b.when(defaults().and(regular(x, t)).and(regular(y, t)), () => {
    const product = b.variable(native('mul', t, x, y));
    b.when(isZero(x, t).or(isZero(y, t)), () => b.return(product));
    b.when(safe(product, t).and(precisionSet().or(exactProduct(x, y, t))), () => b.return(product));
  });
}

export function shortcutQuotient(b: Body, t: Format, x: Variable, y: Variable): void {
  b.when(defaults().and(regular(x, t)).and(isNormal(y, t)), () => {
    const quotient = b.variable(native('div', t, x, y));
    b.when(isZero(x, t), () => b.return(quotient));
    const exact = exactProduct(quotient, y, t).and(same(t, native('mul', t, quotient, y), x));
    b.when(safe(quotient, t).and(precisionSet().or(exact)), () => b.return(quotient));
  });
}

export function shortcutRoot(b: Body, t: Format, x: Variable): void {
  b.when(defaults().and(isNormal(x, t)).and(x.and(t.sign).eqz()), () => {
    const root = b.variable(bitsOf(number(x, t).unary(`${t.name}.sqrt`, t.name), t));
    b.when(precisionSet().or(exactProduct(root, root, t).and(same(t, native('mul', t, root, root), x))), () => b.return(root));
  });
}

/** f64 to f32 and back. */
export function shortcutResize(b: Body, from: Format, to: Format, x: Variable): void {
  const op = to === F64 ? 'f64.promote_f32' : 'f32.demote_f64';
  if (to === F64) {
    b.when(isNormal(x, from), () => b.return(bitsOf(number(x, from).unary(op, to.name), to)));
    return;
  }
  b.when(isNormal(x, from), () => {
    const result = b.variable(bitsOf(number(x, from).unary(op, to.name), to));
    const back = bitsOf(number(result, to).unary('f64.promote_f32', 'f64'), from);
    b.when(safe(result, to).and(back.eq(x).or(defaults().and(precisionSet()))), () => b.return(result));
  });
}

/** Truncation and exact values: whatever the rounding mode. */
export function shortcutToInteger(b: Body, t: Format, size: 32n | 64n, x: Variable, truncate: Variable): void {
  const type = size === 32n ? 'i32' : 'i64';
  const integer = b.variable(number(x, t).unary(`${type}.trunc_sat_${t.name}_s`, type));
  const smallest = 1n << (size - 1n);
  const result = type === 'i32' ? integer.extend() : integer;
  b.when(regular(x, t).and(integer.add(smallest).add(1).gtu(1)), () => {
    const exact = number(x, t).with(`${t.name}.eq`, integer.unary(`${t.name}.convert_${type}_s`, t.name), 'i32');
    b.when(exact.or(truncate.and(defaults().and(precisionSet()))), () => b.return(result));
  });
}

export function shortcutFromInteger(b: Body, t: Format, x: Variable): void {
  b.when(defaults().and(precisionSet()), () => b.return(bitsOf(x.unary(`${t.name}.convert_i64_s`, t.name), t)));
}
