// Cycles as microseconds in decimal, exact wherever the machine's hertz allows it.

const MICRO = 1_000_000;
/** Digits behind the point where the expansion does not end. */
const ROUNDED_DIGITS = 12;

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** Decimal digits that 1/n needs; -1 if it does not end. */
function digitsOf(n: number): number {
  let [rest, twos, fives] = [n, 0, 0];
  for (; rest % 2 === 0; rest /= 2) twos++;
  for (; rest % 5 === 0; rest /= 5) fives++;
  return rest === 1 ? Math.max(twos, fives) : -1;
}

/** A function from cycles to JSON numbers. */
export function microsecondsOf(hertz: number): (cycle: bigint) => string {
  const divisor = greatestCommonDivisor(MICRO, hertz);
  const numerator = BigInt(MICRO / divisor);
  const denominator = BigInt(hertz / divisor);
  const exact = digitsOf(hertz / divisor);
  const digits = exact < 0 ? ROUNDED_DIGITS : exact;
  const scale = 10n ** BigInt(digits);
  return (cycle) => {
    const scaled = (cycle * numerator * scale) / denominator;
    const fraction = String(scaled % scale)
      .padStart(digits, '0')
      .replace(/0+$/, '');
    return digits === 0 || fraction === '' ? String(scaled / scale) : `${scaled / scale}.${fraction}`;
  };
}
