// npm run fuzz -- SUITE [--seed N] [--count N] [--twice]: random input from a seed, for as long as the count says. Exit code 1 if
// something was found; what is printed says how to see it again.

import { parseArgs } from 'node:util';
import type { FuzzSuite } from './suite.ts';
import { fuzzSyscalls } from './syscalls.ts';
import { fuzzUring } from './uring.ts';

const SUITES: Readonly<Record<string, FuzzSuite>> = { syscalls: fuzzSyscalls, uring: fuzzUring };

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: {
      seed: { type: 'string', default: '1' },
      count: { type: 'string', default: '1000' },
      twice: { type: 'boolean', default: false },
    },
    allowPositionals: true,
  });
  const suite = positionals.length === 1 ? SUITES[positionals[0]!] : undefined;
  const [seed, count] = [Number(values.seed), Number(values.count)];
  if (!suite || !Number.isSafeInteger(seed) || seed < 0 || !Number.isSafeInteger(count) || count < 1) {
    console.error(`usage: npm run fuzz -- SUITE [--seed N] [--count N] [--twice]; suites: ${Object.keys(SUITES).join(', ')}`);
    return 2;
  }
  const { problems } = await suite({ seed, count, twice: values.twice, progress: (text) => console.error(text) });
  for (const problem of problems) console.log(problem);
  return problems.length > 0 ? 1 : 0;
}

process.exitCode = await main();
