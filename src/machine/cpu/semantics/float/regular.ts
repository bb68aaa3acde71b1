// Which lanes of a vector are known to be regular, that is zero or normal, as bits: two lanes of f64, four of f32.
// Of a scalar float, bit 0.

import { type Format, F64 } from './format.ts';

export const DOUBLE_0 = 1,
  SINGLE_0 = 4,
  SINGLE_1 = 8;
/** Every lane of either format: zeros. */
export const ALL = 0x3f;

/** The lowest lane. */
export const lowLane = (width: 4 | 8): number => (width === 8 ? DOUBLE_0 : SINGLE_0);

/** All lanes of a format. */
export const lanesOfFormat = (t: Format): number => (t === F64 ? 0x03 : 0x3c);

/** Lanes that share bytes with the lowest one. */
const touched = (width: 4 | 8): number => (width === 8 ? DOUBLE_0 | SINGLE_0 | SINGLE_1 : DOUBLE_0 | SINGLE_0);

/** Of a vector whose lowest lane is replaced by a float that is regular or not. */
export const withLowLane = (vector: number, width: 4 | 8, scalar: number): number =>
  (vector & ~touched(width)) | (scalar & 1 ? lowLane(width) : 0);

/** Of a vector made of the bytes of two others that `bytes` names (i8x16.shuffle). */
export function shuffled(x: number, y: number, bytes: readonly number[]): number {
  let regular = 0;
  const look = (width: number, first: number, at: number): void => {
    const from = bytes[at]!;
    for (let i = 1; i < width; i++) if (bytes[at + i] !== from + i) return;
    if (from % width !== 0) return;
    const source = from < 16 ? x : y;
    if (source & (first << ((from % 16) / width))) regular |= first << (at / width);
  };
  for (let n = 0; n < 2; n++) look(8, DOUBLE_0, 8 * n);
  for (let n = 0; n < 4; n++) look(4, SINGLE_0, 4 * n);
  return regular;
}
