// ADD OR ADC SBB AND SUB XOR CMP TEST INC DEC NEG NOT, SDM vol. 2.

import type { Context, Definition, Value, Width } from '../context.ts';
import { A_IMM, LOCK, RM, RM_IMM, RM_IMM8, RM_R, R_RM, type Rows, rows } from './forms.ts';
import { binary, plus, sub, truncate, widen } from './values.ts';

type Operation = (c: Context, width: Width, x: Value, y: Value) => Value;

function sum(kind: 'add' | 'sub', withCarry: boolean): Operation {
  return (c, width, x, y) => {
    const carryIn = withCarry ? c.carry() : null;
    const plain = binary(c, `i64.${kind}`, x, y);
    const full = carryIn ? binary(c, `i64.${kind}`, plain, widen(c, carryIn)) : plain;
    const result = c.bind(truncate(c, width, full));
    c.setFlags({ kind, width, x, y, result, ...(carryIn && { carryIn }) });
    return result;
  };
}

function logic(op: string): Operation {
  return (c, width, x, y) => {
    const result = c.bind(binary(c, `i64.${op}`, x, y));
    c.setFlags({ kind: 'logic', width, result });
    return result;
  };
}

const writing =
  (operation: Operation) =>
  (width: Width): Definition =>
  (c) =>
    c.modify(0, width, (x) => operation(c, width, x, c.get(1, width)));
/** Whoever needs the difference works it out: mostly nobody does. */
const compare =
  (width: Width): Definition =>
  (c) => {
    const x = c.get(0, width);
    const y = c.get(1, width);
    c.setFlags({ kind: 'sub', width, x, y, result: truncate(c, width, sub(c, x, y)) });
  };
const testing =
  (operation: Operation) =>
  (width: Width): Definition =>
  (c) =>
    void operation(c, width, c.get(0, width), c.get(1, width));

const ALL_FORMS = [...RM_R, ...R_RM, ...A_IMM, ...RM_IMM, ...RM_IMM8];

const step =
  (kind: 'increment' | 'decrement') =>
  (width: Width): Definition =>
  (c) =>
    c.modify(0, width, (x) => {
      const result = c.bind(truncate(c, width, plus(c, x, kind === 'increment' ? 1 : -1)));
      c.setFlags({ kind, width, result });
      return result;
    });

const negate =
  (width: Width): Definition =>
  (c) =>
    c.modify(0, width, (y) => {
      const x = c.constant(0n);
      const result = c.bind(truncate(c, width, sub(c, x, y)));
      c.setFlags({ kind: 'sub', width, x, y, result });
      return result;
    });

const invert =
  (width: Width): Definition =>
  (c) =>
    c.modify(0, width, (x) => truncate(c, width, binary(c, 'i64.xor', x, c.constant(-1n))));

export const arithmeticRows: Rows = [
  ...rows('Add', ALL_FORMS, writing(sum('add', false)), LOCK),
  ...rows('Adc', ALL_FORMS, writing(sum('add', true)), LOCK),
  ...rows('Sub', ALL_FORMS, writing(sum('sub', false)), LOCK),
  ...rows('Sbb', ALL_FORMS, writing(sum('sub', true)), LOCK),
  ...rows('And', ALL_FORMS, writing(logic('and')), LOCK),
  ...rows('Or', ALL_FORMS, writing(logic('or')), LOCK),
  ...rows('Xor', ALL_FORMS, writing(logic('xor')), LOCK),
  ...rows('Cmp', ALL_FORMS, compare),
  ...rows('Test', [...RM_R, ...A_IMM, ...RM_IMM], testing(logic('and'))),
  ...rows(
    'Test',
    [
      ['rm8_imm8_F6r1', 1],
      ['rm16_imm16_F7r1', 2],
      ['rm32_imm32_F7r1', 4],
      ['rm64_imm32_F7r1', 8],
    ],
    testing(logic('and')),
  ),
  ...rows('Inc', RM, step('increment'), LOCK),
  ...rows('Dec', RM, step('decrement'), LOCK),
  ...rows('Neg', RM, negate, LOCK),
  ...rows('Not', RM, invert, LOCK),
];
