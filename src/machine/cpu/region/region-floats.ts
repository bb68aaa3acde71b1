// What a region knows of floats: the MXCSR that it was made for, which lanes of XMM registers are zero or normal at the place that is
// being emitted, and vector constants, which are made once.

import type { FloatControl } from '../semantics/context.ts';
import { FAST_MASK, FAST_VALUE, MASKS } from '../semantics/float/mxcsr.ts';
import type { FunctionBuilder } from '../wasm/function-builder.ts';

/** What regions made under this MXCSR may rely on. */
export function controlOf(mxcsr: number): FloatControl {
  const decisive = mxcsr & FAST_MASK;
  return decisive === FAST_VALUE ? 'inexact' : decisive === MASKS ? 'exact' : 'any';
}

export class RegionFloats {
  /** By register: float/regular.ts. */
  readonly lanes = new Uint8Array(16);
  /** Some instruction relies on what is known of MXCSR. */
  isControlUsed = false;
  private readonly f: FunctionBuilder;
  private readonly control: FloatControl;
  private readonly constants = new Map<string, { readonly local: number; readonly low: bigint; readonly high: bigint }>();

  constructor(f: FunctionBuilder, control: FloatControl) {
    this.f = f;
    this.control = control;
  }

  useControl(): FloatControl {
    this.isControlUsed = true;
    return this.control;
  }

  /** Local of a vector constant. */
  constant(low: bigint, high: bigint): number {
    const key = `${low} ${high}`;
    let constant = this.constants.get(key);
    if (!constant) {
      constant = { local: this.f.freshLocal('v128'), low, high };
      this.constants.set(key, constant);
    }
    return constant.local;
  }

  /** On entry. */
  emitConstants(): void {
    for (const { local, low, high } of this.constants.values()) this.f.v128(low, high).set(local);
  }
}
