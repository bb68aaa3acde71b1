// Exact conversions between the two formats and to and from 32- and 64-bit integers (SDM: CVT* and vol. 1, 11.5.2.1).

import { Body, call, i32, i64 } from '../../wasm/expression.ts';
import type { ModuleBuilder } from '../../wasm/module-builder.ts';
import { applyDaz, raiseDenormal, unpack } from './arithmetic.ts';
import { type Format, exponentField, isInfinite, isNan, isSignalling, isZero } from './format.ts';
import { IE, PE, ROUND_DOWN, ROUND_NEAREST, ROUND_SHIFT, ROUND_UP, mxcsr, raise } from './mxcsr.ts';
import { LEADING } from './rounding.ts';
import { shortcutFromInteger, shortcutResize, shortcutToInteger } from './shortcut.ts';

/** (bits of `from`) -> bits of `to`; `round` is the rounding function of `to`. */
export function emitResize(module: ModuleBuilder, from: Format, to: Format, round: number): number {
  const f = module.function(['i64'], ['i64']);
  const b = new Body(f);
  const x = b.parameter(0, 'i64');
  shortcutResize(b, from, to, x);
  const moved = BigInt(to.width - from.width);
  const sign = b.variable(moved < 0n ? x.and(from.sign).shr(-moved) : x.and(from.sign).shl(moved));
  b.when(isNan(x, from), () => {
    raise(b, isSignalling(x, from).mul(IE));
    const fraction = x.and(from.minNormal - 1n);
    const payload = to.fraction < from.fraction ? fraction.shr(from.fraction - to.fraction) : fraction.shl(to.fraction - from.fraction);
    b.return(sign.or(payload).or(to.infinity | to.quiet));
  });
  applyDaz(b, from, x);
  b.when(isZero(x, from), () => b.return(sign));
  b.when(isInfinite(x, from), () => b.return(sign.or(to.infinity)));
  raiseDenormal(b, from, x);
  const { exponent, significand } = unpack(b, from, x);
  b.return(call(round, 'i64', sign, exponent.add(to.bias - from.bias), significand));
  return f.index;
}

/** (bits, truncate: i32) -> integer of `size` bits, zero-extended; out of range and NaN give the integer indefinite and IE. */
export function emitToInteger(module: ModuleBuilder, t: Format, size: 32n | 64n): number {
  const f = module.function(['i64', 'i32'], ['i64']);
  const b = new Body(f);
  const x = b.parameter(0, 'i64'),
    truncate = b.parameter(1, 'i32');
  shortcutToInteger(b, t, size, x, truncate);
  const smallest = 1n << (size - 1n);
  applyDaz(b, t, x);
  const negative = b.variable(x.and(t.sign).nez());
  const field = exponentField(x, t);
  const significand = b.variable(x.and(t.minNormal - 1n).or(field.nez().extend().shl(t.fraction)));
  const shift = b.variable(field.sub(t.bias + t.fraction));
  const integer = b.variable(i64(0n)),
    lost = b.variable(i64(0n)),
    half = b.variable(i64(1n));
  const indefinite = (): void => {
    raise(b, IE);
    b.return(i64(smallest));
  };
  b.when(shift.gts(63n - t.fraction), indefinite);
  b.when(
    shift.ges(0),
    () => b.assign(integer, significand.shl(shift)),
    () => {
      const right = b.variable(shift.lts(-62n).choose(i64(62n), i64(0n).sub(shift)));
      b.assign(integer, significand.shr(right));
      b.assign(lost, significand.sub(integer.shl(right)));
      b.assign(half, half.shl(right.sub(1)));
    },
  );
  const mode = b.variable(mxcsr().shr(ROUND_SHIFT).and(3));
  const up = mode
    .eq(ROUND_NEAREST)
    .choose(
      lost.gtu(half).or(lost.eq(half).and(integer.wrap().and(1))),
      mode.eq(negative.choose(i32(ROUND_DOWN), ROUND_UP)).and(lost.nez()),
    );
  b.assign(integer, integer.add(truncate.eqz().and(up).extend()));
  b.when(integer.gtu(negative.extend().add(smallest - 1n)), indefinite);
  raise(b, lost.nez().mul(PE));
  const signed = negative.choose(i64(0n).sub(integer), integer);
  b.return(size === 32n ? signed.and(0xffff_ffffn) : signed);
  return f.index;
}

/** (signed i64) -> bits. */
export function emitFromInteger(module: ModuleBuilder, t: Format, round: number): number {
  const f = module.function(['i64'], ['i64']);
  const b = new Body(f);
  const x = b.parameter(0, 'i64');
  shortcutFromInteger(b, t, x);
  b.when(x.eqz(), () => b.return(i64(0n)));
  const sign = b.variable(x.lts(0).choose(i64(t.sign), 0n));
  b.when(x.lts(0), () => b.assign(x, i64(0n).sub(x)));
  const zeros = b.variable(x.clz());
  const exponent = i64(t.bias + 63n).sub(zeros);
  const significand = zeros.eqz().choose(x.shr(1).or(x.and(1)), x.shl(zeros.sub(63n - LEADING)));
  b.return(call(round, 'i64', sign, exponent, significand));
  return f.index;
}
