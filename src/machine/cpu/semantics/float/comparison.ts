// Exact comparison, minimum and maximum (SDM: CMPSD, UCOMISD, MINSD, MAXSD): flags for NaN and denormal operands.

import { Body, type Expression, type Variable, i32, i64 } from '../../wasm/expression.ts';
import type { ModuleBuilder } from '../../wasm/module-builder.ts';
import { applyDaz, raiseDenormal } from './arithmetic.ts';
import { type Format, isNan, isSignalling } from './format.ts';
import { IE, raise } from './mxcsr.ts';

/** What a comparison answers. */
export const EQUAL = 0,
  LESS = 1,
  GREATER = 2,
  UNORDERED = 3;

/** Maps numbers to integers in their order, both zeros to 0. */
function key(x: Variable, t: Format): Expression {
  const magnitude = x.and(t.magnitude);
  return x.and(t.sign).eqz().choose(magnitude, i64(0n).sub(magnitude));
}

/** (x, y, quiet: i32) -> relation; `quiet` leaves IE alone for quiet NaNs. */
export function emitCompare(module: ModuleBuilder, t: Format): number {
  const f = module.function(['i64', 'i64', 'i32'], ['i32']);
  const b = new Body(f);
  const x = b.parameter(0, 'i64'),
    y = b.parameter(1, 'i64'),
    quiet = b.parameter(2, 'i32');
  b.when(isNan(x, t).or(isNan(y, t)), () => {
    raise(b, isSignalling(x, t).or(isSignalling(y, t)).or(quiet.eqz()).mul(IE));
    b.return(i32(UNORDERED));
  });
  applyDaz(b, t, x, y);
  raiseDenormal(b, t, x, y);
  const p = b.variable(key(x, t)),
    q = b.variable(key(y, t));
  b.return(p.lts(q).choose(i32(LESS), p.gts(q).choose(i32(GREATER), EQUAL)));
  return f.index;
}

/** (x, y) -> x if it is strictly smaller (greater), else y: so y for two zeros and for NaNs. */
export function emitExtreme(module: ModuleBuilder, t: Format, kind: 'min' | 'max'): number {
  const f = module.function(['i64', 'i64'], ['i64']);
  const b = new Body(f);
  const x = b.parameter(0, 'i64'),
    y = b.parameter(1, 'i64');
  applyDaz(b, t, x, y);
  b.when(isNan(x, t).or(isNan(y, t)), () => {
    raise(b, IE);
    b.return(y);
  });
  raiseDenormal(b, t, x, y);
  const p = b.variable(key(x, t)),
    q = b.variable(key(y, t));
  b.return((kind === 'min' ? p.lts(q) : p.gts(q)).choose(x, y));
  return f.index;
}
