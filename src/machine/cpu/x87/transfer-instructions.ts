// Loads, stores, exchanges and constants.

import type { Helper } from '../helpers/helper.ts';
import { C1, IE, OE, PE, SF, TRUNCATE, UE, exact, type Rounding } from './control.ts';
import { DOUBLE, SINGLE, narrow, storeInteger } from './convert.ts';
import { DECIMAL_INDEFINITE, toDecimal } from './decimal.ts';
import { LONG_BITS, LONG_LN2, LONG_LOG10_2, LONG_LOG2_10, LONG_LOG2_E, LONG_PI } from './fixed-point.ts';
import { DENORMAL, INDEFINITE, ONE, writeFloat80, zero, type Float80 } from './float80.ts';
import type { Fpu } from './fpu.ts';
import { stackIndex, viewOf, waiting } from './instruction.ts';
import { unaryNanResult } from './nan.ts';
import { isFault, readOperand, type MemoryForm } from './operands.ts';
import { roundExtended } from './rounding.ts';

/** Widening quiets a NaN and signals a denormal; an 80-bit load takes any bits as they are. */
function load(form: MemoryForm): Helper {
  const converts = form === 'm32fp' || form === 'm64fp';
  return waiting((fpu, machine) => {
    const operand = readOperand(machine, form);
    if (isFault(operand)) return operand;
    if (!converts) fpu.push(exact(operand));
    else if (operand.kind === DENORMAL) fpu.pushDenormal(operand);
    else fpu.push(unaryNanResult(operand) ?? exact(operand));
    return null;
  });
}

const loadRegister: Helper = waiting((fpu, machine) => {
  const i = stackIndex(machine, 0);
  if (fpu.isEmpty(i)) {
    fpu.raise(IE | SF);
    if (fpu.isMasked(IE)) fpu.pushRaw(INDEFINITE);
  } else fpu.push(exact(fpu.get(i)));
  return null;
});

/** A constant, rounded as the control word says, without raising PE. */
function constant(long: bigint): Helper {
  return waiting((fpu) => {
    const { value } = roundExtended(0, (long << 1n) | 1n, -LONG_BITS - 1, fpu.control);
    fpu.push(exact(value));
    return null;
  });
}

interface Store {
  readonly bytes: Uint8Array;
  readonly flags: number;
  readonly roundedUp: boolean;
}

type Converter = (value: Float80, fpu: Fpu) => Store;

function littleEndian(bits: bigint, count: number): Uint8Array {
  const bytes = new Uint8Array(8);
  viewOf(bytes).setBigUint64(0, bits, true);
  return bytes.subarray(0, count);
}

const toSingle: Converter = (value, fpu) => {
  const { bits, flags, roundedUp } = narrow(value, SINGLE, fpu.control);
  return { bytes: littleEndian(bits, 4), flags, roundedUp };
};
const toDouble: Converter = (value, fpu) => {
  const { bits, flags, roundedUp } = narrow(value, DOUBLE, fpu.control);
  return { bytes: littleEndian(bits, 8), flags, roundedUp };
};
const toExtended: Converter = (value) => {
  const bytes = new Uint8Array(10);
  writeFloat80(viewOf(bytes), 0, value);
  return { bytes, flags: 0, roundedUp: false };
};
function integerOf(count: number, rounding?: Rounding): Converter {
  return (value, fpu) => {
    const { bits, flags, roundedUp } = storeInteger(value, count, rounding ?? fpu.control.rounding);
    return { bytes: littleEndian(bits, count), flags, roundedUp };
  };
}
const toPacked: Converter = (value, fpu) => toDecimal(value, fpu.control.rounding);

/** `indefinite`: what a masked stack underflow stores. */
function store(convert: Converter, indefinite: Uint8Array, pops: number): Helper {
  return waiting((fpu, machine) => {
    const result = fpu.isEmpty(0) ? { bytes: indefinite, flags: IE | SF, roundedUp: false } : convert(fpu.get(0), fpu);
    const unmasked = result.flags & (IE | OE | UE) & ~fpu.control.masks;
    // A page that cannot be written comes before an exception that forbids the store.
    const address = machine.address();
    const fault = unmasked !== 0 ? machine.probeWrite(address, result.bytes.length) : machine.write(address, result.bytes);
    if (fault !== null) return fault;
    if (unmasked !== 0) {
      fpu.raise(result.flags & ~PE);
      return null;
    }
    fpu.raise(result.flags, result.roundedUp);
    fpu.pop(pops);
    return null;
  });
}

