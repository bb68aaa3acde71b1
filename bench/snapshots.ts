// Suite snapshots: a machine with 256 MiB of RAM, of which 20 MiB are in use and do not compress. How long it stands still while it is captured
// (seen from another machine of the same worker), what the snapshot takes up, and how long a fork takes, also in
// processor time, of which others on the host take nothing away.

import { randomFillSync } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type UintrClient } from '../clients/ts/client.ts';
import { startLocalDaemon } from '../clients/ts/local-daemon.ts';
import { RemoteThread } from '../clients/ts/remote-thread.ts';
import type { SuiteOptions } from './main.ts';
import { processorUse } from './processor-use.ts';
import { bound, median, type Row, row } from './row.ts';

const TOUCHED = 20 << 20;
const PIECE = 1 << 20;
/** In a round. */
const FORKS = 4;
const TARGET = { pause: 150, stored: 1.02, fork: 50 };
const SYS_MMAP = 9;
/** Anonymous, private, populated. */
const ARGUMENTS = [0n, BigInt(TOUCHED), 3n, 0x8022n, 0xffff_ffff_ffff_ffffn, 0n].map((value) => ({ value }));

async function machineWith(client: UintrClient): Promise<string> {
  const spec = { vcpus: 2, ram_bytes: 256n << 20n, time_mode: 'TIME_MODE_LOCKSTEP' } as const;
  const { machine } = await client.machines.CreateMachine({ parent: 'projects/default', machine: { spec } });
  return machine!.name;
}

/** Maps memory into a process of the machine, and fills it. */
async function touch(client: UintrClient, machine: string): Promise<void> {
  const thread = await RemoteThread.create(client, machine, {});
  const { result } = await client.guest.ExecuteSyscall({ thread: thread.name, number: SYS_MMAP, arguments: ARGUMENTS });
  for (let at = 0; at < TOUCHED; at += PIECE)
    await client.machines.WriteMemory({
      name: thread.name,
      address: BigInt(result) + BigInt(at),
      data: randomFillSync(new Uint8Array(PIECE)),
    });
}

/** Longest time without an answer from `machine` while `work` goes on, in milliseconds. */
async function longestSilence(client: UintrClient, machine: string, work: () => Promise<unknown>): Promise<number> {
  let [longest, ended] = [0, false];
  const watch = async (): Promise<void> => {
    while (!ended) {
      const start = performance.now();
      await client.machines.GetMachineStats({ name: machine });
      longest = Math.max(longest, performance.now() - start);
    }
  };
  const watching = watch();
  await work();
  ended = true;
  await watching;
  return longest;
}

function bytesIn(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}

export async function snapshotsSuite(options: SuiteOptions): Promise<Row[]> {
  const directory = mkdtempSync(join(tmpdir(), 'uintrd-snapshots-'));
  // In memory, so that the fork is not saved: that is another figure.
  const daemon = await startLocalDaemon(['--workers', '1']);
  const kept = await startLocalDaemon(['--workers', '1', '--data-dir', join(directory, 'data')]);
  try {
    const [client, keptClient] = [connect(daemon.endpoint), connect(kept.endpoint)];
    const [machine, other, keptMachine] = [await machineWith(client), await machineWith(client), await machineWith(keptClient)];
    await touch(client, machine);
    await touch(keptClient, keptMachine);
    const [pauses, forks]: [number[], number[]] = [[], []];
    let processor = 0;
    for (let round = 0; round < options.rounds; round++) {
      options.progress(`snapshots: round ${round + 1} of ${options.rounds}`);
      let name = '';
      const capture = async (): Promise<void> => void ({ name } = (await client.snapshots.CreateSnapshot({ machine })).snapshot!);
      pauses.push(await longestSilence(client, other, capture));
      await client.snapshots.DeleteSnapshot({ name });
      for (let left = FORKS; left > 0; left--) {
        const [start, before] = [performance.now(), processorUse(daemon.pid).process];
        const { machine: fork } = await client.snapshots.ForkMachine({ name: machine });
        forks.push(performance.now() - start);
        processor += processorUse(daemon.pid).process - before;
        await client.machines.DeleteMachine({ name: fork!.name });
      }
    }
    const keptForks: number[] = [];
    const { snapshot } = await keptClient.snapshots.CreateSnapshot({ machine: keptMachine });
    const stored = bytesIn(join(directory, 'data', 'blobs')) / Number(snapshot!.touched_bytes);
    for (let left = FORKS; left > 0; left--) {
      const start = performance.now();
      await keptClient.snapshots.ForkMachine({ name: keptMachine });
      keptForks.push(performance.now() - start);
    }
    return [
      bound('snapshots', 'pause, 20 MiB in use', median(pauses), 'ms', 'at most', TARGET.pause),
      bound('snapshots', 'on disk, times what is in use', stored, 'ratio', 'at most', TARGET.stored),
      bound('snapshots', 'fork, 20 MiB in use', median(forks), 'ms', 'at most', TARGET.fork),
      row('snapshots', 'fork, of a processor (all threads of the daemon)', (processor / forks.length) * 1000, 'ms'),
      row('snapshots', 'fork that is on disk when it is answered, wall', median(keptForks), 'ms'),
    ];
  } finally {
    await daemon.stop();
    await kept.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}
