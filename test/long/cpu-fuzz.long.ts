// The CPU engine beside the processor over many random sequences; a seed a day apart would do, a fixed one says what changed.

import { expect, test } from 'vitest';
import { fuzzCpu } from '../../fuzz/cpu.ts';

test('16000 random sequences do what the processor says', async () => {
  const { problems } = await fuzzCpu({ seed: 20_261_128, count: 16_000, progress: (text) => console.log(text) });
  expect(problems).toEqual([]);
});
