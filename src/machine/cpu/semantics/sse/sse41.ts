// SSE4.1 but for its dot products (dot-product.ts).

import { Code } from 'iced-x86';
import { CF, ZF } from '../../state.ts';
import { type Expression, call, i32 } from '../../wasm/expression.ts';
import type { Context, Definition, Doubts, Width } from '../context.ts';
import { F32, F64, type Format, vectorShape } from '../float/format.ts';
import { bitsOf, number } from '../float/native.ts';
import { lanesOfFormat, lowLane } from '../float/regular.ts';
import { settle } from './arithmetic.ts';
import { inexact, irregular, irregularVectors, otherControl, some, unequal } from './doubts.ts';
import {
  type Rows,
  assign,
  binary,
  bind,
  bitselect,
  featureRow,
  float,
  immediate,
  laneBits,
  lanesOf,
  local,
  low,
  replaceBits,
  replaceFloat,
  shuffle,
  splat,
  typed,
  unary,
  vector,
  vectorConstant,
  widthOf,
  zeroExtended,
  zeroVector,
} from './emit.ts';
import { combining, multiplyEven } from './integer.ts';

type Shape = 'i8x16' | 'i16x8' | 'i32x4' | 'i64x2';
const INDEXES = (): Expression => vectorConstant(0x0706050403020100n, 0x0f0e0d0c0b0a0908n);
/** Lane numbers. */
const NUMBERS: Record<Shape, () => Expression> = {
  i8x16: INDEXES,
  i16x8: () => vectorConstant(0x0003_0002_0001_0000n, 0x0007_0006_0005_0004n),
  i32x4: () => vectorConstant(1n << 32n, 2n | (3n << 32n)),
  i64x2: () => vectorConstant(0n, 1n),
};
const BYTES: Record<Shape, Width> = { i8x16: 1, i16x8: 2, i32x4: 4, i64x2: 8 };

const simple = (op: string): Definition => combining((x, y) => binary(op, x, y));

/** By the sign bits of XMM0's lanes. */
const blendBySign =
  (shape: Shape): Definition =>
  (c) => {
    const y = vector(c, 1),
      x = vector(c, 0);
    const mask = typed(c.xmm(0), 'v128').with(`${shape}.shr_s`, i32(8 * BYTES[shape] - 1), 'v128');
    c.setVector(0, bitselect(mask, y, x));
  };
/** By the bits of the immediate, one a lane. */
const blendByImmediate =
  (shape: 'i16x8' | 'i32x4' | 'i64x2'): Definition =>
  (c) => {
    const y = vector(c, 1),
      x = vector(c, 0);
    const bits =
      shape === 'i16x8'
        ? vectorConstant(0x0008_0004_0002_0001n, 0x0080_0040_0020_0010n)
        : shape === 'i32x4'
          ? vectorConstant(1n | (2n << 32n), 4n | (8n << 32n))
          : vectorConstant(1n, 2n);
    const imm = immediate(c, 2);
    const splatted = splat(shape, shape === 'i64x2' ? imm.extend() : imm);
    c.setVector(0, bitselect(binary(`${shape}.ne`, binary('v128.and', splatted, bits), zeroVector()), y, x));
  };

const test: Definition = (c) => {
  const y = vector(c, 1),
    x = vector(c, 0);
  const none = (v: Expression): Expression => v.unary('v128.any_true', 'i32').eqz();
  c.setFlags({
    kind: 'explicit',
    bits: none(binary('v128.and', x, y))
      .mul(ZF)
      .or(none(binary('v128.andnot', y, x)).mul(CF)),
  });
};

/** PMOVSX, PMOVZX: each step doubles the width of the low lanes. */
const extend =
  (width: 2 | 4 | 8, sign: 's' | 'u', ...steps: readonly string[]): Definition =>
  (c) => {
    const source = zeroExtended(bind(c, c.get(1, width), 'i64'));
    c.setVector(
      0,
      steps.reduce((v, step) => unary(`${step}_${sign}`, v), source),
    );
  };
