// PCMPISTRI and PCMPESTRI by the module's functions and by the helper that runs PCMPxSTRM too: equal for every immediate.

import { Code } from 'iced-x86';
import { expect, test } from 'vitest';
import { differencesOfExecutors } from '../../../../fuzz/cpu/compare.ts';
import { Engine } from '../../../../fuzz/cpu/engine.ts';
import { CODE, STACK_TOP } from '../../../../fuzz/cpu/layout.ts';
import type { Job } from '../../../../fuzz/cpu/native/batch.ts';
import { PLAIN } from '../../../../fuzz/cpu/state.ts';
import { instructionTable } from '../../../../src/machine/cpu/semantics/table.ts';
import { createStepModule } from '../../../../src/machine/cpu/step/step-module.ts';
import { Random } from '../../../vectors/random.ts';

const FORMS = [
  [Code.Pcmpistri_xmm_xmmm128_imm8, [0x66, 0x0f, 0x3a, 0x63]],
  [Code.Pcmpestri_xmm_xmmm128_imm8, [0x66, 0x0f, 0x3a, 0x61]],
  [Code.Pcmpestri64_xmm_xmmm128_imm8, [0x66, 0x48, 0x0f, 0x3a, 0x61]],
] as const;
const TIMES = 8;
const LENGTHS = [0n, 1n, 3n, 8n, 15n, 16n, 17n, -1n, -9n, 1n << 32n, (1n << 32n) | 5n, 1n << 63n, -(1n << 31n)];

/** Of few letters, so that they meet; some end early. */
function text(random: Random): Uint8Array {
  const letters = random.pick([
    [1, 2],
    [0x61, 0x62, 0x63, 0],
    [0x7f, 0x80, 0xff, 1, 0],
  ]);
  const bytes = Uint8Array.from({ length: 16 }, () => random.pick(letters));
  if (random.chance(2)) bytes.fill(0, random.below(17));
  return bytes;
}

function jobOf(opcode: readonly number[], immediate: number, random: Random): Job {
  const gpr = Array.from({ length: 16 }, () => BigInt.asUintN(64, random.pick(LENGTHS)));
  gpr[4] = BigInt(STACK_TOP);
  // xmm1, xmm2
  const code = Uint8Array.of(...opcode, 0xca, immediate, 0xcc);
  const [first, second] = [text(random), text(random)];
  const xmm = PLAIN.xmm.map((plain, n) => (n === 1 ? first : n === 2 ? (random.chance(4) ? first : second) : plain));
  return {
    lowered: { code, offset: 0x800, entry: CODE.base + 0x800, undefinedAt: new Map() },
    state: { ...PLAIN, gpr, xmm, rflags: 0x202 | random.pick([0, 0x8d5]) },
  };
}

test('every immediate', () => {
  const table = new Map(instructionTable);
  for (const [code] of FORMS) table.set(code, { ...table.get(code)!, definition: (c) => c.leave('compare-strings') });
  const byHelper = new Engine('step', createStepModule(table));
  const generated = new Engine('step');
  const random = new Random(42);
  const budget = (): number => 1_000_000;
  for (const [, opcode] of FORMS)
    for (let immediate = 0; immediate < 256; immediate++)
      for (let n = 0; n < TIMES; n++) {
        const job = jobOf(opcode, immediate, random);
        const differences = differencesOfExecutors(byHelper.run(job, budget), generated.run(job, budget));
        if (differences.length > 0)
          expect({ opcode, immediate, xmm: job.state.xmm.slice(1, 3), differences }).toMatchObject({ differences: [] });
      }
});
