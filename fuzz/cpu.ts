// Random sequences of instructions: what the processor makes of them against every executor of the engine, under both of V8's
// WebAssembly compilers. docs/testing.md says what they hold and what is not compared.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { COMPILERS } from './cpu/compilers.ts';
import { whyNotNative } from './cpu/native/batch.ts';
import type { BatchReport } from './cpu/worker.ts';
import type { FuzzOptions, FuzzReport } from './suite.ts';

const WORKER = fileURLToPath(new URL('./cpu/worker.ts', import.meta.url));
const PROGRESS_CASES = 10_000;

interface Range {
  readonly from: number;
  readonly count: number;
}

/** As many as there are jobs, but none without a sequence. */
function split({ from, count }: Range, jobs: number): Range[] {
  const most = Math.ceil(count / jobs);
  return Array.from({ length: Math.ceil(count / most) }, (_, n) => ({ from: from + n * most, count: Math.min(most, count - n * most) }));
}

class Totals {
  cases = 0;
  failed = 0;
  readonly problems: string[] = [];
  private instructions = 0;
  private readonly started = Date.now();
  private readonly compiled: Record<string, number> = {};
  private readonly clean: Record<string, number> = {};
  private readonly ends: Record<string, number> = {};

  add(batch: BatchReport): void {
    this.cases += batch.cases;
    this.failed += batch.failed;
    this.instructions += batch.instructions;
    for (const counts of ['compiled', 'clean', 'ends'] as const) {
      for (const [key, value] of Object.entries(batch[counts])) this[counts][key] = (this[counts][key] ?? 0) + value;
    }
    this.problems.push(...batch.listings);
  }

  /** Seconds so far, and sequences a second. */
  get pace(): string {
    const seconds = (Date.now() - this.started) / 1000;
    return `${seconds.toFixed(0)} s (${(this.cases / seconds).toFixed(0)} a second)`;
  }

  summary(seed: number, { from, count }: Range, native: boolean): string {
    const { cases, failed, compiled, clean, ends } = this;
    const share = (n: number): string => `${((100 * n) / cases).toFixed(1)} %`;
    const table = (counts: Readonly<Record<string, number>>, text: (n: number) => string | number): string =>
      Object.keys(counts)
        .toSorted()
        .map((key) => `${key} ${text(counts[key]!)}`)
        .join(', ');
    return [
      `${cases - failed} of ${count} sequences clean, ${failed} failed: seed ${seed}, numbers ${from} to ${from + count - 1}, in ${this.pace}`,
      `  ${native ? 'the processor, ' : 'WITHOUT THE PROCESSOR: '}the step executor and regions by ${COMPILERS.join(' and ')} (${table(compiled, String)} functions); ${this.instructions} instructions a run`,
      `  clean by what they hold: ${table(clean, (n) => `${n} (${share(n)})`)}`,
      `  ended by: ${table(ends, String)}`,
    ].join('\n');
  }
}

/** One process: answers when it has ended. */
async function work(seed: number, { from, count }: Range, native: boolean, met: (batch: BatchReport) => void): Promise<string[]> {
  const child = spawn(process.execPath, [WORKER, String(seed), String(from), String(count), native ? '1' : '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<number | string>((resolve) => child.on('close', (code, signal) => resolve(code ?? signal ?? 'unknown')));
  let done = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    const batch = JSON.parse(line) as BatchReport;
    done += batch.cases;
    met(batch);
  }
  const code = await ended;
  return code === 0 ? [] : [`a process ended with ${code} after ${done} of ${count} sequences from ${from}, seed ${seed}`];
}

export async function fuzzCpu(options: FuzzOptions): Promise<FuzzReport> {
  const { seed, from = 0, count, jobs = 1, progress } = options;
  const reason = whyNotNative();
  if (reason) progress(`NOT COMPARED WITH THE PROCESSOR: ${reason}; executors are compared with each other alone`);
  const totals = new Totals();
  let told = 0;
  const met = (batch: BatchReport): void => {
    totals.add(batch);
    for (const text of batch.listings) progress(`found: ${text.split('\n', 1)[0]}`);
    if (totals.cases - told < PROGRESS_CASES) return;
    told = totals.cases;
    progress(`${totals.cases} sequences, ${totals.failed} failed, ${totals.pace}`);
  };
  const lost = await Promise.all(split({ from, count }, jobs).map((range) => work(seed, range, reason === null, met)));
  progress(totals.summary(seed, { from, count }, reason === null));
  const unlisted = totals.failed > totals.problems.length ? [`${totals.failed} sequences failed`] : [];
  return { problems: [...totals.problems, ...lost.flat(), ...unlisted] };
}
