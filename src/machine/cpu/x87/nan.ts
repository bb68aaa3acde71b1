// What an operation answers when an operand is a NaN or no valid encoding (SDM vol. 1, table 4-7, x87 column).

import { IE, exact, type Outcome } from './control.ts';
import { INDEFINITE, INVALID, QNAN, QUIET_BIT, SNAN, type Float80 } from './float80.ts';

export const invalid: Outcome = exact(INDEFINITE, IE);

function quieted(value: Float80): Float80 {
  return { ...value, significand: value.significand | QUIET_BIT, kind: QNAN };
}

/** null if both are numbers. */
export function nanResult(a: Float80, b: Float80): Outcome | null {
  if (a.kind < QNAN && b.kind < QNAN) return null;
  if (a.kind === INVALID || b.kind === INVALID) return invalid;
  const flags = a.kind === SNAN || b.kind === SNAN ? IE : 0;
  if (b.kind < QNAN) return exact(quieted(a), flags);
  if (a.kind < QNAN) return exact(quieted(b), flags);
  if (a.kind !== b.kind) return exact(a.kind === QNAN ? a : b, flags);
  // The larger significand wins; of equal ones, the positive.
  if (a.significand !== b.significand) return exact(quieted(a.significand > b.significand ? a : b), flags);
  return exact(quieted(a.sign === 0 ? a : b), flags);
}

export function unaryNanResult(a: Float80): Outcome | null {
  return nanResult(a, a);
}
