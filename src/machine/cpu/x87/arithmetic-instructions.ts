// FADD to FDIVR in all forms, FSQRT, FABS, FCHS, FRNDINT, FSCALE, FXTRACT, FPREM, FPREM1.

import type { Helper } from '../helpers/helper.ts';
import {
  absolute,
  add,
  divide,
  divideReverse,
  multiply,
  negate,
  squareRoot,
  subtract,
  subtractReverse,
  type Binary,
  type Unary,
} from './arithmetic.ts';
import { C1, C2 } from './control.ts';
import { INDEFINITE, type Float80 } from './float80.ts';
import { stackIndex, waiting } from './instruction.ts';
import { extract, roundToIntegral, scale } from './integral.ts';
import { isFault, readOperand, type MemoryForm } from './operands.ts';
import { remainder } from './remainder.ts';

const BASIC: Readonly<Record<string, Binary>> = {
  add,
  mul: multiply,
  sub: subtract,
  subr: subtractReverse,
  div: divide,
  divr: divideReverse,
};

/** `destination`: position of the destination among the operands; the other operand is the right-hand one. */
function registers(operation: Binary, destination: 0 | 1, pops: number): Helper {
  return waiting((fpu, machine) => {
    const other = destination === 0 ? stackIndex(machine, 1) : 0;
    const target = destination === 0 ? 0 : stackIndex(machine, 0);
    const missing = fpu.isEmpty(target) || fpu.isEmpty(other);
    const done = missing ? fpu.underflow(target) : fpu.deliver(target, operation(fpu.get(target), fpu.get(other), fpu.control));
    if (done) fpu.pop(pops);
    return null;
  });
}

function withMemory(operation: Binary, form: MemoryForm): Helper {
  return waiting((fpu, machine) => {
    const operand = readOperand(machine, form);
    if (isFault(operand)) return operand;
    if (fpu.isEmpty(0)) fpu.underflow(0);
    else fpu.deliver(0, operation(fpu.get(0), operand, fpu.control));
    return null;
  });
}

function basicForms(name: string, operation: Binary): Record<string, Helper> {
  return {
    [`F${name}_st0_sti`]: registers(operation, 0, 0),
    [`F${name}_sti_st0`]: registers(operation, 1, 0),
    [`F${name}p_sti_st0`]: registers(operation, 1, 1),
    [`F${name}_m32fp`]: withMemory(operation, 'm32fp'),
    [`F${name}_m64fp`]: withMemory(operation, 'm64fp'),
    [`Fi${name}_m16int`]: withMemory(operation, 'm16int'),
    [`Fi${name}_m32int`]: withMemory(operation, 'm32int'),
  };
}

export function unary(operation: Unary): Helper {
  return waiting((fpu) => {
    if (fpu.isEmpty(0)) fpu.underflow(0);
    else fpu.deliver(0, operation(fpu.get(0), fpu.control));
    return null;
  });
}

/** Sign changes raise nothing but stack underflow. */
function signChange(operation: (a: Float80) => Float80): Helper {
  return waiting((fpu) => {
    if (fpu.isEmpty(0)) {
      fpu.underflow(0);
      return null;
    }
    fpu.setConditions(0, C1);
    fpu.set(0, operation(fpu.get(0)));
    return null;
  });
}

function remainderOf(nearest: boolean): Helper {
  return waiting((fpu) => {
    fpu.setConditions(0, C2);
    if (fpu.isEmpty(0) || fpu.isEmpty(1)) {
      fpu.underflow(0);
      return null;
    }
    const { outcome, conditions } = remainder(fpu.get(0), fpu.get(1), nearest, fpu.control);
    if (fpu.deliver(0, outcome) && conditions !== null) fpu.setConditions(conditions);
    return null;
  });
}

const scaleByOperand: Helper = waiting((fpu) => {
  if (fpu.isEmpty(0) || fpu.isEmpty(1)) fpu.underflow(0);
  else fpu.deliver(0, scale(fpu.get(0), fpu.get(1), fpu.control));
  return null;
});

/** ST(0) becomes the exponent, and the significand is pushed. */
const extractParts: Helper = waiting((fpu) => {
  if (fpu.isEmpty(0)) {
    if (fpu.underflow(0)) fpu.pushRaw(INDEFINITE);
    return null;
  }
  if (!fpu.isEmpty(7)) {
    if (fpu.overflow()) fpu.set(1, INDEFINITE);
    return null;
  }
  const parts = extract(fpu.get(0));
  if (!fpu.deliver(0, parts.exponent)) return null;
  fpu.pushRaw(parts.significand);
  return null;
});

export const arithmeticInstructions: Readonly<Record<string, Helper>> = {
  ...Object.fromEntries(Object.entries(BASIC).flatMap(([name, operation]) => Object.entries(basicForms(name, operation)))),
  Fsqrt: unary(squareRoot),
  Fabs: signChange(absolute),
  Fchs: signChange(negate),
  Frndint: unary(roundToIntegral),
  Fscale: scaleByOperand,
  Fxtract: extractParts,
  Fprem: remainderOf(false),
  Fprem1: remainderOf(true),
};
