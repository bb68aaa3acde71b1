// ADD, SUB, MUL, DIV, SQRT, MIN, MAX in their packed and scalar forms. Where MXCSR is as a C program leaves it and operands
// and result are normal, WebAssembly's operation has the same result and no flag changes; all else takes the exact functions.

import { Code } from 'iced-x86';
import { CPU_BASE } from '../../../memory/layout.ts';
import { VECTOR } from '../../exit.ts';
import { FLOAT_FLAGS } from '../../state.ts';
import { Expression, call, i64, loadAt } from '../../wasm/expression.ts';
import type { Context, Definition } from '../context.ts';
import { F32, F64, type Format, isFinite, isNormal, isZero, vectorShape } from '../float/format.ts';
import type { PairOperation } from '../float/functions.ts';
import { FAST_MASK, FAST_VALUE, mxcsr } from '../float/mxcsr.ts';
import { bitsOf, number } from '../float/native.ts';
import { defaults, exactProduct, native, precisionSet, regular, roundingError, same } from '../float/shortcut.ts';
import { type Rows, assign, bind, binary, laneBits, lanesOf, local, low, replaceBits, row, shuffle, unary, vector } from './emit.ts';

export const widthOf = (t: Format): 4 | 8 => (t === F64 ? 8 : 4);

/** Commits flags that the exact functions gathered, if any; raises #XM. */
export function settle(c: Context): void {
  c.when(loadAt('i32.load', CPU_BASE + FLOAT_FLAGS, 'i32'), () => {
    c.when(call(c.float.settle, 'i32'), () => c.fault(VECTOR.XM));
  });
}

export const fastMode = (): Expression => mxcsr().and(FAST_MASK).eq(FAST_VALUE);

/**
 * Normal and not the smallest one, which may be a tiny result rounded up: with the sign shifted out and the exponent at the
 * top, adding one exponent step makes zeros and denormals small and wraps infinities and NaNs.
 */
export function isOrdinary(x: Expression, t: Format): Expression {
  const step = 1n << (t.fraction + 65n - BigInt(t.width));
  return x
    .shl(65 - t.width)
    .add(step)
    .gtu(2n * step);
}

/** Zero, normal or infinite: comparing such numbers raises nothing, whatever MXCSR. */
export function isCalm(x: Expression, t: Format): Expression {
  const constant = (bits: bigint): Expression => new Expression(t.name, (f) => (t === F64 ? f.f64Bits(bits) : f.f32Bits(Number(bits))));
  return x
    .unary(`${t.name}.abs`, t.name)
    .with(`${t.name}.ge`, constant(t.minNormal), 'i32')
    .or(x.with(`${t.name}.eq`, constant(0n), 'i32'));
}

/** The native result is x86's, and no flag changes: because it is exact, or inexact with PE set already. */
function isPlain(op: 'add' | 'sub' | 'mul' | 'div', t: Format, x: Expression, y: Expression, result: Expression): Expression {
  const quiet = (exact: Expression): Expression => precisionSet().orElse(exact);
  switch (op) {
    case 'add':
    case 'sub': {
      const addend = op === 'add' ? y : y.xor(t.sign);
      const sum = regular(x, t).and(regular(y, t)).and(isFinite(result, t));
      return defaults()
        .and(sum)
        .and(quiet(isZero(roundingError(t, x, addend, result), t)));
    }
    case 'mul': {
      const product = isOrdinary(result, t).and(quiet(exactProduct(x, y, t)));
      return defaults()
        .and(regular(x, t))
        .and(regular(y, t))
        .and(isZero(x, t).or(isZero(y, t)).orElse(product));
    }
    case 'div': {
      const exact = exactProduct(result, y, t).and(same(t, native('mul', t, result, y), x));
      const quotient = isOrdinary(result, t).and(quiet(exact));
      return defaults().and(regular(x, t)).and(isNormal(y, t)).and(isZero(x, t).orElse(quotient));
    }
  }
}

