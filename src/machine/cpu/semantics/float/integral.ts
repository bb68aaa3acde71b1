// ROUNDSD and its kin: to an integral value in the same format (SDM vol. 2, ROUNDPD, table 4-18).

import { Body, type Expression } from '../../wasm/expression.ts';
import type { ModuleBuilder } from '../../wasm/module-builder.ts';
import { applyDaz } from './arithmetic.ts';
import { type Format, isNan, isSignalling } from './format.ts';
import { IE, PE, ROUND_DOWN, ROUND_NEAREST, ROUND_SHIFT, ROUND_UP, mxcsr, raise } from './mxcsr.ts';
import { bitsOf, number } from './native.ts';

/** Immediate: bit 2 takes the mode from MXCSR instead of bits 1:0, bit 3 suppresses PE. */
const BY_MXCSR = 4,
  NO_PRECISION = 8;

/** (bits, immediate: i32) -> bits. */
export function emitRoundToIntegral(module: ModuleBuilder, t: Format): number {
  const f = module.function(['i64', 'i32'], ['i64']);
  const b = new Body(f);
  const x = b.parameter(0, 'i64'),
    immediate = b.parameter(1, 'i32');
  b.when(isNan(x, t), () => {
    raise(b, isSignalling(x, t).mul(IE));
    b.return(x.or(t.quiet));
  });
  applyDaz(b, t, x);
  const mode = b.variable(immediate.and(BY_MXCSR).choose(mxcsr().shr(ROUND_SHIFT), immediate).and(3));
  const rounded = (op: string): Expression => bitsOf(number(x, t).unary(`${t.name}.${op}`, t.name), t);
  const result = b.variable(
    mode
      .eq(ROUND_NEAREST)
      .choose(
        rounded('nearest'),
        mode.eq(ROUND_DOWN).choose(rounded('floor'), mode.eq(ROUND_UP).choose(rounded('ceil'), rounded('trunc'))),
      ),
  );
  raise(b, result.ne(x).and(immediate.and(NO_PRECISION).eqz()).mul(PE));
  b.return(result);
  return f.index;
}
