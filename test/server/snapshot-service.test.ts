// Snapshots over the API: a machine that is put back, forked or carried elsewhere does what the captured one did; damage is refused.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WORKER_MODULE } from '../../src/server/worker-port.ts';
import { failure, newMachine, PROJECT, startTestDaemon, type TestDaemon } from './harness.ts';
import { guestImage } from './remote-harness.ts';
import type { UintrClient } from '../../clients/ts/client.ts';
import type { ImportSnapshotResponse, Snapshot } from '../../src/gen/api.ts';

const SPEC = { ram_bytes: 32n << 20n };
const base = mkdtempSync(join(tmpdir(), 'uintrd-snapshots-'));
let daemon: TestDaemon;
let client: UintrClient;
let machine: string;

beforeAll(async () => {
  daemon = await startTestDaemon(['--data-dir', join(base, 'data')], WORKER_MODULE);
  client = daemon.client;
  machine = await newMachine(client, { start: false, spec: SPEC });
  await client.guest.SpawnProcess({ parent: machine, path: '/bin/threads', image: guestImage('threads') });
  await client.machines.RunMachine({ name: machine, until_cycle: 50_000n });
});
afterAll(async () => {
  await daemon.stop();
  rmSync(base, { recursive: true, force: true });
});

/** Hash and events of a machine once it has run on to this cycle. */
async function future(name: string, cycle: bigint): Promise<{ hash: string; events: unknown[] }> {
  await client.machines.RunMachine({ name, until_cycle: cycle });
  const { state_hash: hash } = await client.machines.GetMachineStats({ name, include_state_hash: true });
  const { events } = await client.events.ListEvents({ parent: name, page_size: 1000 });
  // Others were paused otherwise.
  const guests = events.filter((event) => event.machine_state === undefined);
  return { hash, events: guests.map(({ sequence: _numbered, ...event }) => event) };
}

async function bytesOf(name: string): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const { chunk } of client.snapshots.ExportSnapshot({ name })) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function importing(bytes: Uint8Array, on = client): Promise<ImportSnapshotResponse> {
  const pieces = [];
  for (let at = 0; at < bytes.length; at += 100_003) pieces.push({ chunk: bytes.subarray(at, at + 100_003) });
  return on.snapshots.ImportSnapshot([{ header: { parent: PROJECT } }, ...pieces]);
}

const afterwards = (events: readonly unknown[]): unknown[] => events.filter((event) => (event as { cycle: bigint }).cycle >= 50_000n);

