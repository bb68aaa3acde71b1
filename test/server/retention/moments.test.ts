// Each moment of a removal, as kill -9 would leave it on the disk: all that is kept is whole, and the next daemon removes the rest.

import { randomBytes } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { HOST_FILES } from '../../../src/machine/durable/file-layer.ts';
import { createSegment } from '../../../src/machine/durable/journal-segment.ts';
import { completeSpec } from '../../../src/machine/machine-spec.ts';
import { layout } from '../../../src/machine/snapshot/layout.ts';
import { ArtifactStore } from '../../../src/server/artifacts/artifact-store.ts';
import { MachineKeeper } from '../../../src/server/durable/machine-keeper.ts';
import { engineFingerprint } from '../../../src/server/engine.ts';
import { EventFiles } from '../../../src/server/events/event-files.ts';
import { Leftovers } from '../../../src/server/retention/leftovers.ts';
import { Removals } from '../../../src/server/retention/removals.ts';
import { SnapshotStore } from '../../../src/server/snapshots/snapshot-store.ts';
import type { BlobJob, BlobJobs } from '../../../src/server/store/blobs/blob-jobs.ts';
import { BlobStore } from '../../../src/server/store/blobs/blob-store.ts';
import { DataDirectory } from '../../../src/server/store/data-directory.ts';
import { checkDirectory } from '../../../src/server/upkeep/check.ts';
import type { MachineIdentity } from '../../../src/server/machine-identity.ts';
import type { MachineImage } from '../../../src/machine/protocol.ts';

