// Every encoding of an x87 instruction through generated code and through its helper alone, in states of all kinds: equal to the last bit.

import { Code } from 'iced-x86';
import { expect, test } from 'vitest';
import { differencesOfExecutors } from '../../../../fuzz/cpu/compare.ts';
import { Engine } from '../../../../fuzz/cpu/engine.ts';
import { CODE, DATA, HIGH, READ_ONLY, STACK_TOP, UNMAPPED } from '../../../../fuzz/cpu/layout.ts';
import type { Job } from '../../../../fuzz/cpu/native/batch.ts';
import { IMAGES, PLAIN } from '../../../../fuzz/cpu/state.ts';
import { X87_ROWS } from '../../../../src/machine/cpu/semantics/x87/rows.ts';
import { instructionTable } from '../../../../src/machine/cpu/semantics/table.ts';
import { createStepModule } from '../../../../src/machine/cpu/step/step-module.ts';
import { Random } from '../../../vectors/random.ts';

const helpersAlone = new Map(instructionTable);
for (const [code, row] of Object.entries(X87_ROWS))
  helpersAlone.set(Number(code), { ...row, definition: (c) => c.leave(Code[Number(code)]!) });

const ENCODINGS = Array.from({ length: 8 }, (_, escape) => [
  ...Array.from({ length: 64 }, (_unused, n) => [0xd8 + escape, 0xc0 + n]),
  // (%rbx)
  ...Array.from({ length: 8 }, (_unused, n) => [0xd8 + escape, (n << 3) | 3]),
]).flat();

const STATES_EACH = { register: 12, memory: 48 };
const CONTROLS = [0x37f, 0x37f, 0x37f, 0x37f, 0xf7f, 0xb7f, 0x27f, 0x07f, 0x77f, 0x35f, 0x33f, 0x37e, 0x340];
const STATUS = [0, 0, 0, 0x4700, 0x0200, 0x0020, 0x3f, 0x80a0, 0x8081];
const TAGS = [0xff, 0xff, 0x7e, 0x3c, 0x00, 0xf0, 0x0f, 0x55];
const ADDRESSES = [
  ...[DATA.base + 0x100, DATA.base + 0x203, DATA.base + 0x1000 - 16, DATA.base + 0x1000 - 15, DATA.base + 0x1000 - 4, HIGH.base + 0x40],
  ...[READ_ONLY.base + 8, READ_ONLY.base - 3, READ_ONLY.base + READ_ONLY.bytes - 10, UNMAPPED, HIGH.base + HIGH.bytes - 10],
];
const SIGNIFICANDS = [1n << 63n, (1n << 64n) - 1n, (1n << 63n) | 0x400n, (1n << 63n) | (0x1ffn << 32n), 0xc000_0000_0000_0000n, 0n, 5n];

function register(random: Random): Uint8Array {
  const bytes = new Uint8Array(10);
  const view = new DataView(bytes.buffer);
  const any = (BigInt(random.next()) << 32n) | BigInt(random.next());
  const significand = random.below(2) === 0 ? any | (1n << 63n) : random.pick(SIGNIFICANDS);
  const exponent = random.pick([
    0x3fff + random.below(70) - 4,
    0x3fff + random.below(70) - 4,
    0,
    1,
    0x3c01,
    0x3f81,
    0x407f,
    0x7ffe,
    0x7fff,
    random.below(0x8000),
  ]);
  view.setBigUint64(0, random.below(6) === 0 ? 0n : significand, true);
  view.setUint16(8, (random.below(2) << 15) | (random.below(6) === 0 ? 0 : exponent), true);
  return bytes;
}

function jobOf(encoding: readonly number[], random: Random): Job {
  const gpr = Array.from({ length: 16 }, () => BigInt(random.next()));
  gpr[4] = BigInt(STACK_TOP);
  gpr[3] = BigInt(random.pick(ADDRESSES));
  return {
    lowered: { code: Uint8Array.of(...encoding, 0xcc), offset: 0x800, entry: CODE.base + 0x800, undefinedAt: new Map() },
    state: {
      ...PLAIN,
      gpr,
      image: random.below(IMAGES),
      rflags: 0x202 | random.pick([0, 0x8d5]),
      fcw: random.pick(CONTROLS),
      fsw: random.pick(STATUS) | (random.below(8) << 11),
      ftw: random.pick(TAGS),
      st: PLAIN.st.map(() => register(random)),
    },
  };
}

test('every x87 instruction does what its helper does', () => {
  const helpers = new Engine('step', createStepModule(helpersAlone));
  const generated = new Engine('step');
  const random = new Random(1987);
  const budget = (): number => 1_000_000;
  for (const encoding of ENCODINGS)
    for (let n = 0; n < STATES_EACH[encoding[1]! < 0xc0 ? 'memory' : 'register']; n++) {
      const job = jobOf(encoding, random);
      const differences = differencesOfExecutors(helpers.run(job, budget), generated.run(job, budget));
      if (differences.length > 0) expect({ encoding, state: job.state, differences }).toMatchObject({ differences: [] });
    }
});
