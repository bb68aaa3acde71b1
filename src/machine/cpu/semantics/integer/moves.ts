// MOV MOVSX MOVZX MOVSXD LEA XCHG BSWAP CMOVcc SETcc XLAT, and the sign extensions of the accumulator.

import { RAX, RDX } from '../../state.ts';
import type { Definition, Width } from '../context.ts';
import { CONDITIONS, LOCK, RM_IMM, RM_R, R_RM, type Rows, row, rows, wide } from './forms.ts';
import { and, choose, extend, or, sar, shl, shr, truncate, widen } from './values.ts';

const move =
  (width: Width): Definition =>
  (c) =>
    c.set(0, width, c.get(1, width));
const zeroExtend =
  (to: Width, from: Width): Definition =>
  (c) =>
    c.set(0, to, c.get(1, from));
const signExtend =
  (to: Width, from: Width): Definition =>
  (c) =>
    c.set(0, to, extend(c, from, c.get(1, from)));
const loadAddress =
  (width: Width): Definition =>
  (c) =>
    c.set(0, width, c.address(true));

const exchange =
  (width: Width): Definition =>
  (c) => {
    const source = c.get(1, width);
    if (c.isMemory(0)) {
      let old = source;
      c.modify(0, width, (value) => {
        old = value;
        return source;
      });
      c.set(1, width, old);
      return;
    }
    const old = c.get(0, width);
    c.set(0, width, source);
    c.set(1, width, old);
  };

/** Memory is read, and a 32-bit destination zero-extended, whether or not the condition holds. */
const conditionalMove =
  (code: number) =>
  (width: Width): Definition =>
  (c) => {
    const source = c.get(1, width);
    c.set(0, width, choose(c, c.condition(code), source, c.get(0, width)));
  };

const SWAP_MASKS = [0x00ff_00ff_00ff_00ffn, 0x0000_ffff_0000_ffffn] as const;

const byteSwap =
  (width: 4 | 8): Definition =>
  (c) => {
    let x = c.get(0, width);
    for (const [i, mask] of SWAP_MASKS.entries()) {
      const shift = c.constant(8n << BigInt(i));
      x = c.bind(or(c, and(c, shr(c, x, shift), c.constant(mask)), shl(c, and(c, x, c.constant(mask)), shift)));
    }
    c.set(0, width, width === 4 ? x : unary64Rotate(c, x));
  };

function unary64Rotate(c: Parameters<Definition>[0], x: ReturnType<Parameters<Definition>[0]['bind']>): typeof x {
  return c.expression((f) => {
    x.emit(f);
    f.i64(32n).op('i64.rotl');
  });
}

const widenAccumulator =
  (to: Width, from: Width): Definition =>
  (c) =>
    c.setRegister(RAX, to, extend(c, from, c.register(RAX, from)));
const signIntoData =
  (width: Width): Definition =>
  (c) =>
    c.setRegister(RDX, width, truncate(c, width, sar(c, extend(c, width, c.register(RAX, width)), c.constant(63n))));

export const moveRows: Rows = [
  ...rows('Mov', [...RM_R, ...R_RM, ...RM_IMM], move),
  ...rows(
    'Mov',
    [
      ['r8_imm8', 1],
      ['r16_imm16', 2],
      ['r32_imm32', 4],
      ['r64_imm64', 8],
    ],
    move,
  ),
  ...rows(
    'Mov',
    [
      ['AL_moffs8', 1],
      ['AX_moffs16', 2],
      ['EAX_moffs32', 4],
      ['RAX_moffs64', 8],
    ],
    move,
  ),
  ...rows(
    'Mov',
    [
      ['moffs8_AL', 1],
      ['moffs16_AX', 2],
      ['moffs32_EAX', 4],
      ['moffs64_RAX', 8],
    ],
    move,
  ),
  ...rows(
    'Movzx',
    [
      ['r16_rm8', 2],
      ['r32_rm8', 4],
      ['r64_rm8', 8],
    ],
    (width) => zeroExtend(width, 1),
  ),
  ...rows(
    'Movzx',
    [
      ['r16_rm16', 2],
      ['r32_rm16', 4],
      ['r64_rm16', 8],
    ],
    (width) => zeroExtend(width, 2),
  ),
  ...rows(
    'Movsx',
    [
      ['r16_rm8', 2],
      ['r32_rm8', 4],
      ['r64_rm8', 8],
    ],
    (width) => signExtend(width, 1),
  ),
  ...rows(
    'Movsx',
    [
      ['r16_rm16', 2],
      ['r32_rm16', 4],
      ['r64_rm16', 8],
    ],
    (width) => signExtend(width, 2),
  ),
  ...rows(
    'Movsxd',
    [
      ['r16_rm16', 2],
      ['r32_rm32', 4],
    ],
    move,
  ),
  ...row('Movsxd_r64_rm32', signExtend(8, 4)),
  ...rows(
    'Lea',
    [
      ['r16_m', 2],
      ['r32_m', 4],
      ['r64_m', 8],
    ],
    loadAddress,
  ),
  ...rows('Xchg', RM_R, exchange, LOCK),
  ...rows(
    'Xchg',
    [
      ['r16_AX', 2],
      ['r32_EAX', 4],
      ['r64_RAX', 8],
    ],
    exchange,
  ),
  ...CONDITIONS.flatMap((name, code) => rows(`Cmov${name}`, wide(R_RM), conditionalMove(code), { features: ['CMOV'] })),
  ...CONDITIONS.flatMap((name, code) => row(`Set${name}_rm8`, (c) => c.set(0, 1, widen(c, c.condition(code))))),
  // The SDM leaves the 16-bit form undefined; processors give zero.
  ...row('Bswap_r16', (c) => c.set(0, 2, c.constant(0n))),
  ...row('Bswap_r32', byteSwap(4)),
  ...row('Bswap_r64', byteSwap(8)),
  ...row('Xlat_m8', (c) => c.setRegister(RAX, 1, c.load(1, c.address()))),
  ...row('Cbw', widenAccumulator(2, 1)),
  ...row('Cwde', widenAccumulator(4, 2)),
  ...row('Cdqe', widenAccumulator(8, 4)),
  ...row('Cwd', signIntoData(2)),
  ...row('Cdq', signIntoData(4)),
  ...row('Cqo', signIntoData(8)),
];
