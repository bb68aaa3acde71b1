// Power that fails at each write of the store's files: what was answered is there and whole, and what has a name is whole. (What the records
// of the store itself survive is SQLite's.)

import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { BLOB_JOBS, type BlobJob, type BlobJobs } from '../../../../src/server/store/blobs/blob-jobs.ts';
import { BlobFiles } from '../../../../src/server/store/blobs/blob-files.ts';
import { blobContent } from '../../../../src/server/store/blobs/blobs.ts';
import type { EventBatch } from '../../../../src/server/durable/tails.ts';
import { PowerCutFiles } from '../../../machine/durable/power-cut.ts';

const ROOT = '/data/blobs';
const PAGE = 4096;
/** Cuts at each moment. */
const CUTS = 4;

function numbers(seed: number): () => number {
  let state = seed;
  return () => (state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0) / 2 ** 32;
}

/** Runs jobs as the blob thread does. */
class Thread {
  private readonly files: PowerCutFiles;
  private readonly blobs: BlobFiles;

  constructor(files: PowerCutFiles) {
    this.files = files;
    this.blobs = new BlobFiles(ROOT, files);
  }

  run<J extends BlobJob>(job: J, request: BlobJobs[J]['request']): BlobJobs[J]['answer'] {
    return BLOB_JOBS[job](this.blobs, request as never, this.files) as BlobJobs[J]['answer'];
  }

  names(): string[] {
    return Array.from({ length: 256 }, (_unused, prefix) => this.run('list', prefix.toString(16).padStart(2, '0'))).flat();
  }
}

const image = (frames: number, graph: string): BlobJobs['pack']['request'] => ({
  graph: Buffer.from(graph),
  frames: Uint32Array.from({ length: frames }, (_unused, at) => at * 16),
  pages: randomBytes(frames * PAGE),
});
const batch = (first: number): EventBatch => ({
  firstSequence: first,
  bytes: Uint8Array.from(randomBytes(60)),
  offsets: Uint32Array.of(0, 20, 60),
  kinds: Uint8Array.of(1, 2),
});

test('power cuts at each write', () => {
  const files = new PowerCutFiles();
  const thread = new Thread(files);
  const random = numbers(7);
  /** What has been answered: content by name, and events by path. */
  const blobs = new Map<string, Uint8Array>();
  const events = new Map<string, EventBatch>();
  let [moments, unanswered] = [0, 0];

  files.onMoment = () => {
    moments++;
    for (let cut = 0; cut < CUTS; cut++) {
      const disk = files.cut(random);
      const after = new Thread(disk);
      for (const [name, content] of blobs) expect(Buffer.from(after.run('get', name)).equals(content), name).toBe(true);
      const names = after.names();
      for (const name of names) after.run('get', name);
      unanswered += names.filter((name) => !blobs.has(name)).length;
      // What was never whole is gone after that.
      expect(disk.list(`${ROOT}/${names[0]?.slice(0, 2) ?? '00'}`).filter((file) => file.endsWith('.new'))).toEqual([]);
      for (const [path, told] of events) expect(after.run('read_events', path)).toEqual(told);
    }
  };

  const pack = (frames: number, graph: string): string[] => {
    const request = image(frames, graph);
    const { graph: graphName, pieces } = thread.run('pack', request);
    for (const name of [graphName, ...pieces.map(([, piece]) => piece)]) blobs.set(name, thread.run('get', name));
    return [graphName, ...pieces.map(([, piece]) => piece)];
  };
  const first = pack(5, 'first');
  pack(3, 'second');
  const { name } = thread.run('put', Buffer.alloc(100_000, 'compressible'));
  blobs.set(name, thread.run('get', name));
  for (const sequence of [1, 3]) {
    const path = `/data/events/u/g/${sequence}.events`;
    const told = batch(sequence);
    thread.run('write_events', { path, uid: '00000000-0000-0000-0000-000000000001', time: 5, batch: told });
    events.set(path, told);
  }
  // Nobody relies on them from then on.
  for (const gone of first) blobs.delete(gone);
  thread.run('delete', first);
  pack(2, 'third');
  const foreign = { compressed: false, bytes: randomBytes(500) };
  const other = new Thread(new PowerCutFiles());
  const { name: foreignName } = other.run('put', foreign.bytes);
  thread.run('keep', { name: foreignName, blob: foreign });
  thread.run('flush', null);
  blobs.set(foreignName, blobContent(foreignName, foreign));
  files.onMoment();
  expect(moments).toBeGreaterThan(60);
  expect(unanswered).toBeGreaterThan(0);
});

test('a torn blob or segment is told from a whole one', () => {
  const files = new PowerCutFiles();
  const thread = new Thread(files);
  const { name } = thread.run('put', randomBytes(5000));
  files.flip(`${ROOT}/${name.slice(0, 2)}/${name}`, 17);
  expect(() => thread.run('get', name)).toThrow('is damaged: its content has another sha256');
  const path = '/data/events/u/g/1.events';
  thread.run('write_events', { path, uid: '00000000-0000-0000-0000-000000000001', time: 5, batch: batch(1) });
  files.flip(path, 100);
  expect(() => thread.run('read_events', path)).toThrow('is damaged: the sum of its events is wrong');
});
