// Suite timing: virtual cycles that programs take in a machine, beside the cycles of this processor. A native cycle is a third of a
// multiplication in a dependent chain (guests/bench/imul.c), measured right before and right behind each measurement; native times are
// processor times, so that others on this host do not count. Cycles an iteration are (N iterations - none) / N on both sides.
// What the estimate does not model is printed with the result; docs/timing.md explains it.

import { spawnSync } from 'node:child_process';
import { runInMachine } from './guest-machine.ts';
import type { SuiteOptions } from './main.ts';
import { availablePeers, benchProgram, runOutside } from './peers.ts';
import { median, type Row, row } from './row.ts';

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
];

/** Cycles of a multiplication that waits for the one before. */
const CHAIN_CYCLES = 3;
const CHAIN_ITERATIONS = 60_000_000;
/** A native measurement takes about this long. */
const NATIVE_SECONDS = 0.12;
const GUESSED_HERTZ = 3e9;

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
  const native = new Map<string, number[]>(programs.map(({ name }) => [name, []]));
  for (let round = 0; hasNative && round < options.rounds; round++) {
    options.progress(`timing: round ${round + 1} of ${options.rounds}`);
    for (const { name } of programs) native.get(name)!.push(nativeCycles(name, here.get(name)!));
  }
  const rows = programs.map(({ name }) =>
    hasNative
      ? row('timing', name, here.get(name)!, 'cycles/iteration', 'native', median(native.get(name)!))
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

function nativeCycles(name: string, guess: number): number {
  const program = benchProgram(name);
  // Whole rounds of the programs' largest arrays.
  const iterations = Math.ceil((NATIVE_SECONDS * GUESSED_HERTZ) / guess / 262_144) * 262_144;
  const before = hertz();
  const seconds = processorSeconds(program, iterations) - processorSeconds(program, 0);
  return (Math.max(0, seconds) * (before + hertz())) / 2 / iterations;
}

/** Of this processor now. */
function hertz(): number {
  return (CHAIN_CYCLES * CHAIN_ITERATIONS) / processorSeconds(benchProgram('imul'), CHAIN_ITERATIONS);
}

/** Processor time in user mode of a program, by the shell that waits for it. */
function processorSeconds(program: string, iterations: number): number {
  const { stderr, status } = spawnSync('bash', ['-c', 'TIMEFORMAT=%3U; time "$0" "$1" > /dev/null', program, String(iterations)], {
    encoding: 'utf8',
  });
  const seconds = Number(stderr.trim());
  if (status !== 0 || Number.isNaN(seconds)) throw new Error(`${program} ${iterations} failed: ${stderr}`);
  return seconds;
}
