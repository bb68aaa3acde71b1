// A suite whose cases are arguments of one program (guests/bench), run in a machine, natively and through qemu's user mode.
// Nanoseconds of host time an iteration: (time of N - time of none) / N, processor time of the machine's thread here, wall time of the peers.

import { runInMachine } from './guest-machine.ts';
import type { SuiteOptions } from './main.ts';
import { availablePeers, benchProgram, measureOutside, runOutside } from './peers.ts';
import { median, type Peer, type Row, row } from './row.ts';

export interface Case {
  readonly name: string;
  readonly iterations: number;
  /** Nanoseconds of host time an iteration may take. */
  readonly target?: number;
  /** Of the machine; 1 if absent. */
  readonly vcpus?: number;
  readonly ramBytes?: number;
}

export interface ProgramSuite {
  readonly suite: string;
  readonly cases: readonly Case[];
  /** Peers that cannot run it, and why. */
  readonly without?: Readonly<Partial<Record<Peer, string>>>;
}

export interface ProgramFigures {
  readonly rows: Row[];
  /** Of each case, median of the machine. */
  readonly ours: ReadonlyMap<string, number>;
}

export function programSuite({ suite, cases: all, without = {} }: ProgramSuite, options: SuiteOptions): ProgramFigures {
  const cases = all.filter(({ name }) => name.includes(options.only));
  for (const [peer, reason] of Object.entries(without)) options.progress(`${suite}: ${peer} is left out: ${reason}`);
  const peers = availablePeers(options.progress).filter((peer) => !without[peer]);
  const program = benchProgram(suite);
  const ours = new Map<string, number[]>(cases.map(({ name }) => [name, []]));
  const theirs = new Map<string, Map<Peer, number[]>>(cases.map(({ name }) => [name, new Map(peers.map((peer) => [peer, []]))]));
  for (const { name, iterations, vcpus, ramBytes } of cases) {
    const expected = runInMachine(program, [name, String(iterations)], vcpus, ramBytes).stdout;
    for (const peer of peers) {
      const { stdout } = runOutside(peer, program, [name, String(iterations)]);
      if (stdout !== expected) throw new Error(`${name}: ${peer} prints ${stdout.trim()}, the machine ${expected.trim()}`);
    }
  }
  for (let round = 0; round < options.rounds; round++) {
    options.progress(`${suite}: round ${round + 1} of ${options.rounds}`);
    for (const { name, iterations, vcpus, ramBytes } of cases) {
      const empty = runInMachine(program, [name, '0'], vcpus, ramBytes).processorSeconds;
      const full = runInMachine(program, [name, String(iterations)], vcpus, ramBytes).processorSeconds;
      ours.get(name)!.push((Math.max(0, full - empty) / iterations) * 1e9);
      for (const peer of peers)
        theirs
          .get(name)!
          .get(peer)!
          .push(measureOutside(peer, program, [name], iterations));
    }
  }
  const rows = cases.flatMap(({ name, target }) => {
    const value = median(ours.get(name)!);
    return [
      ...(target === undefined ? [] : [row(suite, name, value, 'ns/iteration', 'target', target)]),
      ...peers.map((peer) => row(suite, name, value, 'ns/iteration', peer, median(theirs.get(name)!.get(peer)!))),
      ...(target === undefined && peers.length === 0 ? [row(suite, name, value, 'ns/iteration')] : []),
    ];
  });
  return { rows, ours: new Map([...ours].map(([name, samples]) => [name, median(samples)])) };
}
