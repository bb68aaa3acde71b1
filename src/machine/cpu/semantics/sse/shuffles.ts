// SSE and SSE2 shuffles, unpacks, packs, and single words in and out. Immediates are run-time values of a record, so the
// selecting ones compute a byte index for each lane.

import { Code } from 'iced-x86';
import { type Expression, i32 } from '../../wasm/expression.ts';
import type { Definition } from '../context.ts';
import {
  MMX,
  type PackedForm,
  type Rows,
  XMM,
  binary,
  bind,
  bitselect,
  immediate,
  lane,
  laneBits,
  lanesOf,
  replaceBits,
  row,
  rows,
  shuffle,
  splat,
  vector,
  vectorConstant,
} from './emit.ts';
import { combining } from './integer.ts';

/** Lane n's two-bit field of an immediate moved to bits 7:6 of its lane by a factor, down again, and made a byte index. */
function selected(shape: 'i32x4' | 'i16x8', imm: Expression, factors: Expression, unit: Expression, first: Expression): Expression {
  const fields = binary(`${shape}.mul`, splat(shape, imm), factors).with(`${shape}.shr_u`, i32(6), 'v128');
  const index = binary('v128.and', fields, splat(shape, i32(3)));
  return binary('i8x16.add', binary(`${shape}.mul`, index, unit), first);
}
const doublewords = (imm: Expression): Expression =>
  selected(
    'i32x4',
    imm,
    vectorConstant(64n | (16n << 32n), 4n | (1n << 32n)),
    splat('i32x4', i32(0x04040404)),
    splat('i32x4', i32(0x03020100)),
  );

const FOUR_FACTORS = 64n | (16n << 16n) | (4n << 32n) | (1n << 48n);
const words =
  (half: 0 | 1) =>
  (imm: Expression): Expression =>
    selected(
      'i16x8',
      imm,
      half === 0 ? vectorConstant(FOUR_FACTORS, 0n) : vectorConstant(0n, FOUR_FACTORS),
      splat('i16x8', i32(0x0202)),
      half === 0
        ? vectorConstant(0x0100_0100_0100_0100n, 0x0f0e0d0c0b0a0908n)
        : vectorConstant(0x0706050403020100n, 0x0908_0908_0908_0908n),
    );

/** Byte lanes of four lanes of `width` bytes from number `first` on, as an immediate selects them; the others stay. */
function chosen(width: 2 | 4, first: number, immediateBits: bigint): number[] {
  const lanes = Array.from({ length: 16 / width }, (_, n) => n);
  for (let n = 0; n < 4; n++) lanes[first + n] = first + (Number(immediateBits >> BigInt(2 * n)) & 3);
  return lanesOf(width, ...lanes);
}

const permute =
  (width: 2 | 4, first: number, control: (imm: Expression) => Expression, form = XMM): Definition =>
  (c) => {
    const source = form.source(c);
    const { constant } = c.get(2, 1);
    form.write(
      c,
      constant === undefined
        ? binary('i8x16.swizzle', source, control(immediate(c, 2)))
        : shuffle(source, source, chosen(width, first, constant)),
    );
  };

const shufps: Definition = (c) => {
  const y = vector(c, 1),
    x = vector(c, 0);
  const { constant } = c.get(2, 1);
  if (constant !== undefined) {
    const lanes = [0, 1, 2, 3].map((n) => (Number(constant >> BigInt(2 * n)) & 3) + (n < 2 ? 0 : 4));
    c.setVector(0, shuffle(x, y, lanesOf(4, ...lanes)));
    return;
  }
  const control = bind(c, doublewords(immediate(c, 2)), 'v128');
  c.setVector(0, shuffle(binary('i8x16.swizzle', x, control), binary('i8x16.swizzle', y, control), lanesOf(8, 0, 3)));
};

const shufpd: Definition = (c) => {
  const y = vector(c, 1),
    x = vector(c, 0);
  const { constant } = c.get(2, 1);
  if (constant !== undefined) {
    c.setVector(0, shuffle(x, y, lanesOf(8, Number(constant & 1n), 2 + Number((constant >> 1n) & 1n))));
    return;
  }
  const imm = immediate(c, 2);
  const first = imm.and(1).choose(laneBits(x, 8, 1), laneBits(x, 8, 0));
  const second = imm.and(2).choose(laneBits(y, 8, 1), laneBits(y, 8, 0));
  c.setVector(0, replaceBits(splat('i64x2', first), 8, 1, second));
};

