// LDMXCSR, STMXCSR, and what only orders or hints: fences and prefetches do nothing, memory is sequentially consistent here.

import { Code } from 'iced-x86';
import { VECTOR } from '../../exit.ts';
import { MXCSR } from '../../state.ts';
import type { Definition } from '../context.ts';
import { FAST_MASK, FAST_VALUE, MASKS, MXCSR_BITS } from '../float/mxcsr.ts';
import { type Rows, bind, row, rows } from './emit.ts';

const nothing: Definition = () => {};

export const controlRows: Rows = [
  row(Code.Ldmxcsr_m32, (c) => {
    const value = bind(c, c.get(0, 4), 'i64');
    c.when(value.gtu(MXCSR_BITS), () => c.fault(VECTOR.GP));
    // What the region was made for stays.
    if (c.control !== 'any') c.rare(value.and(BigInt(FAST_MASK)).ne(BigInt(c.control === 'inexact' ? FAST_VALUE : MASKS)), () => {});
    c.setField(MXCSR, 4, value);
  }),
  row(Code.Stmxcsr_m32, (c) => c.set(0, 4, c.bind(c.field(MXCSR, 4)))),
  ...rows(
    nothing,
    Code.Prefetchnta_m8,
    Code.Prefetcht0_m8,
    Code.Prefetcht1_m8,
    Code.Prefetcht2_m8,
    Code.Sfence,
    Code.Sfence_F9,
    Code.Sfence_FA,
    Code.Sfence_FB,
    Code.Sfence_FC,
    Code.Sfence_FD,
    Code.Sfence_FE,
    Code.Sfence_FF,
    Code.Lfence,
    Code.Lfence_E9,
    Code.Lfence_EA,
    Code.Lfence_EB,
    Code.Lfence_EC,
    Code.Lfence_ED,
    Code.Lfence_EE,
    Code.Lfence_EF,
    Code.Mfence,
    Code.Mfence_F1,
    Code.Mfence_F2,
    Code.Mfence_F3,
    Code.Mfence_F4,
    Code.Mfence_F5,
    Code.Mfence_F6,
    Code.Mfence_F7,
  ),
];
