// What becomes of machines whose worker is lost: they come back from their journals on another, with whoever looked on none the wiser. What cannot
// come back, or loses one worker after the other, says why.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Machine } from '../../../src/gen/api.ts';
import { failure, newMachine, PROJECT, startTestDaemon, type TestDaemon } from '../harness.ts';
import { guestImage } from '../remote-harness.ts';

const SPEC = { ram_bytes: 16n << 20n };
let data: string;
let daemon: TestDaemon;
const start = async (): Promise<void> => {
  daemon = await startTestDaemon(['--data-dir', data, '--workers', '1'], new URL('mortal-worker.ts', import.meta.url));
};
beforeEach(async () => {
  data = mkdtempSync(join(tmpdir(), 'uintrd-lost-'));
  await start();
});
afterEach(async () => {
  await daemon.stop();
  rmSync(data, { recursive: true, force: true });
});

const stateOf = async (name: string): Promise<Machine> => (await daemon.client.machines.GetMachine({ name })).machine!;
const hashOf = async (name: string): Promise<string> =>
  (await daemon.client.machines.GetMachineStats({ name, include_state_hash: true })).state_hash;

/** What the next workers come to that have to do with the machine's journal. Answers where that is. */
async function order(name: string, what: 'write' | 'reopen' | 'create' | 'end-create' | 'end-close', times = 1): Promise<string> {
  const journal = join(data, 'journals', (await stateOf(name)).uid);
  writeFileSync(join(journal, what), String(times));
  return journal;
}

test('a machine whose worker is lost comes back with all that it has told; streams and consoles go on', async () => {
  const { client } = daemon;
  const machine = await newMachine(client, { id: 'one', start: false, spec: SPEC });
  const other = await newMachine(client, { id: 'other', start: false, spec: SPEC });
  const { process } = await client.guest.SpawnProcess({ parent: machine, path: '/bin/threads', image: guestImage('threads') });
  await client.machines.RunMachine({ name: machine, until_cycle: 60_000n });
  const hash = await hashOf(machine);
  const sequences: bigint[] = [];
  const over = new AbortController();
  const stream = client.events.StreamEvents({ parent: machine }, { signal: over.signal });
  const following = (async () => {
    for await (const { events } of stream) sequences.push(...events.map(({ sequence }) => sequence));
  })().catch(() => {});
  const console = client.guest.AttachConsole();
  await console.write({ attach: { name: process!.name } });
  await order(machine, 'write');
  const lost = await failure(client.guest.WriteFile({ parent: machine, file: { path: '/tmp/f', data: new Uint8Array(9) } }));
  expect(lost).toMatchObject({ status: 'UNAVAILABLE', reason: 'WORKER_LOST' });
  // The call waits until it is back.
  expect(await hashOf(machine)).toBe(hash);
  await client.guest.ListProcesses({ parent: other });
  expect(await stateOf(other)).toMatchObject({ state: 'MACHINE_STATE_CREATED', state_reason: '' });
  await client.machines.RunMachine({ name: machine });
  const written: Uint8Array[] = [];
  for await (const { output } of console) if (output) written.push(output.data);
  expect(Buffer.concat(written).toString()).toContain('\n');
  const { next_sequence: next } = await client.events.ListEvents({ parent: machine, page_size: 1000 });
  while (sequences.length < Number(next) - 1) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(sequences).toEqual(Array.from({ length: sequences.length }, (_unused, at) => BigInt(at) + 1n));
  // Once more, and it may be what brings them down; it says so, here and in the log.
  await order(machine, 'write');
  await failure(client.guest.WriteFile({ parent: machine, file: { path: '/tmp/f', data: new Uint8Array(9) } }));
  expect(await stateOf(machine)).toMatchObject({
    state: 'MACHINE_STATE_CRASHED',
    state_reason: expect.stringContaining('ENOSPC') as string,
  });
  expect(daemon.log.find(({ msg, machine: its }) => msg === 'crashed' && its === machine)).toMatchObject({
    reason: expect.stringContaining('ENOSPC') as string,
  });
  over.abort();
  await following;
}, 60_000);

test.each([
  [1, 'MACHINE_STATE_PAUSED', /^requested$/],
  [2, 'MACHINE_STATE_CRASHED', /its replay ended with the worker, 2 times, the last time so: .*exited with code 1/],
])(
  'a replay that brings down %d workers ends in %s',
  async (times, state, reason) => {
    const machine = await newMachine(daemon.client, { id: 'one', start: false, spec: SPEC });
    await daemon.client.guest.SpawnProcess({ parent: machine, path: '/bin/threads', image: guestImage('threads') });
    await daemon.client.machines.RunMachine({ name: machine, until_cycle: 60_000n });
    await order(machine, 'reopen', times);
    await daemon.stop();
    await start();
    await daemon.client.events.ListEvents({ parent: machine });
    const found = await stateOf(machine);
    expect(found).toMatchObject({ state });
    expect(found.state_reason).toMatch(reason);
  },
  60_000,
);