describe('a snapshot', () => {
  test('says what it is of, and is listed', async () => {
    const { snapshot } = await client.snapshots.CreateSnapshot({ machine, snapshot_id: 's1', labels: { why: 'test' } });
    expect(snapshot).toMatchObject({
      name: `${PROJECT}/snapshots/s1`,
      machine,
      cycle: 50_000n,
      state: 'MACHINE_STATE_PAUSED',
      labels: { why: 'test' },
      spec: SPEC,
    });
    expect(snapshot!.touched_bytes).toBeGreaterThan(100_000n);
    expect(snapshot!.stored_bytes).toBeLessThan(snapshot!.touched_bytes);
    expect((await client.snapshots.ListSnapshots({ parent: PROJECT })).snapshots).toEqual([snapshot]);
    expect((await failure(client.snapshots.CreateSnapshot({ machine, snapshot_id: 's1' }))).reason).toBe('ALREADY_EXISTS');
  });

  test('puts its machine back, and makes new ones, that go on alike', async () => {
    const original = await future(machine, 200_000n);
    const { machine: made } = await client.snapshots.RestoreSnapshot({
      name: `${PROJECT}/snapshots/s1`,
      new_machine: { machine_id: 'copy' },
    });
    expect(made).toMatchObject({ name: `${PROJECT}/machines/copy`, state: 'MACHINE_STATE_PAUSED', cycle: 50_000n, incarnation: 1 });
    const copy = await future(made!.name, 200_000n);
    expect(copy.hash).toBe(original.hash);
    expect(copy.events).toEqual(afterwards(original.events));
    const { machine: back } = await client.snapshots.RestoreSnapshot({ name: `${PROJECT}/snapshots/s1`, machine });
    expect(back).toMatchObject({ cycle: 50_000n, incarnation: 2 });
    expect((await future(machine, 200_000n)).hash).toBe(original.hash);
    const gone = await failure(client.events.ListEvents({ parent: made!.name, start_sequence: 1n }));
    expect(gone.reason).toBe('HISTORY_GONE');
  });

  test('is not put into a machine of another spec', async () => {
    const other = await newMachine(client, { start: false, spec: { ...SPEC, seed: 1n } });
    const error = await failure(client.snapshots.RestoreSnapshot({ name: `${PROJECT}/snapshots/s1`, machine: other }));
    expect(error.fieldViolations).toMatchObject([{ field: 'machine', description: expect.stringMatching(/another spec/) as string }]);
  });

  test('can be of a cycle or an event to come, and none is kept of one that does not come', async () => {
    await client.snapshots.RestoreSnapshot({ name: `${PROJECT}/snapshots/s1`, machine });
    const { snapshot } = await client.snapshots.CreateSnapshot({ machine, at_cycle: 60_000n });
    expect(snapshot).toMatchObject({ cycle: 60_000n });
    const event = { kind: 'EVENT_KIND_PROCESS_EXITED' } as const;
    const exit = await client.snapshots.CreateSnapshot({ machine, at_event: event });
    expect(exit.snapshot!.cycle).toBeGreaterThan(60_000n);
    expect(await failure(client.snapshots.CreateSnapshot({ machine, at_cycle: 1n }))).toMatchObject({ status: 'INVALID_ARGUMENT' });
    expect(await failure(client.snapshots.CreateSnapshot({ machine, at_event: event }))).toMatchObject({ reason: 'WRONG_STATE' });
    expect((await client.snapshots.ListSnapshots({ parent: PROJECT })).snapshots).toHaveLength(3);
  });

  test('goes as one file to another daemon, which has no directory, and comes back', async () => {
    const file = await bytesOf(`${PROJECT}/snapshots/s1`);
    const elsewhere = await startTestDaemon([], WORKER_MODULE);
    try {
      const { snapshot } = await importing(file, elsewhere.client);
      const { machine: made } = await elsewhere.client.snapshots.RestoreSnapshot({ name: snapshot!.name, new_machine: {} });
      await elsewhere.client.machines.RunMachine({ name: made!.name, until_cycle: 200_000n });
      const { state_hash: hash } = await elsewhere.client.machines.GetMachineStats({ name: made!.name, include_state_hash: true });
      await client.snapshots.RestoreSnapshot({ name: `${PROJECT}/snapshots/s1`, machine });
      expect(hash).toBe((await future(machine, 200_000n)).hash);
      expect((await importing(file)).snapshot).toMatchObject({ stored_bytes: 0n, cycle: 50_000n });
    } finally {
      await elsewhere.stop();
    }
  });

  const DAMAGES: readonly [what: string, damage: (file: Buffer) => Buffer, message: RegExp][] = [
    ['no snapshot', () => Buffer.from('not a snapshot at all'), /is no snapshot of uintrd \(at byte 0\)/],
    ['cut', (file) => file.subarray(0, file.length - 5), /ends early/],
    ['cut in the head', (file) => file.subarray(0, 300), /ends early/],
    ['longer', (file) => Buffer.concat([file, Buffer.from('x')]), /bytes behind its end/],
    ['of a later format', (file) => changed(file, 16, 2), /version 2 of the format/],
    ['with a changed head', (file) => changed(file, 200, file[200]! ^ 1), /sum of its head is wrong/],
    [
      'with a changed blob',
      (file) => changed(file, file.length - 9, file.at(-9)! ^ 1),
      /damaged: (its content has another sha256|it does not decompress)/,
    ],
  ];
  test.each(DAMAGES)('file that is %s is refused, and nothing of it kept', async (_what, damage, message) => {
    const file = damage(await bytesOf(`${PROJECT}/snapshots/s1`));
    const before = (await client.snapshots.ListSnapshots({ parent: PROJECT })).snapshots.length;
    const error = await failure(importing(file));
    expect(error.reason).toBe('BAD_SNAPSHOT');
    expect(error.message).toMatch(message);
    expect((await client.snapshots.ListSnapshots({ parent: PROJECT })).snapshots).toHaveLength(before);
  });

  test('whose blob was damaged on the disk is refused by name', async () => {
    const { snapshot } = await client.snapshots.CreateSnapshot({ machine, snapshot_id: 'rotten' });
    const blobs = join(base, 'data', 'blobs');
    for (const folder of readdirSync(blobs))
      for (const file of readdirSync(join(blobs, folder))) {
        const path = join(blobs, folder, file);
        const bytes = readFileSync(path);
        bytes[bytes.length >> 1]! ^= 1;
        writeFileSync(path, bytes);
      }
    const error = await failure(client.snapshots.RestoreSnapshot({ name: snapshot!.name, new_machine: {} }));
    expect(error).toMatchObject({
      reason: 'BAD_SNAPSHOT',
      message: expect.stringMatching(/rotten.*blob [0-9a-f]{64} is damaged.*backup/) as string,
    });
  });

  test('that is deleted takes its blobs along, but for those of others', async () => {
    // What machines are saved in are blobs too.
    for (const { name } of (await client.machines.ListMachines({ parent: PROJECT })).machines)
      await client.machines.DeleteMachine({ name });
    for (const { name } of (await client.snapshots.ListSnapshots({ parent: PROJECT })).snapshots)
      await client.snapshots.DeleteSnapshot({ name });
    const blobs = join(base, 'data', 'blobs');
    expect(readdirSync(blobs).flatMap((folder) => readdirSync(join(blobs, folder)))).toEqual([]);
    expect((await failure(client.snapshots.GetSnapshot({ name: `${PROJECT}/snapshots/s1` }))).reason).toBe('SNAPSHOT_NOT_FOUND');
  });
});

