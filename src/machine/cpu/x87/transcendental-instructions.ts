// F2XM1, FYL2X, FYL2XP1, FSIN, FCOS, FSINCOS, FPTAN, FPATAN.

import type { Helper } from '../helpers/helper.ts';
import { unary } from './arithmetic-instructions.ts';
import type { Binary } from './arithmetic.ts';
import { C1, C2, type Outcome } from './control.ts';
import { INDEFINITE, ONE, QNAN } from './float80.ts';
import { waiting } from './instruction.ts';
import { exponential, logarithm, logarithmPlusOne } from './logarithm.ts';
import { arctangent2, trigonometric, type Trigonometric } from './trigonometry.ts';

/** ST(1) := f(ST(1), ST(0)), then pop. */
function popping(operation: Binary): Helper {
  return waiting((fpu) => {
    const done = fpu.isEmpty(0) || fpu.isEmpty(1) ? fpu.underflow(1) : fpu.deliver(1, operation(fpu.get(1), fpu.get(0), fpu.control));
    if (done) fpu.pop();
    return null;
  });
}

function function1(select: (t: Trigonometric) => Outcome): Helper {
  return waiting((fpu) => {
    fpu.setConditions(0, C2);
    if (fpu.isEmpty(0)) {
      fpu.underflow(0);
      return null;
    }
    const values = trigonometric(fpu.get(0), fpu.control);
    if (values === null) fpu.setConditions(C2, C1 | C2);
    else fpu.deliver(0, select(values));
    return null;
  });
}

/** ST(0) := the first result; the second is pushed. */
function function2(first: (t: Trigonometric) => Outcome, second: (t: Trigonometric) => Outcome): Helper {
  return waiting((fpu) => {
    fpu.setConditions(0, C2);
    if (fpu.isEmpty(0)) {
      if (fpu.underflow(0)) fpu.pushRaw(INDEFINITE);
      return null;
    }
    if (!fpu.isEmpty(7)) {
      if (fpu.overflow()) fpu.set(1, INDEFINITE);
      return null;
    }
    const values = trigonometric(fpu.get(0), fpu.control);
    if (values === null) {
      fpu.setConditions(C2, C1 | C2);
      return null;
    }
    const result = first(values);
    const pushed = second(values);
    if (!fpu.deliver(0, { ...result, flags: result.flags | pushed.flags })) return null;
    fpu.pushRaw(pushed.value);
    return null;
  });
}

export const transcendentalInstructions: Readonly<Record<string, Helper>> = {
  F2xm1: unary(exponential),
  Fyl2x: popping(logarithm),
  Fyl2xp1: popping(logarithmPlusOne),
  Fpatan: popping(arctangent2),
  Fsin: function1((t) => t.sine),
  Fcos: function1((t) => t.cosine),
  Fsincos: function2(
    (t) => t.sine,
    (t) => t.cosine,
  ),
  /** Pushes 1, for compatibility with the 8087; a NaN is pushed again. */
  Fptan: function2(
    (t) => t.tangent,
    (t) => (t.tangent.value.kind >= QNAN ? t.tangent : { value: ONE, flags: 0, roundedUp: false }),
  ),
};
