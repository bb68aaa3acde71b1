// What PCMPISTRI and PCMPESTRI find (SDM vol. 1, 4.1), as functions of a module: all elements of the second operand at once, those of the first one
// after the other.

import type { ModuleBuilder } from '../../wasm/module-builder.ts';
import { Body, Expression, type Operand, type Variable, i32 } from '../../wasm/expression.ts';

/** Immediate: words in bit 0, signed in 1, aggregation in 3:2, negation in 4, only of valid elements in 5, the last one in 6. */
export const WORDS = 1,
  SIGNED = 2,
  NEGATE = 0x10,
  VALID_ONLY = 0x20,
  LAST = 0x40;
const AGGREGATION_SHIFT = 2;
const [EQUAL_ANY, RANGES, EQUAL_EACH] = [0, 1, 2];

/** Function indexes: (first: v128, second: v128, length of the first, of the second, immediate: i32 each) -> a bit for each element, i32. */
export interface StringFunctions {
  readonly bytes: number;
  readonly words: number;
}

interface Lanes {
  readonly shape: 'i8x16' | 'i16x8';
  readonly count: 8 | 16;
  /** 0, 1, 2 and so on. */
  readonly numbers: Expression;
}

const vector = (low: bigint, high: bigint): Expression => new Expression('v128', (f) => f.v128(low, high));
const BYTE_NUMBERS = vector(0x0706_0504_0302_0100n, 0x0f0e_0d0c_0b0a_0908n);
const BYTES: Lanes = { shape: 'i8x16', count: 16, numbers: BYTE_NUMBERS };
const WORDS_OF: Lanes = { shape: 'i16x8', count: 8, numbers: vector(0x0003_0002_0001_0000n, 0x0007_0006_0005_0004n) };

const both = (op: string, x: Expression, y: Expression): Expression => x.with(op, y, 'v128');
const not = (x: Expression): Expression => x.unary('v128.not', 'v128');

function emitCompareStrings(module: ModuleBuilder, { shape, count, numbers }: Lanes): number {
  const f = module.function(['v128', 'v128', 'i32', 'i32', 'i32'], ['i32']);
  const b = new Body(f);
  const [first, second] = [b.parameter(0, 'v128'), b.parameter(1, 'v128')];
  const [firstLength, secondLength, control] = [b.parameter(2, 'i32'), b.parameter(3, 'i32'), b.parameter(4, 'i32')];
  const width = 16 / count;
  const splat = (value: Expression): Expression => value.unary(`${shape}.splat`, 'v128');
  const compare = (op: string, x: Expression, y: Expression): Expression => both(`${shape}.${op}`, x, y);
  const validOf = (length: Expression): Expression => compare('lt_u', numbers, splat(length));
  /** Every element is the first operand's element `n`. */
  const element = (n: Expression): Expression => {
    const lanes = width === 1 ? n : n.shl(1).mul(0x101).add(0x100);
    return both('i8x16.swizzle', first, splat(lanes));
  };
  const aggregation = b.variable(control.shr(AGGREGATION_SHIFT).and(3));
  const valid = b.variable(validOf(secondLength));
  const found = b.variable(vector(0n, 0n));
  const n = b.variable(i32(0));
  /** For each `step` elements of the first operand, `most` of them at most. */
  const each = (step: number, body: () => void): void =>
    void f.block((end) =>
      f.loop((again) => {
        n.add(step).gts(firstLength).emit(f);
        f.brIf(end);
        body();
        b.assign(n, n.add(step));
        f.br(again);
      }),
    );
  const isOne = (value: number): Expression => aggregation.eq(value);

  b.when(isOne(EQUAL_ANY), () => {
    each(1, () => b.assign(found, both('v128.or', found, compare('eq', second, element(n)))));
    b.assign(found, both('v128.and', found, valid));
  });
  b.when(isOne(RANGES), () => {
    each(2, () => {
      const [least, most] = [b.variable(element(n)), b.variable(element(n.add(1)))];
      const within = (sign: 's' | 'u'): Expression =>
        both('v128.and', compare(`ge_${sign}`, second, least), compare(`le_${sign}`, second, most));
      const kept = b.variable(within('u'));
      b.when(control.and(SIGNED), () => b.assign(kept, within('s')));
      b.assign(found, both('v128.or', found, kept));
    });
    b.assign(found, both('v128.and', found, valid));
  });
  b.when(isOne(EQUAL_EACH), () => {
    const firstValid = b.variable(validOf(firstLength));
    const equal = both('v128.and', compare('eq', first, second), both('v128.and', firstValid, valid));
    b.assign(found, both('v128.or', equal, not(both('v128.or', firstValid, valid))));
  });
  // Equal ordered: the first operand is found from here on, as far as the register reaches.
  b.when(aggregation.gtu(EQUAL_EACH), () => {
    b.assign(found, not(found));
    each(1, () => {
      const from = b.variable(both('i8x16.add', BYTE_NUMBERS, n.mul(width).unary('i8x16.splat', 'v128')));
      const shifted = (x: Variable): Expression => both('i8x16.swizzle', x, from);
      const beyond = compare('ge_u', both(`${shape}.add`, numbers, splat(n)), splat(i32(count)));
      const equal = both('v128.and', compare('eq', shifted(second), element(n)), shifted(valid));
      b.assign(found, both('v128.and', found, both('v128.or', equal, beyond)));
    });
  });

  const bits = b.variable(found.unary(`${shape}.bitmask`, 'i32'));
  const below = (length: Operand): Expression => i32(1).shl(length).sub(1);
  b.when(control.and(NEGATE), () => b.assign(bits, bits.xor(control.and(VALID_ONLY).choose(below(secondLength), below(count)))));
  b.return(bits);
  return f.index;
}

export function emitStringFunctions(module: ModuleBuilder): StringFunctions {
  return { bytes: emitCompareStrings(module, BYTES), words: emitCompareStrings(module, WORDS_OF) };
}
