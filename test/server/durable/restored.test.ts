// Machines made of a snapshot or put back to one use what lies in the store already: they outlive the snapshot, and what was deleted is refused.

import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WORKER_MODULE } from '../../../src/server/worker-port.ts';
import { DEFAULT_SPEC } from '../../../src/machine/machine-spec.ts';
import { MachineKeeper } from '../../../src/server/durable/machine-keeper.ts';
import { BlobStore } from '../../../src/server/store/blobs/blob-store.ts';
import { Store } from '../../../src/server/store/store.ts';
import { newMachine, PROJECT, startTestDaemon, type TestDaemon } from '../harness.ts';
import { guestImage } from '../remote-harness.ts';

let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'uintrd-restored-'));
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

const start = (): Promise<TestDaemon> => startTestDaemon(['--data-dir', join(data, 'data'), '--workers', '1'], WORKER_MODULE);
const blobs = (): string[] =>
  readdirSync(join(data, 'data', 'blobs'), { recursive: true }).filter((name) => String(name).length > 60) as string[];

test('machines of a snapshot share its blobs, and keep them when it is gone', async () => {
  let daemon = await start();
  const { client } = daemon;
  const hashOf = async (name: string): Promise<string> =>
    (await daemon.client.machines.GetMachineStats({ name, include_state_hash: true })).state_hash;
  const name = await newMachine(client, { id: 'one', start: false, spec: { ram_bytes: 16n << 20n } });
  await client.guest.SpawnProcess({ parent: name, path: '/bin/threads', image: guestImage('threads') });
  await client.machines.RunMachine({ name, until_cycle: 60_000n });
  const snapshot = `${PROJECT}/snapshots/s`;
  await client.snapshots.CreateSnapshot({ machine: name, snapshot_id: 's' });
  const hash = await hashOf(name);
  await client.machines.RunMachine({ name, cycles: 10_000n });
  const stored = blobs().length;
  await client.snapshots.RestoreSnapshot({ name: snapshot, machine: name });
  const { machine: other } = await client.snapshots.RestoreSnapshot({ name: snapshot, new_machine: { machine_id: 'other' } });
  // Of each what it had told, which is nothing: one and the same.
  expect(blobs().length).toBeLessThanOrEqual(stored + 1);
  await client.snapshots.DeleteSnapshot({ name: snapshot });
  await daemon.daemon.stop();
  daemon = await start();
  expect([await hashOf(name), await hashOf(other!.name)]).toEqual([hash, hash]);
  await daemon.stop();
}, 60_000);

test('an image that is no longer stored is refused, and the machine stays where it was', async () => {
  const store = new Store(':memory:');
  const blobStore = new BlobStore(join(data, 'blobs'));
  const keeper = new MachineKeeper(store, blobStore, join(data, 'journals'), 'e');
  const identity = { name: `${PROJECT}/machines/m`, uid: 'u', ordinal: 1, createTime: new Date(0), spec: DEFAULT_SPEC };
  const kept = await keeper.add(identity, {});
  const gone = { graph: '0'.repeat(64), pieces: [], position: {} as never, layout: '' };
  await expect(keeper.begin('u', 2, 2, gone, { events: null, consoles: [] })).rejects.toMatchObject({ code: 'SNAPSHOT_NOT_FOUND' });
  expect(keeper.get('u')).toEqual(kept);
  await blobStore.close();
});
