// The one place where a result is rounded to its format (SDM vol. 1, 4.8.4 and 4.9.1.4 to 4.9.1.6): all four modes, denormal
// and flushed results, overflow, and their flags. Tininess is detected after rounding, as x86 does.

import { Body, type Expression, type Variable, i32, i64 } from '../../wasm/expression.ts';
import type { ModuleBuilder } from '../../wasm/module-builder.ts';
import type { Format } from './format.ts';
import { FTZ, OE, PE, ROUND_DOWN, ROUND_NEAREST, ROUND_SHIFT, ROUND_UP, UE, UM, mxcsr, raise } from './mxcsr.ts';

/** Significands are carried with their leading bit here, and everything lost below bit 0 ored into it. */
export const LEADING = 62n;

/** x >> n with lost bits ored into bit 0; n is any non-negative i64. */
export function shiftRightJam(x: Variable, n: Variable): Expression {
  const shifted = x.shr(n);
  return n.gtu(63).choose(x.nez().extend(), shifted.or(shifted.shl(n).ne(x).extend()));
}

/** (sign bit in place, biased exponent, significand with its leading bit at LEADING) -> bits. */
export function emitRound(module: ModuleBuilder, t: Format): number {
  const f = module.function(['i64', 'i64', 'i64'], ['i64']);
  const b = new Body(f);
  const sign = b.parameter(0, 'i64'),
    exponent = b.parameter(1, 'i64'),
    significand = b.parameter(2, 'i64');
  const dropped = LEADING - t.fraction;
  const half = 1n << (dropped - 1n),
    below = (1n << dropped) - 1n;
  const control = b.variable(mxcsr());
  const mode = b.variable(control.shr(ROUND_SHIFT).and(3));
  const away = mode.eq(sign.eqz().choose(i32(ROUND_UP), ROUND_DOWN));
  const increment = b.variable(mode.eq(ROUND_NEAREST).choose(i64(half), away.choose(i64(below), 0n)));
  const rounded = (): Expression => {
    const tie = mode.eq(ROUND_NEAREST).and(significand.and(below).eq(half)).extend();
    return significand.add(increment).shr(dropped).and(tie.xor(-1n));
  };

  b.when(exponent.les(0), () => {
    const shift = b.variable(i64(1n).sub(exponent));
    const tiny = exponent.lts(0).or(significand.add(increment).ges(0));
    const inexact = significand.and(below).nez();
    b.when(
      tiny,
      () => {
        b.when(control.and(UM).eqz(), () => {
          raise(b, inexact.mul(PE).or(UE));
          b.return(sign);
        });
        b.when(control.and(FTZ), () => {
          raise(b, UE | PE);
          b.return(sign);
        });
        b.assign(significand, shiftRightJam(significand, shift));
        raise(b, inexact.mul(UE | PE));
      },
      () => {
        b.assign(significand, shiftRightJam(significand, shift));
        raise(b, inexact.mul(PE));
      },
    );
    b.return(sign.or(rounded()));
  });
  raise(b, significand.and(below).nez().mul(PE));
  const result = b.variable(exponent.sub(1).shl(t.fraction).add(rounded()));
  b.when(exponent.ges(t.maxExponent).or(result.geu(t.infinity)), () => {
    raise(
      b,
      control
        .and(OE << 7)
        .nez()
        .mul(PE)
        .or(OE),
    );
    b.return(sign.or(increment.eqz().choose(i64(t.infinity - 1n), t.infinity)));
  });
  b.return(sign.or(result));
  return f.index;
}
