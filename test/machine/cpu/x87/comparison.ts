// When a state counts as what was recorded: bit for bit, but transcendentals within one unit in the last place.

import { C1 } from '../../../../src/machine/cpu/x87/control.ts';
import type { Recorded, State } from './recording.ts';

const TRANSCENDENTAL = new Set(['F2xm1', 'Fyl2x', 'Fyl2xp1', 'Fsin', 'Fcos', 'Fsincos', 'Fptan', 'Fpatan']);
/** Fields of a stored environment or state that processors differ in: instruction and operand pointers, opcode, selectors. */
const POINTERS: Readonly<Record<string, readonly [from: number, to: number]>> = {
  Fnstenv_m28byte: [12, 28],
  Fnsave_m108byte: [12, 28],
  Fnstenv_m14byte: [6, 14],
  Fnsave_m94byte: [6, 14],
};

function withoutPointers(state: State, code: string): State {
  const range = POINTERS[code];
  if (range === undefined) return state;
  const { memory } = state;
  return { ...state, memory: memory.slice(0, range[0] * 2) + memory.slice(range[1] * 2) };
}

/** Position of a value on the line of all of one sign, so that neighbours differ by one. */
function ordinal(text: string): bigint {
  const [high = '0', significand = '0'] = text.split(' ');
  const exponent = BigInt(Number.parseInt(high, 16) & 0x7fff);
  const bits = BigInt(`0x${significand}`);
  return exponent === 0n ? bits : ((exponent - 1n) << 63n) + bits;
}

const sign = (text: string): number => Number.parseInt(text.slice(0, 4), 16) >> 15;

/** Equal, or one unit in the last place apart. */
export function isNeighbour(a: string, b: string): boolean {
  const distance = ordinal(a) - ordinal(b);
  return sign(a) === sign(b) && distance >= -1n && distance <= 1n;
}

/** The expected state, with registers of `got` where they are neighbours, and C1 and exactness left open. */
function tolerate(expected: State, got: State): State {
  const registers = expected.registers.map((text, r) => {
    const actual = got.registers[r] ?? '';
    return isNeighbour(text, actual) ? actual : text;
  });
  return { ...expected, registers, fsw: (expected.fsw & ~C1) | (got.fsw & C1) };
}

/** null, or the case with both outcomes. */
export function difference(code: string, record: Recorded, state: State): object | null {
  const got = withoutPointers(state, code);
  const recorded = withoutPointers(record.after, code);
  const expected = TRANSCENDENTAL.has(code) ? tolerate(recorded, got) : recorded;
  return JSON.stringify(got) === JSON.stringify(expected) ? null : { before: record.before, recorded: expected, got };
}
