// Cycles of virtual time and nanoseconds, both ways, without rounding drift.

const NANOSECONDS = 1_000_000_000;

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** floor(value * numerator / denominator) where the product may exceed 2^53. */
function scale(value: number, numerator: number, denominator: number): number {
  const whole = Math.floor(value / denominator);
  const rest = value - whole * denominator;
  return whole * numerator + Math.floor((rest * numerator) / denominator);
}

export class VirtualClock {
  readonly hertz: number;
  /** CLOCK_REALTIME at cycle 0, nanoseconds since 1970; settable by clock_settime. */
  epochNanoseconds: bigint;
  private readonly perNanosecond: number;
  private readonly perCycle: number;

  constructor(hertz: number, epochNanoseconds: bigint) {
    this.hertz = hertz;
    this.epochNanoseconds = epochNanoseconds;
    const divisor = greatestCommonDivisor(hertz, NANOSECONDS);
    this.perNanosecond = hertz / divisor;
    this.perCycle = NANOSECONDS / divisor;
  }

  /** Nanoseconds since virtual time 0 (rounded down). */
  nanoseconds(cycles: number): number {
    return scale(cycles, this.perCycle, this.perNanosecond);
  }

  /** Cycles in a span of nanoseconds, rounded up: a sleep never ends early. Clamped to 2^53. */
  cycles(nanoseconds: number): number {
    const whole = scale(nanoseconds, this.perNanosecond, this.perCycle);
    const cycles = this.nanoseconds(whole) < nanoseconds ? whole + 1 : whole;
    return Math.min(cycles, Number.MAX_SAFE_INTEGER);
  }

  /** CLOCK_REALTIME at `cycles`. */
  realtime(cycles: number): bigint {
    return this.epochNanoseconds + BigInt(this.nanoseconds(cycles));
  }
}
