// CLC STC CMC CLD STD SAHF LAHF.

import { AF, CF, DF, PF, RAX, SF, ZF } from '../../state.ts';
import type { Context, Definition, Value } from '../context.ts';
import { type Rows, row } from './forms.ts';
import { widen } from './values.ts';

const bit = (c: Context, value: number): Value => c.expression((f) => f.i32(value));
const carry =
  (value: (c: Context) => Value): Definition =>
  (c) =>
    c.setFlags({ kind: 'carries', carry: c.bind(value(c), 'i32') });
const LOW = CF | PF | AF | ZF | SF;

export const flagRows: Rows = [
  ...row(
    'Clc',
    carry((c) => bit(c, 0)),
  ),
  ...row(
    'Stc',
    carry((c) => bit(c, 1)),
  ),
  ...row(
    'Cmc',
    carry((c) => {
      const old = c.carry();
      return c.expression((f) => {
        old.emit(f);
        f.op('i32.eqz');
      });
    }),
  ),
  ...row('Cld', (c) => c.setRflags(bit(c, 0), DF)),
  ...row('Std', (c) => c.setRflags(bit(c, DF), DF)),
  ...row('Sahf', (c) => {
    const ah = c.register(RAX, 2);
    c.setRflags(
      c.expression((f) => {
        ah.emit(f);
        f.op('i32.wrap_i64').i32(8).op('i32.shr_u');
      }),
      LOW,
    );
  }),
  ...row('Lahf', (c) => {
    const flags = c.rflags();
    const low = c.register(RAX, 1);
    c.setRegister(
      RAX,
      2,
      c.expression((f) => {
        widen(c, flags).emit(f);
        f.i64(BigInt(LOW)).op('i64.and').i64(2n).op('i64.or').i64(8n).op('i64.shl');
        low.emit(f);
        f.op('i64.or');
      }),
    );
  }),
];
