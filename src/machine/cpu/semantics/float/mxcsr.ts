// MXCSR (SDM vol. 1, 10.2.3) and the flags the exact functions gather before an instruction commits them.

import { CPU_BASE } from '../../../memory/layout.ts';
import { FLOAT_FLAGS, MXCSR } from '../../state.ts';
import { Body, type Expression, i32, loadAt } from '../../wasm/expression.ts';
import type { ModuleBuilder } from '../../wasm/module-builder.ts';

export const IE = 0x01,
  DE = 0x02,
  ZE = 0x04,
  OE = 0x08,
  UE = 0x10,
  PE = 0x20;
export const DAZ = 0x40;
/** Mask bits, flags shifted left by 7. */
export const MASKS = 0x1f80,
  MASK_SHIFT = 7,
  UM = UE << MASK_SHIFT;
export const ROUND_SHIFT = 13;
export const ROUND_NEAREST = 0,
  ROUND_DOWN = 1,
  ROUND_UP = 2,
  ROUND_ZERO = 3;
export const FTZ = 0x8000;
/** LDMXCSR raises #GP(0) if any other bit is set. */
export const MXCSR_BITS = 0xffff;

/** Under this part of MXCSR, to nearest with all masked, PE set, no DAZ or FTZ, inexact results change no flag. */
export const FAST_MASK = 0xffe0,
  FAST_VALUE = MASKS | PE;

export const mxcsr = (): Expression => loadAt('i32.load', CPU_BASE + MXCSR, 'i32');

/** Gathers exception flags of the instruction being executed. */
export function raise(b: Body, flags: Expression | number): void {
  const bits = typeof flags === 'number' ? i32(flags) : flags;
  b.store('i32.store', CPU_BASE + FLOAT_FLAGS, loadAt('i32.load', CPU_BASE + FLOAT_FLAGS, 'i32').or(bits));
}

/**
 * () -> i32: moves the gathered flags into MXCSR; 1 if the instruction must raise #XM. An unmasked invalid, denormal or
 * divide-by-zero condition in any lane stops before results are computed, so the others are not reported (11.5.3.2).
 */
export function emitSettle(module: ModuleBuilder): number {
  const f = module.function([], ['i32']);
  const b = new Body(f);
  const flags = b.variable(loadAt('i32.load', CPU_BASE + FLOAT_FLAGS, 'i32'));
  const control = b.variable(mxcsr());
  b.store('i32.store', CPU_BASE + FLOAT_FLAGS, i32(0));
  const unmasked = b.variable(control.shr(MASK_SHIFT).xor(-1).and(0x3f));
  const before = IE | DE | ZE;
  b.when(flags.and(unmasked).and(before), () => b.assign(flags, flags.and(before)));
  b.store('i32.store', CPU_BASE + MXCSR, control.or(flags));
  b.return(flags.and(unmasked).nez());
  return f.index;
}
