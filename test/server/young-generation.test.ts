// In a process of its own: what it changes holds for a whole process.

import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';

const MODULE = new URL('../../src/server/young-generation.ts', import.meta.url).href;

/** Allocates much of which much is used for a while; tells what V8 has set aside for it in MiB, when that is enough and a second later. */
function youngMebibytes(bounded: boolean): number[] {
  const script = `
    import { getHeapSpaceStatistics } from 'node:v8';
    const { boundYoungGeneration } = await import(${JSON.stringify(MODULE)});
    if (${bounded}) boundYoungGeneration();
    const size = () => getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space').space_size >> 20;
    const used = new Array(400_000).fill(null);
    let at = 0;
    const allocate = () => {
      for (let i = 0; i < 10_000; i++) used[at++ % used.length] = { at, list: [at, at + 1, at + 2] };
    };
    while (size() < 16) allocate();
    await new Promise((resolve) => setTimeout(resolve, 500));
    const enough = size();
    for (let turn = 0; turn < 500 && size() < 32; turn++) allocate();
    console.log(JSON.stringify([enough, size()]));`;
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })) as number[];
}

test('what may be allocated between two looks of the collector stops growing', () => {
  expect(youngMebibytes(false)[1]).toBeGreaterThanOrEqual(32);
  // Where the process is idle between two looks, V8 lets the space shrink, and it may grow again until the next: then it is tried again.
  const grown = (): number => {
    const [enough, later] = youngMebibytes(true) as [number, number];
    return later - enough;
  };
  expect(Array.from({ length: 6 }).some(() => grown() < 4)).toBe(true);
}, 60_000);
