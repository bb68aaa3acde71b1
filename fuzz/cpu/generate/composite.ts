// What composites are made with: registers by number, parts put together, and what several of them need.

import type { Part } from '../program.ts';
import { FORMS, type FuzzForm } from './forms.ts';
import type { Maker } from './maker.ts';

export const RAX = 0,
  RCX = 1,
  RDX = 2,
  RBX = 3,
  RBP = 5,
  RSI = 6,
  RDI = 7;

/** Instructions that belong together; null where it does not work out. */
export type Composite = (maker: Maker) => readonly Part[] | null;

export const together = (...groups: readonly (readonly Part[] | null | undefined)[]): readonly Part[] | null =>
  groups.some((group) => !group) ? null : groups.flatMap((group) => group!);

export const isReserved = (maker: Maker, ...registers: readonly number[]): boolean => registers.some((n) => maker.reserved.has(n));

export const matching = (pattern: RegExp): readonly FuzzForm[] => FORMS.filter(({ name }) => pattern.test(name));

/** DIV or IDIV by a register. */
export function divisionBy(form: FuzzForm, register: number): number[] {
  const bits = form.operandSize || 8;
  const rex = (bits === 64 ? 8 : 0) | (register >= 8 ? 1 : 0);
  const needed = rex !== 0 || (bits === 8 && register >= 4);
  const digit = form.mnemonic === 'Div' ? 6 : 7;
  return [...(bits === 16 ? [0x66] : []), ...(needed ? [0x40 | rex] : []), bits === 8 ? 0xf6 : 0xf7, 0xc0 | (digit << 3) | (register & 7)];
}

/** CF PF AF ZF SF DF OF NT ID: what POPF may set without further effect. */
export const POPPED = 0x204cd5;
