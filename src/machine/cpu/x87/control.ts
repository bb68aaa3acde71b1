// The x87 status and control words, field by field (SDM vol. 1, 8.1.3 to 8.1.5), and what an operation answers.

import type { Float80 } from './float80.ts';

export const IE = 1,
  DE = 2,
  ZE = 4,
  OE = 8,
  UE = 16,
  PE = 32,
  SF = 64,
  ES = 128;
export const C0 = 0x100,
  C1 = 0x200,
  C2 = 0x400,
  C3 = 0x4000,
  BUSY = 0x8000;
export const CONDITIONS = C0 | C1 | C2 | C3;
export const EXCEPTIONS = 0x3f;
/** Exceptions found before an operation: unmasked, they leave operands and stack as they were. */
export const BEFORE = IE | DE | ZE;

export const NEAREST = 0,
  DOWN = 1,
  UP = 2,
  TRUNCATE = 3;
export type Rounding = 0 | 1 | 2 | 3;

export interface Control {
  /** Significand bits that add, subtract, multiply, divide and square root round to. */
  readonly precision: number;
  readonly rounding: Rounding;
  /** Bit set = exception masked, in the order of the flags. */
  readonly masks: number;
}

/** Precision control 01 is reserved; processors take it as extended. */
const PRECISIONS = [24, 64, 53, 64] as const;

export function decodeControl(fcw: number): Control {
  return { precision: PRECISIONS[(fcw >> 8) & 3] ?? 64, rounding: ((fcw >> 10) & 3) as Rounding, masks: fcw & EXCEPTIONS };
}

export interface Outcome {
  readonly value: Float80;
  /** Exceptions raised, in status word positions. */
  readonly flags: number;
  /** The magnitude was rounded up: C1. */
  readonly roundedUp: boolean;
}

export const exact = (value: Float80, flags = 0): Outcome => ({ value, flags, roundedUp: false });