const SINGLE_INDEFINITE = littleEndian(0xffc00000n, 4);
const DOUBLE_INDEFINITE = littleEndian(0xfff8_0000_0000_0000n, 8);
const EXTENDED_INDEFINITE = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0xc0, 0xff, 0xff);
const integerIndefinite = (count: number): Uint8Array => littleEndian(1n << BigInt(count * 8 - 1), count);

function storeIntegerForm(count: number, pops: number, rounding?: Rounding): Helper {
  return store(integerOf(count, rounding), integerIndefinite(count), pops);
}

function storeRegister(pops: number): Helper {
  return waiting((fpu, machine) => {
    const i = stackIndex(machine, 0);
    if (fpu.isEmpty(0)) {
      if (fpu.underflow(i)) fpu.pop(pops);
      return null;
    }
    fpu.setConditions(0, C1);
    fpu.set(i, fpu.get(0));
    fpu.pop(pops);
    return null;
  });
}

/** The undocumented form that takes no notice of empty registers: an empty ST(0) is only popped. */
const storeUnchecked: Helper = waiting((fpu, machine) => {
  fpu.setConditions(0, C1);
  if (!fpu.isEmpty(0)) fpu.set(stackIndex(machine, 0), fpu.get(0));
  fpu.pop();
  return null;
});

const exchange: Helper = waiting((fpu, machine) => {
  const i = stackIndex(machine, 1);
  const fault = fpu.isEmpty(0) || fpu.isEmpty(i);
  if (fault) {
    fpu.raise(IE | SF);
    if (!fpu.isMasked(IE)) return null;
  } else fpu.setConditions(0, C1);
  const first = fpu.isEmpty(0) ? INDEFINITE : fpu.get(0);
  const second = fpu.isEmpty(i) ? INDEFINITE : fpu.get(i);
  fpu.set(0, second);
  fpu.set(i, first);
  return null;
});

export const transferInstructions: Readonly<Record<string, Helper>> = {
  Fld_m32fp: load('m32fp'),
  Fld_m64fp: load('m64fp'),
  Fld_m80fp: load('m80fp'),
  Fild_m16int: load('m16int'),
  Fild_m32int: load('m32int'),
  Fild_m64int: load('m64int'),
  Fbld_m80bcd: load('m80bcd'),
  Fld_sti: loadRegister,
  Fst_m32fp: store(toSingle, SINGLE_INDEFINITE, 0),
  Fstp_m32fp: store(toSingle, SINGLE_INDEFINITE, 1),
  Fst_m64fp: store(toDouble, DOUBLE_INDEFINITE, 0),
  Fstp_m64fp: store(toDouble, DOUBLE_INDEFINITE, 1),
  Fstp_m80fp: store(toExtended, EXTENDED_INDEFINITE, 1),
  Fist_m16int: storeIntegerForm(2, 0),
  Fistp_m16int: storeIntegerForm(2, 1),
  Fist_m32int: storeIntegerForm(4, 0),
  Fistp_m32int: storeIntegerForm(4, 1),
  Fistp_m64int: storeIntegerForm(8, 1),
  Fisttp_m16int: storeIntegerForm(2, 1, TRUNCATE),
  Fisttp_m32int: storeIntegerForm(4, 1, TRUNCATE),
  Fisttp_m64int: storeIntegerForm(8, 1, TRUNCATE),
  Fbstp_m80bcd: store(toPacked, DECIMAL_INDEFINITE, 1),
  Fst_sti: storeRegister(0),
  Fstp_sti: storeRegister(1),
  Fstpnce_sti: storeUnchecked,
  Fstp_sti_DFD0: storeRegister(1),
  Fstp_sti_DFD8: storeRegister(1),
  Fxch_st0_sti: exchange,
  Fxch_st0_sti_DDC8: exchange,
  Fxch_st0_sti_DFC8: exchange,
  Fld1: waiting((fpu) => (fpu.push(exact(ONE)), null)),
  Fldz: waiting((fpu) => (fpu.push(exact(zero(0))), null)),
  Fldpi: constant(LONG_PI),
  Fldl2e: constant(LONG_LOG2_E),
  Fldl2t: constant(LONG_LOG2_10),
  Fldlg2: constant(LONG_LOG10_2),
  Fldln2: constant(LONG_LN2),
};