const scalarPair =
  (op: 'add' | 'sub' | 'mul' | 'div', t: Format): Definition =>
  (c) => {
    const y = low(c, 1, widthOf(t));
    const destination = vector(c, 0);
    const x = bind(c, laneBits(destination, widthOf(t), 0), 'i64');
    const result = local(c, 'i64');
    assign(c, result, bitsOf(number(x, t).with(`${t.name}.${op}`, number(y, t), t.name), t));
    c.rare(isPlain(op, t, x, y, result).eqz(), () => {
      assign(c, result, call(c.float[t.name][op], 'i64', x, y));
      settle(c);
    });
    c.setVector(0, replaceBits(destination, widthOf(t), 0, result));
  };

const scalarRoot =
  (t: Format): Definition =>
  (c) => {
    const x = low(c, 1, widthOf(t));
    const result = local(c, 'i64');
    assign(c, result, bitsOf(number(x, t).unary(`${t.name}.sqrt`, t.name), t));
    c.rare(fastMode().and(isOrdinary(x, t)).and(isOrdinary(result, t)).eqz(), () => {
      assign(c, result, call(c.float[t.name].sqrt, 'i64', x));
      settle(c);
    });
    c.setVector(0, replaceBits(vector(c, 0), widthOf(t), 0, result));
  };

const scalarExtreme =
  (op: 'min' | 'max', t: Format): Definition =>
  (c) => {
    const y = low(c, 1, widthOf(t));
    const destination = vector(c, 0);
    const x = bind(c, laneBits(destination, widthOf(t), 0), 'i64');
    const result = local(c, 'i64');
    const first = number(x, t).with(`${t.name}.${op === 'min' ? 'lt' : 'gt'}`, number(y, t), 'i32');
    assign(c, result, first.choose(x, y));
    c.rare(
      isCalm(number(x, t), t)
        .and(isCalm(number(y, t), t))
        .eqz(),
      () => {
        assign(c, result, call(c.float[t.name][op], 'i64', x, y));
        settle(c);
      },
    );
    c.setVector(0, replaceBits(destination, widthOf(t), 0, result));
  };

/** Some lane of some vector is not ordinary. */
export function someExtraordinary(c: Context, t: Format, ...vectors: readonly Expression[]): Expression {
  const shape = t === F64 ? 'i64x2' : 'i32x4';
  const sign = t.sign,
    unit = 2n * (t.minNormal + 1n),
    span = 2n * (t.infinity - t.minNormal - 1n);
  const splatted = (value: bigint): Expression =>
    bind(c, t === F64 ? i64(value).unary('i64x2.splat', 'v128') : i64(value).wrap().unary('i32x4.splat', 'v128'), 'v128');
  // (2x - unit) as unsigned below span: both sides moved by the sign bit for a signed comparison.
  const shift = splatted(sign - unit),
    limit = splatted(span - sign - 1n);
  const one = t === F64 ? 'i64x2.gt_s' : 'i32x4.gt_s';
  const outside = (v: Expression): Expression => binary(one, binary(`${shape}.add`, binary(`${shape}.add`, v, v), shift), limit);
  return vectors
    .map(outside)
    .reduce((x, y) => binary('v128.or', x, y))
    .unary('v128.any_true', 'i32');
}

const pairs = (t: Format): number[] => (t === F64 ? [0, 2] : [0, 2, 4, 6]);

/** Operands of HADDPS and HSUBPS come from both registers' pairs; elsewhere they are the registers. */
export const packedPair =
  (op: 'add' | 'sub' | 'mul' | 'div', t: Format, horizontal = false): Definition =>
  (c) => {
    const second = vector(c, 1),
      first = vector(c, 0);
    const pick = (odd: 0 | 1): Expression => bind(c, shuffle(first, second, lanesOf(t.width / 8, ...pairs(t).map((n) => n + odd))), 'v128');
    const x = horizontal ? pick(0) : first,
      y = horizontal ? pick(1) : second;
    const shape = vectorShape(t);
    const result = local(c, 'v128');
    assign(c, result, binary(`${shape}.${op}`, x, y));
    c.rare(
      fastMode()
        .eqz()
        .or(someExtraordinary(c, t, x, y, result)),
      () => {
        assign(c, result, call(c.float[shape][op], 'v128', x, y));
        settle(c);
      },
    );
    c.setVector(0, result);
  };

