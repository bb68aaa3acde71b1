// Suite fairness: what is left of a machine's speed beside another project that loops in a crowd of machines and hammers the API. Both
// projects are at the same daemon; fair is min(1 processor, processors / projects).

import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { connect, type UintrClient } from '../clients/ts/client.ts';
import { startLocalDaemon } from '../clients/ts/local-daemon.ts';
import type { SuiteOptions } from './main.ts';
import { median, type Row, row } from './row.ts';

const CROWD = 8;
const CALLS_IN_FLIGHT = 16;
const WARM_UP_MILLISECONDS = 1000;
const MILLISECONDS = 4000;
const TARGET = 0.8;

/** Runs for longer than any round. */
const PROGRAM = new Uint8Array(readFileSync(new URL('../guests/bin/bench/mul', import.meta.url)));
const REPEATS = '1000000000000000';

/** A machine whose only thread computes. */
async function computing(client: UintrClient, parent: string): Promise<string> {
  const { machine } = await client.machines.CreateMachine({ parent, machine: { spec: { vcpus: 1, ram_bytes: 16 << 20 } } });
  await client.guest.SpawnProcess({ parent: machine!.name, path: '/bin/mul', image: PROGRAM, arguments: ['mul', REPEATS] });
  await client.machines.StartMachine({ name: machine!.name });
  return machine!.name;
}

/** Instructions a second. */
async function speed(client: UintrClient, name: string): Promise<number> {
  const executed = async (): Promise<number> => Number((await client.machines.GetMachineStats({ name })).instructions);
  await pause(WARM_UP_MILLISECONDS);
  const [start, before] = [performance.now(), await executed()];
  await pause(MILLISECONDS);
  return ((await executed()) - before) / ((performance.now() - start) / 1000);
}

async function hammer(client: UintrClient, name: string, stop: AbortSignal): Promise<void> {
  const one = async (): Promise<void> => {
    while (!stop.aborted) await client.machines.GetMachine({ name }).catch(() => {});
  };
  await Promise.all(Array.from({ length: CALLS_IN_FLIGHT }, one));
}

export async function fairnessSuite({ rounds, progress }: SuiteOptions): Promise<Row[]> {
  const daemon = await startLocalDaemon(['--workers', String(availableParallelism())]);
  const [mine, theirs] = [connect(daemon.endpoint), connect(daemon.endpoint)];
  const ratios: number[] = [];
  try {
    for (const project_id of ['mine', 'theirs']) await mine.projects.CreateProject({ project_id });
    const machine = await computing(mine, 'projects/mine');
    for (let round = 1; round <= rounds; round++) {
      const alone = await speed(mine, machine);
      const crowd = await Promise.all(Array.from({ length: CROWD }, () => computing(theirs, 'projects/theirs')));
      const stop = new AbortController();
      const hammering = hammer(theirs, crowd[0]!, stop.signal);
      const beside = await speed(mine, machine);
      stop.abort();
      await hammering;
      for (const name of crowd) await theirs.machines.DeleteMachine({ name });
      const fair = Math.min(1, availableParallelism() / 2);
      ratios.push(beside / (alone * fair));
      progress(
        `fairness, round ${round} of ${rounds}: ${(alone / 1e6).toFixed(1)} million instructions/s alone, ${(beside / 1e6).toFixed(1)} beside`,
      );
    }
  } finally {
    mine.close();
    theirs.close();
    await daemon.stop();
  }
  return [
    row(
      'fairness',
      `of its fair share beside ${CROWD} machines and ${CALLS_IN_FLIGHT} calls in flight`,
      median(ratios),
      'ratio',
      'target',
      TARGET,
    ),
  ];
}