const base = mkdtempSync(join(tmpdir(), 'uintrd-moments-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

/** Tells of the moments between what is done to files: before, in the middle of and after each removal. */
class WatchedBlobs extends BlobStore {
  onMoment: (() => void) | null = null;

  override async run<J extends BlobJob>(
    job: J,
    request: BlobJobs[J]['request'],
    transfer: readonly ArrayBuffer[] = [],
  ): Promise<BlobJobs[J]['answer']> {
    const names = job === 'delete' || job === 'remove_files' ? (request as readonly string[]) : null;
    if (!this.onMoment || !names) return super.run(job, request, transfer);
    this.onMoment();
    for (const name of names) {
      await super.run(job, [name] as never);
      this.onMoment();
    }
    return null as BlobJobs[J]['answer'];
  }
}

interface Rig {
  readonly data: DataDirectory;
  readonly blobs: WatchedBlobs;
  readonly removals: Removals;
  readonly snapshots: SnapshotStore;
  readonly artifacts: ArtifactStore;
  readonly keeper: MachineKeeper;
  readonly files: EventFiles;
}
function open(path: string): Rig {
  const data = new DataDirectory(path);
  const blobs = new WatchedBlobs(data.blobs);
  const removals = new Removals(data.store);
  return {
    data,
    blobs,
    removals,
    snapshots: new SnapshotStore(data.store, blobs, 1e12, engineFingerprint, () => {}, removals),
    artifacts: new ArtifactStore(1e12, { store: data.store, blobs }, removals),
    keeper: new MachineKeeper(data.store, blobs, data.journals, engineFingerprint()),
    files: new EventFiles(blobs, data.events),
  };
}
async function close({ blobs, data }: Rig): Promise<void> {
  await blobs.close();
  data.close();
}

let directories = 0;
let directory: string;
let rig: Rig;
beforeEach(() => {
  directory = join(base, `data${++directories}`);
  rig = open(directory);
});
afterEach(() => close(rig));

const SPEC = completeSpec({ ram_bytes: 32 << 20 });
const UIDS = ['00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002'] as const;
const identity = (n: 0 | 1): MachineIdentity => ({
  name: `projects/default/machines/m${n}`,
  uid: UIDS[n],
  ordinal: n + 1,
  createTime: new Date(),
  spec: SPEC,
});
/** Pieces of RAM with these contents. */
function image(...contents: readonly Uint8Array[]): MachineImage {
  const pages = new Uint8Array(contents.length * 16 * 4096);
  for (const [at, content] of contents.entries()) pages.set(content, at * 16 * 4096);
  const position = {
    time: 1,
    place: null,
    raggedUntil: 0,
    state: 'paused',
    reason: '',
    emitted: 0,
    instructions: 0,
  } as MachineImage['position'];
  return {
    graph: new Uint8Array(randomBytes(100)),
    frames: Uint32Array.from({ length: contents.length * 16 }, (_, n) => n),
    pages,
    position,
    layout: layout(),
  };
}
const WHY = { setting: 'some-keep-seconds', value: 1, time: Date.now() };
const title = (id: string) => ({ parent: 'projects/default', id, labels: {} });

/** Does it, and looks at the directory at each moment. `kept`: names that must be whole then. Answers how many moments there were. */
async function atEachMoment(work: () => Promise<unknown>, kept: readonly string[]): Promise<number> {
  let copies = 0;
  const moments: string[] = [];
  rig.blobs.onMoment = () => {
    const copy = join(base, `${directories}-${++copies}`);
    cpSync(directory, copy, { recursive: true });
    moments.push(copy);
  };
  await work();
  rig.blobs.onMoment();
  rig.blobs.onMoment = null;
  for (const copy of moments) {
    const checked = checkDirectory(copy);
    expect(checked.findings.filter(({ kind }) => kind !== 'leftover')).toEqual([]);
    const whole = [...checked.machines, ...checked.snapshots].filter(({ condition }) => condition === 'whole').map(({ name }) => name);
    expect(whole).toEqual(expect.arrayContaining([...kept]));
    const next = open(copy);
    const leftovers = new Leftovers(next.data, next.blobs, next.keeper);
    while (!leftovers.isDone) await leftovers.step();
    for (const { name } of next.snapshots.all()) await next.snapshots.load(next.snapshots.get(name));
    for (const artifact of next.artifacts.all()) await next.artifacts.load(artifact);
    for (const machine of next.keeper.all()) await next.keeper.load(machine);
    await close(next);
    expect(checkDirectory(copy)).toMatchObject({ isSound: true, findings: [] });
    rmSync(copy, { recursive: true });
  }
  return moments.length;
}

const [shared, first, second] = [randomBytes(9000), randomBytes(9000), randomBytes(9000)] as const;

test('of a snapshot: what others share stays, and counts for them', async () => {
  const { snapshots, keeper } = rig;
  await keeper.add(identity(0), {}, image(shared));
  const one = await snapshots.save(title('one'), identity(0), image(shared, first));
  const two = await snapshots.save(title('two'), identity(0), image(shared, second));
  const kept = ['projects/default/snapshots/two', 'projects/default/machines/m0'];
  // Its graph and a piece of its own go, one after the other.
  expect(await atEachMoment(() => snapshots.delete(one.name, WHY), kept)).toBe(4);
  expect(() => snapshots.get(one.name)).toThrow(/removed by retention/);
  expect(snapshots.get(two.name).storedBytes).toBeGreaterThan(18_000);
  expect(snapshots.bytes).toBe(snapshots.get(two.name).storedBytes);
});

test('of an artifact with the bytes of another one, and of one that is alone', async () => {
  const { artifacts } = rig;
  const { createHash } = await import('node:crypto');
  const upload = (id: string, bytes: Buffer) => {
    const its = artifacts.begin('projects/default', id, {}, createHash('sha256').update(bytes).digest('hex'));
    its.add(bytes);
    return its.finish();
  };
  const [one, two, alone] = [await upload('one', shared), await upload('two', shared), await upload('alone', first)];
  expect(await atEachMoment(() => artifacts.delete(one.name, WHY), [])).toBe(1);
  await artifacts.load(two);
  expect(await atEachMoment(() => artifacts.delete(alone.name, WHY), [])).toBe(3);
  expect(() => artifacts.get(alone.name)).toThrow(/because some-keep-seconds was 1/);
  expect(artifacts.get(two.name).sha256).toBe(one.sha256);
});

test('of a machine with its journal and events, whose image a snapshot shares', async () => {
  const { snapshots, keeper, files, data } = rig;
  for (const n of [0, 1] as const) {
    await keeper.add(identity(n), {}, image(shared, n === 0 ? first : second));
    const folder = join(data.journals, UIDS[n]);
    mkdirSync(folder, { recursive: true });
    const head = { format: 1, uid: UIDS[n], segment: 1, incarnation: 1, engine: engineFingerprint(), base: 'image' } as const;
    HOST_FILES.close(createSegment(HOST_FILES, folder, head).file);
  }
  await snapshots.save(title('one'), identity(0), image(shared, first));
  await files.write(UIDS[0], '0123abcd', {
    firstSequence: 1,
    bytes: new Uint8Array(0),
    offsets: new Uint32Array(1),
    kinds: new Uint8Array(0),
  });
  expect(await keeper.bytesOf(UIDS[0])).toBeGreaterThan(100);
  const work = async (): Promise<void> => {
    await keeper.remove(UIDS[0], () => rig.removals.note(identity(0).name, WHY));
    await files.remove(UIDS[0]);
  };
  const kept = ['projects/default/snapshots/one', 'projects/default/machines/m1'];
  expect(await atEachMoment(work, kept)).toBeGreaterThanOrEqual(5);
});

test('leftovers are removed in parts; what is no file of uintrd, and what is used, stays', async () => {
  const { snapshots, blobs, data, keeper } = rig;
  await snapshots.save(title('one'), identity(0), image(shared));
  for (let n = 0; n < 5; n++) await blobs.run('put', randomBytes(100));
  const { name } = await blobs.run('put', shared);
  writeFileSync(join(data.blobs, name.slice(0, 2), `${name}.zst.new`), 'x');
  const strange = `${UIDS[0]}-not-ours`;
  for (const folder of [strange, UIDS[1]]) mkdirSync(join(data.journals, folder), { recursive: true });
  const leftovers = new Leftovers(data, blobs, keeper);
  let removed = 0;
  while (!leftovers.isDone) removed += await leftovers.step();
  // The piece of RAM is padded: `shared` itself is nobody's.
  expect(removed).toBe(5 + 1 + 1);
  await close(rig);
  const { isSound, findings } = checkDirectory(directory);
  expect([isSound, findings.map(({ path }) => path)]).toEqual([true, [`journals/${strange}`]]);
  rig = open(directory);
});
