// A short run of the fuzzer of rings, from a fixed seed, twice.

import { expect, test } from 'vitest';
import { fuzzUring } from '../../fuzz/uring.ts';

test('random rings hurt nothing, lose no completion, give everything back, and do the same again', async () => {
  const lines: string[] = [];
  const { problems } = await fuzzUring({ seed: 5, count: 50, twice: true, progress: (text) => lines.push(text) });
  expect(problems).toEqual([]);
  expect(lines).toEqual([expect.stringMatching(/^seed 5: 50 rounds, completions counted in 25, \d+ died, \d+ hung and were killed$/)]);
});
