// One of the fuzzer's processes: node worker.ts SEED FROM COUNT NATIVE.
// Writes a line of JSON per batch.

import { Checker, type Compiled, type Verdict } from './check.ts';
import { use } from './compilers.ts';
import { caseOf } from './generate/generate.ts';
import { listing } from './listing.ts';
import { minimise } from './minimise.ts';

const BATCH = 500;
/** Listings per process: one mistake makes many. */
const MOST_LISTINGS = 12;

export interface BatchReport {
  readonly cases: number;
  readonly instructions: number;
  /** Functions compiled for regions. */
  readonly compiled: Compiled;
  /** Cases without a difference, by trait. */
  readonly clean: Readonly<Record<string, number>>;
  readonly ends: Readonly<Record<string, number>>;
  readonly failed: number;
  readonly listings: readonly string[];
}

const count = (into: Record<string, number>, what: string): void => {
  into[what] = (into[what] ?? 0) + 1;
};

function report(checker: Checker, verdicts: readonly Verdict[], room: number): BatchReport {
  const clean: Record<string, number> = {};
  const ends: Record<string, number> = {};
  const failing = verdicts.filter(({ differences }) => differences.length > 0);
  for (const { case: made, differences, end } of verdicts) {
    if (differences.length === 0) for (const trait of made.traits) count(clean, trait);
    count(ends, end);
  }
  return {
    cases: verdicts.length,
    instructions: verdicts.reduce((sum, { instructions }) => sum + instructions, 0),
    compiled: checker.takeCompiled(),
    clean,
    ends,
    failed: failing.length,
    listings: failing.slice(0, room).map((verdict) => listing(minimise(checker, verdict))),
  };
}

const [seed, from, total, native] = process.argv.slice(2, 6).map(Number) as [number, number, number, number];
// What makes cases runs longest.
use('turbofan');
const checker = new Checker(native === 1);
let listed = 0;
for (let at = 0; at < total; at += BATCH) {
  use('turbofan');
  const cases = Array.from({ length: Math.min(BATCH, total - at) }, (_, n) => caseOf(seed, from + at + n));
  const batch = report(checker, checker.check(cases), MOST_LISTINGS - listed);
  listed += batch.listings.length;
  // Ends with whoever reads it.
  await new Promise((resolve) => process.stdout.write(`${JSON.stringify(batch)}\n`, resolve));
}
