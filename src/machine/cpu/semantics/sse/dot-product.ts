// DPPS and DPPD: selected products, summed in pairs, broadcast to selected lanes (SDM vol. 2).

import { Code } from 'iced-x86';
import { type Expression, call, i64 } from '../../wasm/expression.ts';
import type { Definition } from '../context.ts';
import { F32, F64, type Format } from '../float/format.ts';
import { settle } from './arithmetic.ts';
import { type Rows, bind, featureRow, immediate, laneBits, local, assign, replaceBits, vector, widthOf, zeroVector } from './emit.ts';

const dotProduct =
  (t: Format): Definition =>
  (c) => {
    const y = vector(c, 1),
      x = vector(c, 0),
      imm = immediate(c, 2);
    const width = widthOf(t),
      count = 16 / width;
    const zero = i64(0n);
    const bit = (n: number): Expression => imm.and(1 << n);
    // Products that are not selected are +0: their operands are taken as zeros, which raise nothing.
    let terms = Array.from({ length: count }, (_, n) =>
      bind(
        c,
        call(c.float[t.name].mul, 'i64', bit(4 + n).choose(laneBits(x, width, n), zero), bit(4 + n).choose(laneBits(y, width, n), zero)),
        'i64',
      ),
    );
    // Each sum is a step of its own: an exception there comes with what the steps before have raised, one of theirs without it.
    while (terms.length > 1) {
      settle(c);
      terms = Array.from({ length: terms.length / 2 }, (_, i) =>
        bind(c, call(c.float[t.name].add, 'i64', terms[2 * i]!, terms[2 * i + 1]!), 'i64'),
      );
    }
    settle(c);
    const result = local(c, 'v128');
    assign(c, result, zeroVector());
    for (let n = 0; n < count; n++) assign(c, result, replaceBits(result, width, n, bit(n).choose(terms[0]!, zero)));
    c.setVector(0, result);
  };

const row = featureRow('SSE4_1');
export const dotProductRows: Rows = [row(Code.Dpps_xmm_xmmm128_imm8, dotProduct(F32)), row(Code.Dppd_xmm_xmmm128_imm8, dotProduct(F64))];
