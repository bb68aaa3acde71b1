// Division of 128 by 64 bits in words of 64, by two digits of 32 (Knuth, The Art of Computer Programming 2, algorithm 4.3.1 D).

import type { Body, Expression } from '../../wasm/expression.ts';

const LOW = 0xffff_ffffn;

/** Quotient and remainder of `high` * 2^64 + `low` by `divisor`, all unsigned; `high` < `divisor`, so that the quotient has 64 bits. */
export function divideWide(
  b: Body,
  high: Expression,
  low: Expression,
  divisor: Expression,
): { readonly quotient: Expression; readonly remainder: Expression } {
  // Scaled so that the divisor has its highest bit, which makes a digit's first guess too high by two at most.
  const scale = b.variable(divisor.clz());
  const scaled = b.variable(divisor.shl(scale));
  const first = b.variable(scaled.shr(32));
  const second = b.variable(scaled.and(LOW));
  const carried = low.shr(1).shr(scale.xor(63));
  const rest = b.variable(low.shl(scale));

  /** One digit of the quotient of `dividend` * 2^32 + `next` by `scaled`, and what is left. */
  const digit = (dividend: Expression, next: Expression): readonly [quotient: Expression, left: Expression] => {
    const guess = b.variable(dividend.with('i64.div_u', first, 'i64'));
    const left = b.variable(dividend.sub(guess.mul(first)));
    for (let round = 0; round < 2; round++) {
      const isHigh = guess
        .gtu(LOW)
        .or(guess.mul(second).gtu(left.shl(32).or(next)))
        .and(left.leu(LOW));
      const correction = b.variable(isHigh.extend());
      b.assign(left, left.add(correction.mul(first)));
      b.assign(guess, guess.sub(correction));
    }
    return [guess, b.variable(dividend.shl(32).or(next).sub(guess.mul(scaled)))];
  };

  const [upper, left] = digit(b.variable(high.shl(scale).or(carried)), b.variable(rest.shr(32)));
  const [lower, last] = digit(left, b.variable(rest.and(LOW)));
  return { quotient: upper.shl(32).or(lower), remainder: last.shr(scale) };
}
