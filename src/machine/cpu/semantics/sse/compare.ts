// CMPPS to CMPSD by predicate, and COMIS*, UCOMIS*, which answer in ZF, PF and CF.

import { Code } from 'iced-x86';
import { CF, PF, ZF } from '../../state.ts';
import { call, i32 } from '../../wasm/expression.ts';
import type { Definition } from '../context.ts';
import { EQUAL, LESS, UNORDERED } from '../float/comparison.ts';
import { F32, F64, type Format, vectorShape } from '../float/format.ts';
import { number } from '../float/native.ts';
import { isCalm, settle, widthOf } from './arithmetic.ts';
import { type Rows, assign, bind, immediate, laneBits, local, low, replaceBits, row, vector } from './emit.ts';

/** Legacy forms look at imm8[2:0] only. */
const packed =
  (t: Format): Definition =>
  (c) => {
    const y = vector(c, 1),
      x = vector(c, 0);
    const mask = bind(c, call(c.float[vectorShape(t)].predicate, 'v128', x, y, immediate(c, 2).and(7)), 'v128');
    settle(c);
    c.setVector(0, mask);
  };
const scalar =
  (t: Format): Definition =>
  (c) => {
    const y = low(c, 1, widthOf(t));
    const x = vector(c, 0);
    const mask = bind(c, call(c.float[t.name].predicate, 'i64', laneBits(x, widthOf(t), 0), y, immediate(c, 2).and(7)), 'i64');
    settle(c);
    c.setVector(0, replaceBits(x, widthOf(t), 0, mask));
  };

/** Arithmetic flags of each relation, one byte each. */
const FLAGS_WORD = (ZF << (8 * EQUAL)) | (CF << (8 * LESS)) | ((ZF | PF | CF) << (8 * UNORDERED));

const toFlags =
  (t: Format, quiet: 0 | 1): Definition =>
  (c) => {
    const y = low(c, 1, widthOf(t)),
      x = low(c, 0, widthOf(t));
    const bits = local(c, 'i32');
    const p = number(x, t),
      q = number(y, t);
    assign(
      c,
      bits,
      p
        .with(`${t.name}.eq`, q, 'i32')
        .shl(6)
        .or(p.with(`${t.name}.lt`, q, 'i32')),
    );
    c.rare(isCalm(p, t).and(isCalm(q, t)).eqz(), () => {
      const relation = call(c.float[t.name].compare, 'i32', x, y, i32(quiet));
      assign(c, bits, i32(FLAGS_WORD).shr(relation.shl(3)).and(0xff));
      settle(c);
    });
    c.setFlags({ kind: 'explicit', bits });
  };

export const compareRows: Rows = [
  row(Code.Cmpps_xmm_xmmm128_imm8, packed(F32)),
  row(Code.Cmppd_xmm_xmmm128_imm8, packed(F64)),
  row(Code.Cmpss_xmm_xmmm32_imm8, scalar(F32)),
  row(Code.Cmpsd_xmm_xmmm64_imm8, scalar(F64)),
  row(Code.Ucomiss_xmm_xmmm32, toFlags(F32, 1)),
  row(Code.Ucomisd_xmm_xmmm64, toFlags(F64, 1)),
  row(Code.Comiss_xmm_xmmm32, toFlags(F32, 0)),
  row(Code.Comisd_xmm_xmmm64, toFlags(F64, 0)),
];