const packedRoot =
  (t: Format): Definition =>
  (c) => {
    const x = vector(c, 1);
    const shape = vectorShape(t);
    const result = local(c, 'v128');
    assign(c, result, unary(`${shape}.sqrt`, x));
    c.rare(
      fastMode()
        .eqz()
        .or(someExtraordinary(c, t, x, result)),
      () => {
        assign(c, result, call(c.float[shape].sqrt, 'v128', x));
        settle(c);
      },
    );
    c.setVector(0, result);
  };

/** The second operand's place is PMIN's first: both of x86 and WebAssembly keep that one unless the other is strictly beyond it. */
const packedExtreme =
  (op: 'min' | 'max', t: Format): Definition =>
  (c) => {
    const y = vector(c, 1),
      x = vector(c, 0);
    const shape = vectorShape(t);
    const result = local(c, 'v128');
    assign(c, result, binary(`${shape}.p${op}`, y, x));
    c.rare(someExtraordinary(c, t, x, y), () => {
      assign(c, result, call(c.float[shape][op], 'v128', x, y));
      settle(c);
    });
    c.setVector(0, result);
  };

const scalarApproximation =
  (name: 'reciprocal' | 'reciprocalRoot'): Definition =>
  (c) => {
    const result = bind(c, call(c.float.approximations[name], 'i64', low(c, 1, 4)), 'i64');
    c.setVector(0, replaceBits(vector(c, 0), 4, 0, result));
  };
const packedApproximation =
  (name: 'reciprocal' | 'reciprocalRoot'): Definition =>
  (c) =>
    c.setVector(0, bind(c, call(c.float.approximations.packed[name], 'v128', vector(c, 1)), 'v128'));

const CODES: Record<PairOperation | 'sqrt', readonly [ps: Code, pd: Code, ss: Code, sd: Code]> = {
  add: [Code.Addps_xmm_xmmm128, Code.Addpd_xmm_xmmm128, Code.Addss_xmm_xmmm32, Code.Addsd_xmm_xmmm64],
  sub: [Code.Subps_xmm_xmmm128, Code.Subpd_xmm_xmmm128, Code.Subss_xmm_xmmm32, Code.Subsd_xmm_xmmm64],
  mul: [Code.Mulps_xmm_xmmm128, Code.Mulpd_xmm_xmmm128, Code.Mulss_xmm_xmmm32, Code.Mulsd_xmm_xmmm64],
  div: [Code.Divps_xmm_xmmm128, Code.Divpd_xmm_xmmm128, Code.Divss_xmm_xmmm32, Code.Divsd_xmm_xmmm64],
  min: [Code.Minps_xmm_xmmm128, Code.Minpd_xmm_xmmm128, Code.Minss_xmm_xmmm32, Code.Minsd_xmm_xmmm64],
  max: [Code.Maxps_xmm_xmmm128, Code.Maxpd_xmm_xmmm128, Code.Maxss_xmm_xmmm32, Code.Maxsd_xmm_xmmm64],
  sqrt: [Code.Sqrtps_xmm_xmmm128, Code.Sqrtpd_xmm_xmmm128, Code.Sqrtss_xmm_xmmm32, Code.Sqrtsd_xmm_xmmm64],
};

const four = (codes: readonly Code[], packed: (t: Format) => Definition, scalar: (t: Format) => Definition): Rows => [
  row(codes[0]!, packed(F32)),
  row(codes[1]!, packed(F64)),
  row(codes[2]!, scalar(F32)),
  row(codes[3]!, scalar(F64)),
];

export const arithmeticRows: Rows = [
  ...(['add', 'sub', 'mul', 'div'] as const).flatMap((op) =>
    four(
      CODES[op],
      (t) => packedPair(op, t),
      (t) => scalarPair(op, t),
    ),
  ),
  ...(['min', 'max'] as const).flatMap((op) =>
    four(
      CODES[op],
      (t) => packedExtreme(op, t),
      (t) => scalarExtreme(op, t),
    ),
  ),
  ...four(CODES.sqrt, packedRoot, scalarRoot),
  row(Code.Rcpss_xmm_xmmm32, scalarApproximation('reciprocal')),
  row(Code.Rcpps_xmm_xmmm128, packedApproximation('reciprocal')),
  row(Code.Rsqrtss_xmm_xmmm32, scalarApproximation('reciprocalRoot')),
  row(Code.Rsqrtps_xmm_xmmm128, packedApproximation('reciprocalRoot')),
];
