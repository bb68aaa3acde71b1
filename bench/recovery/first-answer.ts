// How soon a daemon that was killed answers: its first answer, that of the machine that would come back last, and all of them.

import { readFileSync } from 'node:fs';
import { RemoteThread } from '../../clients/ts/remote-thread.ts';
import { REPLAY_BYTES } from "../../src/machine/hosted/durability.ts";
const REPLAY_CYCLES = 100_000_000;
import type { KilledDaemon } from '../../test/server/durable/killed-daemon.ts';
import { processorUse } from '../processor-use.ts';
import { benchProgram } from '../peers.ts';

const PROJECT = 'projects/default';
/** Journals nearly as long as they get before a machine is saved: of guests in cycles, of remote threads in calls. */
const LONG = 0.95;
const BYTES_OF_A_CALL = 220;
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
  const prepared: Promise<void>[] = [];
  for (let i = 0; i < machines; i++) {
    const spec = { ram_bytes: 32n << 20n, time_mode: i % TALKERS === 0 ? 'TIME_MODE_LOCKSTEP' : 'TIME_MODE_FREE_RUNNING' } as const;
    const { machine } = await daemon.client.machines.CreateMachine({ parent: PROJECT, machine: { spec } });
    const { name } = machine!;
    names.push(name);
    prepared.push(i % TALKERS === 0 ? talk(daemon, name, isLong) : run(daemon, name, isLong));
  }
  for (const [i, preparing] of prepared.entries()) {
    await preparing;
    await daemon.client.guest.WriteFile({ parent: names[i]!, file: { path: '/tmp/note', data: Uint8Array.of(1) } });
    if (i % 10 === 9) progress(`recovery: ${i + 1} of ${machines} machines have ${isLong ? 'long' : 'short'} journals`);
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
async function run({ client }: KilledDaemon, machine: string, isLong: boolean): Promise<void> {
  const image = new Uint8Array(readFileSync(benchProgram('getppid')));
  await client.guest.SpawnProcess({ parent: machine, path: '/bin/getppid', image, arguments: ['1000000000'] });
  await client.machines.RunMachine({ name: machine, cycles: BigInt(isLong ? Math.trunc(REPLAY_CYCLES * LONG) : 100_000) });
}

async function talk({ client }: KilledDaemon, machine: string, isLong: boolean): Promise<void> {
  const receiver = await RemoteThread.create(client, machine, { affinity: 1 });
  const sender = await RemoteThread.create(client, machine, { affinity: 2 });
  await receiver.registerHandler();
  const { uitt_index } = await sender.registerSender((await receiver.createVectorFd(1)).vector_fd);
  for (let left = isLong ? (REPLAY_BYTES / BYTES_OF_A_CALL) * LONG : 10; left > 0; left--) await sender.sendUipi(uitt_index);
}
