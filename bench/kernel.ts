// Suite kernel: paths of the kernel (guests/bench/kernel.c) in a machine of one vCPU, beside the host's kernel called natively and through
// qemu's user mode. Nanoseconds of host time an iteration: (time of N - time of none) / N, processor time of the machine's thread here,
// wall time of the peers.

import { runInMachine } from './guest-machine.ts';
import type { SuiteOptions } from './main.ts';
import { availablePeers, benchProgram, measureOutside, runOutside } from './peers.ts';
import { median, type Peer, type Row, row } from './row.ts';

interface Case {
  readonly name: string;
  readonly iterations: number;
  /** Nanoseconds of host time an iteration may take. */
  readonly target?: number;
}

const CASES: readonly Case[] = [
  { name: 'switch', iterations: 204_800, target: 3000 },
  { name: 'pipe-write', iterations: 204_800, target: 3000 },
  { name: 'futex-hand-over', iterations: 204_800 },
  { name: 'getppid', iterations: 409_600 },
  { name: 'futex-no-waiter', iterations: 204_800 },
  { name: 'pipe', iterations: 102_400 },
  { name: 'eventfd', iterations: 102_400 },
  { name: 'unix-socket', iterations: 102_400 },
  { name: 'epoll', iterations: 102_400 },
  { name: 'pipe-round-trip', iterations: 51_200 },
  { name: 'signal', iterations: 51_200 },
  { name: 'page-fault', iterations: 102_400 },
  { name: 'fork', iterations: 2048 },
];

/** What cannot be timed by itself, from cases that contain it. A hand-over is a wake, a wait (as dear as a call that finds nobody) and a switch. */
const DERIVED = [{ name: 'futex-wake', whole: 'futex-hand-over', less: ['switch', 'futex-no-waiter'], target: 3000 }] as const;

export async function kernelSuite(options: SuiteOptions): Promise<Row[]> {
  const cases = CASES.filter(({ name }) => name.includes(options.only));
  const peers = availablePeers(options.progress);
  const program = benchProgram('kernel');
  const ours = new Map<string, number[]>(cases.map(({ name }) => [name, []]));
  const theirs = new Map<string, Map<Peer, number[]>>(cases.map(({ name }) => [name, new Map(peers.map((peer) => [peer, []]))]));
  for (const { name, iterations } of cases) {
    const expected = runInMachine(program, [name, String(iterations)]).stdout;
    for (const peer of peers) {
      const { stdout } = runOutside(peer, program, [name, String(iterations)]);
      if (stdout !== expected) throw new Error(`${name}: ${peer} prints ${stdout.trim()}, the machine ${expected.trim()}`);
    }
  }
  for (let round = 0; round < options.rounds; round++) {
    options.progress(`kernel: round ${round + 1} of ${options.rounds}`);
    for (const { name, iterations } of cases) {
      const empty = runInMachine(program, [name, '0']).processorSeconds;
      const full = runInMachine(program, [name, String(iterations)]).processorSeconds;
      ours.get(name)!.push((Math.max(0, full - empty) / iterations) * 1e9);
      for (const peer of peers)
        theirs
          .get(name)!
          .get(peer)!
          .push(measureOutside(peer, program, [name], iterations));
    }
  }
  const derived = DERIVED.filter(({ whole, less }) => [whole, ...less].every((name) => ours.has(name))).map(
    ({ name, whole, less, target }) => {
      const alone = (samples: (name: string) => number[]): number =>
        median(samples(whole)) - less.reduce((sum, part) => sum + median(samples(part)), 0);
      return row(
        'kernel',
        name,
        alone((part) => ours.get(part)!),
        'ns/iteration',
        'target',
        target,
      );
    },
  );
  const measured = cases.flatMap(({ name, target }) => {
    const value = median(ours.get(name)!);
    return [
      ...(target === undefined ? [] : [row('kernel', name, value, 'ns/iteration', 'target', target)]),
      ...peers.map((peer) => row('kernel', name, value, 'ns/iteration', peer, median(theirs.get(name)!.get(peer)!))),
      ...(target === undefined && peers.length === 0 ? [row('kernel', name, value, 'ns/iteration')] : []),
    ];
  });
  return [...measured, ...derived];
}
