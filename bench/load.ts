// Suite load: a lab of many machines for a long while. 500 machines are known, 100 of them active, 64 clients call: of the active machines
// one in ten computes by itself without an end, the others are pairs of remote threads that send each other user interrupts when a client
// says so. No call may fail, resident memory must stay where it was after the warm-up, and slow calls must not be slow beside an idle lab.
// --machines, --active, --clients and --minutes make it smaller; --durable gives the daemon a data directory.

import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { connect, type UintrClient } from '../clients/ts/client.ts';
import { startLocalDaemon } from '../clients/ts/local-daemon.ts';
import { RemoteThread } from '../clients/ts/remote-thread.ts';
import { residentBytes } from './grpc-driver.ts';
import { CALLS, callInTurn, PARENT, type Pair } from './load/calls.ts';
import type { ClientThreadNews, ClientThreadOptions } from './load/client-thread.ts';
import type { SuiteOptions } from './main.ts';
import { bound, median, type Row, row } from './row.ts';

export interface LoadOptions {
  readonly minutes: number;
  readonly machines: number;
  readonly active: number;
  readonly clients: number;
  /** The daemon has a data directory. */
  readonly durable: boolean;
}

const RAM_BYTES = 16 << 20;
const EVENT_LOG_BYTES = 1 << 18;
/** Of the clients. */
const CLIENT_THREADS = 4;
/** Then their collectors stop them for some milliseconds at a time, as that of a small program does. */
const CLIENT_YOUNG_MEBIBYTES = 12;
/** A client rests between two calls: so many calls a second come from all of them together. */
const CALLS_A_SECOND = 400;
const IDLE_CALLS = 500;
const ONE_IN_COMPUTES = 10;
/** Of the whole time. */
const WARM_UP = 0.2;
const SAMPLE_MILLISECONDS = 2000;
/** Machines that are made at a time. */
const MADE_AT_ONCE = 8;
const TARGETS = { growth: 1.05, slow: 20 };
const PROGRAM = new Uint8Array(readFileSync(new URL('../guests/bin/bench/mul', import.meta.url)));
const REPEATS = '1000000000000000';

async function makePair(client: UintrClient): Promise<Pair> {
  const spec = { ram_bytes: RAM_BYTES, time_mode: 'TIME_MODE_LOCKSTEP' } as const;
  const { machine } = await client.machines.CreateMachine({ parent: PARENT, machine: { spec } });
  const receiver = await RemoteThread.create(client, machine!.name, { affinity: 1 });
  const sender = await RemoteThread.create(client, machine!.name, { affinity: 2 });
  await receiver.registerHandler();
  const { vector_fd } = await receiver.createVectorFd(1);
  const { uitt_index } = await sender.registerSender(vector_fd);
  return { machine: machine!.name, receiver: receiver.name, sender: sender.name, uitt_index };
}

async function makeComputing(client: UintrClient): Promise<void> {
  const { machine } = await client.machines.CreateMachine({ parent: PARENT, machine: { spec: { vcpus: 1, ram_bytes: RAM_BYTES } } });
  const { name } = machine!;
  await client.guest.SpawnProcess({ parent: name, path: '/bin/mul', image: PROGRAM, arguments: ['mul', REPEATS] });
  await client.machines.StartMachine({ name });
}

async function makeIdle(client: UintrClient): Promise<void> {
  await client.machines.CreateMachine({ parent: PARENT, machine: { spec: { ram_bytes: RAM_BYTES } } });
}

async function makeAll<T>(count: number, make: () => Promise<T>): Promise<T[]> {
  const made: T[] = [];
  while (made.length < count) made.push(...(await Promise.all(Array.from({ length: Math.min(MADE_AT_ONCE, count - made.length) }, make))));
  return made;
}

interface Clients {
  /** They call until their time is over. Milliseconds of the calls, each by its number in CALLS; and what has failed. */
  run(): Promise<{ readonly numbers: readonly number[]; readonly milliseconds: readonly number[]; readonly errors: readonly string[] }>;
  /** Calls that have ended. */
  readonly calls: number;
}

