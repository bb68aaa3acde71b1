// Events that have left memory: read from the disk without a gap or a repeat, also by the next daemon, and never more than is whole.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { EventFiles } from '../../../src/server/events/event-files.ts';
import { EventLog } from '../../../src/server/events/event-log.ts';
import { decodeSegment, encodeSegment, joinBatches, SegmentError } from '../../../src/server/events/event-segment.ts';
import { EventBudget } from '../../../src/server/quota/event-budget.ts';
import { BlobStore } from '../../../src/server/store/blobs/blob-store.ts';

const base = mkdtempSync(join(tmpdir(), 'uintrd-events-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));
const UID = '01234567-89ab-cdef-0123-456789abcdef';
const CAPACITY = 64 << 10;
const BATCH = 50;
let folder: string;
let blobs: BlobStore;
let files: EventFiles;
let troubles: string[];
let folders = 0;
beforeEach(() => {
  folder = join(base, `${++folders}`);
  blobs = new BlobStore(join(folder, 'blobs'));
  troubles = [];
  files = new EventFiles(blobs, join(folder, 'events'), (_uid, error) => void troubles.push(error.message));
});
afterEach(() => blobs.close());

/** Events of 40 bytes, which say their sequence; kinds alternate. */
function batch(first: number, count = BATCH) {
  const bytes = new Uint8Array(count * 40);
  for (let n = 0; n < count; n++) new DataView(bytes.buffer).setUint32(n * 40, first + n);
  const offsets = Uint32Array.from({ length: count + 1 }, (_, n) => n * 40);
  return { firstSequence: first, bytes, offsets, kinds: Uint8Array.from({ length: count }, (_, n) => (first + n) % 2) };
}

/** Lets the disk come along. */
async function append(log: EventLog, from: number, to: number): Promise<void> {
  for (let first = from; first < to; first += BATCH) {
    log.append(batch(first));
    if ((first - from) % 1000 === 0) await blobs.run('flush', null);
  }
}

const newLog = (budget = new EventBudget()): EventLog => new EventLog(CAPACITY, 1, budget, files.begin(UID, 1));

async function sequences(log: EventLog, from: number, kinds: ReadonlySet<number> | null = null, most = 137): Promise<number[]> {
  const found: number[] = [];
  for (let at = from; at < log.next; ) {
    const slice = await log.readAny(at, kinds, most, 1 << 20);
    for (const piece of slice.pieces)
      for (let n = 0; n < piece.length; n += 40) found.push(new DataView(piece.buffer, piece.byteOffset + n).getUint32(0));
    at = slice.next;
  }
  return found;
}
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, n) => from + n);
const sizes = (at: string): number[] => readdirSync(at).map((name) => readFileSync(join(at, name)).length);
const generationFolder = (log: EventLog): string => join(folder, 'events', UID, log.history!.generation);

test('what leaves memory is on the disk: all is read from any place, by kind too, and memory is bounded', async () => {
  const budget = new EventBudget();
  const log = newLog(budget);
  await append(log, 1, 20_001);
  await log.persist(20_000);
  await append(log, 20_001, 20_051);
  expect(log.bytes).toBeLessThan(2 * CAPACITY);
  expect(log.diskBytes).toBeGreaterThan(0);
  expect([log.oldest, log.next]).toEqual([1, 20_051]);
  expect(await sequences(log, 1)).toEqual(range(1, 20_051));
  for (const from of [2, 51, 9_999, 19_990]) expect(await sequences(log, from)).toEqual(range(from, 20_051));
  expect(await sequences(log, 1, new Set([1]))).toEqual(range(1, 20_051).filter((sequence) => sequence % 2 === 1));
  expect(await sequences(log, 1, new Set([9]))).toEqual([]);
  expect(budget.held).toBe(log.bytes + log.diskBytes);
  log.close();
  expect([budget.held, files.bytes]).toEqual([0, 0]);
});

test('what was saved is there for the next daemon, what came later is told again, and nothing of it twice', async () => {
  const log = newLog();
  await append(log, 1, 10_001);
  // In the middle of a batch.
  await log.persist(9_976);
  await append(log, 10_001, 20_001);
  await log.persist(15_000);
  const { generation } = log.history!;
  const before = readdirSync(generationFolder(log)).length;
  const next = new EventLog(CAPACITY, 9_976, new EventBudget(), files.resume(UID, generation, 9_976));
  expect(await sequences(next, 1)).toEqual(range(1, 9_976));
  next.append(batch(9_976, 25));
  await append(next, 10_001, 30_001);
  await next.history!.tidy();
  expect(readdirSync(generationFolder(log)).length).not.toBe(before);
  expect(await sequences(next, 1)).toEqual(range(1, 30_001));
  await next.persist(29_000);
  const third = new EventLog(CAPACITY, 29_000, new EventBudget(), files.resume(UID, generation, 29_000));
  expect(await sequences(third, 1)).toEqual(range(1, 29_000));
});

