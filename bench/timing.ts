// Suite timing: virtual cycles that programs take in a machine, beside the cycles of this processor. A native cycle is a third of a
// multiplication in a dependent chain (guests/bench/imul.c). Native times are processor times, the least of many short runs on one processor
// between which the chain and an empty run take turns, so that others on this host and its changing frequency do not count.
// Cycles an iteration are (N iterations - none) / N on both sides. What the estimate does not model is printed with the result; docs/timing.md explains it.

import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { runInMachine } from './guest-machine.ts';
import type { SuiteOptions } from './main.ts';
import { availablePeers, benchProgram, runOutside } from './peers.ts';
import { type Row, row } from './row.ts';

interface Program {
  readonly name: string;
  /** Iterations in a machine: some million cycles. */
  readonly iterations: number;
}

const PROGRAMS: readonly Program[] = [
  { name: 'imul', iterations: 1_000_000 },
  { name: 'mul', iterations: 1_000_000 },
  { name: 'mul-O0', iterations: 1_000_000 },
  { name: 'sieve', iterations: 1_500_000 },
  { name: 'sieve-O0', iterations: 1_000_000 },
  { name: 'sha256', iterations: 2000 },
  { name: 'sha256-O0', iterations: 600 },
  { name: 'matmul', iterations: 2_000_000 },
  { name: 'matmul-O0', iterations: 600_000 },
  { name: 'vm', iterations: 500_000 },
  { name: 'vm-O0', iterations: 300_000 },
  { name: 'strings', iterations: 5120 },
  { name: 'strings-O0', iterations: 5120 },
  { name: 'memcpy', iterations: 100_000 },
  { name: 'memcpy-O0', iterations: 60_000 },
  { name: 'floats', iterations: 300_000 },
  { name: 'floats-O0', iterations: 100_000 },
  { name: 'sort', iterations: 20_480 },
  { name: 'sort-O0', iterations: 10_240 },
  { name: 'collatz', iterations: 300_000 },
  { name: 'hash', iterations: 200_000 },
  { name: 'x87', iterations: 100_000 },
];

/** Cycles of a multiplication that waits for the one before. */
const CHAIN_CYCLES = 3;
const CHAIN_ITERATIONS = 60_000_000;
/** A native run takes about this long: times are told in milliseconds. */
const NATIVE_SECONDS = 0.06;
const GUESSED_HERTZ = 3e9;
/** Native iterations are a multiple of this: whole rounds of what the programs work on. */
const WHOLE = 10_240;
/** Of the chain, the program, and the program without an iteration, in turn. */
const RUNS_A_ROUND = 3;

const NOT_MODELLED = [
  'caches beyond the first level, TLBs and pages met for the first time',
  'what the branch predictor learns: a branch on data costs its expected misprediction, whatever the data are; indirect jumps and the ends of loops are predicted',
  'memory disambiguation: a load waits for a store only where both are known to be to the same place',
  'the start and the end of loops, the overlap of neighbouring blocks (taken as the geometric mean of none and all of it)',
  'frequencies: cycles are compared, not seconds',
];

export async function timingSuite(options: SuiteOptions): Promise<Row[]> {
  const programs = PROGRAMS.filter(({ name }) => name.includes(options.only));
  const hasNative = availablePeers(options.progress).includes('native');
  const here = new Map(programs.map((program) => [program.name, cyclesInMachine(program)]));
  const native = hasNative
    ? new Map(programs.map(({ name }) => [name, nativeCycles(name, here.get(name)!, options.rounds * RUNS_A_ROUND, options.progress)]))
    : null;
  const rows = programs.map(({ name }) =>
    native
      ? row('timing', name, here.get(name)!, 'cycles/iteration', 'native', native.get(name)!)
      : row('timing', name, here.get(name)!, 'cycles/iteration'),
  );
  const ratios = rows.map(({ ratio }) => ratio).filter((ratio) => ratio !== null);
  if (ratios.length > 0) {
    const errors = ratios.map((ratio) => Math.abs(Math.log(ratio)));
    rows.push(
      row(
        'timing',
        'error, geometric mean',
        Math.exp(errors.reduce((sum, error) => sum + error, 0) / errors.length),
        'factor',
        'target',
        1.3,
      ),
    );
    rows.push(row('timing', 'error, worst program', Math.exp(Math.max(...errors)), 'factor', 'target', 2));
  }
  options.progress(`timing: not modelled:\n${NOT_MODELLED.map((effect) => `  - ${effect}`).join('\n')}`);
  return rows;
}

function cyclesInMachine({ name, iterations }: Program): number {
  const program = benchProgram(name);
  const full = runInMachine(program, [String(iterations)]);
  if (isNative() && runOutside('native', program, [String(iterations)]).stdout !== full.stdout)
    throw new Error(`${name}: another result natively`);
  return (full.cycles - runInMachine(program, ['0']).cycles) / iterations;
}

function isNative(): boolean {
  return process.platform === 'linux' && process.arch === 'x64';
}

/** Processor times of the chain, the program and an empty run, `$4` times each, on one processor where the host lets choose it. */
const SCRIPT = `TIMEFORMAT='%U %S'
taskset -pc "$5" $$ > /dev/null 2>&1
for ((run = 0; run < $4; run++)); do
  time "$0" ${CHAIN_ITERATIONS} > /dev/null
  time "$1" "$2" > /dev/null
  time "$1" "$3" > /dev/null
done`;

function nativeCycles(name: string, guess: number, runs: number, progress: (text: string) => void): number {
  progress(`timing: ${name}`);
  const iterations = Math.ceil((NATIVE_SECONDS * GUESSED_HERTZ) / guess / WHOLE) * WHOLE;
  const processor = String(availableParallelism() - 1);
  const argv = [benchProgram('imul'), benchProgram(name), String(iterations), '0', String(runs), processor];
  const { stderr, status } = spawnSync('bash', ['-c', SCRIPT, ...argv], { encoding: 'utf8' });
  const seconds = stderr
    .trim()
    .split('\n')
    .map((line) => line.split(' ').reduce((sum, part) => sum + Number(part), 0));
  if (status !== 0 || seconds.length !== 3 * runs || seconds.some(Number.isNaN)) throw new Error(`${name} failed: ${stderr}`);
  const [chain, full, empty] = [0, 1, 2].map((which) => Math.min(...seconds.filter((_, n) => n % 3 === which)));
  return (((full! - empty!) / chain!) * CHAIN_CYCLES * CHAIN_ITERATIONS) / iterations;
}
