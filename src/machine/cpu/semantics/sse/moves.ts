// SSE and SSE2 moves (SDM vol. 2: MOVAPS to MOVUPS, MOVD, MOVQ, MOVNT*, MASKMOVDQU, MOVMSK*).
// Non-temporal stores are ordinary stores: the emulated machine has no write-combining buffers.

import { Code } from 'iced-x86';
import { i32 } from '../../wasm/expression.ts';
import type { Definition } from '../context.ts';
import {
  type Rows,
  bind,
  bitselect,
  laneBits,
  lanesOf,
  low,
  lowVector,
  replaceLow,
  row,
  rows,
  shuffle,
  typed,
  vector,
  zeroExtended,
} from './emit.ts';

const whole =
  (aligned: boolean): Definition =>
  (c) =>
    c.setVector(0, c.getVector(1, aligned), aligned);

/** MOVSS, MOVSD: a load clears the rest of the register, a register move keeps it. */
const scalarToRegister =
  (width: 4 | 8): Definition =>
  (c) =>
    c.setVector(0, c.isMemory(1) ? lowVector(c, 1, width) : replaceLow(vector(c, 0), width, vector(c, 1)));
const scalarStore =
  (width: 4 | 8): Definition =>
  (c) => {
    if (c.isMemory(0)) c.set(0, width, low(c, 1, width));
    else c.setVector(0, replaceLow(vector(c, 0), width, vector(c, 1)));
  };

const loadHalf =
  (n: 0 | 1): Definition =>
  (c) => {
    const source = lowVector(c, 1, 8);
    const destination = vector(c, 0);
    c.setVector(0, n === 0 ? replaceLow(destination, 8, source) : shuffle(destination, source, lanesOf(8, 0, 2)));
  };
const storeHalf =
  (n: 0 | 1): Definition =>
  (c) =>
    c.set(0, 8, bind(c, laneBits(vector(c, 1), 8, n), 'i64'));
/** MOVHLPS, MOVLHPS: one half of the source into one half of the destination. */
const half =
  (from: 0 | 1, to: 0 | 1): Definition =>
  (c) => {
    const source = vector(c, 1);
    c.setVector(0, shuffle(vector(c, 0), source, to === 0 ? lanesOf(8, 2 + from, 1) : lanesOf(8, 0, 2 + from)));
  };

const fromGeneral =
  (width: 4 | 8): Definition =>
  (c) =>
    c.setVector(0, zeroExtended(bind(c, c.get(1, width), 'i64')));
const toGeneral =
  (width: 4 | 8): Definition =>
  (c) =>
    c.set(0, width, low(c, 1, width));
const storeQuad: Definition = (c) => {
  if (c.isMemory(0)) c.set(0, 8, low(c, 1, 8));
  else c.setVector(0, lowVector(c, 1, 8));
};

const signMask =
  (shape: string, width: 4 | 8): Definition =>
  (c) => {
    c.set(0, width, bind(c, vector(c, 1).unary(`${shape}.bitmask`, 'i32').extend(), 'i64'));
  };

/** The bytes that are not selected are written as they are: the address is checked as a whole either way. */
const maskedStore: Definition = (c) => {
  const source = vector(c, 1);
  const selected = bind(c, vector(c, 2).with('i8x16.shr_s', i32(7), 'v128'), 'v128');
  c.modifyAt(c.address(), 16, (old) => bitselect(selected, source, typed(old, 'v128')));
};

export const moveRows: Rows = [
  ...rows(
    whole(true),
    Code.Movaps_xmm_xmmm128,
    Code.Movaps_xmmm128_xmm,
    Code.Movapd_xmm_xmmm128,
    Code.Movapd_xmmm128_xmm,
    Code.Movdqa_xmm_xmmm128,
    Code.Movdqa_xmmm128_xmm,
    Code.Movntps_m128_xmm,
    Code.Movntpd_m128_xmm,
    Code.Movntdq_m128_xmm,
  ),
  ...rows(
    whole(false),
    Code.Movups_xmm_xmmm128,
    Code.Movups_xmmm128_xmm,
    Code.Movupd_xmm_xmmm128,
    Code.Movupd_xmmm128_xmm,
    Code.Movdqu_xmm_xmmm128,
    Code.Movdqu_xmmm128_xmm,
  ),
  row(Code.Movss_xmm_xmmm32, scalarToRegister(4)),
  row(Code.Movsd_xmm_xmmm64, scalarToRegister(8)),
  row(Code.Movss_xmmm32_xmm, scalarStore(4)),
  row(Code.Movsd_xmmm64_xmm, scalarStore(8)),
  ...rows(loadHalf(0), Code.Movlps_xmm_m64, Code.Movlpd_xmm_m64),
  ...rows(loadHalf(1), Code.Movhps_xmm_m64, Code.Movhpd_xmm_m64),
  ...rows(storeHalf(0), Code.Movlps_m64_xmm, Code.Movlpd_m64_xmm),
  ...rows(storeHalf(1), Code.Movhps_m64_xmm, Code.Movhpd_m64_xmm),
  row(Code.Movhlps_xmm_xmm, half(1, 0)),
  row(Code.Movlhps_xmm_xmm, half(0, 1)),
  row(Code.Movd_xmm_rm32, fromGeneral(4)),
  row(Code.Movq_xmm_rm64, fromGeneral(8)),
  row(Code.Movd_rm32_xmm, toGeneral(4)),
  row(Code.Movq_rm64_xmm, toGeneral(8)),
  row(Code.Movq_xmm_xmmm64, (c) => c.setVector(0, lowVector(c, 1, 8))),
  row(Code.Movq_xmmm64_xmm, storeQuad),
  row(Code.Movnti_m32_r32, (c) => c.set(0, 4, c.bind(c.get(1, 4)))),
  row(Code.Movnti_m64_r64, (c) => c.set(0, 8, c.bind(c.get(1, 8)))),
  row(Code.Movmskps_r32_xmm, signMask('i32x4', 4)),
  row(Code.Movmskps_r64_xmm, signMask('i32x4', 8)),
  row(Code.Movmskpd_r32_xmm, signMask('i64x2', 4)),
  row(Code.Movmskpd_r64_xmm, signMask('i64x2', 8)),
  row(Code.Pmovmskb_r32_xmm, signMask('i8x16', 4)),
  row(Code.Pmovmskb_r64_xmm, signMask('i8x16', 8)),
  row(Code.Maskmovdqu_rDI_xmm_xmm, maskedStore),
];
