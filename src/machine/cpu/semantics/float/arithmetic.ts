// Exact add, subtract, multiply, divide and square root in integer arithmetic, for either format and any MXCSR.
// Each function takes operand bits, returns result bits and gathers flags. NaNs by SDM vol. 1, 4.8.3.5; invalid operations 11.5.2.1.

import { Body, type Expression, type Variable, call, i64 } from '../../wasm/expression.ts';
import type { ModuleBuilder } from '../../wasm/module-builder.ts';
import { type Format, exponentField, isDenormal, isInfinite, isNan, isSignalling, isZero } from './format.ts';
import { DAZ, DE, IE, ROUND_DOWN, ROUND_SHIFT, ZE, mxcsr, raise } from './mxcsr.ts';
import { LEADING, shiftRightJam } from './rounding.ts';
import { shortcutProduct, shortcutQuotient, shortcutRoot, shortcutSum } from './shortcut.ts';

/** Functions the operations are made of. */
export interface Parts {
  readonly round: number;
  readonly nan: number;
  readonly multiplyHigh: number;
}

/** (first, second) -> the NaN that an operation with at least one NaN operand gives. */
export function emitNan(module: ModuleBuilder, t: Format): number {
  const f = module.function(['i64', 'i64'], ['i64']);
  const b = new Body(f);
  const x = b.parameter(0, 'i64'),
    y = b.parameter(1, 'i64');
  raise(b, isSignalling(x, t).or(isSignalling(y, t)).mul(IE));
  b.return(isNan(x, t).choose(x, y).or(t.quiet));
  return f.index;
}

/** High 64 bits of an unsigned product. */
export function emitMultiplyHigh(module: ModuleBuilder): number {
  const f = module.function(['i64', 'i64'], ['i64']);
  const b = new Body(f);
  const x = b.parameter(0, 'i64'),
    y = b.parameter(1, 'i64');
  const low = (v: Expression): Expression => v.and(0xffff_ffffn);
  const high = (v: Expression): Expression => v.shr(32);
  const cross = b.variable(
    high(x)
      .mul(low(y))
      .add(high(low(x).mul(low(y)))),
  );
  const other = b.variable(low(x).mul(high(y)).add(low(cross)));
  b.return(high(x).mul(high(y)).add(high(cross)).add(high(other)));
  return f.index;
}

/** With DAZ, denormal operands become zeros of their sign. */
export function applyDaz(b: Body, t: Format, ...operands: readonly Variable[]): void {
  b.when(mxcsr().and(DAZ), () => {
    for (const x of operands) b.when(isDenormal(x, t), () => b.assign(x, x.and(t.sign)));
  });
}

export function raiseDenormal(b: Body, t: Format, ...operands: readonly Variable[]): void {
  raise(
    b,
    operands
      .map((x) => isDenormal(x, t))
      .reduce((x, y) => x.or(y))
      .mul(DE),
  );
}

function invalid(b: Body, t: Format): void {
  raise(b, IE);
  b.return(i64(t.indefinite));
}

/** Significand as encoded, implicit bit included. */
const encoded = (x: Expression, t: Format): Expression => x.and(t.minNormal - 1n).or(exponentField(x, t).nez().extend().shl(t.fraction));
/** Exponent field, 1 for denormals. */
const exponentOf = (x: Expression, t: Format): Expression => exponentField(x, t).or(exponentField(x, t).eqz().extend());

/** A non-zero finite number as exponent and significand with its leading bit at LEADING. */
export function unpack(b: Body, t: Format, x: Variable): { exponent: Variable; significand: Variable } {
  const significand = b.variable(encoded(x, t));
  const zeros = b.variable(significand.clz());
  const exponent = b.variable(
    exponentOf(x, t)
      .sub(zeros)
      .add(63n - t.fraction),
  );
  b.assign(significand, significand.shl(zeros.sub(63n - LEADING)));
  return { exponent, significand };
}

/** (a, b, mask ored into the sign of b) -> a + b. */
function emitSum(module: ModuleBuilder, t: Format, parts: Parts): number {
  const f = module.function(['i64', 'i64', 'i64'], ['i64']);
  const b = new Body(f);
  const x = b.parameter(0, 'i64'),
    y = b.parameter(1, 'i64'),
    flip = b.parameter(2, 'i64');
  shortcutSum(b, t, x, y.xor(flip));
  b.when(isNan(x, t).or(isNan(y, t)), () => b.return(call(parts.nan, 'i64', x, y)));
  applyDaz(b, t, x, y);
  b.assign(y, y.xor(flip));
  b.when(isInfinite(x, t).and(isInfinite(y, t)).and(x.ne(y)), () => invalid(b, t));
  raiseDenormal(b, t, x, y);
  b.when(isInfinite(x, t), () => b.return(x));
  b.when(isInfinite(y, t), () => b.return(y));
  b.when(x.and(t.magnitude).ltu(y.and(t.magnitude)), () => {
    const swap = b.variable(x);
    b.assign(x, y);
    b.assign(y, swap);
  });
  const guard = LEADING - 1n - t.fraction;
  const exponent = b.variable(exponentOf(x, t));
  const distance = b.variable(exponent.sub(exponentOf(y, t)));
  const large = b.variable(encoded(x, t).shl(guard));
  const small = b.variable(encoded(y, t).shl(guard));
  b.assign(small, shiftRightJam(small, distance));
  const differ = x.xor(y).and(t.sign).nez();
  const sum = b.variable(differ.choose(large.sub(small), large.add(small)));
  b.when(sum.eqz(), () => {
    const down = mxcsr().shr(ROUND_SHIFT).and(3).eq(ROUND_DOWN);
    b.return(differ.choose(down.choose(i64(t.sign), 0n), x.and(t.sign)));
  });
  const shift = b.variable(sum.clz().sub(63n - LEADING));
  b.return(call(parts.round, 'i64', x.and(t.sign), exponent.add(1).sub(shift), sum.shl(shift)));
  return f.index;
}

