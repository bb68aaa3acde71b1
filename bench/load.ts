// Suite load: a lab of many machines for a long while. 500 machines are known, 100 of them active, 64 clients call: of the active machines
// one in ten computes by itself without an end, the others are pairs of remote threads that send each other user interrupts when a client
// says so. No call may fail, resident memory must stay where it was after the warm-up, and slow calls must not be slow beside an idle lab.
// --machines, --active, --clients and --minutes make it smaller.

import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { connect, type UintrClient } from '../clients/ts/client.ts';
import { startLocalDaemon } from '../clients/ts/local-daemon.ts';
import { RemoteThread } from '../clients/ts/remote-thread.ts';
import { residentBytes } from './grpc-driver.ts';
import type { SuiteOptions } from './main.ts';
import { bound, median, type Row, row } from './row.ts';

export interface LoadOptions {
  readonly minutes: number;
  readonly machines: number;
  readonly active: number;
  readonly clients: number;
}

const PARENT = 'projects/default';
const RAM_BYTES = 16 << 20;
const EVENT_LOG_BYTES = 1 << 18;
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

/** Two remote threads of one machine: one sends, the other's handler returns at once. */
interface Pair {
  readonly machine: string;
  readonly receiver: string;
  readonly sender: string;
  readonly uitt_index: number;
}

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

type Call = (client: UintrClient, pair: Pair) => Promise<unknown>;

/** What clients do, in turn. None of it waits. */
const CALLS: readonly (readonly [name: string, call: Call])[] = [
  ['SendUipi', (client, { sender, uitt_index }) => client.uintr.SendUipi({ thread: sender, uitt_index })],
  ['GetUintrState', (client, { receiver }) => client.uintr.GetUintrState({ name: receiver })],
  ['GetMachine', (client, { machine }) => client.machines.GetMachine({ name: machine })],
  ['SendUipis', (client, { sender, uitt_index }) => client.uintr.SendUipis({ thread: sender, uitt_indexes: [uitt_index, uitt_index] })],
  ['TestUserInterruptFlag', (client, { receiver }) => client.uintr.TestUserInterruptFlag({ thread: receiver })],
  ['GetMachineStats', (client, { machine }) => client.machines.GetMachineStats({ name: machine })],
  ['ListEvents', (client, { machine }) => client.events.ListEvents({ parent: machine, page_size: 16 })],
  ['ListMachines', (client) => client.machines.ListMachines({ parent: PARENT, page_size: 16 })],
];

interface Timed {
  readonly name: string;
  readonly milliseconds: number;
}

/** Calls, one after the other. */
async function callInTurn(
  client: UintrClient,
  pairs: readonly Pair[],
  from: number,
  isOver: () => boolean,
  restMilliseconds: number,
  timed: Timed[],
): Promise<void> {
  for (let turn = from; !isOver(); turn++) {
    const [name, call] = CALLS[turn % CALLS.length]!;
    const start = performance.now();
    await call(client, pairs[turn % pairs.length]!);
    timed.push({ name, milliseconds: performance.now() - start });
    if (restMilliseconds > 0) await pause(restMilliseconds * (0.5 + Math.random()));
  }
}

function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]!;
}

export async function loadSuite({ load, progress }: SuiteOptions): Promise<Row[]> {
  const { minutes, machines, active, clients: clientCount } = load;
  const daemon = await startLocalDaemon(['--max-machines', String(machines), '--event-log-bytes', String(EVENT_LOG_BYTES)]);
  const clients = Array.from({ length: clientCount }, () => connect(daemon.endpoint));
  const [client] = clients as [UintrClient];
  const calls: Timed[] = [];
  const idle: Timed[] = [];
  const resident: { readonly at: number; readonly bytes: number }[] = [];
  const errors: string[] = [];
  try {
    const empty = residentBytes(daemon.pid);
    const computing = Math.floor(active / ONE_IN_COMPUTES);
    await makeAll(machines - active, () => makeIdle(client));
    const pairs = await makeAll(active - computing, () => makePair(client));
    const bytesEach = (residentBytes(daemon.pid) - empty) / (machines - computing);
    progress(`load: ${machines} machines, ${(bytesEach / 2 ** 20).toFixed(2)} MiB resident each`);
    await callInTurn(client, pairs, 0, () => idle.length >= 2 * IDLE_CALLS, 0, idle);
    const idleMedian = median(idle.slice(IDLE_CALLS).map(({ milliseconds }) => milliseconds));
    await makeAll(computing, () => makeComputing(client));
    await Promise.all(clients.map((one) => one.machines.ListMachines({ parent: PARENT, page_size: 1 })));

    const start = performance.now();
    const whole = minutes * 60_000;
    const isOver = (): boolean => performance.now() - start >= whole;
    const rest = (clientCount / CALLS_A_SECOND) * 1000;
    const calling = clients.map((one, at) =>
      callInTurn(one, pairs, at * 7, isOver, rest, calls).catch((error: Error) => void errors.push(error.message)),
    );
    const watching = (async (): Promise<void> => {
      for (let told = 0; !isOver(); await pause(SAMPLE_MILLISECONDS)) {
        const at = performance.now() - start;
        resident.push({ at, bytes: residentBytes(daemon.pid) });
        if (at < told) continue;
        told += 30_000;
        progress(`load: ${Math.round(at / 1000)} s, ${calls.length} calls, ${resident.at(-1)!.bytes >> 20} MiB, ${errors.length} errors`);
      }
    })();
    await Promise.all([...calling, watching]);
    for (const error of errors.slice(0, 5)) progress(`load: ${error}`);

    const latencies = calls.map(({ milliseconds }) => milliseconds);
    const slow = percentile(latencies, 0.99);
    for (const [name] of CALLS) {
      const its = calls.filter((call) => call.name === name).map(({ milliseconds }) => milliseconds);
      const figures = [0.5, 0.9, 0.99, 0.999].map((part) => percentile(its, part).toFixed(1));
      progress(`load: ${name}: ${figures.join(', ')} ms at 50, 90, 99, 99.9 %`);
    }
    const warm = resident.filter(({ at }) => at >= whole * WARM_UP).map(({ bytes }) => bytes);
    const [first, last] = [warm.slice(0, warm.length >> 2), warm.slice(-(warm.length >> 2))];
    return [
      bound('load', 'calls that failed', errors.length, 'calls', 'at most', 0),
      row('load', 'calls', latencies.length / (whole / 1000), 'calls/s'),
      row('load', 'median of an idle lab', idleMedian, 'ms'),
      row('load', 'median', median(latencies), 'ms'),
      bound('load', '99th percentile', slow, 'ms', 'at most', idleMedian * TARGETS.slow),
      row('load', 'resident memory of a machine', bytesEach / 2 ** 20, 'MiB'),
      row('load', 'resident memory after the warm-up', median(first) / 2 ** 20, 'MiB'),
      bound('load', 'of that at the end', median(last) / median(first), 'ratio', 'at most', TARGETS.growth),
    ];
  } finally {
    for (const one of clients) one.close();
    await daemon.stop();
  }
}
