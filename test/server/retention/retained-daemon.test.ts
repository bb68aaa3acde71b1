// Retention in a daemon with short ages: what is old goes with its bytes, what is needed or pinned stays, and who asks is told why; also after
// kill -9 in the middle of it.

import { createHash, randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkDirectory } from '../../../src/server/upkeep/check.ts';
import { tar } from '../../machine/archive/make-tar.ts';
import { KilledDaemon } from '../durable/killed-daemon.ts';
import { failure, newMachine, PROJECT } from '../harness.ts';
import { guestImage } from '../remote-harness.ts';

const SPEC = { ram_bytes: 32n << 20n };
const flags = (settings: Readonly<Record<string, number>>): string[] =>
  Object.entries({ 'retention-ms': 20, ...settings }).flatMap(([flag, value]) => [`--${flag}`, String(value)]);
let daemon: KilledDaemon;
beforeEach(() => {
  daemon = new KilledDaemon();
});
afterEach(() => daemon.remove());

async function upload(bytes: Buffer, artifact_id: string): Promise<string> {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const { artifact } = await daemon.client.artifacts.UploadArtifact([
    { header: { parent: PROJECT, artifact_id, sha256 } },
    { chunk: bytes },
  ]);
  return artifact!.name;
}
async function ran(id: string, spec: object = SPEC): Promise<string> {
  const machine = await newMachine(daemon.client, { start: false, id, spec });
  await daemon.client.guest.SpawnProcess({ parent: machine, path: '/bin/threads', image: guestImage('threads') });
  await daemon.client.machines.RunMachine({ name: machine, until_cycle: 50_000n });
  return machine;
}
/** Until this fails. */
async function gone(ask: () => Promise<unknown>) {
  for (;;) {
    const error = await ask().then(
      () => null,
      () => failure(ask),
    );
    if (error) return error;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
const blobs = (): number =>
  (readdirSync(join(daemon.data, 'blobs'), { recursive: true }) as string[]).filter((name) => name.includes('/')).length;
const check = () => checkDirectory(daemon.data);

test('old snapshots, recordings and artifacts go; pinned ones, and what machines use, stay', async () => {
  await daemon.start();
  const { client } = daemon;
  const root = await upload(tar({ name: 'etc/note', data: 'x' }), 'root');
  const machine = await ran('one', { ...SPEC, root: { artifact: root } });
  const [old, pinned] = [
    (await client.snapshots.CreateSnapshot({ machine, snapshot_id: 'old' })).snapshot!.name,
    (await client.snapshots.CreateSnapshot({ machine, snapshot_id: 'pinned' })).snapshot!.name,
  ];
  const recording = (await client.snapshots.CreateSnapshot({ machine, snapshot_id: 'recording', recording: true })).snapshot!.name;
  const { snapshot } = await client.snapshots.UpdateSnapshot({
    snapshot: { name: pinned, pinned: true },
    update_mask: { paths: ['pinned'] },
  });
  expect(snapshot!.pinned).toBe(true);
  // From another snapshot, whose bytes are its own afterwards.
  const { machine: copy } = await client.snapshots.RestoreSnapshot({ name: old, new_machine: { machine_id: 'copy' } });
  const hash = async (name: string) => (await daemon.client.machines.GetMachineStats({ name, include_state_hash: true })).state_hash;
  const hashes = [await hash(machine), await hash(copy!.name)];
  const unused = await upload(randomBytes(1000), 'unused');

  // With the next daemon, ages have passed.
  await daemon.end('SIGTERM');
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const FLAGS = flags({ 'snapshot-keep-seconds': 1, 'recording-keep-seconds': 1, 'artifact-keep-seconds': 1 });
  await daemon.start(...FLAGS);
  const ask = (name: string) => () => daemon.client.snapshots.GetSnapshot({ name });
  const error = await gone(ask(old));
  expect(error).toMatchObject({ status: 'NOT_FOUND', reason: 'SNAPSHOT_NOT_FOUND', metadata: { removed_by: 'snapshot-keep-seconds' } });
  expect(error.message).toMatch(
    /^there is no snapshot .*\/old any more: it was removed by retention at \d{4}-.*Z, because snapshot-keep-seconds was 1$/,
  );
  expect((await gone(ask(recording))).message).toContain('because recording-keep-seconds was 1');
  expect((await gone(() => daemon.client.artifacts.GetArtifact({ name: unused }))).message).toContain(
    'because artifact-keep-seconds was 1',
  );
  expect((await daemon.client.snapshots.ListSnapshots({ parent: PROJECT })).snapshots.map(({ name }) => name)).toEqual([pinned]);
  expect((await daemon.client.artifacts.ListArtifacts({ parent: PROJECT })).artifacts.map(({ name }) => name)).toEqual([root]);
  const removed = () =>
    daemon.log.filter(({ msg }) => msg === 'removed by retention').reduce((sum, { snapshots = 0 }) => sum + Number(snapshots), 0);
  // A sweep says it when it is over.
  while (removed() === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(removed()).toBe(1);
  const { entries } = await daemon.client.audit.ListAuditEntries({ parent: PROJECT, filter: 'method = "retention"' });
  expect(entries.map(({ resource, reason }) => [resource, reason]).sort(([a], [b]) => a!.localeCompare(b!))).toEqual([
    [unused, 'artifact-keep-seconds'],
    [old, 'snapshot-keep-seconds'],
    [recording, 'recording-keep-seconds'],
  ]);
  // What came of it is as it was.
  for (const name of [machine, copy!.name]) await daemon.back(name);
  expect([await hash(machine), await hash(copy!.name)]).toEqual(hashes);

  await daemon.end('SIGKILL');
  expect(check()).toMatchObject({ isSound: true, findings: [] });
  await daemon.start(...FLAGS);
  for (const name of [machine, copy!.name]) await daemon.back(name);
  expect([await hash(machine), await hash(copy!.name)]).toEqual(hashes);
  expect((await failure(ask(old))).message).toContain('removed by retention');
  const again = await daemon.client.snapshots.RestoreSnapshot({ name: pinned, new_machine: { machine_id: 'again' } });
  expect(await hash(again.machine!.name)).toBe(hashes[0]);
  // The name is used again; whoever deletes it then is not retention.
  await daemon.client.snapshots.CreateSnapshot({ machine, snapshot_id: 'old' });
  await daemon.client.snapshots.UpdateSnapshot({ snapshot: { name: old, pinned: true }, update_mask: { paths: ['pinned'] } });
  await daemon.client.snapshots.DeleteSnapshot({ name: old });
  expect((await failure(ask(old))).message).toBe(`there is no snapshot ${old}`);
});

test('machines that have ended go, with their journals and events; used, leased and watched ones stay', async () => {
  await daemon.start();
  const names = [];
  for (const id of ['ended', 'leased', 'watched']) {
    const name = await ran(id);
    await daemon.client.machines.RunMachine({ name });
    expect((await daemon.client.machines.GetMachine({ name })).machine!.state_reason).toBe('quiescent');
    names.push(name);
  }
  const paused = await ran('paused');
  const [ended, leased, watched] = names as [string, string, string];
  await daemon.client.leases.CreateLease({ parent: PROJECT, machine: leased, ttl: { seconds: 600n, nanos: 0 } });
  const { uid } = (await daemon.client.machines.GetMachine({ name: ended })).machine!;
  await daemon.end('SIGTERM');
  await daemon.start(...flags({ 'machine-keep-seconds': 3 }));
  const stop = new AbortController();
  const stream = daemon.client.events.StreamEvents({ parent: watched }, { signal: stop.signal })[Symbol.asyncIterator]();
  await stream.next();
  const error = await gone(() => daemon.client.machines.GetMachine({ name: ended }));
  expect(error).toMatchObject({ reason: 'MACHINE_NOT_FOUND', metadata: { removed_by: 'machine-keep-seconds' } });
  expect((await failure(daemon.client.guest.ListProcesses({ parent: ended }))).message).toContain('because machine-keep-seconds was 3');
  const { machines } = await daemon.client.machines.ListMachines({ parent: PROJECT });
  expect(machines.map(({ name }) => name)).toEqual([leased, watched, paused]);
  stop.abort();
  await stream.next().catch(() => {});
  await gone(() => daemon.client.machines.GetMachine({ name: watched }));
  await daemon.client.machines.RunMachine({ name: paused, until_cycle: 60_000n });
  await daemon.end('SIGKILL');
  for (const folder of ['journals', 'events']) expect(readdirSync(join(daemon.data, folder))).not.toContain(uid);
  expect(check()).toMatchObject({ isSound: true });
});

test('killed while it removes, it loses nothing that is kept, and the next one tidies up', async () => {
  await daemon.start();
  const machine = await ran('one');
  for (let n = 0; n < 8; n++) {
    await daemon.client.machines.RunMachine({ name: machine, until_cycle: BigInt(51_000 + n * 1000) });
    await daemon.client.snapshots.CreateSnapshot({ machine, snapshot_id: `s${n}` });
    await upload(randomBytes(100_000), `a${n}`);
  }
  const kept = `${PROJECT}/snapshots/s5`;
  await daemon.client.snapshots.UpdateSnapshot({ snapshot: { name: kept, pinned: true }, update_mask: { paths: ['pinned'] } });
  await daemon.end('SIGTERM');
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const FLAGS = flags({ 'snapshot-keep-seconds': 1, 'artifact-keep-seconds': 1, 'retention-ms': 3_600_000 });
  const left = async () => (await daemon.client.snapshots.ListSnapshots({ parent: PROJECT })).snapshots.length;
  await daemon.start(...FLAGS);
  while ((await left()) > 5);
  await daemon.end('SIGKILL');
  const checked = check();
  expect(checked.isSound).toBe(true);
  expect(checked.findings.filter(({ kind }) => kind !== 'leftover')).toEqual([]);
  await daemon.start(...flags({ 'snapshot-keep-seconds': 1, 'artifact-keep-seconds': 1 }));
  while ((await left()) > 1 || (await daemon.client.artifacts.ListArtifacts({ parent: PROJECT })).artifacts.length > 0);
  await daemon.client.snapshots.RestoreSnapshot({ name: kept, new_machine: {} });
  const before = blobs();
  await daemon.end('SIGTERM');
  expect(check()).toMatchObject({ isSound: true, findings: [], blobs: { count: expect.any(Number) as number } });
  expect(before).toBeGreaterThan(0);
});
