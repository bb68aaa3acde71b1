// Arithmetic on x87 values in the common case, as functions of a module: operands that are zero or normal, results that are too, under rounding to
// nearest and to 64 bits. Everything else is left to the helpers (cpu/x87), which are exact for all operands and control words.
// A value is its significand and a word of sign and exponent, as in a register, both i64.

import { PE, C1, C0, C3 } from '../../x87/control.ts';
import { BIAS, MAX_EXPONENT } from '../../x87/float80.ts';
import { CPU_BASE } from '../../../memory/layout.ts';
import { X87_RESULT } from '../../state.ts';
import { Body, type Expression, type Variable, call, i64 } from '../../wasm/expression.ts';
import type { ModuleBuilder } from '../../wasm/module-builder.ts';
import { emitMultiplyHigh } from '../float/arithmetic.ts';
import { shiftRightJam } from '../float/rounding.ts';
import { divideWide } from '../integer/wide-division.ts';

/**
 * Indexes of functions that leave a significand, bits or an integer at X87_RESULT. They return an i64: what the status word has of the operation (PE, C1)
 * above STATUS_SHIFT, and the word of sign and exponent below; UNCOMMON where the helper is to do it, and nothing has happened.
 */
export interface X87Functions {
  /** (significand, word, significand, word) of a and b: a + b, a * b, a / b. */
  readonly add: number;
  readonly multiply: number;
  readonly divide: number;
  /** The same operands: C0, C3 or neither, as the status word has it. */
  readonly compare: number;
  /** (bits of a single or double, a signed integer) to a value. */
  readonly fromSingle: number;
  readonly fromDouble: number;
  readonly fromInteger: number;
  /** (significand, word) to bits. */
  readonly toSingle: number;
  readonly toDouble: number;
  /** (significand, word, 1 to truncate and 0 to round, bits without the sign) to an integer. */
  readonly toInteger: number;
}

export const STATUS_SHIFT = 16n;
export const UNCOMMON = -1n;

const SIGN = 0x8000n;
const EXPONENT = BigInt(MAX_EXPONENT);
const TOP = 1n << 63n;

type Pair = readonly [significand: Variable, word: Variable];

const exponentOf = (word: Expression): Expression => word.and(EXPONENT);
const isNormal = ([significand, word]: Pair): Expression =>
  significand.lts(0).and(
    exponentOf(word)
      .sub(1)
      .ltu(EXPONENT - 1n),
  );
const isZero = ([significand, word]: Pair): Expression => significand.or(exponentOf(word)).eqz();
const isCommon = (value: Pair): Expression => isNormal(value).or(isZero(value));

function give(b: Body, result: Expression, word: Expression): void {
  b.store('i64.store', CPU_BASE + X87_RESULT, result);
  b.return(word);
}

const uncommon = (b: Body): void => b.return(i64(UNCOMMON));

function pairs(b: Body): readonly [Pair, Pair] {
  return [
    [b.parameter(0, 'i64'), b.parameter(1, 'i64')],
    [b.parameter(2, 'i64'), b.parameter(3, 'i64')],
  ];
}

/** What is lost below a significand, its highest bit worth a half: whether that rounds up. */
const roundsUp = (significand: Expression, lost: Expression): Expression => lost.gtu(TOP).or(lost.eq(TOP).and(significand.and(1).wrap()));

/** PE, and C1 where `up` (i64, 0 or 1), if anything is lost. */
const statusOf = (lost: Expression, up: Expression): Expression => lost.eqz().choose(i64(0n), up.mul(BigInt(C1)).or(BigInt(PE)));