const WORDS = 'i16x8.extend_low_i8x16',
  DOUBLES = 'i32x4.extend_low_i16x8',
  QUADS = 'i64x2.extend_low_i32x4';

/** PHMINPOSUW: keys of word and position, their minimum by halves. */
const minimumPosition: Definition = (c) => {
  const x = vector(c, 1);
  const keys = (half: 'low' | 'high', first: bigint): Expression =>
    binary(
      'v128.or',
      unary(`i32x4.extend_${half}_i16x8_u`, x).with('i32x4.shl', i32(3), 'v128'),
      vectorConstant(first | ((first + 1n) << 32n), (first + 2n) | ((first + 3n) << 32n)),
    );
  const four = bind(c, binary('i32x4.min_u', keys('low', 0n), keys('high', 4n)), 'v128');
  const two = bind(c, binary('i32x4.min_u', four, shuffle(four, four, lanesOf(4, 2, 3, 0, 1))), 'v128');
  const key = bind(c, laneBits(binary('i32x4.min_u', two, shuffle(two, two, lanesOf(4, 1, 0, 3, 2))), 4, 0), 'i64');
  c.setVector(0, zeroExtended(key.shr(3).or(key.and(7).shl(16))));
};

/** ROUND*: by bits 1:0 of the immediate, or MXCSR if bit 2 is set; bit 3 leaves PE alone. */
const ROUNDINGS = ['nearest', 'floor', 'ceil', 'trunc'] as const;
const BY_MXCSR = 4,
  NO_PRECISION = 8;
const roundingOf = (immediateBits: number): string => ROUNDINGS[immediateBits & BY_MXCSR ? 0 : immediateBits & 3]!;
/** Beyond its operand. */
const roundingDoubts = (c: Context, immediateBits: number, isInexact: Expression): Doubts => [
  ...((immediateBits & BY_MXCSR) !== 0 || (immediateBits & NO_PRECISION) === 0 ? otherControl(c) : []),
  ...((immediateBits & NO_PRECISION) === 0 ? inexact(c, isInexact) : []),
];

const roundScalar =
  (t: Format): Definition =>
  (c) => {
    const x = float(c, 1, t),
      imm = c.get(2, 1);
    const result = local(c, t.name);
    const exact = (): void => {
      assign(c, result, number(call(c.float[t.name].roundToIntegral, 'i64', bitsOf(x, t), typed(imm, 'i64').wrap()), t));
      settle(c);
    };
    if (imm.constant === undefined) exact();
    else {
      const bits = Number(imm.constant);
      assign(c, result, x.unary(`${t.name}.${roundingOf(bits)}`, t.name));
      c.rare([...irregular(t, x), ...roundingDoubts(c, bits, unequal(result, x, t))], exact);
      c.learn(1, lowLane(widthOf(t)));
    }
    c.setVector(0, replaceFloat(vector(c, 0), t, imm.constant === undefined ? result : result.known(1)));
  };
const roundPacked =
  (t: Format): Definition =>
  (c) => {
    const x = vector(c, 1),
      imm = c.get(2, 1),
      width = widthOf(t);
    const result = local(c, 'v128');
    const exact = (): void => {
      const control = typed(imm, 'i64').wrap();
      assign(c, result, x);
      for (let n = 0; n < 16 / width; n++) {
        assign(c, result, replaceBits(result, width, n, call(c.float[t.name].roundToIntegral, 'i64', laneBits(x, width, n), control)));
      }
      settle(c);
    };
    if (imm.constant === undefined) exact();
    else {
      const bits = Number(imm.constant);
      const shape = vectorShape(t);
      assign(c, result, unary(`${shape}.${roundingOf(bits)}`, x));
      c.rare([...irregularVectors(c, t, x), ...roundingDoubts(c, bits, some(binary(`${shape}.ne`, result, x)))], exact);
      c.learn(1, lanesOfFormat(t));
    }
    c.setVector(0, imm.constant === undefined ? result : result.known(lanesOfFormat(t)));
  };