/** Of all events that there are, from the first on: without a gap. */
async function eventsOf(name: string): Promise<number> {
  const sequences: bigint[] = [];
  let token = '';
  do {
    // A page ends where memory begins, if the machine was saved meanwhile.
    const { events, next_page_token: next } = await daemon.client.events.ListEvents({ parent: name, page_size: 1000, page_token: token });
    sequences.push(...events.map(({ sequence }) => sequence));
    token = next;
  } while (token !== '');
  expect(sequences).toEqual(sequences.map((_sequence, at) => BigInt(at) + 1n));
  return sequences.length;
}

describe.each([
  ['reset', 'end-create', 'before'],
  // The journal has it.
  ['reset', 'end-close', 'after'],
  ['restored', 'end-create', 'before'],
  // What it was put back to is not kept yet.
  ['restored', 'end-close', 'before'],
] as const)('a machine whose worker is lost while it is being %s, at %s,', (what, moment, outcome) => {
  test(`comes back as it was ${outcome} that, and the call says what to do`, async () => {
    const { client } = daemon;
    const name = await newMachine(client, { id: 'one', start: false, spec: SPEC });
    const snapshot = `${PROJECT}/snapshots/first`;
    await client.snapshots.CreateSnapshot({ machine: name, snapshot_id: 'first' });
    const fresh = await hashOf(name);
    await client.guest.SpawnProcess({ parent: name, path: '/bin/threads', image: guestImage('threads') });
    await client.machines.RunMachine({ name, until_cycle: 60_000n });
    const [hash, events] = [await hashOf(name), await eventsOf(name)];
    const again = (): Promise<unknown> =>
      what === 'reset' ? client.machines.ResetMachine({ name }) : client.snapshots.RestoreSnapshot({ name: snapshot, machine: name });
    await order(name, moment);
    const error = await failure(again());
    expect(error).toMatchObject({ status: 'UNAVAILABLE', reason: 'WORKER_LOST' });
    expect(error.message).toMatch(/comes back as it was before the call, with incarnation 1, unless .* try again/);
    const expected =
      outcome === 'before'
        ? { state: 'MACHINE_STATE_PAUSED', incarnation: 1, hash, events }
        : { state: 'MACHINE_STATE_CREATED', incarnation: 2, hash: fresh, events: 1 };
    const found = async (): Promise<object> => {
      const [itsHash, itsEvents] = [await hashOf(name), await eventsOf(name)];
      const { state, incarnation } = await stateOf(name);
      return { state, incarnation, hash: itsHash, events: itsEvents };
    };
    expect(await found()).toEqual(expected);
    await daemon.stop();
    await start();
    expect(await found()).toEqual(expected);
    await (what === 'reset'
      ? daemon.client.machines.ResetMachine({ name })
      : daemon.client.snapshots.RestoreSnapshot({ name: snapshot, machine: name }));
    expect(await hashOf(name)).toBe(fresh);
    expect((await stateOf(name)).incarnation).toBe(expected.incarnation + 1);
  }, 60_000);
});

test('a machine that is put back to what cannot be kept is as it was, and what is done to it then is not lost', async () => {
  const { client } = daemon;
  const name = await newMachine(client, { id: 'one', start: false, spec: SPEC });
  await client.snapshots.CreateSnapshot({ machine: name, snapshot_id: 'first' });
  await client.guest.SpawnProcess({ parent: name, path: '/bin/threads', image: guestImage('threads') });
  const hash = await hashOf(name);
  const store = new DatabaseSync(join(data, 'uintrd.sqlite'));
  store.exec("CREATE TRIGGER full BEFORE UPDATE ON machines BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END");
  await failure(client.snapshots.RestoreSnapshot({ name: `${PROJECT}/snapshots/first`, machine: name }));
  store.exec('DROP TRIGGER full');
  store.close();
  expect(await hashOf(name)).toBe(hash);
  expect(await stateOf(name)).toMatchObject({ state: 'MACHINE_STATE_CREATED', incarnation: 1 });
  await client.guest.WriteFile({ parent: name, file: { path: '/tmp/f', data: new Uint8Array(9) } });
  const changed = await hashOf(name);
  expect(changed).not.toBe(hash);
  await daemon.stop();
  await start();
  expect(await hashOf(name)).toBe(changed);
}, 60_000);

test('a machine that cannot be saved is tried again by itself, and health says so meanwhile', async () => {
  const { client } = daemon;
  const machine = await newMachine(client, { id: 'one', start: false, spec: SPEC });
  await order(machine, 'create');
  await failure(client.machines.ParkMachine({ name: machine }));
  expect(await client.health.Check({})).toEqual({ status: 'NOT_SERVING' });
  expect(daemon.log.find(({ msg }) => String(msg).startsWith('could not be saved'))).toMatchObject({ machine, again_in_seconds: 1 });
  // It is as it was.
  await client.guest.WriteFile({ parent: machine, file: { path: '/tmp/f', data: new Uint8Array(9) } });
  while (!daemon.log.some(({ msg }) => msg === 'saved again')) await new Promise((resolve) => setTimeout(resolve, 50));
  expect(await client.health.Check({})).toEqual({ status: 'SERVING' });
  const hash = await hashOf(machine);
  await client.machines.ParkMachine({ name: machine });
  expect(await hashOf(machine)).toBe(hash);
}, 60_000);
