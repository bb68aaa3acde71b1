// Shorthand of the SSE definitions: values of a context as typed expressions, and rows of one shape.

import type { Code } from 'iced-x86';
import { Expression, Variable } from '../../wasm/expression.ts';
import type { FunctionBuilder, ValueType } from '../../wasm/function-builder.ts';
import type { Context, Definition, OperandIndex, Row, Value } from '../context.ts';
import { F64, type Format, vectorShape } from '../float/format.ts';
import { ALL, lowLane, shuffled, withLowLane } from '../float/regular.ts';

export type Rows = readonly (readonly [Code, Row])[];

export const row = (code: Code, definition: Definition): readonly [Code, Row] => [code, { definition }];
/** A row of an instruction that CPUID names by a feature of its own. */
export const featureRow =
  (feature: string) =>
  (code: Code, definition: Definition): readonly [Code, Row] => [code, { definition, features: [feature] }];
/** The same definition for several codes. */
export const rows = (definition: Definition, ...codes: readonly Code[]): Rows => codes.map((code) => row(code, definition));

export function typed(value: Value, type: ValueType): Expression {
  return new Expression(type, (f) => value.emit(f), value.regular);
}

/** Evaluates now. */
export function bind(c: Context, value: Value, type: ValueType): Expression {
  return typed(c.bind(value, type), type);
}

/** A local that is assigned later. */
export function local(c: Context, type: ValueType): Variable {
  return new Variable(type, c.temporary(type));
}
/** What is known of the value is known of the variable from then on by known() alone. */
export function assign(c: Context, variable: Variable, value: Value): void {
  value.emit(c.f);
  c.f.set(variable.local);
}

/** 16-byte operand, evaluated now; memory must be aligned. */
export const vector = (c: Context, i: OperandIndex, aligned = true): Expression => bind(c, c.getVector(i, aligned), 'v128');
/** Low bits of operand `i`, evaluated now. */
export const low = (c: Context, i: OperandIndex, width: 4 | 8): Expression => bind(c, c.getLow(i, width), 'i64');
/** Lowest float of operand `i`, evaluated now. */
export const float = (c: Context, i: OperandIndex, t: Format): Expression => bind(c, c.getFloat(i, widthOf(t)), t.name);
/** Lowest `width` bytes of operand `i` in a vector that is otherwise zero, evaluated now. */
export const lowVector = (c: Context, i: OperandIndex, width: 4 | 8): Expression => bind(c, c.getLowVector(i, width), 'v128');
/** imm8, zero-extended, as i32. */
export const immediate = (c: Context, i: OperandIndex): Expression => bind(c, typed(c.get(i, 1), 'i64').wrap(), 'i32');

/** Where a packed integer instruction has its operands. MMX registers are computed with as low halves of vectors. */
export interface PackedForm {
  destination(c: Context): Expression;
  source(c: Context): Expression;
  write(c: Context, value: Expression): void;
}
export const XMM: PackedForm = {
  destination: (c) => vector(c, 0),
  source: (c) => vector(c, 1),
  write: (c, value) => c.setVector(0, value),
};
export const MMX: PackedForm = {
  destination: (c) => zeroExtended(bind(c, c.get(0, 8), 'i64')),
  source: (c) => zeroExtended(bind(c, c.get(1, 8), 'i64')),
  write: (c, value) => c.set(0, 8, bind(c, laneBits(value, 8, 0), 'i64')),
};

export function lane(v: Expression, instruction: string, n: number, type: ValueType): Expression {
  return new Expression(type, (f) => {
    v.emit(f);
    f.lane(instruction, n);
  });
}
function replaceLane(v: Expression, instruction: string, n: number, value: Expression): Expression {
  return new Expression('v128', (f) => {
    v.emit(f);
    value.emit(f);
    f.lane(instruction, n);
  });
}
/** Lane `n` of four or two as zero-extended bits. */
export const laneBits = (v: Expression, width: 4 | 8, n: number): Expression =>
  width === 8 ? lane(v, 'i64x2.extract_lane', n, 'i64') : lane(v, 'i32x4.extract_lane', n, 'i32').extend();
export const replaceBits = (v: Expression, width: 4 | 8, n: number, bits: Expression): Expression =>
  width === 8 ? replaceLane(v, 'i64x2.replace_lane', n, bits) : replaceLane(v, 'i32x4.replace_lane', n, bits.wrap());

export function shuffle(x: Expression, y: Expression, lanes: readonly number[]): Expression {
  const emit = (f: FunctionBuilder): void => {
    x.emit(f);
    y.emit(f);
    f.shuffle(lanes);
  };
  return new Expression('v128', emit, shuffled(x.regular, y.regular, lanes));
}

export const widthOf = (t: Format): 4 | 8 => (t === F64 ? 8 : 4);
export const floatConstant = (t: Format, bits: bigint): Expression =>
  new Expression(t.name, (f) => (t === F64 ? f.f64Bits(bits) : f.f32Bits(Number(bits))));
/** The lowest float of a vector. */
export const lowFloat = (v: Expression, t: Format): Expression =>
  lane(v, `${vectorShape(t)}.extract_lane`, 0, t.name).known(v.regular & lowLane(widthOf(t)) ? 1 : 0);
/** The vector with another lowest float, which is no NaN. */
export const replaceFloat = (v: Expression, t: Format, x: Expression): Expression =>
  replaceLane(v, `${vectorShape(t)}.replace_lane`, 0, x).known(withLowLane(v.regular, widthOf(t), x.regular));
/** The vector with the lowest `width` bytes of another, whatever they are. */
export const replaceLow = (v: Expression, width: 4 | 8, x: Expression): Expression =>
  shuffle(
    x,
    v,
    Array.from({ length: 16 }, (_, i) => (i < width ? i : 16 + i)),
  );
/** Byte lanes of a shuffle from lanes of `width` bytes. */
export const lanesOf = (width: number, ...lanes: readonly number[]): number[] =>
  lanes.flatMap((n) => Array.from({ length: width }, (_, i) => n * width + i));

export const unary = (op: string, x: Expression): Expression => x.unary(op, 'v128');
export const binary = (op: string, x: Expression, y: Expression): Expression => x.with(op, y, 'v128');
export const splat = (shape: 'i8x16' | 'i16x8' | 'i32x4' | 'i64x2', x: Expression): Expression => x.unary(`${shape}.splat`, 'v128');
export const vectorConstant = (lowHalf: bigint, highHalf: bigint): Expression => new Expression('v128', (f) => f.v128(lowHalf, highHalf));
export const zeroVector = (): Expression => vectorConstant(0n, 0n).known(ALL);
/** Bits of 4 or 8 bytes in a register that is otherwise zero. */
export const zeroExtended = (bits: Expression): Expression => replaceLane(zeroVector(), 'i64x2.replace_lane', 0, bits);
/** Bits of x where the mask is set, of y elsewhere. */
export function bitselect(mask: Expression, x: Expression, y: Expression): Expression {
  return new Expression('v128', (f) => {
    x.emit(f);
    y.emit(f);
    mask.emit(f);
    f.op('v128.bitselect');
  });
}
