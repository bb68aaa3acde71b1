// SSE3: duplicating moves, horizontal and alternating arithmetic.

import { Code } from 'iced-x86';
import { type Expression, call } from '../../wasm/expression.ts';
import type { Definition } from '../context.ts';
import { F32, F64, type Format, vectorShape } from '../float/format.ts';
import { lanesOfFormat } from '../float/regular.ts';
import { packedPair, settle } from './arithmetic.ts';
import { packedPairDoubts } from './doubts.ts';
import {
  type Rows,
  assign,
  binary,
  bind,
  featureRow,
  laneBits,
  lanesOf,
  local,
  lowVector,
  replaceBits,
  shuffle,
  vector,
  vectorConstant,
  widthOf,
} from './emit.ts';

const duplicate =
  (...lanes: readonly number[]): Definition =>
  (c) => {
    const source = vector(c, 1);
    c.setVector(0, shuffle(source, source, lanesOf(4, ...lanes)));
  };

/** ADDSUBPS: even lanes subtract, odd lanes add. */
const alternating =
  (t: Format): Definition =>
  (c) => {
    const y = vector(c, 1),
      x = vector(c, 0);
    const shape = vectorShape(t),
      width = widthOf(t);
    const result = local(c, 'v128');
    const signs = t === F64 ? vectorConstant(t.sign, 0n) : vectorConstant(t.sign, t.sign);
    const addend = bind(c, binary('v128.xor', y, signs), 'v128').known(y.regular);
    assign(c, result, binary(`${shape}.add`, x, addend));
    c.rare(packedPairDoubts(c, 'add', t, x, addend, result), () => {
      for (let n = 0; n < 16 / width; n++) {
        const exact: Expression = call(c.float[t.name][n % 2 ? 'add' : 'sub'], 'i64', laneBits(x, width, n), laneBits(y, width, n));
        assign(c, result, replaceBits(result, width, n, exact));
      }
      settle(c);
    });
    c.learn(1, lanesOfFormat(t));
    c.setVector(0, result.known(lanesOfFormat(t)));
  };

const row = featureRow('SSE3');

export const sse3Rows: Rows = [
  row(Code.Movsldup_xmm_xmmm128, duplicate(0, 0, 2, 2)),
  row(Code.Movshdup_xmm_xmmm128, duplicate(1, 1, 3, 3)),
  row(Code.Movddup_xmm_xmmm64, (c) => {
    const source = lowVector(c, 1, 8);
    c.setVector(0, shuffle(source, source, lanesOf(8, 0, 0)));
  }),
  row(Code.Lddqu_xmm_m128, (c) => c.setVector(0, vector(c, 1, false))),
  row(Code.Haddps_xmm_xmmm128, packedPair('add', F32, true)),
  row(Code.Haddpd_xmm_xmmm128, packedPair('add', F64, true)),
  row(Code.Hsubps_xmm_xmmm128, packedPair('sub', F32, true)),
  row(Code.Hsubpd_xmm_xmmm128, packedPair('sub', F64, true)),
  row(Code.Addsubps_xmm_xmmm128, alternating(F32)),
  row(Code.Addsubpd_xmm_xmmm128, alternating(F64)),
];
