// Suite durability: what it costs that inputs are durable before they are answered. SENDUIPI by remote threads of eight machines, on a daemon
// with a data directory beside one without, by the same client in turns; then one call after the other.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type UintrClient } from '../clients/ts/client.ts';
import { type LocalDaemon, startLocalDaemon } from '../clients/ts/local-daemon.ts';
import { RemoteThread } from '../clients/ts/remote-thread.ts';
import { processorUse } from './processor-use.ts';
import type { SuiteOptions } from './main.ts';
import { bound, median, type Row, row } from './row.ts';

const MACHINES = 8;
const SENDERS = 8;
const SECONDS = 2;
/** Part of the rate without a journal. */
const TARGET = 0.8;

interface Sender {
  readonly client: UintrClient;
  readonly thread: string;
  readonly uitt_index: number;
}

interface Loaded {
  readonly name: string;
  readonly daemon: LocalDaemon;
  /** In turn one of each machine. */
  readonly senders: readonly Sender[];
  readonly rates: number[];
  /** Calls, and the seconds of processor time that the daemon took for them. */
  readonly spent: { calls: number; seconds: number };
  readonly latencies: number[];
}

async function sendersOf(client: UintrClient): Promise<Sender[]> {
  const spec = { vcpus: 2, ram_bytes: 32n << 20n, time_mode: 'TIME_MODE_LOCKSTEP' } as const;
  const { machine } = await client.machines.CreateMachine({ parent: 'projects/default', machine: { spec } });
  const receiver = await RemoteThread.create(client, machine!.name, { affinity: 1 });
  await receiver.registerHandler();
  const senders: Sender[] = [];
  for (let vector = 0; vector < SENDERS; vector++) {
    const sender = await RemoteThread.create(client, machine!.name, { affinity: 2, park: 'PARK_BLOCK' });
    const { vector_fd } = await receiver.createVectorFd(vector);
    const { uitt_index } = await sender.registerSender(vector_fd);
    senders.push({ client, thread: sender.name, uitt_index });
  }
  return senders;
}

async function load(name: string, flags: readonly string[]): Promise<Loaded> {
  const daemon = await startLocalDaemon(flags);
  const perMachine = await Promise.all(Array.from({ length: MACHINES }, () => sendersOf(connect(daemon.endpoint))));
  const senders = Array.from({ length: SENDERS }, (_unused, at) => perMachine.map((its) => its[at]!)).flat();
  return { name, daemon, senders, rates: [], spent: { calls: 0, seconds: 0 }, latencies: [] };
}

/** Calls a second, each sender one after the other. */
async function rate(senders: readonly Sender[], seconds: number): Promise<number> {
  const start = performance.now();
  const end = start + seconds * 1000;
  let calls = 0;
  await Promise.all(
    senders.map(async ({ client, thread, uitt_index }) => {
      for (; performance.now() < end; calls++) await client.uintr.SendUipi({ thread, uitt_index });
    }),
  );
  return calls / ((performance.now() - start) / 1000);
}

export async function durabilitySuite(options: SuiteOptions): Promise<Row[]> {
  const directory = mkdtempSync(join(tmpdir(), 'uintrd-durability-'));
  const both: Loaded[] = [];
  try {
    both.push(await load('in memory', []), await load('durable', ['--data-dir', join(directory, 'data')]));
    for (const { senders } of both) await rate(senders, SECONDS);
    for (let round = 0; round < options.rounds; round++) {
      options.progress(`durability: round ${round + 1} of ${options.rounds}`);
      for (const { daemon, senders, rates, spent } of both) {
        const [start, before] = [performance.now(), processorUse(daemon.pid).process];
        rates.push(await rate(senders, SECONDS));
        spent.seconds += processorUse(daemon.pid).process - before;
        spent.calls += (rates.at(-1)! * (performance.now() - start)) / 1000;
      }
      for (const { senders, latencies } of both) latencies.push(1e6 / (await rate(senders.slice(0, 1), SECONDS / 2)));
    }
    const [memory, durable] = both.map(({ rates }) => median(rates)) as [number, number];
    const byProcessor = both.map(({ spent }) => spent.calls / spent.seconds);
    return [
      ...both.map(({ name, rates }) =>
        row('durability', `SendUipi, ${MACHINES} machines, 64 in flight, ${name}`, median(rates), 'calls/s'),
      ),
      bound('durability', 'SendUipi, 64 in flight, part of the rate in memory', durable / memory, 'ratio', 'at least', TARGET),
      row('durability', 'the same by processor time of the daemon', byProcessor[1]! / byProcessor[0]!, 'ratio'),
      ...both.map(({ name, latencies }) => row('durability', `SendUipi, 1 in flight, ${name}`, median(latencies), 'us')),
    ];
  } finally {
    for (const { daemon } of both) await daemon.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}
