// One round: load on a daemon, its death at a random moment, and what must hold of the one that is started after it.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { UintrClient } from '../../clients/ts/client.ts';
import { RemoteThread } from '../../clients/ts/remote-thread.ts';
import type { Event } from '../../src/gen/api.ts';
import type { KilledDaemon } from '../../test/server/durable/killed-daemon.ts';
import { cutPower } from './power-cut.ts';

const PROJECT = 'projects/default';
/** Where machines are compared: behind everything that a round does. */
const END = 200_000_000n;
const LONGEST_MILLISECONDS = 1200;
const image = new Uint8Array(readFileSync(new URL('../../guests/bin/uipi_spin.poc', import.meta.url)));

interface Load {
  readonly guest: Awaited<ReturnType<typeof guestMachine>>;
  readonly pair: string;
  readonly ring: string;
  operations: bigint;
  /** Sends that were answered, and where the machine was then. */
  sent: number;
  cycle: bigint;
  /** What the stream of the pair's events has brought. */
  readonly seen: Event[];
  token: string;
}

/** A machine whose guest was there before time began, so that it is the same whatever happens around it. */
async function guestMachine(client: UintrClient): Promise<{ readonly machine: string; readonly process: string }> {
  const { machine } = await client.machines.CreateMachine({ parent: PROJECT, machine: { spec: { ram_bytes: 32n << 20n } } });
  const { process } = await client.guest.SpawnProcess({ parent: machine!.name, path: '/bin/guest', image });
  return { machine: machine!.name, process: process!.name };
}

/** All that it has written to its standard output. */
async function outputOf(client: UintrClient, process: string): Promise<string> {
  const call = client.guest.AttachConsole();
  await call.write({ attach: { name: process, no_follow: true } });
  const pieces: Uint8Array[] = [];
  for await (const { output } of call) if (output) pieces.push(output.data);
  return Buffer.concat(pieces).toString();
}

interface Pair {
  readonly machine: string;
  send(): Promise<bigint>;
}

async function pairMachine(client: UintrClient): Promise<Pair> {
  const spec = { ram_bytes: 32n << 20n, time_mode: 'TIME_MODE_LOCKSTEP' } as const;
  const { machine } = await client.machines.CreateMachine({ parent: PROJECT, machine: { spec } });
  const receiver = await RemoteThread.create(client, machine!.name, { affinity: 1 });
  const sender = await RemoteThread.create(client, machine!.name, { affinity: 2 });
  await receiver.registerHandler();
  const { vector_fd } = await receiver.createVectorFd(1);
  const { uitt_index } = await sender.registerSender(vector_fd);
  // One call, one input: it is carried out or not.
  return { machine: machine!.name, send: async () => (await sender.sendUipi(uitt_index)).times!.end_cycle };
}

/** A ring of a remote thread. */
async function newRing(client: UintrClient): Promise<string> {
  const spec = { ram_bytes: 32n << 20n, time_mode: 'TIME_MODE_LOCKSTEP' } as const;
  const { machine } = await client.machines.CreateMachine({ parent: PROJECT, machine: { spec } });
  const thread = await RemoteThread.create(client, machine!.name, {});
  return (await client.uring.SetupRing({ thread: thread.name, entries: 8 })).ring!.name;
}

/** Writes what the ring's book has to remember until the completion is taken. */
async function operate(client: UintrClient, ring: string, number: bigint): Promise<void> {
  const entries = [{ user_data: number, openat: { path: '/tmp/f', open_flags: 0o102, mode: 0o644 } }];
  await client.uring.SubmitOps({ ring, entries });
  const { completions } = await client.uring.WaitCompletions({ ring, min_completions: 1 });
  if (!completions.some(({ user_data: its, result }) => its === number && result > 2))
    throw new Error(`the operation ${number} of ${ring} went wrong`);
}

const machinesOf = ({ guest, pair, ring }: Load): string[] => [guest.machine, pair, ring.replace(/\/rings\/.*/, '')];

async function hashAt(client: UintrClient, name: string): Promise<string> {
  await client.machines.RunMachine({ name, until_cycle: END });
  return (await client.machines.GetMachineStats({ name, include_state_hash: true })).state_hash;
}

async function follow(client: UintrClient, load: Load): Promise<void> {
  try {
    for await (const { events, resume_token } of client.events.StreamEvents({ parent: load.pair, max_latency: { nanos: 1_000_000 } })) {
      load.seen.push(...events);
      load.token = resume_token;
    }
  } catch {
    // The daemon has died.
  }
}

