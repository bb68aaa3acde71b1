// What registers and memory hold where a case does not say: eight register states and one memory image, derived from fixed seeds.

import { IMAGE_BYTES, STACK_TOP } from './layout.ts';
import { Random } from './random.ts';

export interface RegisterState {
  readonly gpr: readonly bigint[];
  readonly xmm: readonly Uint8Array[];
}

export const BACKGROUNDS = 8;

function background(seed: number): RegisterState {
  const random = new Random(seed);
  const gpr = Array.from({ length: 16 }, (_, n) => {
    const value = random.bits64();
    return n === 4 ? BigInt(STACK_TOP) : value;
  });
  const xmm = Array.from({ length: 16 }, () => random.bytes(16));
  return { gpr, xmm };
}

export const backgrounds: readonly RegisterState[] = Array.from({ length: BACKGROUNDS }, (_, n) => background(100 + n));

/** The data window followed by the high window. */
export const memoryImage: Uint8Array = new Random(7).bytes(IMAGE_BYTES);