/** PEXTR*: `register` is the width written to a register. */
const extract =
  (shape: Shape, register: 4 | 8): Definition =>
  (c) => {
    const width = BYTES[shape];
    const at = immediate(c, 2)
      .and(16 / width - 1)
      .mul(width);
    const moved = binary('i8x16.swizzle', vector(c, 1), binary('i8x16.add', INDEXES(), splat('i8x16', at)));
    const mask = width === 8 ? -1n : (1n << BigInt(8 * width)) - 1n;
    c.set(0, c.isMemory(0) ? width : register, bind(c, laneBits(moved, 8, 0).and(mask), 'i64'));
  };
const insert =
  (shape: Shape): Definition =>
  (c) => {
    const value = bind(c, c.get(1, BYTES[shape]), 'i64');
    const n = immediate(c, 2).and(16 / BYTES[shape] - 1);
    const chosen = binary(`${shape}.eq`, splat(shape, shape === 'i64x2' ? n.extend() : n), NUMBERS[shape]());
    c.setVector(0, bitselect(chosen, splat(shape, shape === 'i64x2' ? value : value.wrap()), vector(c, 0)));
  };
/** INSERTPS: source lane in bits 7:6 (registers only), destination lane in 5:4, lanes to clear in 3:0. */
const insertSingle: Definition = (c) => {
  const imm = immediate(c, 2);
  const source = c.isMemory(1)
    ? splat('i32x4', low(c, 1, 4).wrap())
    : binary('i8x16.swizzle', vector(c, 1), binary('v128.or', splat('i8x16', imm.shr(6).shl(2)), splat('i32x4', i32(0x03020100))));
  const chosen = binary('i32x4.eq', splat('i32x4', imm.shr(4).and(3)), NUMBERS.i32x4());
  const cleared = binary(
    'i32x4.ne',
    binary('v128.and', splat('i32x4', imm), vectorConstant(1n | (2n << 32n), 4n | (8n << 32n))),
    zeroVector(),
  );
  c.setVector(0, binary('v128.andnot', bitselect(chosen, source, vector(c, 0)), cleared));
};

/** MPSADBW: eight sums of four byte differences, at sliding places of the destination against one block of the source. */
const slidingDifferences: Definition = (c) => {
  const source = vector(c, 1),
    imm = immediate(c, 2);
  const window = bind(c, binary('i8x16.swizzle', vector(c, 0), binary('i8x16.add', INDEXES(), splat('i8x16', imm.and(4)))), 'v128');
  const block = bind(c, imm.and(3).shl(2), 'i32');
  const term = (k: number): Expression => {
    const moved = shuffle(
      window,
      window,
      Array.from({ length: 16 }, (_, i) => Math.min(i + k, 15)),
    );
    const fixed = binary('i8x16.swizzle', source, splat('i8x16', block.add(k)));
    const difference = binary('i8x16.sub', binary('i8x16.max_u', moved, fixed), binary('i8x16.min_u', moved, fixed));
    return unary('i16x8.extend_low_i8x16_u', difference);
  };
  c.setVector(
    0,
    [0, 1, 2, 3].map(term).reduce((x, y) => binary('i16x8.add', x, y)),
  );
};

const row = featureRow('SSE4_1');