/** (sign, exponent, significand with its highest bit, what is lost below it) to a value. */
function emitRound(module: ModuleBuilder): number {
  const f = module.function(['i64', 'i64', 'i64', 'i64'], ['i64']);
  const b = new Body(f);
  const [sign, exponent, significand, lost] = [0, 1, 2, 3].map((n) => b.parameter(n, 'i64')) as [Variable, Variable, Variable, Variable];
  const up = b.variable(roundsUp(significand, lost).extend());
  b.assign(significand, significand.add(up));
  b.when(significand.eqz(), () => {
    b.assign(significand, i64(TOP));
    b.assign(exponent, exponent.add(1));
  });
  b.when(exponent.sub(1).geu(EXPONENT - 1n), () => uncommon(b));
  give(b, significand, sign.or(exponent).or(statusOf(lost, up).shl(STATUS_SHIFT)));
  return f.index;
}

function emitAdd(module: ModuleBuilder, round: number): number {
  const f = module.function(['i64', 'i64', 'i64', 'i64'], ['i64']);
  const b = new Body(f);
  const [first, second] = pairs(b);
  const [[x, xWord], [y, yWord]] = [first, second];
  b.when(isNormal(first).and(isNormal(second)).eqz(), () => {
    b.when(isCommon(first).and(isCommon(second)).eqz(), () => uncommon(b));
    b.when(isZero(first), () => give(b, y, isZero(second).choose(xWord.and(yWord), yWord)));
    give(b, x, xWord);
  });
  const [xExponent, yExponent] = [exponentOf(xWord), exponentOf(yWord)];
  b.when(xExponent.ltu(yExponent).or(xExponent.eq(yExponent).and(x.ltu(y))), () => {
    for (const [one, other] of [
      [x, y],
      [xWord, yWord],
    ] as const) {
      const kept = b.variable(one);
      b.assign(one, other);
      b.assign(other, kept);
    }
  });
  // 128 bits of each: `lost` is below `y` at the exponent of x.
  const distance = b.variable(xExponent.sub(yExponent));
  const exponent = b.variable(xExponent);
  const lost = b.variable(i64(0n));
  b.when(
    distance.gtu(63),
    () => {
      b.assign(distance, distance.sub(64));
      b.assign(lost, shiftRightJam(y, distance));
      b.assign(y, i64(0n));
    },
    () =>
      b.when(distance.nez(), () => {
        b.assign(lost, y.shl(i64(0n).sub(distance)));
        b.assign(y, y.shr(distance));
      }),
  );
  b.when(
    xWord.xor(yWord).and(SIGN).eqz(),
    () => {
      b.assign(y, x.add(y));
      b.when(y.ltu(x), () => {
        b.assign(lost, lost.shr(1).or(lost.and(1)).or(y.shl(63)));
        b.assign(y, y.shr(1).or(TOP));
        b.assign(exponent, exponent.add(1));
      });
    },
    () => {
      b.assign(y, x.sub(y).sub(lost.nez().extend()));
      b.assign(lost, i64(0n).sub(lost));
      b.when(y.eqz(), () => {
        b.when(lost.eqz(), () => give(b, lost, lost));
        b.assign(y, lost);
        b.assign(lost, i64(0n));
        b.assign(exponent, exponent.sub(64));
      });
      const zeros = b.variable(y.clz());
      b.when(zeros.nez(), () => {
        b.assign(y, y.shl(zeros).or(lost.shr(i64(0n).sub(zeros))));
        b.assign(lost, lost.shl(zeros));
        b.assign(exponent, exponent.sub(zeros));
      });
    },
  );
  b.return(call(round, 'i64', xWord.and(SIGN), exponent, y, lost));
  return f.index;
}

function emitMultiply(module: ModuleBuilder, round: number): number {
  const multiplyHigh = emitMultiplyHigh(module);
  const f = module.function(['i64', 'i64', 'i64', 'i64'], ['i64']);
  const b = new Body(f);
  const [first, second] = pairs(b);
  const [[x, xWord], [y, yWord]] = [first, second];
  const sign = b.variable(xWord.xor(yWord).and(SIGN));
  b.when(isNormal(first).and(isNormal(second)).eqz(), () => {
    b.when(isCommon(first).and(isCommon(second)).eqz(), () => uncommon(b));
    give(b, i64(0n), sign);
  });
  const exponent = b.variable(
    exponentOf(xWord)
      .add(exponentOf(yWord))
      .sub(BIAS - 1),
  );
  const high = b.variable(call(multiplyHigh, 'i64', x, y));
  const low = b.variable(x.mul(y));
  b.when(high.ges(0), () => {
    b.assign(high, high.shl(1).or(low.shr(63)));
    b.assign(low, low.shl(1));
    b.assign(exponent, exponent.sub(1));
  });
  b.return(call(round, 'i64', sign, exponent, high, low));
  return f.index;
}

