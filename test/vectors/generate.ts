// Records the vectors anew on this machine's processor: node test/vectors/generate.ts [form name pattern]
// With a pattern nothing is written; the outcomes are printed.

import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { casesOf, shapeCases } from './generate/cases.ts';
import { familyOf } from './generate/families.ts';
import { allForms, type Form } from './generate/forms.ts';
import { processorName, runNatively } from './generate/native.ts';
import { prefixCases } from './generate/prefixes.ts';
import { writeRecording } from './recording.ts';
import type { Case, Vector } from './vector.ts';

const SEED = 1;
const directory = fileURLToPath(new URL('./data/', import.meta.url));
const pattern = process.argv[2] ? new RegExp(process.argv[2]) : null;

const families = new Map<string, Case[]>();
const made: { form: Form; cases: Case[] }[] = [];
for (const form of allForms()) {
  if (pattern && !pattern.test(form.name)) continue;
  const cases = casesOf(form, SEED);
  if (cases.length === 0) {
    if (pattern) console.log(`${form.name}: cannot be written in 64-bit mode`);
    continue;
  }
  made.push({ form, cases });
  const family = familyOf(form);
  const list = families.get(family);
  if (list) list.push(...cases);
  else families.set(family, [...cases]);
}
if (!pattern)
  families.set(
    'shapes',
    made.filter(({ form }) => !form.privileged && !form.mnemonic.startsWith('Ud')).flatMap(({ form }) => shapeCases(form, SEED)),
  );
if (!pattern) families.set('prefix', prefixCases(made, 2500, SEED));

/** Makers differ on a segment base that carries an address over the canonical hole. */
function makersDiffer({ case: c, outcome }: Vector): boolean {
  return c.code.length < 16 && c.code.subarray(0, 4).includes(0x65) && outcome.fault?.vector === 13;
}

mkdirSync(directory, { recursive: true });
const processor = processorName();
let total = 0;
for (const [family, cases] of [...families].sort(([a], [b]) => (a < b ? -1 : 1))) {
  const outcomes = runNatively(cases);
  const vectors: Vector[] = cases
    .map((c, i) => ({ case: c, outcome: outcomes[i]! }))
    .filter((vector) => family !== 'prefix' || !makersDiffer(vector));
  if (pattern) {
    for (const { case: c, outcome } of vectors) {
      const code = Buffer.from(c.code).toString('hex');
      console.log(
        code,
        outcome.fault ?? '',
        outcome.rip.toString(16),
        outcome.rflags.toString(16),
        outcome.gpr,
        outcome.xmm.size,
        outcome.writes.length,
      );
    }
    continue;
  }
  const faults = vectors.filter((vector) => vector.outcome.fault).length;
  const bytes = writeRecording(`${directory}${family}.bin.br`, { format: 1, processor, seed: SEED, vectors: vectors.length }, vectors);
  console.log(`${family}: ${vectors.length} vectors, ${faults} faults, ${bytes} bytes`);
  total += bytes;
}
if (!pattern) console.log(`${made.length} forms, ${total} bytes`);
