// A short run of the fuzzer of programs, from a fixed seed, twice.

import { expect, test } from 'vitest';
import { fuzzElf } from '../../fuzz/elf.ts';

test('damaged programs hurt nothing, leave nothing, and do the same again', async () => {
  const lines: string[] = [];
  const { problems } = await fuzzElf({ seed: 3, count: 50, twice: true, progress: (text) => lines.push(text) });
  expect(problems).toEqual([]);
  expect(lines).toEqual([expect.stringMatching(/^seed 3: (?=.*\d+ NOT_EXECUTABLE)(?=.*\d+ ran)/)]);
});
