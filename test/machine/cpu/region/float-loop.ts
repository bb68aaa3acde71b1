// Loops over operands, for tests of floats in regions: a turn reads two vectors, executes, and keeps results and MXCSR after each step.
// MXCSR is the same at the start of each turn, so that the region stays the one that was made first.

import { CODE, DATA, KEPT, STACK_TOP, imageOffset } from '../../../../fuzz/cpu/layout.ts';
import type { Job } from '../../../../fuzz/cpu/native/batch.ts';
import { PLAIN } from '../../../../fuzz/cpu/state.ts';

/** Of a turn, at RDI: operands at 0 and 16, the result at 32, then MXCSR after each step and flags. */
export const TURN_BYTES = 64,
  RESULT = 32,
  FLAGS = 60;
const CONTROLS = 48;
export const MOST_TURNS = DATA.bytes / TURN_BYTES;
const OFFSET = 0x800;

export const bytesOf = (hex: string): number[] => [...Buffer.from(hex, 'hex')];

/** STMXCSR [RDI + ...], LDMXCSR [RSI]: the upper half of one is written over by the next. */
export const keepControl = (step: number): number[] => [0x0f, 0xae, 0x5f, CONTROLS + 2 * step, 0x0f, 0xae, 0x16];

/** The body with XMM0 and XMM1 read from RDI, until ECX is 0. */
export function turns(body: readonly number[]): Uint8Array {
  const whole = [...bytesOf('0f28070f284f10'), ...body, ...bytesOf('4883c7'), TURN_BYTES, 0xff, 0xc9];
  return Uint8Array.from([...whole, 0x0f, 0x85, ...new Uint8Array(Int32Array.of(-(whole.length + 6)).buffer), 0xcc]);
}

const DOUBLE_ONES = 0x3ff0_0000_0000_0000n,
  SINGLE_ONES = 0x3f80_0000_3f80_0000n;
const both = (half: bigint): Uint8Array => new Uint8Array(BigUint64Array.of(half, half).buffer);
const XMM = PLAIN.xmm.map((zero, n) => (n === 6 ? both(DOUBLE_ONES) : n === 7 ? both(SINGLE_ONES) : zero));

/** XMM6 and XMM7 hold ones, as doubles and as singles. `made`: MXCSR of the first turn, for which the region is made; `mxcsr`: that of the others. */
export function loopJob(code: Uint8Array, operands: readonly (readonly [Uint8Array, Uint8Array])[], made: number, mxcsr: number): Job {
  if (operands.length > MOST_TURNS) throw new RangeError(`${operands.length} turns, at most ${MOST_TURNS} have room`);
  const data = new Uint8Array(operands.length * TURN_BYTES);
  for (const [n, [x, y]] of operands.entries()) {
    data.set(x, n * TURN_BYTES);
    data.set(y, n * TURN_BYTES + 16);
  }
  const gpr = Array.from({ length: 16 }, () => 0n);
  gpr[1] = BigInt(operands.length);
  gpr[4] = BigInt(STACK_TOP);
  gpr[6] = BigInt(KEPT.base);
  gpr[7] = BigInt(DATA.base);
  const patches = [
    { offset: imageOffset(DATA.base), bytes: data },
    { offset: imageOffset(KEPT.base), bytes: new Uint8Array(Uint32Array.of(mxcsr).buffer) },
  ];
  const lowered = { code, offset: OFFSET, entry: CODE.base + OFFSET, undefinedAt: new Map() };
  return { lowered, state: { ...PLAIN, gpr, xmm: XMM, mxcsr: made, patches } };
}

/** The turns in which two memories after a job differ, in hex: operands, result, MXCSRs and flags. */
export function differences(job: Job, ours: Uint8Array, theirs: Uint8Array): string[] {
  const at = imageOffset(DATA.base);
  const turn = (memory: Uint8Array, n: number): string =>
    Buffer.from(memory.subarray(at + n * TURN_BYTES, at + (n + 1) * TURN_BYTES))
      .toString('hex')
      .replace(/(.{32})(.{32})(.{32})/, '$1 $2: $3 ');
  return Array.from({ length: Number(job.state.gpr[1]) }, (_, n) => [turn(ours, n), turn(theirs, n)] as const)
    .filter(([mine, wanted]) => mine !== wanted)
    .map(([mine, wanted]) => `${mine} instead of ${wanted}`);
}
