// CMPPS to CMPSD by predicate, and COMIS*, UCOMIS*, which answer in ZF, PF and CF.

import { Code } from 'iced-x86';
import { CF, PF, ZF } from '../../state.ts';
import { type Expression, call, i32 } from '../../wasm/expression.ts';
import type { Definition } from '../context.ts';
import { EQUAL, LESS, UNORDERED } from '../float/comparison.ts';
import { F32, F64, type Format, vectorShape } from '../float/format.ts';
import { bitsOf } from '../float/native.ts';
import { settle } from './arithmetic.ts';
import { wild, wildVectors } from './doubts.ts';
import {
  type Rows,
  assign,
  binary,
  float,
  laneBits,
  local,
  lowFloat,
  lowVector,
  replaceBits,
  replaceLow,
  row,
  typed,
  unary,
  vector,
  widthOf,
  zeroVector,
} from './emit.ts';

/** What holds of numbers that are no NaNs, by imm8[1:0]; bit 2 negates it. UNORD never holds. */
const RELATIONS = ['eq', 'lt', 'le'] as const;

function relation(t: Format, predicate: number, x: Expression, y: Expression): Expression {
  const name = RELATIONS[predicate & 3];
  const holds = name ? binary(`${vectorShape(t)}.${name}`, x, y) : zeroVector();
  return predicate & 4 ? unary('v128.not', holds) : holds;
}

/** Legacy forms look at imm8[2:0] only. Where the predicate is known when code is generated it is an operation of WebAssembly. */
const packed =
  (t: Format): Definition =>
  (c) => {
    const y = vector(c, 1),
      x = vector(c, 0);
    const predicate = c.get(2, 1);
    const exact = (): Expression => call(c.float[vectorShape(t)].predicate, 'v128', x, y, typed(predicate, 'i64').wrap().and(7));
    const mask = local(c, 'v128');
    if (predicate.constant === undefined) {
      assign(c, mask, exact());
      settle(c);
    } else {
      assign(c, mask, relation(t, Number(predicate.constant), x, y));
      c.rare(wildVectors(c, t, x, y), () => {
        assign(c, mask, exact());
        settle(c);
      });
    }
    c.setVector(0, mask);
  };
const scalar =
  (t: Format): Definition =>
  (c) => {
    const width = widthOf(t);
    const y = lowVector(c, 1, width);
    const x = vector(c, 0);
    const predicate = c.get(2, 1);
    const exact = (): Expression =>
      call(c.float[t.name].predicate, 'i64', laneBits(x, width, 0), laneBits(y, width, 0), typed(predicate, 'i64').wrap().and(7));
    const mask = local(c, 'v128');
    if (predicate.constant === undefined) {
      assign(c, mask, replaceBits(x, width, 0, exact()));
      settle(c);
    } else {
      assign(c, mask, replaceLow(x, width, relation(t, Number(predicate.constant), x, y)));
      c.rare(wild(t, lowFloat(x, t), lowFloat(y, t)), () => {
        assign(c, mask, replaceBits(x, width, 0, exact()));
        settle(c);
      });
    }
    c.setVector(0, mask);
  };

/** Arithmetic flags of each relation, one byte each. */
const FLAGS_WORD = (ZF << (8 * EQUAL)) | (CF << (8 * LESS)) | ((ZF | PF | CF) << (8 * UNORDERED));

const toFlags =
  (t: Format, quiet: 0 | 1): Definition =>
  (c) => {
    const q = float(c, 1, t),
      p = float(c, 0, t);
    const bits = local(c, 'i32');
    assign(
      c,
      bits,
      p
        .with(`${t.name}.eq`, q, 'i32')
        .shl(6)
        .or(p.with(`${t.name}.lt`, q, 'i32')),
    );
    c.rare(wild(t, p, q), () => {
      const relation = call(c.float[t.name].compare, 'i32', bitsOf(p, t), bitsOf(q, t), i32(quiet));
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
