// Elementary functions on fixed-point integers with 192 fraction bits: more than 120 good ones for any operand that is not tiny.

import { integerSquareRoot } from './arithmetic.ts';

export const FRACTION_BITS = 192;
const FRACTION = BigInt(FRACTION_BITS);
export const FIXED_ONE = 1n << FRACTION;

/** Constants with 320 fraction bits, truncated. */
export const LONG_BITS = 320;
export const LONG_PI = 0x3243f6a8885a308d313198a2e03707344a4093822299f31d0082efa98ec4e6c89452821e638d01377n;
export const LONG_LN2 = 0xb17217f7d1cf79abc9e3b39803f2f6af40f343267298b62d8a0d175b8baafa2be7b876206debac98n;
export const LONG_LOG2_E = 0x171547652b82fe1777d0ffda0d23a7d11d6aef551bad2b4b1164a2cd9a342648fbc3887eeaa2ed9acn;
export const LONG_LOG2_10 = 0x35269e12f346e2bf924afdbfd36bf6d3365b157f8deceb53a46dab2020b9e167419943f7a77547ce8n;
export const LONG_LOG10_2 = 0x4d104d427de7fbcc47c4acd605be48bc13569862a1e8f9a4c52f37935be631e5943516c0c8cfd5e8n;
export const FIXED_PI = LONG_PI >> BigInt(LONG_BITS - FRACTION_BITS);

/** e^x - 1 for |x| < 1. */
export function exponentialMinusOne(x: bigint): bigint {
  let sum = x;
  let term = x;
  for (let n = 2n; term !== 0n && term !== -1n; n += 1n) {
    term = ((term * x) >> FRACTION) / n;
    sum += term;
  }
  return sum;
}

/** [sin x, cos x] for |x| < 1. */
export function sineAndCosine(x: bigint): readonly [bigint, bigint] {
  const square = (x * x) >> FRACTION;
  let sine = x;
  let cosine = FIXED_ONE;
  let odd = x;
  let even = FIXED_ONE;
  for (let n = 1n; even !== 0n; n += 2n) {
    even = -((even * square) >> FRACTION) / (n * (n + 1n));
    odd = -((odd * square) >> FRACTION) / ((n + 1n) * (n + 2n));
    cosine += even;
    sine += odd;
  }
  return [sine, cosine];
}

/** ln((1 + z) / (1 - z)) = 2 artanh z for |z| < 1/2. */
export function twiceArtanh(z: bigint): bigint {
  const square = (z * z) >> FRACTION;
  let sum = z;
  let power = z;
  for (let n = 3n; power !== 0n && power !== -1n; n += 2n) {
    power = (power * square) >> FRACTION;
    sum += power / n;
  }
  return sum << 1n;
}

/** Arctangent of 0 <= t <= 1: three half-angle steps, then the series. */
export function arctangent(t: bigint): bigint {
  let reduced = t;
  for (let step = 0; step < 3; step++) {
    const root = integerSquareRoot((FIXED_ONE << FRACTION) + reduced * reduced);
    reduced = (reduced << FRACTION) / (FIXED_ONE + root);
  }
  const square = (reduced * reduced) >> FRACTION;
  let sum = reduced;
  let power = reduced;
  for (let n = 3n; power !== 0n && power !== -1n; n += 2n) {
    power = -((power * square) >> FRACTION);
    sum += power / n;
  }
  return sum << 3n;
}
