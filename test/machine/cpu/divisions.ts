// DIV of 128 by 64 bits where its digits are hard to guess: quotients and remainders at the ends of words and half words, and dividends that do not
// fit by one.

import type { Sequence } from './sequence.ts';

const WORD = 1n << 64n;
const MASK = WORD - 1n;
/** div %rbx; int3 */
const CODE = '48f7f3cc';

const DIVISORS = [
  1n,
  2n,
  3n,
  0xffff_fffen,
  0xffff_ffffn,
  0x1_0000_0000n,
  0x1_0000_0001n,
  0x1_ffff_ffffn,
  0x7fff_ffff_0000_0001n,
  0x7fff_ffff_ffff_ffffn,
  0x8000_0000_0000_0000n,
  0x8000_0000_ffff_ffffn,
  0xffff_ffff_0000_0000n,
  0xffff_ffff_0000_0001n,
  MASK - 1n,
  MASK,
];
const QUOTIENTS = [
  1n,
  0xffff_ffffn,
  0x1_0000_0000n,
  0x7fff_ffff_ffff_ffffn,
  0xffff_ffff_0000_0000n,
  0xffff_fffe_ffff_ffffn,
  MASK - 1n,
  MASK,
];

function division(dividend: bigint, divisor: bigint): Sequence {
  const [high, low] = [dividend >> 64n, dividend & MASK];
  const quotient = dividend / divisor;
  const [rdx, rax] = quotient > MASK ? [high, low] : [dividend % divisor, quotient];
  return {
    name: `${dividend.toString(16)} by ${divisor.toString(16)}`,
    code: CODE,
    gpr: { rdx: high, rax: low, rbx: divisor },
    expected: { ...(quotient > MASK ? { exception: [0, 0, 0n] as const } : {}), gpr: { rdx, rax } },
  };
}

/** What is expected is what BigInt says. */
export const divisions: readonly Sequence[] = DIVISORS.flatMap((divisor) => [
  ...QUOTIENTS.flatMap((quotient) =>
    [...new Set([0n, 1n, divisor >> 1n, divisor - 1n])]
      .filter((remainder) => remainder < divisor)
      .map((remainder) => division(quotient * divisor + remainder, divisor)),
  ),
  division(WORD * divisor, divisor),
  division(WORD * divisor - 1n, divisor),
]);
