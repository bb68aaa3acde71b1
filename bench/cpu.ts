// Suite cpu: straight programs (guests/bench) in a machine, beside the processor itself and qemu's user mode.
// Nanoseconds an iteration are (time of N iterations - time of none) / N, so that starting a process does not count; wall time,
// for the peers as well. MIPS are guest instructions per microsecond of the machine's own thread.

import { runInMachine } from './guest-machine.ts';
import type { SuiteOptions } from './main.ts';
import { availablePeers, benchProgram as path, measureOutside, runOutside } from './peers.ts';
import { median, type Peer, type Row, row } from './row.ts';

interface Program {
  readonly name: string;
  /** Iterations that take about a second in qemu's user mode; everyone runs as many. */
  readonly iterations: number;
  /** MIPS that the step executor is to reach when warm. */
  readonly target: number;
}

const PROGRAMS: readonly Program[] = [
  { name: 'mul', iterations: 600_000_000, target: 180 },
  { name: 'mul-O0', iterations: 300_000_000, target: 120 },
  { name: 'sieve', iterations: 300_000_000, target: 180 },
  { name: 'sieve-O0', iterations: 250_000_000, target: 120 },
  { name: 'matmul', iterations: 80_000_000, target: 120 },
  { name: 'sha256', iterations: 600_000, target: 120 },
  { name: 'vm', iterations: 120_000_000, target: 120 },
  { name: 'strings', iterations: 400_000, target: 120 },
  { name: 'getppid', iterations: 2_500_000, target: 0 },
];
interface Samples {
  readonly ours: number[];
  readonly mips: number[];
  readonly peers: Map<Peer, number[]>;
}

export async function cpuSuite(options: SuiteOptions): Promise<Row[]> {
  const programs = PROGRAMS.filter((program) => program.name.includes(options.only));
  const peers = availablePeers(options.progress);
  const samples = new Map<string, Samples>(
    programs.map(({ name }) => [name, { ours: [], mips: [], peers: new Map(peers.map((peer) => [peer, []])) }]),
  );
  for (const { name, iterations } of programs) {
    // Every way must come to the same result; this run also warms the machine's code up.
    const expected = runInMachine(path(name), [String(iterations)]).stdout;
    for (const peer of peers) {
      const { stdout } = runOutside(peer, path(name), [String(iterations)]);
      if (stdout !== expected) throw new Error(`${name}: ${peer} prints ${stdout.trim()}, the machine ${expected.trim()}`);
    }
  }
  for (let round = 0; round < options.rounds; round++) {
    options.progress(`cpu: round ${round + 1} of ${options.rounds}`);
    for (const { name, iterations } of programs) {
      const sample = samples.get(name)!;
      const program = path(name);
      const empty = runInMachine(program, ['0']);
      const full = runInMachine(program, [String(iterations)]);
      const seconds = Math.max(1e-9, full.seconds - empty.seconds);
      sample.ours.push((seconds / iterations) * 1e9);
      sample.mips.push((full.instructions - empty.instructions) / Math.max(1e-9, full.processorSeconds - empty.processorSeconds) / 1e6);
      for (const peer of peers) sample.peers.get(peer)!.push(measureOutside(peer, program, [], iterations, 1));
    }
  }
  const rows: Row[] = [];
  for (const { name, target } of programs) {
    const sample = samples.get(name)!;
    const ours = median(sample.ours);
    rows.push(target > 0 ? row('cpu', name, median(sample.mips), 'MIPS', 'target', target) : row('cpu', name, median(sample.mips), 'MIPS'));
    if (peers.length === 0) rows.push(row('cpu', name, ours, 'ns/iteration'));
    for (const peer of peers) rows.push(row('cpu', name, ours, 'ns/iteration', peer, median(sample.peers.get(peer)!)));
  }
  return rows;
}
