// BT BTS BTR BTC BSF BSR, and CMPXCHG, CMPXCHG8B, XADD.

import { RAX, RBX, RCX, RDX, ZF } from '../../state.ts';
import type { Context, Definition, Value, Width } from '../context.ts';
import { type Form, LOCK, RM_R, type Rows, row, rows } from './forms.ts';
import { add, and, binary, choose, extend, isZero, or, sar, shl, shr, sub, truncate, unary, xor } from './values.ts';

type Change = ((c: Context, word: Value, mask: Value) => Value) | null;

const CHANGES: Readonly<Record<string, Change>> = {
  Bt: null,
  Bts: (c, word, mask) => or(c, word, mask),
  Btr: (c, word, mask) => and(c, word, xor(c, mask, c.constant(-1n))),
  Btc: (c, word, mask) => xor(c, word, mask),
};

/** Only CF changes. A register offset reaches beyond a memory operand, in words of the operand's size. */
const bitTest =
  (change: Change, immediate: boolean) =>
  (width: Width): Definition =>
  (c) => {
    const offset = c.get(1, immediate ? 1 : width);
    const index = c.bind(and(c, offset, c.constant(BigInt(width * 8 - 1))));
    const test = (word: Value): void => c.setFlags({ kind: 'carries', carry: bitAt(c, word, index) });
    const changed = (word: Value): Value => {
      const mask = shl(c, c.constant(1n), index);
      const result = c.bind(change!(c, word, mask));
      test(word);
      return result;
    };
    if (!c.isMemory(0) || immediate) {
      if (change) c.modify(0, width, changed);
      else test(c.get(0, width));
      return;
    }
    const words = sar(c, extend(c, width, offset), c.constant(BigInt(Math.log2(width * 8))));
    const address = c.addressBeyond(c.bind(binary(c, 'i64.mul', words, c.constant(BigInt(width)))));
    if (change) c.modifyAt(address, width, changed);
    else test(c.load(width, address));
  };

function bitAt(c: Context, word: Value, index: Value): Value {
  return c.bind(
    c.expression((f) => {
      shr(c, word, index).emit(f);
      f.op('i32.wrap_i64').i32(1).op('i32.and');
    }),
    'i32',
  );
}

/** A source of 0 sets ZF and leaves the destination alone, upper half included. */
const scan =
  (forward: boolean) =>
  (width: Width): Definition =>
  (c) => {
    const source = c.get(1, width);
    const zero = c.bind(isZero(c, source), 'i32');
    const found = forward ? unary(c, 'i64.ctz', source) : xor(c, unary(c, 'i64.clz', source), c.constant(63n));
    const old = c.get(0, width === 2 ? 2 : 8);
    c.setFlags({ kind: 'result', width, result: source });
    c.set(0, width === 2 ? 2 : 8, choose(c, zero, old, found));
  };

const compareExchange =
  (width: Width): Definition =>
  (c) => {
    const source = c.get(1, width);
    const accumulator = c.register(RAX, width);
    let old = source;
    let equal = source;
    const exchanged = (value: Value): Value => {
      old = value;
      equal = c.bind(binary(c, 'i64.eq', value, accumulator), 'i32');
      const result = c.bind(truncate(c, width, sub(c, accumulator, value)));
      c.setFlags({ kind: 'sub', width, x: accumulator, y: value, result });
      return choose(c, equal, source, value);
    };
    if (c.isMemory(0)) c.modify(0, width, exchanged);
    else {
      // A register that differs keeps its upper half: only memory gets a write cycle in any case.
      const result = exchanged(c.get(0, width));
      c.when(equal, () => c.set(0, width, result));
    }
    c.when(unary(c, 'i32.eqz', equal), () => c.setRegister(RAX, width, old));
  };

/** Only ZF changes. */
const compareExchange8: Definition = (c) => {
  const pair = (high: number, low: number): Value => c.bind(or(c, shl(c, c.register(high, 4), c.constant(32n)), c.register(low, 4)));
  const expected = pair(RDX, RAX);
  const replacement = pair(RCX, RBX);
  let old = expected;
  let equal = expected;
  c.modify(0, 8, (value) => {
    old = value;
    equal = c.bind(binary(c, 'i64.eq', value, expected), 'i32');
    return choose(c, equal, replacement, value);
  });
  c.setRflags(
    c.expression((f) => {
      equal.emit(f);
      f.i32(6).op('i32.shl');
    }),
    ZF,
  );
  c.when(unary(c, 'i32.eqz', equal), () => {
    c.setRegister(RAX, 4, old);
    c.setRegister(RDX, 4, shr(c, old, c.constant(32n)));
  });
};

const exchangeAdd =
  (width: Width): Definition =>
  (c) => {
    const y = c.get(1, width);
    const sum = (x: Value): Value => {
      const result = c.bind(truncate(c, width, add(c, x, y)));
      c.setFlags({ kind: 'add', width, x, y, result });
      return result;
    };
    if (c.isMemory(0)) {
      let old = y;
      c.modify(0, width, (x) => {
        old = x;
        return sum(x);
      });
      c.set(1, width, old);
      return;
    }
    // The sum goes last: with one register as both operands it is what stays.
    const x = c.get(0, width);
    const result = sum(x);
    c.set(1, width, x);
    c.set(0, width, result);
  };

const TEST_FORMS: readonly Form[] = [
  ['rm16_r16', 2],
  ['rm32_r32', 4],
  ['rm64_r64', 8],
];
const TEST_IMMEDIATE_FORMS: readonly Form[] = [
  ['rm16_imm8', 2],
  ['rm32_imm8', 4],
  ['rm64_imm8', 8],
];
const SCAN_FORMS: readonly Form[] = [
  ['r16_rm16', 2],
  ['r32_rm32', 4],
  ['r64_rm64', 8],
];

export const bitRows: Rows = [
  ...Object.entries(CHANGES).flatMap(([name, change]) => [
    ...rows(name, TEST_FORMS, bitTest(change, false), change ? LOCK : {}),
    ...rows(name, TEST_IMMEDIATE_FORMS, bitTest(change, true), change ? LOCK : {}),
  ]),
  ...rows('Bsf', SCAN_FORMS, scan(true)),
  ...rows('Bsr', SCAN_FORMS, scan(false)),
  // Without BMI1 and LZCNT these encodings are BSF and BSR with an ignored prefix.
  ...rows('Tzcnt', SCAN_FORMS, scan(true)),
  ...rows('Lzcnt', SCAN_FORMS, scan(false)),
  ...rows('Cmpxchg', RM_R, compareExchange, LOCK),
  ...row('Cmpxchg8b_m64', compareExchange8, LOCK),
  ...row('Cmpxchg16b_m128', (c) => c.leave('cmpxchg16b'), { ...LOCK, features: ['CMPXCHG16B'] }),
  ...rows('Xadd', RM_R, exchangeAdd, LOCK),
];