export const sse41Rows: Rows = [
  row(Code.Pblendvb_xmm_xmmm128, blendBySign('i8x16')),
  row(Code.Blendvps_xmm_xmmm128, blendBySign('i32x4')),
  row(Code.Blendvpd_xmm_xmmm128, blendBySign('i64x2')),
  row(Code.Blendps_xmm_xmmm128_imm8, blendByImmediate('i32x4')),
  row(Code.Blendpd_xmm_xmmm128_imm8, blendByImmediate('i64x2')),
  row(Code.Pblendw_xmm_xmmm128_imm8, blendByImmediate('i16x8')),
  row(Code.Ptest_xmm_xmmm128, test),
  row(Code.Pmovsxbw_xmm_xmmm64, extend(8, 's', WORDS)),
  row(Code.Pmovsxbd_xmm_xmmm32, extend(4, 's', WORDS, DOUBLES)),
  row(Code.Pmovsxbq_xmm_xmmm16, extend(2, 's', WORDS, DOUBLES, QUADS)),
  row(Code.Pmovsxwd_xmm_xmmm64, extend(8, 's', DOUBLES)),
  row(Code.Pmovsxwq_xmm_xmmm32, extend(4, 's', DOUBLES, QUADS)),
  row(Code.Pmovsxdq_xmm_xmmm64, extend(8, 's', QUADS)),
  row(Code.Pmovzxbw_xmm_xmmm64, extend(8, 'u', WORDS)),
  row(Code.Pmovzxbd_xmm_xmmm32, extend(4, 'u', WORDS, DOUBLES)),
  row(Code.Pmovzxbq_xmm_xmmm16, extend(2, 'u', WORDS, DOUBLES, QUADS)),
  row(Code.Pmovzxwd_xmm_xmmm64, extend(8, 'u', DOUBLES)),
  row(Code.Pmovzxwq_xmm_xmmm32, extend(4, 'u', DOUBLES, QUADS)),
  row(Code.Pmovzxdq_xmm_xmmm64, extend(8, 'u', QUADS)),
  row(Code.Pmuldq_xmm_xmmm128, combining(multiplyEven('s'))),
  row(Code.Pcmpeqq_xmm_xmmm128, simple('i64x2.eq')),
  row(Code.Movntdqa_xmm_m128, (c) => c.setVector(0, vector(c, 1))),
  row(Code.Packusdw_xmm_xmmm128, simple('i16x8.narrow_i32x4_u')),
  row(Code.Pminsb_xmm_xmmm128, simple('i8x16.min_s')),
  row(Code.Pminsd_xmm_xmmm128, simple('i32x4.min_s')),
  row(Code.Pminuw_xmm_xmmm128, simple('i16x8.min_u')),
  row(Code.Pminud_xmm_xmmm128, simple('i32x4.min_u')),
  row(Code.Pmaxsb_xmm_xmmm128, simple('i8x16.max_s')),
  row(Code.Pmaxsd_xmm_xmmm128, simple('i32x4.max_s')),
  row(Code.Pmaxuw_xmm_xmmm128, simple('i16x8.max_u')),
  row(Code.Pmaxud_xmm_xmmm128, simple('i32x4.max_u')),
  row(Code.Pmulld_xmm_xmmm128, simple('i32x4.mul')),
  row(Code.Phminposuw_xmm_xmmm128, minimumPosition),
  row(Code.Roundss_xmm_xmmm32_imm8, roundScalar(F32)),
  row(Code.Roundsd_xmm_xmmm64_imm8, roundScalar(F64)),
  row(Code.Roundps_xmm_xmmm128_imm8, roundPacked(F32)),
  row(Code.Roundpd_xmm_xmmm128_imm8, roundPacked(F64)),
  row(Code.Pextrb_r32m8_xmm_imm8, extract('i8x16', 4)),
  row(Code.Pextrb_r64m8_xmm_imm8, extract('i8x16', 8)),
  row(Code.Pextrw_r32m16_xmm_imm8, extract('i16x8', 4)),
  row(Code.Pextrw_r64m16_xmm_imm8, extract('i16x8', 8)),
  row(Code.Pextrd_rm32_xmm_imm8, extract('i32x4', 4)),
  row(Code.Pextrq_rm64_xmm_imm8, extract('i64x2', 8)),
  row(Code.Extractps_rm32_xmm_imm8, extract('i32x4', 4)),
  row(Code.Extractps_r64m32_xmm_imm8, extract('i32x4', 8)),
  row(Code.Pinsrb_xmm_r32m8_imm8, insert('i8x16')),
  row(Code.Pinsrb_xmm_r64m8_imm8, insert('i8x16')),
  row(Code.Pinsrd_xmm_rm32_imm8, insert('i32x4')),
  row(Code.Pinsrq_xmm_rm64_imm8, insert('i64x2')),
  row(Code.Insertps_xmm_xmmm32_imm8, insertSingle),
  row(Code.Mpsadbw_xmm_xmmm128_imm8, slidingDifferences),
];
