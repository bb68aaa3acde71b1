// SSE4.2's CRC32 and PCMPGTQ, and POPCNT. The string comparisons are in compare-strings.ts.

import { Code } from 'iced-x86';
import { ZF } from '../../state.ts';
import { i64 } from '../../wasm/expression.ts';
import type { Definition, Width } from '../context.ts';
import { type Rows, assign, binary, bind, featureRow, local } from './emit.ts';
import { combining } from './integer.ts';

/** CRC-32C's polynomial, bit-reversed. */
const POLYNOMIAL = 0x82f6_3b78n;

const crc =
  (destination: 4 | 8, width: Width): Definition =>
  (c) => {
    const value = bind(c, c.get(1, width), 'i64');
    const low = bind(c, c.get(0, 4), 'i64');
    const rest = local(c, 'i64'),
      left = local(c, 'i64');
    // Eight bytes do not fit beside 32 bits of remainder, so bits enter one by one.
    assign(c, rest, low);
    assign(c, left, i64(0n));
    c.f.loop((again) => {
      const bit = rest.xor(value.shr(left)).and(1);
      assign(c, rest, rest.shr(1).xor(i64(0n).sub(bit).and(POLYNOMIAL)));
      assign(c, left, left.add(1));
      left.ltu(8 * width).emit(c.f);
      c.f.brIf(again);
    });
    c.set(0, destination, rest);
  };

const population =
  (width: 2 | 4 | 8): Definition =>
  (c) => {
    const x = bind(c, c.get(1, width), 'i64');
    c.set(0, width, x.unary('i64.popcnt', 'i64'));
    c.setFlags({ kind: 'explicit', bits: x.eqz().mul(ZF) });
  };

const row = featureRow('SSE4_2'),
  popcntRow = featureRow('POPCNT');

export const sse42Rows: Rows = [
  row(
    Code.Pcmpgtq_xmm_xmmm128,
    combining((x, y) => binary('i64x2.gt_s', x, y)),
  ),
  row(Code.Crc32_r32_rm8, crc(4, 1)),
  row(Code.Crc32_r64_rm8, crc(8, 1)),
  row(Code.Crc32_r32_rm16, crc(4, 2)),
  row(Code.Crc32_r32_rm32, crc(4, 4)),
  row(Code.Crc32_r64_rm64, crc(8, 8)),
  popcntRow(Code.Popcnt_r16_rm16, population(2)),
  popcntRow(Code.Popcnt_r32_rm32, population(4)),
  popcntRow(Code.Popcnt_r64_rm64, population(8)),
];