test('a fork goes its own way from where it was made', async () => {
  const origin = await newMachine(client, { start: false, spec: SPEC });
  await client.guest.SpawnProcess({ parent: origin, path: '/bin/threads', image: guestImage('threads') });
  await client.machines.RunMachine({ name: origin, until_cycle: 70_000n });
  const { machine: forked } = await client.snapshots.ForkMachine({ name: origin, new_machine: { labels: { fork: '1' } } });
  expect(forked).toMatchObject({ cycle: 70_000n, labels: { fork: '1' } });
  const later = await future(forked!.name, 300_000n);
  expect((await client.machines.GetMachine({ name: origin })).machine).toMatchObject({ cycle: 70_000n });
  expect((await future(origin, 300_000n)).hash).toBe(later.hash);
});

describe('a recording', () => {
  /** What leads to where the machine is: a program, a file and a signal while it runs, and a thread of a client. */
  async function recorded(on: UintrClient): Promise<{ name: string; snapshot: Snapshot }> {
    const name = await newMachine(on, { start: false, spec: { ...SPEC, time_mode: 'TIME_MODE_LOCKSTEP' } });
    const { process } = await on.guest.SpawnProcess({ parent: name, path: '/bin/threads', image: guestImage('threads') });
    await on.machines.RunMachine({ name, until_cycle: 40_000n });
    await on.guest.WriteFile({ parent: name, file: { path: '/tmp/note', data: Uint8Array.of(1) } });
    const { thread } = await on.guest.CreateRemoteThread({ parent: name });
    await on.guest.ExecuteSyscall({ thread: thread!.name, name: 'getpid' });
    await on.guest.SignalProcess({ name: process!.name, signal: 15 });
    await on.machines.RunMachine({ name, cycles: 30_000n });
    return { name, snapshot: (await on.snapshots.CreateSnapshot({ machine: name, recording: true })).snapshot! };
  }
  const hashOf = async (on: UintrClient, name: string) =>
    (await on.machines.GetMachineStats({ name, include_state_hash: true })).state_hash;

  test.each(['in memory', 'from a journal on disk'])(
    '%s runs again to an equal hash, on another daemon too, or stops on the way',
    async (where) => {
      const elsewhere = await startTestDaemon([], WORKER_MODULE);
      try {
        const on = where === 'in memory' ? elsewhere.client : client;
        const { name, snapshot } = await recorded(on);
        const hash = await hashOf(on, name);
        expect(snapshot).toMatchObject({ end_hash: hash, cycle: 0n });
        expect(snapshot.end_cycle).toBeGreaterThan(70_000n);
        const again = await on.snapshots.RestoreSnapshot({ name: snapshot.name, new_machine: {} });
        expect(again).toMatchObject({ state_hash: hash, machine: { state: 'MACHINE_STATE_PAUSED', cycle: snapshot.end_cycle } });
        expect(await hashOf(on, again.machine!.name)).toBe(hash);
        const part = await on.snapshots.RestoreSnapshot({ name: snapshot.name, new_machine: {}, to_cycle: 41_000n });
        expect(part).toMatchObject({ state_hash: '', machine: { cycle: 41_000n } });
        expect((await on.guest.ListProcesses({ parent: part.machine!.name })).processes[0]).toMatchObject({ state: 'STATE_RUNNING' });
        const chunks: Uint8Array[] = [];
        for await (const { chunk } of on.snapshots.ExportSnapshot({ name: snapshot.name })) chunks.push(chunk);
        const other = on === client ? elsewhere.client : client;
        const { snapshot: imported } = await importing(Buffer.concat(chunks), other);
        const there = await other.snapshots.RestoreSnapshot({ name: imported!.name, new_machine: {} });
        expect(there.state_hash).toBe(hash);
      } finally {
        await elsewhere.stop();
      }
    },
  );

  test('is refused where it makes no sense', async () => {
    const { name, snapshot } = await recorded(client);
    const plain = await client.snapshots.CreateSnapshot({ machine: name });
    const fields = async (call: Promise<unknown>) => (await failure(call)).fieldViolations.map(({ field }) => field);
    expect(await fields(client.snapshots.CreateSnapshot({ machine: name, recording: true, at_cycle: 1_000_000n }))).toEqual(['recording']);
    expect(await fields(client.snapshots.RestoreSnapshot({ name: plain.snapshot!.name, new_machine: {}, to_cycle: 1_000_000n }))).toEqual([
      'to_cycle',
    ]);
    expect(await fields(client.snapshots.RestoreSnapshot({ name: snapshot.name, machine: name }))).toEqual(['machine']);
    const elsewhere = await startTestDaemon([], WORKER_MODULE);
    try {
      const { snapshot: imported } = await importing(await bytesOf(plain.snapshot!.name), elsewhere.client);
      const { machine: made } = await elsewhere.client.snapshots.RestoreSnapshot({ name: imported!.name, new_machine: {} });
      expect(await failure(elsewhere.client.snapshots.CreateSnapshot({ machine: made!.name, recording: true }))).toMatchObject({
        reason: 'WRONG_STATE',
      });
    } finally {
      await elsewhere.stop();
    }
  });
});

