// What changes how floating point works: MXCSR, the x87 control word, stored images of the whole state.

import type { Random } from '../../../test/vectors/random.ts';
import { DATA } from '../layout.ts';
import type { Part } from '../program.ts';
import { type Composite, together } from './composite.ts';
import { formNamed } from './forms.ts';
import { int32, known, part, storeImmediate } from './parts.ts';

const MXCSRS = [0x1f80, 0x3f80, 0x5f80, 0x7f80, 0x9f80, 0x1fc0, 0x9fc0, 0xbfc0, 0xdf80, 0xff80, 0x1fbf, 0x7fff];

/** As a C program has it, before and after its first inexact result. */
const USUAL = [0x1f80, 0x1f80, 0x1fa0, 0x1fa0, 0x1fb1];
export const usualMxcsr = (random: Random): number => random.pick(USUAL);

/** An MXCSR of any rounding, DAZ and FTZ; with exceptions unmasked only where faults are wanted. */
export function mxcsr(random: Random, unmasked: boolean): number {
  const value = random.below(3) === 0 ? random.pick(MXCSRS) : (random.next() & 0xe07f) | 0x1f80;
  return unmasked ? value & ~(random.next() & 0x1f80 & random.next()) & ~0x3f : value;
}

/** An x87 control word of any rounding and precision. */
export function controlWord(random: Random, unmasked: boolean): number {
  const value = random.pick([0x37f, 0x27f, 0x07f, 0xf7f, 0xb7f, 0x77f]);
  return unmasked ? value & ~(random.next() & random.next() & 0x3f) : value;
}

/** Bits of MXCSR that a loop turns over in each iteration. */
const TURNED = [0x8000, 0x40, 0x2000, 0x4000, 0x6000, 0x20, 0x8040, 0x3f];

export const floatControl: Composite = (maker) => {
  const { random } = maker;
  const address = DATA.base + random.below(0x2e00);
  const load = maker.instruction(formNamed('Ldmxcsr_m32'), { target: address })?.parts;
  if (random.below(3) === 0) {
    const turned = known([0x81, 0x34, 0x25, ...int32(address), ...int32(random.pick(TURNED))]);
    return together([known([0x0f, 0xae, 0x1c, 0x25, ...int32(address)]), turned], load);
  }
  return together(
    [storeImmediate(address, random.below(3) === 0 ? usualMxcsr(random) : mxcsr(random, maker.percent(maker.bad * 2)))],
    load,
  );
};

export const x87Control: Composite = (maker) => {
  const { random } = maker;
  const address = DATA.base + random.below(0x2e00);
  return together(
    [storeImmediate(address, controlWord(random, maker.percent(maker.bad * 2)))],
    maker.instruction(formNamed('Fldcw_m2byte'), { target: address })?.parts,
  );
};

type Range = readonly [from: number, to: number];
/** Where stored images hold instruction and operand pointers: makers differ on them. In FXSAVE's, MXCSR_MASK says what the model has. */
const POINTERS: Readonly<Record<string, readonly Range[]>> = {
  Fnstenv_m28byte: [[12, 28]],
  Fnsave_m108byte: [[12, 28]],
  Fnstenv_m14byte: [[6, 14]],
  Fnsave_m94byte: [[6, 14]],
  Fxsave_m512byte: [
    [5, 24],
    [28, 32],
  ],
  Fxsave64_m512byte: [
    [5, 24],
    [28, 32],
  ],
};
const STORED = Object.keys(POINTERS);
const RESTORING: Readonly<Record<string, string>> = {
  Fnstenv_m28byte: 'Fldenv_m28byte',
  Fnsave_m108byte: 'Frstor_m108byte',
  Fnstenv_m14byte: 'Fldenv_m14byte',
  Fnsave_m94byte: 'Frstor_m94byte',
  Fxsave_m512byte: 'Fxrstor_m512byte',
  Fxsave64_m512byte: 'Fxrstor64_m512byte',
};

function clear(address: number, [from, to]: Range): Part[] {
  const parts: Part[] = [];
  for (let at = from; at < to; at += at + 4 <= to ? 4 : 1) {
    parts.push(at + 4 <= to ? storeImmediate(address + at, 0) : part([0xc6, 0x04, 0x25, ...int32(address + at), 0]));
  }
  return parts;
}

/** An image of the x87 or SSE state, its pointers cleared; loaded again now and then. */
export const stateImage: Composite = (maker) => {
  const { random } = maker;
  // A fault before they are cleared would show them.
  if (maker.bad > 0) return null;
  const name = random.pick(STORED);
  const fx = name.startsWith('Fx');
  const address = DATA.base + (fx ? 16 * random.below(0x2c0 - 0x20) : random.below(0x2d00));
  const stored = maker.instruction(formNamed(name), { target: address });
  const cleared = POINTERS[name]!.flatMap((range) => clear(address, range));
  const restored = random.below(2) === 0 ? maker.instruction(formNamed(RESTORING[name]!), { target: address })?.parts : [];
  return together(stored?.parts, cleared, restored);
};
