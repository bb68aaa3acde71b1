// SHL SHR SAR ROL ROR RCL RCR SHLD SHRD. Counts are taken modulo 32 (64 for 64-bit operands); a count of 0 changes no flag.
// OF is defined for counts of 1; for others it follows the same formula, as processors do.

import type { Context, Definition, OperandIndex, Value, Width } from '../context.ts';
import { type Form, type Rows, rows } from './forms.ts';
import { and, binary, bit, extend, nonZero, or, plus, sar, shl, shr, sub, topBit, truncate, widen, xor } from './values.ts';

interface Shifted {
  readonly result: Value;
  /** i32, emitted only where the count is not 0. */
  readonly carry: Value;
  readonly overflow: Value;
}
type Shift = (c: Context, width: Width, x: Value, count: Value) => Shifted;

const bits = (width: Width): number => width * 8;
const lowBit = (c: Context, x: Value): Value => bit(c, x, 0);
const exclusive = (c: Context, x: Value, y: Value): Value =>
  c.expression((f) => {
    x.emit(f);
    y.emit(f);
    f.op('i32.xor');
  });
/** bits - count. */
const rest = (c: Context, width: Width, count: Value): Value => sub(c, c.constant(BigInt(bits(width))), count);
const shiftedOutLow = (c: Context, x: Value, count: Value): Value => lowBit(c, shr(c, x, plus(c, count, -1)));

const shiftLeft: Shift = (c, width, x, count) => {
  const full = c.bind(shl(c, x, count));
  const result = c.bind(truncate(c, width, full));
  const carry = width === 8 ? lowBit(c, shr(c, x, rest(c, 8, count))) : bit(c, full, bits(width));
  return { result, carry, overflow: exclusive(c, topBit(c, width, result), carry) };
};

const shiftRight: Shift = (c, width, x, count) => {
  const result = c.bind(shr(c, x, count));
  const overflow = exclusive(c, topBit(c, width, result), bit(c, result, bits(width) - 2));
  return { result, carry: shiftedOutLow(c, x, count), overflow };
};

const shiftRightSigned: Shift = (c, width, x, count) => {
  const wide = c.bind(extend(c, width, x));
  const result = c.bind(truncate(c, width, sar(c, wide, count)));
  return { result, carry: lowBit(c, sar(c, wide, plus(c, count, -1))), overflow: c.expression((f) => f.i32(0)) };
};

function rotated(c: Context, width: Width, x: Value, count: Value, left: boolean): Value {
  if (width === 8) return c.bind(binary(c, left ? 'i64.rotl' : 'i64.rotr', x, count));
  if (width === 4) {
    return c.bind(
      c.expression((f) => {
        x.emit(f);
        f.op('i32.wrap_i64');
        count.emit(f);
        f.ops('i32.wrap_i64', left ? 'i32.rotl' : 'i32.rotr', 'i64.extend_i32_u');
      }),
    );
  }
  const turn = c.bind(and(c, count, c.constant(BigInt(bits(width) - 1))));
  const [forth, back] = left ? [shl, shr] : [shr, shl];
  return c.bind(truncate(c, width, or(c, forth(c, x, turn), back(c, x, rest(c, width, turn)))));
}

const rotateLeft: Shift = (c, width, x, count) => {
  const result = rotated(c, width, x, count, true);
  return { result, carry: lowBit(c, result), overflow: exclusive(c, topBit(c, width, result), lowBit(c, result)) };
};

const rotateRight: Shift = (c, width, x, count) => {
  const result = rotated(c, width, x, count, false);
  const top = topBit(c, width, result);
  return { result, carry: top, overflow: exclusive(c, top, bit(c, result, bits(width) - 2)) };
};

/** Rotation through carry, as a rotation of width + 1 bits. */
const rotateCarry =
  (left: boolean): Shift =>
  (c, width, x, count) => {
    const carryIn = c.bind(widen(c, c.carry()));
    let result: Value;
    let carry: Value;
    if (width === 8) {
      const one = c.constant(1n);
      const back = rest(c, 8, count);
      const into = left ? plus(c, count, -1) : back;
      const [forth, wrap] = left ? [shl, shr] : [shr, shl];
      // The wrapped part is shifted twice, because a count of 1 wraps nothing and a shift by 64 is one by 0.
      const moved = or(c, or(c, forth(c, x, count), shl(c, carryIn, into)), wrap(c, wrap(c, x, one), back));
      result = c.bind(
        c.expression((f) => {
          moved.emit(f);
          x.emit(f);
          nonZero(c, count).emit(f);
          f.op('select');
        }),
      );
      carry = left ? lowBit(c, shr(c, x, back)) : shiftedOutLow(c, x, count);
    } else {
      const size = bits(width) + 1;
      const turn = c.bind(binary(c, 'i64.rem_u', count, c.constant(BigInt(size))));
      const back = sub(c, c.constant(BigInt(size)), turn);
      const wide = c.bind(or(c, x, shl(c, carryIn, c.constant(BigInt(bits(width))))));
      const [forth, wrap] = left ? [shl, shr] : [shr, shl];
      const full = c.bind(or(c, forth(c, wide, turn), wrap(c, wide, back)));
      result = c.bind(truncate(c, width, full));
      carry = bit(c, full, bits(width));
    }
    const top = topBit(c, width, result);
    return { result, carry, overflow: left ? exclusive(c, top, carry) : exclusive(c, top, bit(c, result, bits(width) - 2)) };
  };

