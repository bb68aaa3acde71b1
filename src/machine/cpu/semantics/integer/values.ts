// Small expressions that integer definitions share.

import type { Context, Value, Width } from '../context.ts';

const FOLDED: Readonly<Record<string, (x: bigint, y: bigint) => bigint>> = {
  'i64.add': (x, y) => x + y,
  'i64.sub': (x, y) => x - y,
  'i64.and': (x, y) => x & y,
};

/** An i64 operation on two values; of constants, where one is wanted. */
export function binary(c: Context, op: string, x: Value, y: Value): Value {
  const fold = x.constant === undefined || y.constant === undefined ? undefined : FOLDED[op];
  if (fold) return c.constant(BigInt.asIntN(64, fold(x.constant!, y.constant!)));
  const value = c.expression((f) => {
    x.emit(f);
    y.emit(f);
    f.op(op);
  });
  const bits = BITS[op]?.(bitsOf(x), bitsOf(y), y);
  return bits === undefined || bits >= 64 ? value : { ...value, bits };
}

/** How many low bits of an i64 may be set. */
export const bitsOf = ({ bits, constant }: Value): number =>
  bits ?? (constant === undefined ? 64 : BigInt.asUintN(64, constant).toString(2).length);

/** How many low bits of the result may be set. */
const BITS: Readonly<Record<string, (x: number, y: number, right: Value) => number>> = {
  'i64.and': (x, y) => Math.min(x, y),
  'i64.or': (x, y) => Math.max(x, y),
  'i64.xor': (x, y) => Math.max(x, y),
  'i64.add': (x, y) => Math.max(x, y) + 1,
  'i64.shr_u': (x, _, { constant }) => (constant === undefined ? x : Math.max(0, x - Number(constant & 63n))),
};

export const add = (c: Context, x: Value, y: Value): Value => binary(c, 'i64.add', x, y);
export const sub = (c: Context, x: Value, y: Value): Value => binary(c, 'i64.sub', x, y);
export const and = (c: Context, x: Value, y: Value): Value => binary(c, 'i64.and', x, y);
export const or = (c: Context, x: Value, y: Value): Value => binary(c, 'i64.or', x, y);
export const xor = (c: Context, x: Value, y: Value): Value => binary(c, 'i64.xor', x, y);
export const shl = (c: Context, x: Value, y: Value): Value => binary(c, 'i64.shl', x, y);
export const shr = (c: Context, x: Value, y: Value): Value => binary(c, 'i64.shr_u', x, y);
export const sar = (c: Context, x: Value, y: Value): Value => binary(c, 'i64.shr_s', x, y);

export function unary(c: Context, op: string, x: Value): Value {
  return c.expression((f) => {
    x.emit(f);
    f.op(op);
  });
}

/** x + n. */
export function plus(c: Context, x: Value, n: number): Value {
  return add(c, x, c.constant(BigInt(n)));
}

/** Keeps the low `width` bytes. */
export function truncate(c: Context, width: Width, x: Value): Value {
  return width === 8 || bitsOf(x) <= width * 8 ? x : and(c, x, c.constant((1n << BigInt(width * 8)) - 1n));
}

/** Sign-extends the low `width` bytes to 64 bits. */
export function extend(c: Context, width: Width, x: Value): Value {
  return width === 8 ? x : unary(c, `i64.extend${width * 8}_s`, x);
}

/** Bit n (a constant) of an i64, as i32. */
export function bit(c: Context, x: Value, n: number): Value {
  return c.expression((f) => {
    x.emit(f);
    f.i64(BigInt(n)).ops('i64.shr_u', 'i32.wrap_i64').i32(1).op('i32.and');
  });
}

export function topBit(c: Context, width: Width, x: Value): Value {
  return bit(c, x, width * 8 - 1);
}

/** i32 condition: x is not zero. */
export function nonZero(c: Context, x: Value): Value {
  if (x.constant !== undefined) return truth(x.constant !== 0n);
  return c.expression((f) => {
    x.emit(f);
    f.i64(0n).op('i64.ne');
  });
}

export function isZero(c: Context, x: Value): Value {
  if (x.constant !== undefined) return truth(x.constant === 0n);
  return unary(c, 'i64.eqz', x);
}

const truth = (holds: boolean): Value => ({ emit: (f) => void f.i32(holds ? 1 : 0), constant: holds ? 1n : 0n });

/** condition ? x : y, both evaluated. */
export function choose(c: Context, condition: Value, x: Value, y: Value): Value {
  return c.expression((f) => {
    x.emit(f);
    y.emit(f);
    condition.emit(f);
    f.op('select');
  });
}

/** An i32 as zero-extended i64. */
export function widen(c: Context, x: Value): Value {
  return unary(c, 'i64.extend_i32_u', x);
}

export function narrow(c: Context, x: Value): Value {
  return unary(c, 'i32.wrap_i64', x);
}
