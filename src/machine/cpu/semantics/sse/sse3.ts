// SSE3: duplicating moves, horizontal and alternating arithmetic.

import { Code } from 'iced-x86';
import { type Expression, call } from '../../wasm/expression.ts';
import type { Definition } from '../context.ts';
import { F32, F64, type Format, vectorShape } from '../float/format.ts';
import { fastMode, packedPair, settle, someExtraordinary, widthOf } from './arithmetic.ts';
import { type Rows, assign, binary, featureRow, laneBits, lanesOf, local, low, replaceBits, shuffle, splat, vector } from './emit.ts';

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
    const lanes = t === F64 ? [0, 3] : [0, 5, 2, 7];
    assign(c, result, shuffle(binary(`${shape}.sub`, x, y), binary(`${shape}.add`, x, y), lanesOf(width, ...lanes)));
    c.rare(
      fastMode()
        .eqz()
        .or(someExtraordinary(c, t, x, y, result)),
      () => {
        for (let n = 0; n < 16 / width; n++) {
          const exact: Expression = call(c.float[t.name][n % 2 ? 'add' : 'sub'], 'i64', laneBits(x, width, n), laneBits(y, width, n));
          assign(c, result, replaceBits(result, width, n, exact));
        }
        settle(c);
      },
    );
    c.setVector(0, result);
  };

const row = featureRow('SSE3');

export const sse3Rows: Rows = [
  row(Code.Movsldup_xmm_xmmm128, duplicate(0, 0, 2, 2)),
  row(Code.Movshdup_xmm_xmmm128, duplicate(1, 1, 3, 3)),
  row(Code.Movddup_xmm_xmmm64, (c) => c.setVector(0, splat('i64x2', low(c, 1, 8)))),
  row(Code.Lddqu_xmm_m128, (c) => c.setVector(0, vector(c, 1, false))),
  row(Code.Haddps_xmm_xmmm128, packedPair('add', F32, true)),
  row(Code.Haddpd_xmm_xmmm128, packedPair('add', F64, true)),
  row(Code.Hsubps_xmm_xmmm128, packedPair('sub', F32, true)),
  row(Code.Hsubpd_xmm_xmmm128, packedPair('sub', F64, true)),
  row(Code.Addsubps_xmm_xmmm128, alternating(F32)),
  row(Code.Addsubpd_xmm_xmmm128, alternating(F64)),
];
