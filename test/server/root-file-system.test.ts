// Machines that start with a root file system, by the API with real machines.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { uploadArtifact } from '../../clients/ts/upload.ts';
import { WORKER_MODULE } from '../../src/server/worker-port.ts';
import { tar } from '../machine/archive/make-tar.ts';
import { failure, newMachine, PROJECT, startTestDaemon } from './harness.ts';
import type { TestDaemon } from './harness.ts';
import type { UintrClient } from '../../clients/ts/client.ts';

let daemon: TestDaemon;
let client: UintrClient;
beforeAll(async () => {
  daemon = await startTestDaemon([], WORKER_MODULE);
  ({ client } = daemon);
});
afterAll(() => daemon.stop());

const hello = readFileSync(new URL('../../guests/bin/hello', import.meta.url));
const archive = gzipSync(tar({ name: 'opt/hello', mode: '0000755\0', data: hello }, { name: 'etc/note', data: 'from the root' }));
const sha256 = createHash('sha256').update(archive).digest('hex');
const bytesHeld = async (): Promise<number> => Number((await client.lab.GetServerInfo({})).artifact_bytes);
const note = async (parent: string): Promise<string> =>
  Buffer.from((await client.guest.ReadFile({ parent, path: '/etc/note' })).data).toString();

it('a machine keeps its root when the artifact is deleted, and has it again after a reset', async () => {
  const artifact = await uploadArtifact(client, archive);
  const [name, other] = await Promise.all([1, 2].map(() => newMachine(client, { start: false, spec: { root: { artifact, sha256 } } })));
  await client.artifacts.DeleteArtifact({ name: artifact });
  expect((await client.machines.GetMachine({ name: name! })).machine!.spec!.root).toEqual({ artifact, sha256 });
  expect(await failure(newMachine(client, { spec: { root: { artifact } } }))).toMatchObject({ reason: 'ARTIFACT_NOT_FOUND' });

  await client.guest.WriteFile({ parent: name!, file: { path: '/etc/note', data: Buffer.from('changed') } });
  expect(await note(name!)).toBe('changed');
  await client.machines.ResetMachine({ name: name! });
  expect(await note(name!)).toBe('from the root');

  const { process } = await client.guest.SpawnProcess({ parent: name!, path: '/opt/hello' });
  await client.machines.StartMachine({ name: name! });
  expect(await client.guest.WaitProcess({ name: process!.name })).toMatchObject({ reason: 'REASON_EXITED', process: { exit_code: 0 } });

  // It counts as long as a machine has it.
  expect(await bytesHeld()).toBe(archive.length);
  await client.machines.DeleteMachine({ name: name! });
  expect(await bytesHeld()).toBe(archive.length);
  await client.machines.DeleteMachine({ name: other! });
  expect(await bytesHeld()).toBe(0);
});

it('an archive that is refused makes no machine', async () => {
  const artifact = await uploadArtifact(client, tar({ name: 'good' }, { name: '../bad' }));
  const request = { parent: PROJECT, machine_id: 'refused', machine: { spec: { root: { artifact } } } };
  const refused = await failure(client.machines.CreateMachine(request));
  expect(refused).toMatchObject({ status: 'FAILED_PRECONDITION', reason: 'BAD_ARCHIVE', metadata: { entry: '../bad' } });
  expect(refused.message).toContain(`${artifact}: ../bad: `);
  expect(await failure(client.machines.GetMachine({ name: `${PROJECT}/machines/refused` }))).toMatchObject({ reason: 'MACHINE_NOT_FOUND' });
  expect((await client.machines.ListMachines({ parent: PROJECT })).machines).toEqual([]);
  await client.artifacts.DeleteArtifact({ name: artifact });
  expect(await bytesHeld()).toBe(0);
});

it('another sum than the artifact has, and no artifact', async () => {
  const artifact = await uploadArtifact(client, archive);
  expect(await failure(newMachine(client, { spec: { root: { artifact, sha256: '0'.repeat(64) } } }))).toMatchObject({
    reason: 'CHECKSUM_MISMATCH',
  });
  await client.artifacts.DeleteArtifact({ name: artifact });
  expect(await bytesHeld()).toBe(0);
  for (const root of [{}, { artifact: 'mine' }, { artifact, sha256: 'x' }])
    expect(await failure(newMachine(client, { spec: { root } }))).toMatchObject({
      fieldViolations: [{ field: expect.stringContaining('machine.spec.root') as string }],
    });
});
