// Comparison and classification (FCOM, FUCOM, FCOMI, FTST, FXAM).

import { C0, C1, C2, C3, IE } from './control.ts';
import { denormalFlag } from './arithmetic.ts';
import { DENORMAL, INFINITY, INVALID, NORMAL, QNAN, SNAN, ZERO, lowExponent, type Float80 } from './float80.ts';

export type Order = 'greater' | 'less' | 'equal' | 'unordered';

export interface Comparison {
  readonly order: Order;
  readonly flags: number;
}

/** `quiet`: a quiet NaN raises nothing (FUCOM). */
export function compare(a: Float80, b: Float80, quiet: boolean): Comparison {
  if (a.kind >= QNAN || b.kind >= QNAN) {
    const signals = !quiet || a.kind >= SNAN || b.kind >= SNAN;
    return { order: 'unordered', flags: signals ? IE : 0 };
  }
  return { order: order(a, b), flags: denormalFlag(a, b) };
}

function order(a: Float80, b: Float80): Order {
  if (a.kind === ZERO && b.kind === ZERO) return 'equal';
  if (a.sign !== b.sign) {
    return a.sign === 0 ? 'greater' : 'less';
  }
  const magnitude = compareMagnitudes(a, b);
  if (magnitude === 0) return 'equal';
  return magnitude > 0 === (a.sign === 0) ? 'greater' : 'less';
}

/** The encodings are monotonic, but for exponent 0 having the weight of 1. */
function compareMagnitudes(a: Float80, b: Float80): number {
  const exponents = lowExponent(a) - lowExponent(b);
  if (exponents !== 0 && a.kind !== ZERO && b.kind !== ZERO) return exponents;
  if (a.significand === b.significand) return 0;
  return a.significand > b.significand ? 1 : -1;
}

/** Condition codes of the status word; RFLAGS of FCOMI has CF, PF, ZF where C0, C2, C3 are. */
export const ORDER_CODES: Readonly<Record<Order, number>> = { greater: 0, less: C0, equal: C3, unordered: C0 | C2 | C3 };

const CLASS_CODES: Readonly<Record<number, number>> = {
  [INVALID]: 0,
  [QNAN]: C0,
  [SNAN]: C0,
  [NORMAL]: C2,
  [INFINITY]: C2 | C0,
  [ZERO]: C3,
  [DENORMAL]: C3 | C2,
};

export function examine(a: Float80, empty: boolean): number {
  return (empty ? C3 | C0 : (CLASS_CODES[a.kind] ?? 0)) | (a.sign === 1 ? C1 : 0);
}
