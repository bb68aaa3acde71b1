// Artifacts that outlive the daemon: whole after kill -9, each content once, and there for as long as a name or a machine has them.

import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkDirectory } from '../../../src/server/upkeep/check.ts';
import { tar } from '../../machine/archive/make-tar.ts';
import { KilledDaemon } from '../durable/killed-daemon.ts';
import { failure, newMachine, PROJECT } from '../harness.ts';

let daemon: KilledDaemon;
beforeEach(async () => {
  daemon = new KilledDaemon();
  await daemon.start();
});
afterEach(() => daemon.remove());

async function again(): Promise<void> {
  await daemon.end('SIGKILL');
  expect(checkDirectory(daemon.data)).toMatchObject({ isSound: true });
  await daemon.start();
}

async function upload(bytes: Buffer, artifact_id: string): Promise<string> {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const pieces = Array.from({ length: Math.ceil(bytes.length / (1 << 20)) }, (_, n) => ({ chunk: bytes.subarray(n << 20, (n + 1) << 20) }));
  const { artifact } = await daemon.client.artifacts.UploadArtifact([{ header: { parent: PROJECT, artifact_id, sha256 } }, ...pieces]);
  return artifact!.name;
}

async function content(name: string): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const { chunk } of daemon.client.artifacts.DownloadArtifact({ name })) pieces.push(chunk);
  return Buffer.concat(pieces);
}

const blobs = (): string[] =>
  (readdirSync(join(daemon.data, 'blobs'), { recursive: true }) as string[]).filter((name) => name.includes('/'));
const bytesHeld = async (): Promise<number> => Number((await daemon.client.lab.GetServerInfo({})).artifact_bytes);

test('they are there after kill -9, each content once, until no name has it', async () => {
  const bytes = randomBytes(3_000_000);
  const one = await upload(bytes, 'one');
  const before = (await daemon.client.artifacts.GetArtifact({ name: one })).artifact;
  const two = await upload(bytes, 'two');
  expect(blobs()).toHaveLength(1);
  await again();
  expect((await daemon.client.artifacts.GetArtifact({ name: one })).artifact).toEqual(before);
  expect((await content(two)).equals(bytes)).toBe(true);
  expect(await bytesHeld()).toBe(6_000_000);
  expect(await failure(upload(bytes, 'one'))).toMatchObject({ reason: 'ALREADY_EXISTS' });
  await daemon.client.artifacts.DeleteArtifact({ name: one });
  expect(blobs()).toHaveLength(1);
  await again();
  expect(await failure(content(one))).toMatchObject({ reason: 'ARTIFACT_NOT_FOUND' });
  await daemon.client.artifacts.DeleteArtifact({ name: two });
  expect([blobs(), await bytesHeld()]).toEqual([[], 0]);
});

test('one that is deleted counts until no machine uses it, also after a restart', async () => {
  const archive = tar({ name: 'etc/note', data: 'from the root' });
  const artifact = await upload(archive, 'root');
  const name = await newMachine(daemon.client, { start: false, spec: { ram_bytes: 32n << 20n, root: { artifact } } });
  await daemon.client.artifacts.DeleteArtifact({ name: artifact });
  await again();
  expect(await bytesHeld()).toBe(archive.length);
  const note = await daemon.client.guest.ReadFile({ parent: name, path: '/etc/note' });
  expect(Buffer.from(note.data).toString()).toBe('from the root');
  // The name is free.
  await upload(Buffer.from('another'), 'root');
  await daemon.client.machines.DeleteMachine({ name });
  expect(await bytesHeld()).toBe('another'.length);
  expect((await daemon.client.artifacts.ListArtifacts({ parent: PROJECT })).artifacts).toHaveLength(1);
});

test('one whose bytes are damaged is refused by name', async () => {
  const name = await upload(randomBytes(1000), 'bad');
  await daemon.end('SIGKILL');
  const path = join(daemon.data, 'blobs', blobs()[0]!);
  const bytes = readFileSync(path);
  bytes[500]! ^= 1;
  writeFileSync(path, bytes);
  const checked = checkDirectory(daemon.data);
  expect(checked.findings).toMatchObject([{ kind: 'damaged', owner: name, remedy: expect.stringMatching(/upload it again/) as string }]);
  await daemon.start();
  const error = await failure(content(name));
  expect(error).toMatchObject({ status: 'DATA_LOSS', reason: 'CHECKSUM_MISMATCH' });
  expect(error.message).toMatch(/artifacts\/bad cannot be used: blob [0-9a-f]{64} is damaged.*Upload it again/);
});