/** All are connected. */
async function connectClients(count: number, options: Omit<ClientThreadOptions, 'turns' | 'calls'>): Promise<Clients> {
  const calls = new Int32Array(new SharedArrayBuffer(4));
  const turns = Array.from({ length: count }, (_unused, at) => at * 7);
  const threads = Array.from(
    { length: Math.min(CLIENT_THREADS, count) },
    (_unused, at) =>
      new Worker(new URL('load/client-thread.ts', import.meta.url), {
        resourceLimits: { maxYoungGenerationSizeMb: CLIENT_YOUNG_MEBIBYTES },
        workerData: { ...options, calls, turns: turns.filter((turn) => turn % CLIENT_THREADS === at) } satisfies ClientThreadOptions,
      }),
  );
  await Promise.all(threads.map((thread) => once(thread, 'message')));
  return {
    async run() {
      const ends = await Promise.all(
        threads.map(async (thread) => {
          const end = once(thread, 'message') as Promise<[ClientThreadNews]>;
          thread.postMessage('begin');
          const [news] = await end;
          if (news.kind !== 'done') throw new Error(`a thread of clients says ${news.kind}`);
          return news;
        }),
      );
      return {
        numbers: ends.flatMap(({ numbers }) => [...numbers]),
        milliseconds: ends.flatMap(({ milliseconds }) => [...milliseconds]),
        errors: ends.flatMap(({ errors }) => errors),
      };
    },
    get calls() {
      return calls[0]!;
    },
  };
}

function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]!;
}

export async function loadSuite({ load, progress }: SuiteOptions): Promise<Row[]> {
  const { minutes, machines, active, clients: clientCount, durable } = load;
  const folder = durable ? mkdtempSync(join(tmpdir(), 'uintrd-load-')) : null;
  const kept = folder === null ? [] : ['--data-dir', join(folder, 'data')];
  const daemon = await startLocalDaemon(['--max-machines', String(machines), '--event-log-bytes', String(EVENT_LOG_BYTES), ...kept]);
  const client = connect(daemon.endpoint);
  const idle: number[] = [];
  const resident: { readonly at: number; readonly bytes: number }[] = [];
  try {
    const empty = residentBytes(daemon.pid);
    const computing = Math.floor(active / ONE_IN_COMPUTES);
    await makeAll(machines - active, () => makeIdle(client));
    const pairs = await makeAll(active - computing, () => makePair(client));
    const bytesEach = (residentBytes(daemon.pid) - empty) / (machines - computing);
    progress(`load: ${machines} machines, ${(bytesEach / 2 ** 20).toFixed(2)} MiB resident each`);
    await callInTurn(
      client,
      pairs,
      0,
      () => idle.length >= 2 * IDLE_CALLS,
      0,
      (_call, milliseconds) => idle.push(milliseconds),
    );
    const idleMedian = median(idle.slice(IDLE_CALLS));
    await makeAll(computing, () => makeComputing(client));

    const whole = minutes * 60_000;
    const restMilliseconds = (clientCount / CALLS_A_SECOND) * 1000;
    const { endpoint } = daemon;
    const clients = await connectClients(clientCount, { endpoint, pairs, milliseconds: whole, restMilliseconds });
    const start = performance.now();
    const watching = (async (): Promise<void> => {
      for (let told = 0, at = 0; at < whole; at = performance.now() - start) {
        resident.push({ at, bytes: residentBytes(daemon.pid) });
        if (at >= told) {
          told += 30_000;
          progress(`load: ${Math.round(at / 1000)} s, ${clients.calls} calls, ${Math.round(resident.at(-1)!.bytes / 2 ** 20)} MiB`);
        }
        await pause(SAMPLE_MILLISECONDS);
      }
    })();
    const [{ numbers, milliseconds, errors }] = await Promise.all([clients.run(), watching]);
    for (const error of errors.slice(0, 5)) progress(`load: ${error}`);

    const slow = percentile(milliseconds, 0.99);
    for (const [number, [name]] of CALLS.entries()) {
      const its = milliseconds.filter((_milliseconds, at) => numbers[at] === number);
      const figures = [0.5, 0.9, 0.99, 0.999].map((part) => percentile(its, part).toFixed(1));
      progress(`load: ${name}: ${figures.join(', ')} ms at 50, 90, 99, 99.9 %`);
    }
    const warm = resident.filter(({ at }) => at >= whole * WARM_UP).map(({ bytes }) => bytes);
    const [first, last] = [warm.slice(0, warm.length >> 2), warm.slice(-(warm.length >> 2))];
    return [
      bound('load', 'calls that failed', errors.length, 'calls', 'at most', 0),
      row('load', 'calls', milliseconds.length / (whole / 1000), 'calls/s'),
      row('load', 'median of an idle lab', idleMedian, 'ms'),
      row('load', 'median', median(milliseconds), 'ms'),
      bound('load', '99th percentile', slow, 'ms', 'at most', idleMedian * TARGETS.slow),
      row('load', 'resident memory of a machine', bytesEach / 2 ** 20, 'MiB'),
      row('load', 'resident memory after the warm-up', median(first) / 2 ** 20, 'MiB'),
      bound('load', 'of that at the end', median(last) / median(first), 'ratio', 'at most', TARGETS.growth),
    ];
  } finally {
    client.close();
    await daemon.stop();
    if (folder !== null) rmSync(folder, { recursive: true });
  }
}
