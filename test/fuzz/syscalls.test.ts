// A short run of the fuzzer of system calls, from a fixed seed, twice.

import { expect, test } from 'vitest';
import { fuzzSyscalls } from '../../fuzz/syscalls.ts';

test('random system calls with wild arguments hurt nothing, and do the same again', async () => {
  const lines: string[] = [];
  const { problems } = await fuzzSyscalls({ seed: 7, count: 30, twice: true, progress: (text) => lines.push(text) });
  expect(problems).toEqual([]);
  expect(lines).toEqual([expect.stringMatching(/^seed 7: 30 rounds of 48 calls, \d+ died, \d+ hung and were killed$/)]);
});
