// The stream of events: how fast one JavaScript reader decodes a real log, what more readers cost the daemon while a machine runs,
// and what a reader that has stopped reading costs it in memory.

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { UintrClient } from '../clients/ts/client.ts';
import { apiTarget, type GrpcDriver, processorSeconds, residentBytes, type Target } from './grpc-driver.ts';
import type { SuiteOptions } from './main.ts';
import { median, type Row, row } from './row.ts';

const SUBSCRIBER = fileURLToPath(new URL('grpc-subscriber.ts', import.meta.url));
/** Two threads that interrupt each other: every event of user interrupts, and little else. */
const PING_PONG = new Uint8Array(readFileSync(new URL('../guests/bin/ping_pong.poc', import.meta.url)));
/** Of ping_pong; each is 20 events. */
const ROUND_TRIPS = 20_000;
const MANY = 8;
const BATCHES = [256, 4096];
/** Events a second; processor time with many readers over that with one; megabytes a stalled reader may take. */
const TARGET = { rate: 600_000, many: 2.5, stalled: 10 };
const MEGABYTE = 1e6;

async function newMachine(client: UintrClient): Promise<string> {
  const { machine } = await client.machines.CreateMachine({ parent: 'projects/default', machine: { spec: { vcpus: 2 } } });
  await client.machines.StartMachine({ name: machine!.name });
  return machine!.name;
}

/** Runs the guest to its end; the number of events that the machine has recorded by then. */
async function pingPong(client: UintrClient, parent: string): Promise<number> {
  const { process: guest } = await client.guest.SpawnProcess({
    parent,
    image: PING_PONG,
    path: '/bin/ping_pong',
    arguments: ['ping_pong', String(ROUND_TRIPS)],
  });
  await client.guest.WaitProcess({ name: guest!.name });
  return Number((await client.machines.GetMachineStats({ name: parent })).events);
}

const streamTarget = (endpoint: string, parent: string): Target =>
  apiTarget(endpoint, 'uintr.v1.EventService', 'StreamEvents', {
    parent,
    overflow_policy: 'OVERFLOW_POLICY_FAIL',
    // The first response comes soon, even before the first event.
    heartbeat_interval: { nanos: 100_000_000 },
  });

/** Microseconds of the whole daemon's processor time an event, with so many readers; the machine that makes the events included. */
async function liveCost(driver: GrpcDriver, client: UintrClient, endpoint: string, pid: number, readers: number): Promise<number> {
  const parent = await newMachine(client);
  const streams = readers > 0 ? await driver.streams(streamTarget(endpoint, parent), readers) : undefined;
  const before = processorSeconds(pid);
  const events = await pingPong(client, parent);
  // Ends the streams once they have brought everything.
  await client.machines.DeleteMachine({ name: parent });
  const result = await streams?.result;
  if (result !== undefined && result.errors > 0) throw new Error(`${result.errors} of ${readers} streams failed`);
  return ((processorSeconds(pid) - before) / events) * 1e6;
}

interface Reading {
  readonly rate: readonly number[];
  readonly processor_us: readonly number[];
}

function readLog(endpoint: string, parent: string, events: number, batch: number, passes: number): Promise<Reading> {
  const child = spawn(process.execPath, [SUBSCRIBER, endpoint, parent, String(events), String(batch), String(passes)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part));
  return new Promise((resolve, reject) => {
    child.on('close', (code) =>
      code === 0 ? resolve(JSON.parse(text) as Reading) : reject(new Error(`the subscriber ended with code ${code}`)),
    );
  });
}

export async function eventStreams(
  driver: GrpcDriver,
  client: UintrClient,
  endpoint: string,
  pid: number,
  options: SuiteOptions,
): Promise<Row[]> {
  const rows: Row[] = [];
  const parent = await newMachine(client);
  const events = await pingPong(client, parent);
  for (const batch of BATCHES) {
    options.progress(`grpc: ${events} events read by one JavaScript subscriber, ${batch} a response`);
    const { rate, processor_us } = await readLog(endpoint, parent, events, batch, options.rounds);
    rows.push(row('grpc', `events decoded by JavaScript, ${batch} a response`, median(rate), 'events/s', 'target', TARGET.rate));
    rows.push(row('grpc', `events decoded by JavaScript, ${batch} a response`, median(processor_us), 'us reader processor/event'));
  }
  await client.machines.DeleteMachine({ name: parent });

  const counts = [0, 1, MANY];
  const costs = new Map<number, number[]>(counts.map((count) => [count, []]));
  for (const count of counts) await liveCost(driver, client, endpoint, pid, count);
  for (let round = 0; round < options.rounds; round++) {
    options.progress(`grpc: live events, round ${round + 1} of ${options.rounds}`);
    for (const [count, values] of costs) values.push(await liveCost(driver, client, endpoint, pid, count));
  }
  const cost = (count: number): number => median(costs.get(count)!);
  for (const count of counts) rows.push(row('grpc', `live events, ${count} readers`, cost(count), 'us daemon processor/event'));
  rows.push(row('grpc', `live events, ${MANY} readers, times one`, cost(MANY) / cost(1), 'ratio', 'target', TARGET.many));
  const delivered = (cost(MANY) - cost(0)) / MANY;
  rows.push(row('grpc', 'live events, each further reader', delivered, 'us daemon processor/event'));
  return rows;
}

/** Resident bytes once nothing moves them any more. */
async function settledBytes(pid: number): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let n = 0; n < 10; n++) {
    await sleep(100);
    least = Math.min(least, residentBytes(pid));
  }
  return least;
}

export async function stalledReader(
  driver: GrpcDriver,
  client: UintrClient,
  endpoint: string,
  pid: number,
  options: SuiteOptions,
): Promise<Row[]> {
  const growth: number[] = [];
  const parent = await newMachine(client);
  // Until the log has reached its limit and drops what is oldest: from then on it does not grow.
  for (;;) {
    await pingPong(client, parent);
    const { oldest_sequence } = await client.events.ListEvents({ parent, page_size: 1 });
    if (oldest_sequence > 1n) break;
  }
  for (let n = 0; n < 3; n++) await pingPong(client, parent);
  for (let round = 0; round < options.rounds; round++) {
    options.progress(`grpc: stalled reader, round ${round + 1} of ${options.rounds}`);
    const before = await settledBytes(pid);
    const request = { parent, max_batch_events: 4096, overflow_policy: 'OVERFLOW_POLICY_DROP' };
    const end = await driver.stall(apiTarget(endpoint, 'uintr.v1.EventService', 'StreamEvents', request));
    for (let n = 0; n < 2; n++) await pingPong(client, parent);
    growth.push((await settledBytes(pid)) - before);
    await end();
  }
  return [row('grpc', 'daemon growth by a stalled reader', median(growth) / MEGABYTE, 'MB resident', 'target', TARGET.stalled)];
}
