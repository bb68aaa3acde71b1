// In a process of its own: what it changes holds for a whole process.

import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';

const MODULE = new URL('../../src/server/young-generation.ts', import.meta.url).href;

/** Allocates much of which much is used for a while, and tells what V8 has set aside for it by then, in MiB. */
function youngMebibytes(bounded: boolean): number {
  const script = `
    import { getHeapSpaceStatistics } from 'node:v8';
    const { boundYoungGeneration } = await import(${JSON.stringify(MODULE)});
    if (${bounded}) boundYoungGeneration();
    const size = () => getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space').space_size >> 20;
    const used = new Array(400_000).fill(null);
    let [at, most] = [0, 0];
    for (let turn = 0; turn < ${bounded ? 400 : 5000} && most <= 32; turn++) {
      for (let i = 0; i < 40_000; i++) used[at++ % used.length] = { at, list: [at, at + 1, at + 2] };
      most = Math.max(most, size());
      await new Promise((resolve) => setTimeout(resolve, 3));
    }
    console.log(most);`;
  return Number(execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }));
}

test('what may be allocated between two looks of the collector stops growing', () => {
  expect(youngMebibytes(false)).toBeGreaterThan(32);
  expect(youngMebibytes(true)).toBeLessThanOrEqual(32);
});
