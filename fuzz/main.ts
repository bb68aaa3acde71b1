// npm run fuzz -- SUITE [--seed N] [--from N] [--count N] [--minutes N] [--twice] [--jobs N]: random input from a seed, for as long
// as the count or the time says (`cpu` goes by the count alone, and takes --jobs). Exit code 1 if something was found; what is printed says how to see it again.

import { parseArgs } from 'node:util';
import { UsageError, exitCodeOf, numberOption } from '../scripts/command-line.ts';
import { fuzzCpu } from './cpu.ts';
import { fuzzElf } from './elf.ts';
import { fuzzRpc } from './rpc.ts';
import type { FuzzSuite } from './suite.ts';
import { fuzzSyscalls } from './syscalls.ts';
import { fuzzUring } from './uring.ts';

const SUITES: Readonly<Record<string, FuzzSuite>> = { cpu: fuzzCpu, elf: fuzzElf, rpc: fuzzRpc, syscalls: fuzzSyscalls, uring: fuzzUring };
const USUAL_COUNT = 1000;
const NAMES = Object.keys(SUITES).join(', ');
const USAGE = `npm run fuzz -- SUITE [--seed N] [--from N] [--count N] [--minutes N] [--twice] [--jobs N]; suites: ${NAMES}`;

function chosen(names: readonly string[]): FuzzSuite {
  const [name, ...others] = names;
  if (name === undefined) throw new UsageError('no suite is named');
  if (others.length > 0) throw new UsageError(`"${others.join(' ')}": one suite at a time`);
  if (!Object.hasOwn(SUITES, name)) throw new UsageError(`"${name}" is no suite`);
  return SUITES[name]!;
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: {
      seed: { type: 'string' },
      from: { type: 'string' },
      count: { type: 'string' },
      minutes: { type: 'string' },
      twice: { type: 'boolean', default: false },
      jobs: { type: 'string' },
    },
    allowPositionals: true,
  });
  const suite = chosen(positionals);
  const whole = (name: 'seed' | 'from' | 'count' | 'jobs', least: number, usual: number): number =>
    numberOption(name, values[name] ?? String(usual), { least });
  const seed = whole('seed', 0, 1);
  const from = whole('from', 0, 0);
  const jobs = whole('jobs', 1, 1);
  const count = whole('count', 1, values.minutes === undefined ? USUAL_COUNT : Number.MAX_SAFE_INTEGER);
  const minutes =
    values.minutes === undefined ? Number.POSITIVE_INFINITY : numberOption('minutes', values.minutes, { least: 0.001, fraction: true });
  const end = performance.now() + minutes * 60_000;
  const isOver = (): boolean => performance.now() >= end;
  const { problems } = await suite({ seed, from, count, isOver, twice: values.twice, jobs, progress: (text) => console.error(text) });
  for (const problem of problems) console.log(problem);
  return problems.length > 0 ? 1 : 0;
}

process.exitCode = await exitCodeOf(main, USAGE);
