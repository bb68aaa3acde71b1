// MOVS CMPS STOS LODS SCAS with their repeat prefixes. One dispatch is one iteration, so that each is charged and
// can be interrupted or fault with registers as the SDM says: those of the iterations done.

import { DF, RAX, RCX, RDI, RFLAGS, RSI } from '../../state.ts';
import type { Context, Definition, Value, Width } from '../context.ts';
import { type Rows, row } from './forms.ts';
import { add, and, binary, choose, isZero, plus, sub, truncate } from './values.ts';

interface Iteration {
  /** Compares: the iteration goes on only while ZF is what the prefix asks for. */
  readonly compares: boolean;
  /** Memory first; then what it changes. Pointers are advanced by the caller. */
  readonly body: (c: Context, width: Width, source: () => Value, destination: () => Value) => void;
  readonly advances: readonly number[];
}

const ITERATIONS: Readonly<Record<string, Iteration>> = {
  movs: {
    compares: false,
    advances: [RSI, RDI],
    body: (c, width, source, destination) => c.store(width, destination(), c.load(width, source())),
  },
  stos: { compares: false, advances: [RDI], body: (c, width, _, destination) => c.store(width, destination(), c.register(RAX, width)) },
  lods: { compares: false, advances: [RSI], body: (c, width, source) => c.setRegister(RAX, width, c.load(width, source())) },
  cmps: {
    compares: true,
    advances: [RSI, RDI],
    // Where neither operand can be read, the fault seen is the destination's, of REPE CMPSB the source's (the manual leaves it open).
    body: (c, width, source, destination) => {
      if (c.repeatPrefix === 'rep' && width === 1) {
        const x = c.load(width, source());
        compare(c, width, x, c.load(width, destination()));
      } else {
        const y = c.load(width, destination());
        compare(c, width, c.load(width, source()), y);
      }
    },
  },
  scas: {
    compares: true,
    advances: [RDI],
    body: (c, width, _, destination) => compare(c, width, c.register(RAX, width), c.load(width, destination())),
  },
};

function compare(c: Context, width: Width, x: Value, y: Value): void {
  const result = c.bind(truncate(c, width, sub(c, x, y)));
  c.setFlags({ kind: 'sub', width, x, y, result });
}

const string = (name: keyof typeof ITERATIONS, width: Width): Definition => {
  const { compares, body, advances } = ITERATIONS[name]!;
  return (c) => {
    const size = c.addressWidth;
    const iterate = (): void => {
      const source = (): Value => c.bind(add(c, c.register(RSI, size), c.segmentBase()));
      const destination = (): Value => c.register(RDI, size);
      body(c, width, source, destination);
      const down = and(c, c.field(RFLAGS, 4), c.constant(BigInt(DF)));
      const step = c.bind(choose(c, isZero(c, down), c.constant(BigInt(width)), c.constant(BigInt(-width))));
      for (const register of advances) c.setRegister(register, size, add(c, c.register(register, size), step));
    };
    if (c.repeatPrefix === 'none') return iterate();
    const count = c.register(RCX, size);
    c.when(isZero(c, count), () => {
      // With a 32-bit count even no iteration at all clears the upper half.
      if (size === 4) c.setRegister(RCX, 4, count);
      c.skip();
    });
    iterate();
    const left = c.bind(truncate(c, size, plus(c, count, -1)));
    c.setRegister(RCX, size, left);
    const more = binary(c, 'i64.ne', left, c.constant(0n));
    if (!compares) return c.repeat(more);
    const equal = c.condition(c.repeatPrefix === 'rep' ? 4 : 5);
    c.repeat(
      c.expression((f) => {
        more.emit(f);
        equal.emit(f);
        f.op('i32.and');
      }),
    );
  };
};

export const stringRows: Rows = [
  ...row('Movsb_m8_m8', string('movs', 1)),
  ...row('Movsw_m16_m16', string('movs', 2)),
  ...row('Movsd_m32_m32', string('movs', 4)),
  ...row('Movsq_m64_m64', string('movs', 8)),
  ...row('Cmpsb_m8_m8', string('cmps', 1)),
  ...row('Cmpsw_m16_m16', string('cmps', 2)),
  ...row('Cmpsd_m32_m32', string('cmps', 4)),
  ...row('Cmpsq_m64_m64', string('cmps', 8)),
  ...row('Stosb_m8_AL', string('stos', 1)),
  ...row('Stosw_m16_AX', string('stos', 2)),
  ...row('Stosd_m32_EAX', string('stos', 4)),
  ...row('Stosq_m64_RAX', string('stos', 8)),
  ...row('Lodsb_AL_m8', string('lods', 1)),
  ...row('Lodsw_AX_m16', string('lods', 2)),
  ...row('Lodsd_EAX_m32', string('lods', 4)),
  ...row('Lodsq_RAX_m64', string('lods', 8)),
  ...row('Scasb_AL_m8', string('scas', 1)),
  ...row('Scasw_AX_m16', string('scas', 2)),
  ...row('Scasd_EAX_m32', string('scas', 4)),
  ...row('Scasq_RAX_m64', string('scas', 8)),
];
