// Suite async-io: wall time of the experiment on asynchronous I/O at a tenth of its size, method by method, beside the same program on
// this processor and in qemu's user mode (which have no user interrupts), and all of it beside the figure to be met.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { asyncIo } from '../clients/experiments/async-io/async-io.ts';
import { METHODS, type MethodName } from '../clients/experiments/async-io/methods.ts';
import { REPORT_TASKS, REPORT_UNIT } from '../clients/experiments/async-io/plan.ts';
import { taskFiles } from '../clients/experiments/async-io/task-files.ts';
import { runExperiment } from '../clients/experiments/run-experiment.ts';
import { connect, type UintrClient } from '../clients/ts/client.ts';
import { startLocalDaemon } from '../clients/ts/local-daemon.ts';
import type { SuiteOptions } from './main.ts';
import { availablePeers, runOutside } from './peers.ts';
import { median, type Peer, type Row, row } from './row.ts';

const PROGRAM = fileURLToPath(new URL('../guests/bin/async-io/async_io.poc', import.meta.url));
const SCALE = 0.1;
/** All three methods at full size: seconds. */
const TARGET = 360;

/** What peers run: qemu's user mode has no rings. */
const RUNS: readonly (readonly [Peer, MethodName])[] = [
  ['native', 'normal'],
  ['native', 'uring'],
  ['qemu-user', 'normal'],
];

async function inMachine(client: UintrClient, method: MethodName): Promise<number> {
  const declared = asyncIo.options.map(({ flags, fallback }) => [/^--([a-z]+)/.exec(flags)![1]!, fallback] as const);
  const { wall_seconds, checks } = await runExperiment(asyncIo, {
    client,
    signal: new AbortController().signal,
    labels: { origin: 'bench' },
    seed: 0n,
    costs: {},
    options: { ...Object.fromEntries(declared), method, scale: String(SCALE) },
    progress: () => {},
  });
  const failed = checks.filter(({ pass }) => !pass).map(({ name }) => name);
  if (failed.length > 0) throw new Error(`async-io ${method}: ${failed.join(', ')}`);
  return wall_seconds;
}

/** Whether a peer can run a method at all; a host may forbid io_uring. */
function canRun([peer, method]: (typeof RUNS)[number], directory: string, progress: SuiteOptions['progress']): boolean {
  if (peer !== 'native') return true;
  const { status } = spawnSync(PROGRAM, [method, directory, '1', '1', '0', '1', '1', '0']);
  if (status !== 0) progress(`${method} cannot run on this kernel and is left out there`);
  return status === 0;
}

export async function asyncIoSuite({ rounds, only, progress }: SuiteOptions): Promise<Row[]> {
  const methods = METHODS.map(({ name }) => name).filter((name) => name.includes(only));
  const peers = availablePeers(progress);
  const directory = mkdtempSync(join(tmpdir(), 'async-io-'));
  for (const { name, content } of taskFiles()) writeFileSync(join(directory, name), content);
  const runs = RUNS.filter((run) => peers.includes(run[0]) && methods.includes(run[1]) && canRun(run, directory, progress));
  const ours = new Map(methods.map((method) => [method, [] as number[]]));
  const theirs = new Map(runs.map((run) => [run, [] as number[]]));
  const daemon = await startLocalDaemon();
  const client = connect(daemon.endpoint);
  try {
    const numbers = [REPORT_TASKS.reads * SCALE, REPORT_TASKS.computations * SCALE, 0, REPORT_UNIT, 1, 0].map(String);
    for (let round = 0; round < rounds; round++) {
      progress(`async-io: round ${round + 1} of ${rounds}`);
      for (const [method, seconds] of ours) seconds.push(await inMachine(client, method));
      for (const [[peer, method], seconds] of theirs) seconds.push(runOutside(peer, PROGRAM, [method, directory, ...numbers]).seconds);
    }
  } finally {
    client.close();
    await daemon.stop();
    rmSync(directory, { recursive: true });
  }
  const own = (method: MethodName): number => median(ours.get(method)!);
  const whole =
    methods.length < METHODS.length
      ? []
      : [
          row(
            'async-io',
            'all',
            methods.reduce((sum, one) => sum + own(one), 0),
            's',
            'target',
            TARGET * SCALE,
          ),
        ];
  return [
    ...methods.filter((method) => !runs.some(([, other]) => other === method)).map((method) => row('async-io', method, own(method), 's')),
    ...runs.map((run) => row('async-io', run[1], own(run[1]), 's', run[0], median(theirs.get(run)!))),
    ...whole,
  ];
}