function countOf(c: Context, i: OperandIndex, width: Width): Value {
  return c.bind(and(c, c.get(i, 1), c.constant(width === 8 ? 63n : 31n)));
}

const shifting =
  (shift: Shift, kind: 'result' | 'carries') =>
  (width: Width): Definition =>
  (c) => {
    const count = countOf(c, 1, width);
    c.modify(0, width, (x) => {
      const { result, carry, overflow } = shift(c, width, x, count);
      c.when(nonZero(c, count), () => c.setFlags(kind === 'result' ? { kind, width, result, carry, overflow } : { kind, carry, overflow }));
      return result;
    });
  };

/** SHLD and SHRD. A 16-bit count above 16 is undefined; it takes bits of source, then destination again. */
const double =
  (left: boolean) =>
  (width: Width): Definition =>
  (c) => {
    const count = countOf(c, 2, width);
    const source = c.get(1, width);
    c.modify(0, width, (x) => {
      const [forth, wrap] = left ? [shl, shr] : [shr, shl];
      let result: Value;
      let carry: Value;
      if (width === 2) {
        const size = c.constant(16n);
        const low = left
          ? or(c, shl(c, x, c.constant(32n)), or(c, shl(c, source, size), x))
          : or(c, x, or(c, shl(c, source, size), shl(c, x, c.constant(32n))));
        const triple = c.bind(low);
        const shifted = c.bind(left ? shr(c, shl(c, triple, count), c.constant(32n)) : shr(c, triple, count));
        result = c.bind(truncate(c, 2, shifted));
        carry = left ? bit(c, shl(c, triple, count), 48) : shiftedOutLow(c, triple, count);
      } else {
        const moved = or(c, forth(c, x, count), wrap(c, source, rest(c, width, count)));
        result = c.bind(
          c.expression((f) => {
            truncate(c, width, moved).emit(f);
            x.emit(f);
            nonZero(c, count).emit(f);
            f.op('select');
          }),
        );
        carry = left ? lowBit(c, shr(c, x, rest(c, width, count))) : shiftedOutLow(c, x, count);
      }
      const overflow = topBit(c, width, c.bind(xor(c, x, result)));
      c.when(nonZero(c, count), () => c.setFlags({ kind: 'result', width, result, carry, overflow }));
      return result;
    });
  };

const SHIFT_FORMS: readonly Form[] = ['imm8', '1', 'CL'].flatMap((count): Form[] => [
  [`rm8_${count}`, 1],
  [`rm16_${count}`, 2],
  [`rm32_${count}`, 4],
  [`rm64_${count}`, 8],
]);
const DOUBLE_FORMS: readonly Form[] = ['imm8', 'CL'].flatMap((count): Form[] => [
  [`rm16_r16_${count}`, 2],
  [`rm32_r32_${count}`, 4],
  [`rm64_r64_${count}`, 8],
]);

export const shiftRows: Rows = [
  ...rows('Shl', SHIFT_FORMS, shifting(shiftLeft, 'result')),
  ...rows('Sal', SHIFT_FORMS, shifting(shiftLeft, 'result')),
  ...rows('Shr', SHIFT_FORMS, shifting(shiftRight, 'result')),
  ...rows('Sar', SHIFT_FORMS, shifting(shiftRightSigned, 'result')),
  ...rows('Rol', SHIFT_FORMS, shifting(rotateLeft, 'carries')),
  ...rows('Ror', SHIFT_FORMS, shifting(rotateRight, 'carries')),
  ...rows('Rcl', SHIFT_FORMS, shifting(rotateCarry(true), 'carries')),
  ...rows('Rcr', SHIFT_FORMS, shifting(rotateCarry(false), 'carries')),
  ...rows('Shld', DOUBLE_FORMS, double(true)),
  ...rows('Shrd', DOUBLE_FORMS, double(false)),
];