/** Throws with what does not hold. Answers the sends that were answered. */
export async function recoveryRound(daemon: KilledDaemon, control: UintrClient, random: () => number): Promise<number> {
  const { client } = daemon;
  const guest = await guestMachine(client);
  const pair = await pairMachine(client);
  const ring = await newRing(client);
  const load: Load = { guest, pair: pair.machine, ring, operations: 0n, sent: 0, cycle: 0n, seen: [], token: '' };
  const following = follow(client, load);
  await client.machines.StartMachine({ name: guest.machine });
  let alive = true;
  const sending = (async () => {
    while (alive) {
      load.cycle = await pair.send();
      load.sent++;
      if (load.sent % 50 === 0) await client.snapshots.CreateSnapshot({ machine: load.pair });
    }
  })().catch(() => {});
  const operating = (async () => {
    for (; alive; load.operations++) await operate(client, ring, load.operations + 1n);
  })().catch(() => {});
  await sleep(random() * LONGEST_MILLISECONDS);
  const power = random() < 0.5;
  await daemon.end('SIGKILL');
  alive = false;
  await Promise.all([sending, operating, following]);
  if (power) cutPower(join(daemon.data, 'journals'), random);
  await daemon.start();
  for (const name of machinesOf(load)) {
    await daemon.back(name);
    const { machine } = await daemon.client.machines.GetMachine({ name });
    if (machine!.state === 'MACHINE_STATE_CRASHED') throw new Error(`${name} did not come back: ${machine!.state_reason}`);
  }
  await check(daemon.client, control, load);
  return load.sent;
}

async function check(client: UintrClient, control: UintrClient, load: Load): Promise<void> {
  const { cycle } = await client.machines.GetMachineStats({ name: load.pair });
  if (cycle < load.cycle) throw new Error(`an answered call ended at ${load.cycle}, and the machine is at ${cycle}`);
  await checkEvents(client, load);
  await client.machines.PauseMachine({ name: load.guest.machine });
  const [guestHash, pairHash] = [await hashAt(client, load.guest.machine), await hashAt(client, load.pair)];
  const other = await guestMachine(control);
  if ((await hashAt(control, other.machine)) !== guestHash)
    throw new Error('the guest has another hash than one that was never interrupted');
  const [output, expected] = [await outputOf(client, load.guest.process), await outputOf(control, other.process)];
  if (output !== expected) throw new Error(`the guest has written ${output} instead of ${expected}`);
  await control.machines.DeleteMachine({ name: other.machine });
  await checkSends(control, load.sent, pairHash);
  await checkRing(client, load);
  for (const name of machinesOf(load)) await client.machines.DeleteMachine({ name });
}

/** The call that had no answer may have left its entry: its completion is taken, and the ring goes on. */
async function checkRing(client: UintrClient, { ring, operations }: Load): Promise<void> {
  await client.machines.RunMachine({ name: ring.replace(/\/rings\/.*/, ''), cycles: 10_000_000n });
  const left = await client.uring.WaitCompletions({ ring, max_completions: 8, timeout: { nanos: 1000 } });
  for (const { user_data: its } of left.completions)
    if (its !== operations + 1n) throw new Error(`the completion ${its} of ${ring} came twice`);
  await operate(client, ring, operations + 2n);
}

/** A call without an answer may have been carried out. */
async function checkSends(control: UintrClient, sends: number, hash: string): Promise<void> {
  const pair = await pairMachine(control);
  for (let i = 0; i < sends; i++) await pair.send();
  const { machine: fork } = await control.snapshots.ForkMachine({ name: pair.machine });
  const hashes = [await hashAt(control, fork!.name)];
  if (hashes[0] !== hash) {
    await pair.send();
    hashes.push(await hashAt(control, pair.machine));
  }
  if (!hashes.includes(hash))
    throw new Error(`after ${sends} answered sends the hash is ${hash}, of uninterrupted ones ${hashes.join(' or ')}`);
  for (const name of [fork!.name, pair.machine]) await control.machines.DeleteMachine({ name });
}

/** Those that were seen are there again, unchanged, and the stream goes on behind them. */
async function checkEvents(client: UintrClient, { pair, seen, token }: Load): Promise<void> {
  const again = new Map<bigint, string>();
  let page_token = '';
  do {
    const page = await client.events.ListEvents({ parent: pair, page_size: 1000, page_token });
    for (const event of page.events) again.set(event.sequence, text(event));
    page_token = page.next_page_token;
  } while (page_token !== '');
  const oldest = [...again.keys()][0] ?? 1n;
  for (const [at, event] of seen.entries()) {
    if (event.sequence !== seen[0]!.sequence + BigInt(at)) throw new Error(`event ${event.sequence} came after a gap or twice`);
    if (event.sequence >= oldest && again.get(event.sequence) !== text(event))
      throw new Error(`event ${event.sequence} is another one now`);
  }
  if (token === '') return;
  const next = seen.at(-1)!.sequence + 1n;
  if (!again.has(next)) return;
  for await (const { events } of client.events.StreamEvents({ parent: pair, resume_token: token })) {
    if (events.length === 0) continue;
    if (events[0]!.sequence !== next) throw new Error(`the stream resumed at ${events[0]!.sequence} instead of ${next}`);
    return;
  }
}

const text = (event: Event): string =>
  JSON.stringify(event, (_key, value: unknown) =>
    typeof value === 'bigint' ? `${value}n` : value instanceof Uint8Array ? [...value] : value,
  );
