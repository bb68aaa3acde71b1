// npm run fuzz -- SUITE [--seed N] [--from N] [--count N] [--minutes N] [--twice] [--jobs N]: random input from a seed, for as long
// as the count or the time says (`cpu` goes by the count alone, and takes --jobs). Exit code 1 if something was found; what is printed says how to see it again.

import { parseArgs } from 'node:util';
import { fuzzCpu } from './cpu.ts';
import { fuzzElf } from './elf.ts';
import { fuzzRpc } from './rpc.ts';
import type { FuzzSuite } from './suite.ts';
import { fuzzSyscalls } from './syscalls.ts';
import { fuzzUring } from './uring.ts';

const SUITES: Readonly<Record<string, FuzzSuite>> = { cpu: fuzzCpu, elf: fuzzElf, rpc: fuzzRpc, syscalls: fuzzSyscalls, uring: fuzzUring };
const USUAL_COUNT = 1000;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: {
      seed: { type: 'string', default: '1' },
      from: { type: 'string', default: '0' },
      count: { type: 'string' },
      minutes: { type: 'string' },
      twice: { type: 'boolean', default: false },
      jobs: { type: 'string', default: '1' },
    },
    allowPositionals: true,
  });
  const suite = positionals.length === 1 ? SUITES[positionals[0]!] : undefined;
  const [seed, from, jobs] = [Number(values.seed), Number(values.from), Number(values.jobs)];
  const minutes = Number(values.minutes ?? Number.POSITIVE_INFINITY);
  const count = Number(values.count ?? (values.minutes === undefined ? USUAL_COUNT : Number.MAX_SAFE_INTEGER));
  if (!suite || ![seed, from, count, jobs].every((n) => Number.isSafeInteger(n) && n >= 0) || count < 1 || jobs < 1 || !(minutes > 0)) {
    console.error(
      `usage: npm run fuzz -- SUITE [--seed N] [--from N] [--count N] [--minutes N] [--twice] [--jobs N]; suites: ${Object.keys(SUITES).join(', ')}`,
    );
    return 2;
  }
  const end = performance.now() + minutes * 60_000;
  const isOver = (): boolean => performance.now() >= end;
  const { problems } = await suite({ seed, from, count, isOver, twice: values.twice, jobs, progress: (text) => console.error(text) });
  for (const problem of problems) console.log(problem);
  return problems.length > 0 ? 1 : 0;
}

process.exitCode = await main();
