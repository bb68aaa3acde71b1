// The exact functions over the lanes of a vector. Flags of all lanes gather before the instruction settles them.

import { Body, Expression, type Variable, call, i32 } from '../../wasm/expression.ts';
import type { ModuleBuilder } from '../../wasm/module-builder.ts';
import { type Format, F64, vectorShape } from './format.ts';
import type { FormatFunctions } from './functions.ts';

/** Lane `n` as bits in an i64. */
export function lane(v: Expression, t: Format, n: number): Expression {
  return t === F64
    ? new Expression('i64', (f) => (v.emit(f), f.lane('i64x2.extract_lane', n)))
    : new Expression('i64', (f) => (v.emit(f), f.lane('i32x4.extract_lane', n).op('i64.extend_i32_u')));
}
/** Sets lane `n` of a variable. */
export function setLane(b: Body, v: Variable, t: Format, n: number, bits: Expression): void {
  v.emit(b.f);
  (t === F64 ? bits : bits.wrap()).emit(b.f);
  b.f.lane(t === F64 ? 'i64x2.replace_lane' : 'i32x4.replace_lane', n).set(v.local);
}
export const lanes = (t: Format): number => 128 / t.width;

/** (v128, v128) -> v128 of a function of two lanes. */
export function emitPackedPair(module: ModuleBuilder, t: Format, scalar: number): number {
  const f = module.function(['v128', 'v128'], ['v128']);
  const b = new Body(f);
  const x = b.parameter(0, 'v128'),
    y = b.parameter(1, 'v128');
  for (let n = 0; n < lanes(t); n++) setLane(b, x, t, n, call(scalar, 'i64', lane(x, t, n), lane(y, t, n)));
  b.return(x);
  return f.index;
}

/** (v128) -> v128 of a function of one lane. */
export function emitPackedSingle(module: ModuleBuilder, t: Format, scalar: number): number {
  const f = module.function(['v128'], ['v128']);
  const b = new Body(f);
  const x = b.parameter(0, 'v128');
  for (let n = 0; n < lanes(t); n++) setLane(b, x, t, n, call(scalar, 'i64', lane(x, t, n)));
  b.return(x);
  return f.index;
}

/** Lanes that are zero, normal or infinite: such operands raise nothing in a comparison. */
function calm(x: Expression, t: Format): Expression {
  const shape = vectorShape(t);
  const smallest =
    t === F64
      ? new Expression('v128', (f) => f.f64Bits(t.minNormal).op('f64x2.splat'))
      : new Expression('v128', (f) => f.f32Bits(Number(t.minNormal)).op('f32x4.splat'));
  const zero = i32(0).unary('i32x4.splat', 'v128');
  return x
    .unary(`${shape}.abs`, 'v128')
    .with(`${shape}.ge`, smallest, 'v128')
    .with('v128.or', x.with(`${shape}.eq`, zero, 'v128'), 'v128');
}

/** Relations (bit n = relation n of comparison.ts) that satisfy each of the eight predicates of CMPPS. */
const PREDICATES = [0b0001, 0b0010, 0b0011, 0b1000, 0b1110, 0b1101, 0b1100, 0b0111];
const PREDICATE_WORD = PREDICATES.reduce((word, bits, i) => word | (bits << (4 * i)), 0);

/** (x, y, predicate: i32) -> all ones or zero. LT, LE and their negations signal quiet NaNs. */
export function emitPredicate(module: ModuleBuilder, compare: number, t: Format): number {
  const f = module.function(['i64', 'i64', 'i32'], ['i64']);
  const b = new Body(f);
  const x = b.parameter(0, 'i64'),
    y = b.parameter(1, 'i64'),
    predicate = b.parameter(2, 'i32');
  const quiet = predicate.add(1).and(2).eqz();
  const relation = call(compare, 'i32', x, y, quiet);
  const holds = i32(PREDICATE_WORD).shr(predicate.and(7).shl(2).add(relation)).and(1);
  b.return(
    i32(0)
      .extend()
      .sub(holds.extend())
      .and(t.sign | t.magnitude),
  );
  return f.index;
}

/** (v128, v128, predicate: i32) -> mask. */
export function emitPackedPredicate(module: ModuleBuilder, t: Format, predicateOf: number): number {
  const f = module.function(['v128', 'v128', 'i32'], ['v128']);
  const b = new Body(f);
  const x = b.parameter(0, 'v128'),
    y = b.parameter(1, 'v128'),
    predicate = b.parameter(2, 'i32');
  const shape = vectorShape(t);
  const allCalm = calm(x, t)
    .with('v128.and', calm(y, t), 'v128')
    .unary(`${t === F64 ? 'i64x2' : 'i32x4'}.all_true`, 'i32');
  b.when(allCalm, () => {
    const bits = b.variable(i32(PREDICATE_WORD).shr(predicate.and(7).shl(2)));
    const term = (op: string, bit: number): Expression =>
      x.with(`${shape}.${op}`, y, 'v128').with('v128.and', i32(0).sub(bits.shr(bit).and(1)).unary('i32x4.splat', 'v128'), 'v128');
    b.return(term('eq', 0).with('v128.or', term('lt', 1), 'v128').with('v128.or', term('gt', 2), 'v128'));
  });
  for (let n = 0; n < lanes(t); n++) setLane(b, x, t, n, call(predicateOf, 'i64', lane(x, t, n), lane(y, t, n), predicate));
  b.return(x);
  return f.index;
}

/** Conversions of vectors; results narrower than their operands fill the low half, the rest is zero. */
export interface PackedConversions {
  /** CVTDQ2PS, CVTPD2PS, CVTPS2PD. */
  readonly integerToSingle: number;
  readonly doubleToSingle: number;
  readonly singleToDouble: number;
  /** (v128, truncate: i32): CVT(T)PS2DQ, CVT(T)PD2DQ. */
  readonly singleToInteger: number;
  readonly doubleToInteger: number;
}

export function emitPackedConversions(
  module: ModuleBuilder,
  f32: FormatFunctions,
  f64: FormatFunctions,
  single: Format,
): PackedConversions {
  const each = (
    count: number,
    from: Format,
    to: Format,
    truncating: boolean,
    convert: (bits: Expression, truncate: Expression) => Expression,
  ): number => {
    const f = module.function(truncating ? ['v128', 'i32'] : ['v128'], ['v128']);
    const b = new Body(f);
    const x = b.parameter(0, 'v128'),
      truncate = b.parameter(1, 'i32');
    const result = b.variable(i32(0).unary('i32x4.splat', 'v128'));
    for (let n = 0; n < count; n++) setLane(b, result, to, n, convert(lane(x, from, n), truncate));
    b.return(result);
    return f.index;
  };
  return {
    integerToSingle: each(4, single, single, false, (x) => call(f32.fromInteger, 'i64', x.unary('i64.extend32_s', 'i64'))),
    doubleToSingle: each(2, F64, single, false, (x) => call(f64.resize, 'i64', x)),
    singleToDouble: each(2, single, F64, false, (x) => call(f32.resize, 'i64', x)),
    singleToInteger: each(4, single, single, true, (x, truncate) => call(f32.toInt32, 'i64', x, truncate)),
    doubleToInteger: each(2, F64, single, true, (x, truncate) => call(f64.toInt32, 'i64', x, truncate)),
  };
}