/** Interleaves the low (0) or high (1) halves of destination and source. */
const unpack = (width: number, half: 0 | 1): Definition => {
  const count = 16 / width;
  const lanes = Array.from({ length: count }, (_, i) => (i >> 1) + half * (count / 2) + (i & 1) * count);
  return combining((x, y) => shuffle(x, y, lanesOf(width, ...lanes)));
};

const pack = (op: string): Definition => combining((x, y) => binary(op, x, y));

/** PINSRW, PEXTRW: `most` is the highest lane number. */
const insertWord =
  (form: PackedForm, most: 3 | 7): Definition =>
  (c) => {
    const word = bind(c, c.get(1, 2), 'i64');
    const chosen = binary(
      'i16x8.eq',
      splat('i16x8', immediate(c, 2).and(most)),
      vectorConstant(0x0003_0002_0001_0000n, 0x0007_0006_0005_0004n),
    );
    form.write(c, bitselect(chosen, splat('i16x8', word.wrap()), form.destination(c)));
  };
const extractWord =
  (width: 4 | 8, form: PackedForm, most: 3 | 7): Definition =>
  (c) => {
    const at = splat('i16x8', immediate(c, 2).and(most).mul(0x0202).add(0x0100));
    c.set(0, width, bind(c, lane(binary('i8x16.swizzle', form.source(c), at), 'i16x8.extract_lane_u', 0, 'i32').extend(), 'i64'));
  };

export const shuffleRows: Rows = [
  row(Code.Pshufd_xmm_xmmm128_imm8, permute(4, 0, doublewords)),
  row(Code.Pshuflw_xmm_xmmm128_imm8, permute(2, 0, words(0))),
  row(Code.Pshufhw_xmm_xmmm128_imm8, permute(2, 4, words(1))),
  row(Code.Shufps_xmm_xmmm128_imm8, shufps),
  row(Code.Shufpd_xmm_xmmm128_imm8, shufpd),
  row(Code.Punpcklbw_xmm_xmmm128, unpack(1, 0)),
  row(Code.Punpckhbw_xmm_xmmm128, unpack(1, 1)),
  row(Code.Punpcklwd_xmm_xmmm128, unpack(2, 0)),
  row(Code.Punpckhwd_xmm_xmmm128, unpack(2, 1)),
  ...rows(unpack(4, 0), Code.Punpckldq_xmm_xmmm128, Code.Unpcklps_xmm_xmmm128),
  ...rows(unpack(4, 1), Code.Punpckhdq_xmm_xmmm128, Code.Unpckhps_xmm_xmmm128),
  ...rows(unpack(8, 0), Code.Punpcklqdq_xmm_xmmm128, Code.Unpcklpd_xmm_xmmm128),
  ...rows(unpack(8, 1), Code.Punpckhqdq_xmm_xmmm128, Code.Unpckhpd_xmm_xmmm128),
  row(Code.Packsswb_xmm_xmmm128, pack('i8x16.narrow_i16x8_s')),
  row(Code.Packuswb_xmm_xmmm128, pack('i8x16.narrow_i16x8_u')),
  row(Code.Packssdw_xmm_xmmm128, pack('i16x8.narrow_i32x4_s')),
  row(Code.Pinsrw_xmm_r32m16_imm8, insertWord(XMM, 7)),
  row(Code.Pinsrw_xmm_r64m16_imm8, insertWord(XMM, 7)),
  row(Code.Pextrw_r32_xmm_imm8, extractWord(4, XMM, 7)),
  row(Code.Pextrw_r64_xmm_imm8, extractWord(8, XMM, 7)),
];

export const shuffleMmxRows: Rows = [
  row(Code.Pshufw_mm_mmm64_imm8, permute(2, 0, words(0), MMX)),
  row(Code.Pinsrw_mm_r32m16_imm8, insertWord(MMX, 3)),
  row(Code.Pinsrw_mm_r64m16_imm8, insertWord(MMX, 3)),
  row(Code.Pextrw_r32_mm_imm8, extractWord(4, MMX, 3)),
  row(Code.Pextrw_r64_mm_imm8, extractWord(8, MMX, 3)),
];