test('small segments become one', async () => {
  const log = newLog();
  for (let first = 1; first < 1001; first += BATCH) {
    log.append(batch(first));
    await log.persist(first + BATCH);
  }
  expect(readdirSync(generationFolder(log))).toEqual(['0000000000000001.events']);
  expect(await sequences(new EventLog(CAPACITY, 1001, new EventBudget(), files.resume(UID, log.history!.generation, 1001)), 1)).toEqual(
    range(1, 1001),
  );
});

test('the oldest go first where a budget says so, and a reader is told what is left', async () => {
  const budget = new EventBudget();
  const log = newLog(budget);
  await append(log, 1, 30_001);
  await log.persist(29_000);
  budget.limit = CAPACITY + 1000;
  await append(log, 30_001, 30_051);
  expect(budget.isExceeded).toBe(false);
  expect(log.oldest).toBeGreaterThan(1);
  await expect(log.readAny(1, null, 1, 1)).rejects.toMatchObject({
    code: 'HISTORY_GONE',
    details: { oldest_sequence: String(log.oldest) },
  });
  expect(await sequences(log, log.oldest)).toEqual(range(log.oldest, 30_051));
});

test('a damaged segment is refused with the place to go on; one that is missing ends what is before it', async () => {
  const log = newLog();
  for (const to of [10_001, 20_001, 30_001]) {
    await append(log, to - 10_000, to);
    await log.persist(to);
  }
  const { generation } = log.history!;
  const names = readdirSync(generationFolder(log)).sort();
  expect(names.length).toBeGreaterThan(2);
  const path = join(generationFolder(log), names[0]!);
  const bytes = readFileSync(path);
  bytes[200]! ^= 1;
  writeFileSync(path, bytes);
  const damaged = new EventLog(CAPACITY, 30_001, new EventBudget(), files.resume(UID, generation, 30_001));
  const error = await damaged.readAny(1, null, 1, 1).catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code: 'CHECKSUM_MISMATCH', details: { oldest_sequence: String(Number.parseInt(names[1]!, 10)) } });
  expect(String(error)).toMatch(/events 1 to \d+ cannot be read: .* is damaged: the sum of its events is wrong\. Go on from/);
  rmSync(join(generationFolder(log), names[1]!));
  const behind = new EventLog(CAPACITY, 30_001, new EventBudget(), files.resume(UID, generation, 30_001));
  expect(behind.oldest).toBe(Number.parseInt(names[2]!, 10));
  expect(await sequences(behind, behind.oldest)).toEqual(range(behind.oldest, 30_001));
});

test('where the disk cannot be written the oldest are dropped, as without one, and it is told once', async () => {
  writeFileSync(join(base, `file${folders}`), '');
  files = new EventFiles(blobs, join(base, `file${folders}`), (_uid, error) => void troubles.push(error.message));
  const log = newLog();
  await append(log, 1, 20_001);
  await expect(log.persist(log.next)).rejects.toThrow(/ENOTDIR/);
  expect(troubles).toHaveLength(1);
  expect(log.oldest).toBeGreaterThan(1);
  expect(log.bytes).toBeLessThanOrEqual(2 * CAPACITY);
  expect(await sequences(log, log.oldest)).toEqual(range(log.oldest, 20_001));
});

test('a segment is what was put into it, or refused with its place', () => {
  const joined = joinBatches([batch(1), batch(51), batch(101)], 20, 120);
  expect(joined).toMatchObject({ firstSequence: 20 });
  const file = encodeSegment(joined, UID, 5);
  expect(decodeSegment(file)).toEqual(joined);
  for (const at of [0, 17, 30, 60, 75, 80, file.length - 1]) {
    const damaged = Buffer.from(file);
    damaged[at]! ^= 4;
    expect(() => decodeSegment(damaged), `byte ${at}`).toThrow(SegmentError);
  }
  for (const length of [0, 10, 76, file.length - 1]) expect(() => decodeSegment(file.subarray(0, length))).toThrow(SegmentError);
});

test('no more is kept of a machine than it may have on the disk: the oldest go, and what is left is whole', async () => {
  files = new EventFiles(blobs, join(folder, 'bounded'), (_uid, error) => void troubles.push(error.message), 16 << 10);
  const log = newLog();
  await append(log, 1, 60_001);
  await log.persist(log.next);
  expect(log.diskBytes).toBeGreaterThan(0);
  expect(log.diskBytes).toBeLessThanOrEqual(Math.max(16 << 10, ...sizes(join(folder, 'bounded', UID, log.history!.generation))));
  expect(log.oldest).toBeGreaterThan(1);
  expect(await sequences(log, log.oldest)).toEqual(range(log.oldest, log.next));
  await expect(log.readAny(1, null, 1, 1)).rejects.toThrow(/oldest|holds/);
  expect(troubles).toEqual([]);
});
