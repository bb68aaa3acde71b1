// Division of 128 by 64 bits in words of 64, by two digits of 32 (Knuth, The Art of Computer Programming 2, algorithm 4.3.1 D).

import type { Context, Value } from '../context.ts';
import { add, and, binary, or, shl, shr, sub } from './values.ts';

const HALF = 32n;
const LOW = 0xffff_ffffn;

/** Quotient and remainder of `high` * 2^64 + `low` by `divisor`, all unsigned; `high` < `divisor`, so that the quotient has 64 bits. */
export function divideWide(c: Context, high: Value, low: Value, divisor: Value): { readonly quotient: Value; readonly remainder: Value } {
  const half = c.constant(HALF);
  const bind = (value: Value): Value => c.bind(value);
  // Scaled so that the divisor has its highest bit, which makes a digit's first guess too high by two at most.
  const scale = bind(
    c.expression((f) => {
      divisor.emit(f);
      f.op('i64.clz');
    }),
  );
  const scaled = bind(shl(c, divisor, scale));
  const first = bind(shr(c, scaled, half));
  const second = bind(and(c, scaled, c.constant(LOW)));
  const carried = shr(c, shr(c, low, c.constant(1n)), sub(c, c.constant(63n), scale));
  const rest = bind(shl(c, low, scale));

  /** One digit of the quotient of `dividend` * 2^32 + `next` by `scaled`, and what is left. */
  const digit = (dividend: Value, next: Value): readonly [quotient: Value, left: Value] => {
    let guess = bind(binary(c, 'i64.div_u', dividend, first));
    let left = bind(sub(c, dividend, binary(c, 'i64.mul', guess, first)));
    for (let round = 0; round < 2; round++) {
      const isHigh = c.bind(tooHigh(c, guess, left, second, next), 'i32');
      const correction = bind(
        c.expression((f) => {
          isHigh.emit(f);
          f.op('i64.extend_i32_u');
        }),
      );
      const more = binary(c, 'i64.mul', correction, first);
      left = bind(add(c, left, more));
      guess = bind(sub(c, guess, correction));
    }
    const together = or(c, shl(c, dividend, half), next);
    return [guess, bind(sub(c, together, binary(c, 'i64.mul', guess, scaled)))];
  };

  const [upper, left] = digit(bind(or(c, shl(c, high, scale), carried)), bind(shr(c, rest, half)));
  const [lower, last] = digit(left, bind(and(c, rest, c.constant(LOW))));
  return { quotient: or(c, shl(c, upper, half), lower), remainder: shr(c, last, scale) };
}

/** Whether a guess at a digit is too high, as far as the divisor's second digit tells: `left` is what the first one leaves. */
function tooHigh(c: Context, guess: Value, left: Value, second: Value, next: Value): Value {
  return c.expression((f) => {
    guess.emit(f);
    f.i64(LOW).op('i64.gt_u');
    binary(c, 'i64.mul', guess, second).emit(f);
    or(c, shl(c, left, c.constant(HALF)), next).emit(f);
    f.ops('i64.gt_u', 'i32.or');
    left.emit(f);
    f.i64(LOW).ops('i64.le_u', 'i32.and');
  });
}
