// Random sequences of instructions: what the processor makes of them against every executor of the engine, under both of V8's
// WebAssembly compilers. docs/testing.md says what they hold and what is not compared.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { whyNotNative } from './cpu/native/batch.ts';
import type { BatchReport } from './cpu/worker.ts';
import type { FuzzOptions, FuzzReport } from './suite.ts';

const WORKER = fileURLToPath(new URL('./cpu/worker.ts', import.meta.url));
export const COMPILERS = ['--liftoff-only', '--no-liftoff'] as const;
const PROGRESS_CASES = 10_000;

interface Totals {
  cases: number;
  failed: number;
  instructions: number;
  readonly clean: Record<string, number>;
  readonly ends: Record<string, number>;
  readonly problems: string[];
}

function add(into: Record<string, number>, from: Readonly<Record<string, number>>): void {
  for (const [key, value] of Object.entries(from)) into[key] = (into[key] ?? 0) + value;
}

const table = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key} ${value}`)
    .join(', ');

function summary(compiler: string, totals: Totals, seconds: number): string {
  const { cases, failed, instructions, clean, ends } = totals;
  return [
    `${compiler}: ${cases - failed} of ${cases} sequences clean, ${instructions} instructions in ${seconds.toFixed(0)} s (${Math.round(cases / seconds)} a second)`,
    `  clean by what they hold: ${table(clean)}`,
    `  ended by: ${table(ends)}`,
  ].join('\n');
}

async function runUnder(compiler: string, options: FuzzOptions, native: boolean): Promise<string[]> {
  const { seed, from = 0, count, progress } = options;
  const started = Date.now();
  const totals: Totals = { cases: 0, failed: 0, instructions: 0, clean: {}, ends: {}, problems: [] };
  const child = spawn(process.execPath, [compiler, WORKER, String(seed), String(from), String(count), native ? '1' : '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<number | string>((resolve) => child.on('close', (code, signal) => resolve(code ?? signal ?? 'unknown')));
  let told = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    const batch = JSON.parse(line) as BatchReport;
    totals.cases += batch.cases;
    totals.failed += batch.failed;
    totals.instructions += batch.instructions;
    add(totals.clean, batch.clean);
    add(totals.ends, batch.ends);
    totals.problems.push(...batch.listings);
    for (const text of batch.listings) progress(`found: ${text.split('\n', 1)[0]}`);
    if (totals.cases - told >= PROGRESS_CASES) {
      told = totals.cases;
      progress(`${compiler}: ${totals.cases} sequences, ${totals.failed} failed, ${((Date.now() - started) / 1000).toFixed(0)} s`);
    }
  }
  const code = await ended;
  progress(summary(compiler, totals, (Date.now() - started) / 1000));
  if (code !== 0)
    totals.problems.push(
      `the process under ${compiler} ended with ${code} after ${totals.cases} of ${count} sequences from ${from}, seed ${seed}`,
    );
  if (totals.failed > totals.problems.length) totals.problems.push(`${totals.failed} sequences failed under ${compiler}`);
  return totals.problems;
}

export async function fuzzCpu(options: FuzzOptions): Promise<FuzzReport> {
  const reason = whyNotNative();
  if (reason) options.progress(`NOT COMPARED WITH THE PROCESSOR: ${reason}; executors are compared with each other alone`);
  const problems = await Promise.all(COMPILERS.map((compiler) => runUnder(compiler, options, reason === null)));
  return { problems: problems.flat() };
}
