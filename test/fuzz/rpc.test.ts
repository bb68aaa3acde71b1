// A short run of the fuzzer of calls, from a fixed seed.

import { expect, test } from 'vitest';
import { fuzzRpc } from '../../fuzz/rpc.ts';

test('calls at random get an answer or a reason, and the daemon stays', async () => {
  const lines: string[] = [];
  const { problems } = await fuzzRpc({ seed: 7, count: 300, progress: (text) => lines.push(text) });
  expect(problems).toEqual([]);
  // Some got through, some were refused.
  for (const name of ['OK', 'INVALID_ARGUMENT', 'NOT_FOUND']) expect(lines.at(-1)).toMatch(new RegExp(`\\d+ ${name}`));
});
