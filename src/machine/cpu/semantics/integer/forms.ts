// Operand forms of integer instructions as iced names them, with their width in bytes, and rows made from them.

import { Code } from 'iced-x86';
import type { Definition, Row, Width } from '../context.ts';

export type Form = readonly [suffix: string, width: Width];
export type Rows = readonly (readonly [Code, Row])[];

export const RM: readonly Form[] = [
  ['rm8', 1],
  ['rm16', 2],
  ['rm32', 4],
  ['rm64', 8],
];
export const RM_R: readonly Form[] = [
  ['rm8_r8', 1],
  ['rm16_r16', 2],
  ['rm32_r32', 4],
  ['rm64_r64', 8],
];
export const R_RM: readonly Form[] = [
  ['r8_rm8', 1],
  ['r16_rm16', 2],
  ['r32_rm32', 4],
  ['r64_rm64', 8],
];
export const A_IMM: readonly Form[] = [
  ['AL_imm8', 1],
  ['AX_imm16', 2],
  ['EAX_imm32', 4],
  ['RAX_imm32', 8],
];
export const RM_IMM: readonly Form[] = [
  ['rm8_imm8', 1],
  ['rm16_imm16', 2],
  ['rm32_imm32', 4],
  ['rm64_imm32', 8],
];
export const RM_IMM8: readonly Form[] = [
  ['rm16_imm8', 2],
  ['rm32_imm8', 4],
  ['rm64_imm8', 8],
];
/** Forms without the 8-bit one. */
export const wide = (forms: readonly Form[]): readonly Form[] => forms.filter(([, width]) => width > 1);

/** iced's Code of a name; throws on a misspelt one. */
export function codeNamed(name: string): Code {
  const code = (Code as unknown as Record<string, Code | undefined>)[name];
  if (code === undefined) throw new Error(`iced has no Code ${name}`);
  return code;
}

/** Rows `Name_suffix` for each form. */
export function rows(
  name: string,
  forms: readonly Form[],
  define: (width: Width) => Definition,
  extra: Omit<Row, 'definition'> = {},
): Rows {
  return forms.map(([suffix, width]) => [codeNamed(`${name}_${suffix}`), { definition: define(width), ...extra }] as const);
}

export function row(name: string, definition: Definition, extra: Omit<Row, 'definition'> = {}): Rows {
  return [[codeNamed(name), { definition, ...extra }]];
}

export const LOCK = { lock: true } as const;

/** Condition codes by encoding, as iced spells them. */
export const CONDITIONS = ['o', 'no', 'b', 'ae', 'e', 'ne', 'be', 'a', 's', 'ns', 'p', 'np', 'l', 'ge', 'le', 'g'] as const;
