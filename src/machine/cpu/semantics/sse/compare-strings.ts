// PCMPISTRI and PCMPESTRI by the module's functions, PCMPISTRM and PCMPESTRM by a helper (helpers/string-compare.ts).

import { Code } from 'iced-x86';
import { CF, OF, RAX, RCX, RDX, SF, ZF } from '../../state.ts';
import { Expression, i32, i64 } from '../../wasm/expression.ts';
import type { Context, Definition } from '../context.ts';
import { type Rows, bind, featureRow, immediate, vector } from './emit.ts';
import { LAST, WORDS } from './string-comparison.ts';

const byHelper: Definition = (c) => c.leave('compare-strings');

/** Where a string of implicit length ends: at the first zero. */
function implicitLength(c: Context, text: Expression, isWords: Expression): Expression {
  const zeros = (shape: string): Expression =>
    text.with(`${shape}.eq`, new Expression('v128', (f) => f.v128(0n, 0n)), 'v128').unary(`${shape}.bitmask`, 'i32');
  return bind(c, isWords.choose(zeros('i16x8').or(1 << 8), zeros('i8x16').or(1 << 16)).ctz(), 'i32');
}

/** The magnitude of a register, as far as there are elements. */
function explicitLength(c: Context, register: number, isLong: boolean, count: Expression): Expression {
  const whole = bind(c, c.register(register, 8), 'i64');
  const signed = bind(c, isLong ? whole : whole.unary('i64.extend32_s', 'i64'), 'i64');
  const magnitude = bind(c, signed.lts(0).choose(i64(0n).sub(signed), signed), 'i64');
  return bind(c, magnitude.gtu(count.extend()).choose(count, magnitude.wrap()), 'i32');
}

const forIndex =
  (lengths: 'implicit' | 'explicit' | 'explicit64'): Definition =>
  (c) => {
    if (!c.library) return byHelper(c);
    const { bytes, words } = c.library.strings;
    const [first, second] = [vector(c, 0, false), vector(c, 1, false)];
    const control = immediate(c, 2);
    const isWords = control.and(WORDS);
    const count = bind(c, i32(16).shr(isWords), 'i32');
    const lengthOf = (text: Expression, register: number): Expression =>
      lengths === 'implicit' ? implicitLength(c, text, isWords) : explicitLength(c, register, lengths === 'explicit64', count);
    const [firstLength, secondLength] = [lengthOf(first, RAX), lengthOf(second, RDX)];
    const bits = bind(
      c,
      new Expression('i32', (f) => {
        const ask = (index: number) => (): void => {
          for (const operand of [first, second, firstLength, secondLength, control]) operand.emit(f);
          f.call(index);
        };
        isWords.emit(f);
        f.if(ask(words), ask(bytes), 'i32');
      }),
      'i32',
    );
    const isShort = (length: Expression, flag: number): Expression => length.lts(count).mul(flag);
    const flags = bits.nez().mul(CF).or(isShort(secondLength, ZF)).or(isShort(firstLength, SF)).or(bits.and(1).mul(OF));
    const index = control.and(LAST).choose(i32(31).sub(bits.clz()), bits.ctz());
    const found = bind(c, bits.choose(index, count), 'i32');
    c.setFlags({ kind: 'explicit', bits: bind(c, flags, 'i32') });
    c.setRegister(RCX, 4, found.extend());
  };

const row = featureRow('SSE4_2');

export const compareStringsRows: Rows = [
  row(Code.Pcmpistri_xmm_xmmm128_imm8, forIndex('implicit')),
  row(Code.Pcmpestri_xmm_xmmm128_imm8, forIndex('explicit')),
  row(Code.Pcmpestri64_xmm_xmmm128_imm8, forIndex('explicit64')),
  ...[Code.Pcmpistrm_xmm_xmmm128_imm8, Code.Pcmpestrm_xmm_xmmm128_imm8, Code.Pcmpestrm64_xmm_xmmm128_imm8].map((code) =>
    row(code, byHelper),
  ),
];