test('snapshots outlive the daemon, and are bounded together', async () => {
  const flags = ['--data-dir', join(base, 'second'), '--max-snapshot-bytes', '400000'];
  const first = await startTestDaemon(flags, WORKER_MODULE);
  const name = await newMachine(first.client, { start: false, spec: SPEC });
  await first.client.guest.SpawnProcess({ parent: name, path: '/bin/hello', image: guestImage('hello') });
  const { snapshot } = await first.client.snapshots.CreateSnapshot({ machine: name, snapshot_id: 'kept' });
  await first.stop();
  const second = await startTestDaemon(flags, WORKER_MODULE);
  try {
    expect((await second.client.snapshots.GetSnapshot({ name: snapshot!.name })).snapshot).toEqual(snapshot);
    const { machine: made } = await second.client.snapshots.RestoreSnapshot({ name: snapshot!.name, new_machine: {} });
    await second.client.machines.RunMachine({ name: made!.name });
    await second.client.guest.SpawnProcess({ parent: made!.name, path: '/bin/threads', image: guestImage('threads') });
    let error: unknown;
    for (let i = 0; i < 20 && !error; i++) {
      await second.client.machines.RunMachine({ name: made!.name, cycles: 20_000n });
      error = await second.client.snapshots.CreateSnapshot({ machine: made!.name }).then(
        () => undefined,
        (failed: unknown) => failed,
      );
    }
    expect(error).toMatchObject({
      status: 'RESOURCE_EXHAUSTED',
      message: expect.stringMatching(/400000 bytes together: delete some/) as string,
    });
  } finally {
    await second.stop();
  }
});

function changed(file: Buffer, at: number, value: number): Buffer {
  const copy = Buffer.from(file);
  copy[at] = value;
  return copy;
}
