// How soon a daemon that was killed answers: its first answer, that of the machine that would come back last, and all of them.

import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { RemoteThread } from '../../clients/ts/remote-thread.ts';
import type { KilledDaemon } from '../../test/server/durable/killed-daemon.ts';
import { processorUse } from '../processor-use.ts';
import { benchProgram } from '../peers.ts';

const PROJECT = 'projects/default';
/** What machines have done before the kill: guests in cycles, each some more than the one before, so that they are anywhere between two saves; remote
 * threads in calls. */
const CYCLES = { short: 100_000, long: 20_000_000, step: 2_000_000 };
const CALLS = { short: 10, long: 5000 };
/** And how long all of them go on together, in milliseconds. */
const TOGETHER = 2000;
/** One machine in so many is a client's; it takes long until that has made its calls. */
const TALKERS = 25;

/** Seconds since the process was started. */
export interface FirstAnswer {
  /** The first answer, which lists all machines. */
  readonly listed: number;
  /** What the daemon has had of processors until then, of which others on the host take nothing away. */
  readonly processor: number;
  /** The first out of a machine: of the one that is last in the order. */
  readonly machine: number;
  /** Of the last that came back. */
  readonly all: number;
}

export async function firstAnswer(
  daemon: KilledDaemon,
  machines: number,
  isLong: boolean,
  progress: (text: string) => void,
): Promise<FirstAnswer> {
  const names: string[] = [];
  for (let i = 0; i < machines; i++) {
    const spec = { ram_bytes: 32n << 20n, time_mode: i % TALKERS === 0 ? 'TIME_MODE_LOCKSTEP' : 'TIME_MODE_FREE_RUNNING' } as const;
    const { machine } = await daemon.client.machines.CreateMachine({ parent: PROJECT, machine: { spec } });
    names.push(machine!.name);
  }
  // Clients wait long for their answers while all processors are busy: they come first.
  const talkers = names.filter((_name, i) => i % TALKERS === 0);
  await Promise.all(talkers.map((name) => talk(daemon, name, isLong ? CALLS.long : CALLS.short)));
  progress(`recovery: ${talkers.length} of ${machines} machines have ${isLong ? 'long' : 'short'} journals`);
  const runners = names.filter((name) => !talkers.includes(name));
  await Promise.all(runners.map((name, i) => run(daemon, name, isLong ? CYCLES.long + i * CYCLES.step : CYCLES.short)));
  progress('recovery: all of them have');
  for (const name of names) await daemon.client.guest.WriteFile({ parent: name, file: { path: '/tmp/note', data: Uint8Array.of(1) } });
  if (isLong) {
    for (const name of runners) await daemon.client.machines.StartMachine({ name });
    await sleep(TOGETHER);
  }
  await daemon.end('SIGKILL');
  const start = performance.now();
  const since = (): number => (performance.now() - start) / 1000;
  await daemon.start();
  const { machines: found } = await daemon.client.machines.ListMachines({ parent: PROJECT, page_size: 1000 });
  const [listed, processor] = [since(), processorUse(daemon.pid).process];
  const missing = names.filter((name) => !found.some((machine) => machine.name === name));
  if (missing.length > 0) throw new Error(`not there after the restart: ${missing.join(', ')}`);
  const read = async (name: string): Promise<void> => {
    const { data } = await daemon.client.guest.ReadFile({ parent: name, path: '/tmp/note' });
    if (data[0] !== 1) throw new Error(`${name} has lost a file that was written`);
  };
  await read(names.at(-1)!);
  const machine = since();
  for (const name of names) await read(name);
  const all = since();
  for (const name of names) await daemon.client.machines.DeleteMachine({ name });
  return { listed, processor, machine, all };
}

/** A guest that tells something all the time, so that all of its time is replayed. */
async function run({ client }: KilledDaemon, machine: string, cycles: number): Promise<void> {
  const image = new Uint8Array(readFileSync(benchProgram('getppid')));
  await client.guest.SpawnProcess({ parent: machine, path: '/bin/getppid', image, arguments: ['1000000000'] });
  await client.machines.RunMachine({ name: machine, cycles: BigInt(cycles) });
}

async function talk({ client }: KilledDaemon, machine: string, calls: number): Promise<void> {
  const receiver = await RemoteThread.create(client, machine, { affinity: 1 });
  const sender = await RemoteThread.create(client, machine, { affinity: 2 });
  await receiver.registerHandler();
  const { uitt_index } = await sender.registerSender((await receiver.createVectorFd(1)).vector_fd);
  for (let left = calls; left > 0; left--) await sender.sendUipi(uitt_index);
}
