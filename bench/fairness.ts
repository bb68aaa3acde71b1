// Suite fairness: what is left of a machine's speed beside another project that loops in a crowd of machines and hammers the API. Both
// projects are at the same daemon; fair is min(1 processor, processors / projects), of the processors that other programs leave to the daemon.
// What the machine has had of a processor is told by the instructions that it retired, at the rate at which it retires them alone, which is
// measured in turn, with the other processors busy too. So programs that run beside, the client that hammers among them, change neither.

import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { connect, type UintrClient } from '../clients/ts/client.ts';
import { startLocalDaemon } from '../clients/ts/local-daemon.ts';
import type { SuiteOptions } from './main.ts';
import { processorUse } from './processor-use.ts';
import { median, type Row, row } from './row.ts';

const CROWD = 8;
const CALLS_IN_FLIGHT = 16;
const WARM_UP_MILLISECONDS = 1000;
const MILLISECONDS = 4000;
const PROJECTS = 2;
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

interface Measured {
  readonly seconds: number;
  readonly instructions: number;
  /** Processor time in seconds, of the daemon and of everybody else. */
  readonly daemon: number;
  readonly others: number;
}

async function measure(client: UintrClient, name: string, pid: number): Promise<Measured> {
  const executed = async (): Promise<number> => Number((await client.machines.GetMachineStats({ name })).instructions);
  await pause(WARM_UP_MILLISECONDS);
  const [start, used, before] = [performance.now(), processorUse(pid), await executed()];
  await pause(MILLISECONDS);
  const instructions = (await executed()) - before;
  const { process, others } = processorUse(pid);
  return { seconds: (performance.now() - start) / 1000, instructions, daemon: process - used.process, others: others - used.others };
}

/** Keeps all processors but one busy. */
async function withBusyProcessors<T>(work: () => Promise<T>): Promise<T> {
  const spinning = Array.from({ length: availableParallelism() - 1 }, () => new Worker('for (;;);', { eval: true }));
  try {
    return await work();
  } finally {
    await Promise.all(spinning.map((worker) => worker.terminate()));
  }
}

/** Answers how many calls it has made. */
async function hammer(client: UintrClient, name: string, stop: AbortSignal): Promise<number> {
  let calls = 0;
  const one = async (): Promise<void> => {
    for (; !stop.aborted; calls++) await client.machines.GetMachine({ name }).catch(() => {});
  };
  await Promise.all(Array.from({ length: CALLS_IN_FLIGHT }, one));
  return calls;
}

export async function fairnessSuite({ rounds, progress }: SuiteOptions): Promise<Row[]> {
  const daemon = await startLocalDaemon(['--workers', String(availableParallelism())]);
  const [mine, theirs] = [connect(daemon.endpoint), connect(daemon.endpoint)];
  const shares: number[] = [];
  const portions: number[] = [];
  try {
    for (const project_id of ['mine', 'theirs']) await mine.projects.CreateProject({ project_id });
    const machine = await computing(mine, 'projects/mine');
    for (let round = 1; round <= rounds; round++) {
      const alone = await withBusyProcessors(() => measure(mine, machine, daemon.pid));
      const crowd = await Promise.all(Array.from({ length: CROWD }, () => computing(theirs, 'projects/theirs')));
      const stop = new AbortController();
      const hammering = hammer(theirs, crowd[0]!, stop.signal);
      const beside = await measure(mine, machine, daemon.pid);
      stop.abort();
      const calls = await hammering;
      for (const name of crowd) await theirs.machines.DeleteMachine({ name });
      const had = beside.instructions / (alone.instructions / alone.daemon);
      const left = availableParallelism() * beside.seconds - beside.others;
      const fair = Math.min(beside.seconds, left / PROJECTS);
      shares.push(had / fair);
      portions.push(had / beside.daemon);
      const seconds = (time: number): string => (time / beside.seconds).toFixed(2);
      progress(
        `fairness, round ${round} of ${rounds}: the machine had ${seconds(had)} of a processor, fair ${seconds(fair)}; the daemon ${seconds(beside.daemon)}, others ${seconds(beside.others)}; ${Math.round(calls / beside.seconds)} calls/s`,
      );
    }
  } finally {
    mine.close();
    theirs.close();
    await daemon.stop();
  }
  const beside = `beside ${CROWD} machines and ${CALLS_IN_FLIGHT} calls in flight`;
  return [
    row('fairness', `of its fair share ${beside}`, median(shares), 'ratio', 'target', TARGET),
    row('fairness', `of what the daemon has had ${beside}`, median(portions), 'ratio'),
  ];
}
