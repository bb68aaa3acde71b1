// MMX (SDM vol. 1, chapter 9): registers are the significands of the x87 physical registers. Every instruction
// leaves TOP 0, all tags valid (EMMS: empty), and all ones in the exponent of what it writes; a pending x87 exception comes first.

import { Code } from 'iced-x86';
import { VECTOR } from '../../exit.ts';
import { FSW, FTW } from '../../state.ts';
import { i32 } from '../../wasm/expression.ts';
import type { Context, Definition } from '../context.ts';
import { convertMmxRows, integersToDoublesMmx } from './convert.ts';
import { MMX, type Rows, bind, binary, bitselect, laneBits, row, typed, vector, zeroExtended } from './emit.ts';
import { integerMmxRows } from './integer.ts';
import { shiftMmxRows } from './shifts.ts';
import { shuffleMmxRows } from './shuffles.ts';

const EXCEPTION_SUMMARY = 0x80,
  TOP = 0x3800;

function checkPending(c: Context): void {
  c.when(typed(c.field(FSW, 2), 'i64').wrap().and(EXCEPTION_SUMMARY), () => c.fault(VECTOR.MF));
}
function transition(c: Context, tags = 0xffn): void {
  c.setField(FSW, 2, typed(c.field(FSW, 2), 'i64').and(0xffff & ~TOP));
  c.setField(FTW, 1, c.constant(tags));
}

export const withTransition =
  (definition: Definition): Definition =>
  (c) => {
    checkPending(c);
    definition(c);
    transition(c);
  };

const signMask =
  (width: 4 | 8): Definition =>
  (c) =>
    c.set(0, width, bind(c, MMX.source(c).unary('i8x16.bitmask', 'i32').extend(), 'i64'));

const maskedStore: Definition = (c) => {
  const source = bind(c, c.get(1, 8), 'i64');
  const mask = binary('i8x16.shr_s', zeroExtended(bind(c, c.get(2, 8), 'i64')), i32(7));
  const selected = bind(c, laneBits(mask, 8, 0), 'i64');
  c.modifyAt(c.address(), 8, (old) =>
    laneBits(bitselect(zeroExtended(selected), zeroExtended(source), zeroExtended(typed(old, 'i64'))), 8, 0),
  );
};

const move =
  (width: 4 | 8): Definition =>
  (c) =>
    c.set(0, 8, c.bind(c.get(1, width)));
const store =
  (width: 4 | 8): Definition =>
  (c) =>
    c.set(0, width, c.bind(c.get(1, 8)));

const rows: Rows = [
  ...integerMmxRows,
  ...shiftMmxRows,
  ...shuffleMmxRows,
  ...convertMmxRows,
  row(Code.Movd_mm_rm32, move(4)),
  row(Code.Movq_mm_rm64, move(8)),
  row(Code.Movq_mm_mmm64, move(8)),
  row(Code.Movd_rm32_mm, store(4)),
  row(Code.Movq_rm64_mm, store(8)),
  row(Code.Movq_mmm64_mm, store(8)),
  row(Code.Movntq_m64_mm, store(8)),
  row(Code.Movq2dq_xmm_mm, (c) => c.setVector(0, MMX.source(c))),
  row(Code.Movdq2q_mm_xmm, (c) => c.set(0, 8, bind(c, laneBits(vector(c, 1), 8, 0), 'i64'))),
  row(Code.Pmovmskb_r32_mm, signMask(4)),
  row(Code.Pmovmskb_r64_mm, signMask(8)),
  row(Code.Maskmovq_rDI_mm_mm, maskedStore),
];

export const mmxRows: Rows = [
  ...rows.map(([code, { definition }]) => row(code, withTransition(definition))),
  row(Code.Cvtpi2pd_xmm_mmm64, (c) => (c.isMemory(1) ? integersToDoublesMmx : withTransition(integersToDoublesMmx))(c)),
  row(Code.Emms, (c) => {
    checkPending(c);
    transition(c, 0n);
  }),
];