function emitDivide(module: ModuleBuilder, round: number): number {
  const f = module.function(['i64', 'i64', 'i64', 'i64'], ['i64']);
  const b = new Body(f);
  const [first, second] = pairs(b);
  const [[x, xWord], [y, yWord]] = [first, second];
  const sign = b.variable(xWord.xor(yWord).and(SIGN));
  b.when(isCommon(first).and(isNormal(second)).eqz(), () => uncommon(b));
  b.when(isZero(first), () => give(b, i64(0n), sign));
  const exponent = b.variable(exponentOf(xWord).sub(exponentOf(yWord)).add(BIAS));
  const low = b.variable(i64(0n));
  b.when(
    x.ltu(y),
    () => b.assign(exponent, exponent.sub(1)),
    () => {
      b.assign(low, x.shl(63));
      b.assign(x, x.shr(1));
    },
  );
  const { quotient, remainder } = divideWide(b, x, low, y);
  const rest = b.variable(remainder);
  // More than half of the divisor, half of it, less.
  const lost = rest.gtu(y.sub(rest)).choose(i64(TOP | 1n), rest.eq(y.sub(rest)).choose(i64(TOP), rest.nez().extend()));
  b.return(call(round, 'i64', sign, exponent, quotient, lost));
  return f.index;
}

function emitCompare(module: ModuleBuilder): number {
  const f = module.function(['i64', 'i64', 'i64', 'i64'], ['i64']);
  const b = new Body(f);
  const [first, second] = pairs(b);
  const [[x, xWord], [y, yWord]] = [first, second];
  b.when(isCommon(first).and(isCommon(second)).eqz(), () => uncommon(b));
  b.when(isZero(first).and(isZero(second)), () => b.return(i64(BigInt(C3))));
  const isNegative = b.variable(xWord.and(SIGN).nez());
  const less = (isLess: Expression): void => b.return(isLess.choose(i64(BigInt(C0)), 0n));
  b.when(xWord.xor(yWord).and(SIGN).nez(), () => less(isNegative));
  b.when(xWord.eq(yWord).and(x.eq(y)), () => b.return(i64(BigInt(C3))));
  const isSmaller = xWord.ltu(yWord).or(xWord.eq(yWord).and(x.ltu(y)));
  less(isSmaller.xor(isNegative));
  return f.index;
}

/** Of single and double precision. */
interface Narrow {
  readonly fraction: bigint;
  readonly bias: bigint;
  /** Bits without the sign. */
  readonly bits: bigint;
}
const SINGLE: Narrow = { fraction: 23n, bias: 127n, bits: 31n };
const DOUBLE: Narrow = { fraction: 52n, bias: 1023n, bits: 63n };

function emitWiden(module: ModuleBuilder, { fraction, bias, bits: width }: Narrow): number {
  const f = module.function(['i64'], ['i64']);
  const b = new Body(f);
  const bits = b.parameter(0, 'i64');
  const exponent = b.variable(bits.shr(fraction).and(2n * bias + 1n));
  const sign = b.variable(bits.shr(width).shl(15));
  b.assign(bits, bits.shl(63n - fraction));
  b.when(exponent.sub(1).geu(2n * bias), () => {
    b.when(exponent.or(bits.shl(1)).nez(), () => uncommon(b));
    give(b, i64(0n), sign);
  });
  give(b, bits.or(TOP), sign.or(exponent.add(BigInt(BIAS) - bias)));
  return f.index;
}