export function emitAdd(module: ModuleBuilder, t: Format, parts: Parts): { add: number; sub: number } {
  const sum = emitSum(module, t, parts);
  const wrapper = (flip: bigint): number => {
    const f = module.function(['i64', 'i64'], ['i64']);
    f.get(0).get(1).i64(flip).call(sum);
    return f.index;
  };
  return { add: wrapper(0n), sub: wrapper(t.sign) };
}

export function emitMultiply(module: ModuleBuilder, t: Format, parts: Parts): number {
  const f = module.function(['i64', 'i64'], ['i64']);
  const b = new Body(f);
  const x = b.parameter(0, 'i64'),
    y = b.parameter(1, 'i64');
  shortcutProduct(b, t, x, y);
  b.when(isNan(x, t).or(isNan(y, t)), () => b.return(call(parts.nan, 'i64', x, y)));
  applyDaz(b, t, x, y);
  const infinite = b.variable(isInfinite(x, t).or(isInfinite(y, t)));
  const zero = b.variable(isZero(x, t).or(isZero(y, t)));
  b.when(infinite.and(zero), () => invalid(b, t));
  raiseDenormal(b, t, x, y);
  const sign = b.variable(x.xor(y).and(t.sign));
  b.when(infinite, () => b.return(sign.or(t.infinity)));
  b.when(zero, () => b.return(sign));
  const p = unpack(b, t, x),
    q = unpack(b, t, y);
  b.assign(q.significand, q.significand.shl(1));
  const high = b.variable(call(parts.multiplyHigh, 'i64', p.significand, q.significand));
  const low = b.variable(p.significand.mul(q.significand));
  const exponent = b.variable(p.exponent.add(q.exponent).sub(t.bias - 1n));
  b.when(high.shr(LEADING).eqz(), () => {
    b.assign(high, high.shl(1).or(low.shr(63)));
    b.assign(low, low.shl(1));
    b.assign(exponent, exponent.sub(1));
  });
  b.return(call(parts.round, 'i64', sign, exponent, high.or(low.nez().extend())));
  return f.index;
}

export function emitDivide(module: ModuleBuilder, t: Format, parts: Parts): number {
  const f = module.function(['i64', 'i64'], ['i64']);
  const b = new Body(f);
  const x = b.parameter(0, 'i64'),
    y = b.parameter(1, 'i64');
  shortcutQuotient(b, t, x, y);
  b.when(isNan(x, t).or(isNan(y, t)), () => b.return(call(parts.nan, 'i64', x, y)));
  applyDaz(b, t, x, y);
  b.when(
    isInfinite(x, t)
      .and(isInfinite(y, t))
      .or(isZero(x, t).and(isZero(y, t))),
    () => invalid(b, t),
  );
  const sign = b.variable(x.xor(y).and(t.sign));
  b.when(isZero(y, t), () => {
    raise(b, isInfinite(x, t).eqz().mul(ZE));
    b.return(sign.or(t.infinity));
  });
  raiseDenormal(b, t, x, y);
  b.when(isInfinite(x, t), () => b.return(sign.or(t.infinity)));
  b.when(isInfinite(y, t).or(isZero(x, t)), () => b.return(sign));
  const p = unpack(b, t, x),
    q = unpack(b, t, y);
  const exponent = b.variable(p.exponent.sub(q.exponent).add(t.bias));
  const rest = p.significand;
  b.when(rest.ltu(q.significand), () => {
    b.assign(rest, rest.shl(1));
    b.assign(exponent, exponent.sub(1));
  });
  const bits = t.fraction + 3n;
  const quotient = b.variable(i64(0n));
  b.times(Number(bits), () => {
    const fits = b.variable(rest.geu(q.significand).extend());
    b.assign(quotient, quotient.shl(1).or(fits));
    b.assign(rest, rest.sub(fits.mul(q.significand)).shl(1));
  });
  b.return(call(parts.round, 'i64', sign, exponent, quotient.shl(LEADING + 1n - bits).or(rest.nez().extend())));
  return f.index;
}

export function emitSquareRoot(module: ModuleBuilder, t: Format, parts: Parts): number {
  const f = module.function(['i64'], ['i64']);
  const b = new Body(f);
  const x = b.parameter(0, 'i64');
  shortcutRoot(b, t, x);
  b.when(isNan(x, t), () => b.return(call(parts.nan, 'i64', x, x)));
  applyDaz(b, t, x);
  b.when(isZero(x, t), () => b.return(x));
  b.when(x.and(t.sign).nez(), () => invalid(b, t));
  raiseDenormal(b, t, x);
  b.when(isInfinite(x, t), () => b.return(x));
  const { exponent, significand } = unpack(b, t, x);
  b.assign(exponent, exponent.sub(t.bias));
  const radicand = b.variable(significand.shl(exponent.and(1)));
  const bits = t.fraction + 3n;
  const rest = b.variable(i64(0n)),
    root = b.variable(i64(0n));
  b.times(Number(bits), () => {
    b.assign(rest, rest.shl(2).or(radicand.shr(62)));
    b.assign(radicand, radicand.shl(2));
    const trial = b.variable(root.shl(2).or(1));
    const fits = b.variable(rest.geu(trial).extend());
    b.assign(rest, rest.sub(fits.mul(trial)));
    b.assign(root, root.shl(1).or(fits));
  });
  const significandOfRoot = root.shl(LEADING + 1n - bits).or(rest.nez().extend());
  b.return(call(parts.round, 'i64', i64(0n), exponent.sar(1).add(t.bias), significandOfRoot));
  return f.index;
}
