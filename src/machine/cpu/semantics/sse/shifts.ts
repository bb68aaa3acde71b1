// SSE2 shifts of words, doublewords, quadwords and whole registers, by register or immediate. Counts are not taken modulo
// the width: too large ones give zero, or the sign for arithmetic shifts.

import { Code } from 'iced-x86';
import { type Expression, i32, i64 } from '../../wasm/expression.ts';
import type { Context, Definition } from '../context.ts';
import {
  MMX,
  type PackedForm,
  type Rows,
  XMM,
  bind,
  binary,
  immediate,
  laneBits,
  row,
  splat,
  typed,
  vector,
  vectorConstant,
  zeroVector,
} from './emit.ts';

type Shape = 'i16x8' | 'i32x4' | 'i64x2';
const WIDTH: Record<Shape, bigint> = { i16x8: 16n, i32x4: 32n, i64x2: 64n };

type Count = (c: Context, form: PackedForm) => Expression;
const byRegister: Count = (c, form) => bind(c, laneBits(form.source(c), 8, 0), 'i64');
const byImmediate: Count = (c) => bind(c, typed(c.get(1, 1), 'i64'), 'i64');

const logical =
  (shape: Shape, op: 'shl' | 'shr_u', count: Count, form = XMM): Definition =>
  (c) => {
    const n = count(c, form);
    const shifted = form.destination(c).with(`${shape}.${op}`, n.wrap(), 'v128');
    form.write(c, n.ltu(WIDTH[shape]).choose(shifted, zeroVector()));
  };
const arithmetic =
  (shape: Shape, count: Count, form = XMM): Definition =>
  (c) => {
    const n = count(c, form);
    const most = WIDTH[shape] - 1n;
    const limited = n.ltu(most).choose(n, i64(most)).wrap();
    form.write(c, form.destination(c).with(`${shape}.shr_s`, limited, 'v128'));
  };

const INDEXES = (): Expression => vectorConstant(0x0706050403020100n, 0x0f0e0d0c0b0a0908n);
/** PSLLDQ, PSRLDQ: swizzle gives zero for indexes outside 0..15. */
const bytes =
  (op: 'i8x16.add' | 'i8x16.sub'): Definition =>
  (c) => {
    const n = immediate(c, 1);
    const limited = n.ltu(16).choose(n, i32(16));
    c.setVector(0, binary('i8x16.swizzle', vector(c, 0), binary(op, INDEXES(), splat('i8x16', limited))));
  };

export const shiftRows: Rows = [
  row(Code.Psllw_xmm_xmmm128, logical('i16x8', 'shl', byRegister)),
  row(Code.Pslld_xmm_xmmm128, logical('i32x4', 'shl', byRegister)),
  row(Code.Psllq_xmm_xmmm128, logical('i64x2', 'shl', byRegister)),
  row(Code.Psrlw_xmm_xmmm128, logical('i16x8', 'shr_u', byRegister)),
  row(Code.Psrld_xmm_xmmm128, logical('i32x4', 'shr_u', byRegister)),
  row(Code.Psrlq_xmm_xmmm128, logical('i64x2', 'shr_u', byRegister)),
  row(Code.Psraw_xmm_xmmm128, arithmetic('i16x8', byRegister)),
  row(Code.Psrad_xmm_xmmm128, arithmetic('i32x4', byRegister)),
  row(Code.Psllw_xmm_imm8, logical('i16x8', 'shl', byImmediate)),
  row(Code.Pslld_xmm_imm8, logical('i32x4', 'shl', byImmediate)),
  row(Code.Psllq_xmm_imm8, logical('i64x2', 'shl', byImmediate)),
  row(Code.Psrlw_xmm_imm8, logical('i16x8', 'shr_u', byImmediate)),
  row(Code.Psrld_xmm_imm8, logical('i32x4', 'shr_u', byImmediate)),
  row(Code.Psrlq_xmm_imm8, logical('i64x2', 'shr_u', byImmediate)),
  row(Code.Psraw_xmm_imm8, arithmetic('i16x8', byImmediate)),
  row(Code.Psrad_xmm_imm8, arithmetic('i32x4', byImmediate)),
  row(Code.Pslldq_xmm_imm8, bytes('i8x16.sub')),
  row(Code.Psrldq_xmm_imm8, bytes('i8x16.add')),
];

export const shiftMmxRows: Rows = [
  row(Code.Psllw_mm_mmm64, logical('i16x8', 'shl', byRegister, MMX)),
  row(Code.Pslld_mm_mmm64, logical('i32x4', 'shl', byRegister, MMX)),
  row(Code.Psllq_mm_mmm64, logical('i64x2', 'shl', byRegister, MMX)),
  row(Code.Psrlw_mm_mmm64, logical('i16x8', 'shr_u', byRegister, MMX)),
  row(Code.Psrld_mm_mmm64, logical('i32x4', 'shr_u', byRegister, MMX)),
  row(Code.Psrlq_mm_mmm64, logical('i64x2', 'shr_u', byRegister, MMX)),
  row(Code.Psraw_mm_mmm64, arithmetic('i16x8', byRegister, MMX)),
  row(Code.Psrad_mm_mmm64, arithmetic('i32x4', byRegister, MMX)),
  row(Code.Psllw_mm_imm8, logical('i16x8', 'shl', byImmediate, MMX)),
  row(Code.Pslld_mm_imm8, logical('i32x4', 'shl', byImmediate, MMX)),
  row(Code.Psllq_mm_imm8, logical('i64x2', 'shl', byImmediate, MMX)),
  row(Code.Psrlw_mm_imm8, logical('i16x8', 'shr_u', byImmediate, MMX)),
  row(Code.Psrld_mm_imm8, logical('i32x4', 'shr_u', byImmediate, MMX)),
  row(Code.Psrlq_mm_imm8, logical('i64x2', 'shr_u', byImmediate, MMX)),
  row(Code.Psraw_mm_imm8, arithmetic('i16x8', byImmediate, MMX)),
  row(Code.Psrad_mm_imm8, arithmetic('i32x4', byImmediate, MMX)),
];
