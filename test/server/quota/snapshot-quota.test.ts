// The quota of snapshot_bytes, and what counts for it: in each project what its snapshots need together, whoever is deleted in which order.

import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WORKER_MODULE } from '../../../src/server/worker-port.ts';
import { failure, startTestDaemon, type TestDaemon } from '../harness.ts';
import { guestImage } from '../remote-harness.ts';
import type { UintrClient } from '../../../clients/ts/client.ts';
import type { Snapshot } from '../../../src/gen/api.ts';

const base = mkdtempSync(join(tmpdir(), 'uintrd-snapshot-quota-'));
let daemon: TestDaemon;
let client: UintrClient;
beforeAll(async () => {
  daemon = await startTestDaemon(['--data-dir', join(base, 'data')], WORKER_MODULE);
  client = daemon.client;
});
afterAll(async () => {
  await daemon.stop();
  rmSync(base, { recursive: true, force: true });
});

async function machineIn(parent: string): Promise<string> {
  const { machine } = await client.machines.CreateMachine({ parent, machine: { spec: { ram_bytes: 32n << 20n } } });
  await client.guest.SpawnProcess({ parent: machine!.name, path: '/bin/threads', image: guestImage('threads') });
  return machine!.name;
}
const project = async (id: string, snapshot_bytes = 0n): Promise<string> =>
  (await client.projects.CreateProject({ project_id: id, project: { quota: { snapshot_bytes } } })).project!.name;
const snap = async (machine: string, at_cycle?: bigint): Promise<Snapshot> =>
  (await client.snapshots.CreateSnapshot(at_cycle === undefined ? { machine } : { machine, at_cycle })).snapshot!;
const usage = async (name: string): Promise<number> => Number((await client.projects.GetProject({ name })).project!.usage!.snapshot_bytes);
const stored = async (name: string): Promise<number> => Number((await client.snapshots.GetSnapshot({ name })).snapshot!.stored_bytes);
const allow = (name: string, snapshot_bytes: number) =>
  client.projects.UpdateProject({
    project: { name, quota: { snapshot_bytes: BigInt(snapshot_bytes) } },
    update_mask: { paths: ['quota.snapshot_bytes'] },
  });
const exceeded = (present: number, asked: string) => ({
  status: 'RESOURCE_EXHAUSTED',
  reason: 'QUOTA_EXCEEDED',
  metadata: expect.objectContaining({ quota: 'snapshot_bytes', present: String(present), asked }) as object,
});
const blobs = (): string[] =>
  (readdirSync(join(base, 'data', 'blobs'), { recursive: true }) as string[]).filter((name) => name.includes('/'));
const fileBytes = async (name: string): Promise<Uint8Array[]> => {
  const chunks: Uint8Array[] = [];
  for await (const { chunk } of client.snapshots.ExportSnapshot({ name })) chunks.push(chunk);
  return chunks;
};
const take = (parent: string, chunks: readonly Uint8Array[]) =>
  client.snapshots.ImportSnapshot([{ header: { parent } }, ...chunks.map((chunk) => ({ chunk }))]);

test('what snapshots share counts once, with the oldest, and passes on when that goes', async () => {
  const parent = await project('sharing');
  const machine = await machineIn(parent);
  const first = await snap(machine, 50_000n);
  const second = await snap(machine, 60_000n);
  const third = await snap(machine);
  expect(third.stored_bytes).toBe(0n);
  expect(second.stored_bytes).toBeGreaterThan(0n);
  const held = (): number => blobs().reduce((sum, name) => sum + statSync(join(base, 'data', 'blobs', name)).size, 0);
  // Nothing else is in this directory.
  expect(await usage(parent)).toBe(held());
  for (const { name } of [first, second]) {
    await client.snapshots.DeleteSnapshot({ name });
    expect(await usage(parent)).toBe(held());
  }
  expect(await stored(third.name)).toBe(held());
  await client.snapshots.DeleteSnapshot({ name: third.name });
  expect([await usage(parent), blobs()]).toEqual([0, []]);
});

test('each project counts what its own need, whatever others have', async () => {
  const [one, other] = [await project('one'), await project('other')];
  const original = await snap(await machineIn(one), 50_000n);
  const { snapshot } = await take(other, await fileBytes(original.name));
  expect(await usage(other)).toBe(await usage(one));
  await client.snapshots.DeleteSnapshot({ name: original.name });
  expect([await usage(one), await usage(other)]).toEqual([0, Number(snapshot!.stored_bytes)]);
  await client.snapshots.DeleteSnapshot({ name: snapshot!.name });
});

test('a snapshot or an import beyond the quota is refused and leaves nothing; a fork and what the daemon saves do not count', async () => {
  const parent = await project('bounded');
  const machine = await machineIn(parent);
  const { name, stored_bytes: size } = await snap(machine, 50_000n);
  const chunks = await fileBytes(name);
  await allow(parent, Number(size) + 10);
  const before = blobs().length;
  // The next one needs a graph of its own.
  const refused = await failure(snap(machine, 60_000n));
  expect(refused).toMatchObject(exceeded(Number(size), expect.stringMatching(/^\d{3,}$/) as string));
  expect(refused.message).toContain('uintrctl project set bounded --quota snapshot_bytes=');
  expect(blobs()).toHaveLength(before);
  // One that is already there costs nothing.
  expect((await take(parent, chunks)).snapshot!.stored_bytes).toBe(0n);
  // Lowered, nothing goes, and the machine is not bothered for one that cannot be.
  await allow(parent, 1);
  expect(await failure(snap(machine, 70_000n))).toMatchObject(exceeded(Number(size), '1'));
  expect((await client.machines.GetMachine({ name: machine })).machine!.cycle).toBe(60_000n);
  expect((await client.snapshots.ListSnapshots({ parent })).snapshots).toHaveLength(2);
  expect(await failure(take(await project('tiny', 1000n), chunks))).toMatchObject({ reason: 'QUOTA_EXCEEDED' });
  await client.snapshots.ForkMachine({ name: machine });
  await client.machines.ParkMachine({ name: machine });
  expect(await usage(parent)).toBe(Number(size));
});