function emitNarrow(module: ModuleBuilder, { fraction, bias, bits: width }: Narrow): number {
  const f = module.function(['i64', 'i64'], ['i64']);
  const b = new Body(f);
  const value: Pair = [b.parameter(0, 'i64'), b.parameter(1, 'i64')];
  const [significand, word] = value;
  const dropped = 63n - fraction;
  const sign = b.variable(word.shr(15).shl(width));
  b.when(isNormal(value).eqz(), () => {
    b.when(isZero(value).eqz(), () => uncommon(b));
    give(b, sign, i64(0n));
  });
  const exponent = b.variable(exponentOf(word).sub(BigInt(BIAS) - bias));
  b.when(exponent.sub(1).geu(2n * bias), () => uncommon(b));
  const lost = b.variable(significand.shl(64n - dropped));
  const kept = b.variable(significand.shr(dropped));
  const up = b.variable(roundsUp(kept, lost).extend());
  // The highest bit of the significand adds one to the exponent.
  const bits = b.variable(exponent.sub(1).shl(fraction).add(kept).add(up));
  b.when(bits.shr(fraction).eq(2n * bias + 1n), () => uncommon(b));
  give(b, bits.or(sign), statusOf(lost, up).shl(STATUS_SHIFT));
  return f.index;
}

function emitFromInteger(module: ModuleBuilder): number {
  const f = module.function(['i64'], ['i64']);
  const b = new Body(f);
  const integer = b.parameter(0, 'i64');
  b.when(integer.eqz(), () => give(b, integer, integer));
  const sign = b.variable(integer.shr(63).shl(15));
  b.when(integer.lts(0), () => b.assign(integer, i64(0n).sub(integer)));
  const zeros = b.variable(integer.clz());
  give(b, integer.shl(zeros), sign.or(i64(BigInt(BIAS) + 63n).sub(zeros)));
  return f.index;
}

function emitToInteger(module: ModuleBuilder): number {
  const f = module.function(['i64', 'i64', 'i64', 'i64'], ['i64']);
  const b = new Body(f);
  const value: Pair = [b.parameter(0, 'i64'), b.parameter(1, 'i64')];
  const [significand, word] = value;
  const [truncates, width] = [b.parameter(2, 'i64'), b.parameter(3, 'i64')];
  b.when(isNormal(value).eqz(), () => {
    b.when(isZero(value).eqz(), () => uncommon(b));
    give(b, i64(0n), i64(0n));
  });
  const exponent = b.variable(exponentOf(word).sub(BIAS));
  b.when(exponent.gts(62), () => uncommon(b));
  const integer = b.variable(i64(0n));
  const lost = b.variable(i64(1n));
  b.when(exponent.ges(0), () => {
    b.assign(integer, significand.shr(i64(63n).sub(exponent)));
    b.assign(lost, significand.shl(exponent.add(1)));
  });
  b.when(exponent.eq(-1n), () => b.assign(lost, significand));
  const up = b.variable(truncates.eqz().and(roundsUp(integer, lost)).extend());
  b.assign(integer, integer.add(up));
  const negative = b.variable(word.shr(15));
  b.when(integer.gtu(i64(1n).shl(width).sub(1).add(negative)), () => uncommon(b));
  const minus = i64(0n).sub(negative);
  give(b, integer.xor(minus).sub(minus), statusOf(lost, up).shl(STATUS_SHIFT));
  return f.index;
}

export function emitX87Functions(module: ModuleBuilder): X87Functions {
  const round = emitRound(module);
  return {
    add: emitAdd(module, round),
    multiply: emitMultiply(module, round),
    divide: emitDivide(module, round),
    compare: emitCompare(module),
    fromSingle: emitWiden(module, SINGLE),
    fromDouble: emitWiden(module, DOUBLE),
    fromInteger: emitFromInteger(module),
    toSingle: emitNarrow(module, SINGLE),
    toDouble: emitNarrow(module, DOUBLE),
    toInteger: emitToInteger(module),
  };
}
