// Segments of events by age and size: the oldest of all machines go first, never what an open stream has still to read.

import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { AuditLog } from '../../../src/server/audit/audit-log.ts';
import { EventFiles, segmentName, segmentsIn } from '../../../src/server/events/event-files.ts';
import { EventLog } from '../../../src/server/events/event-log.ts';
import { retentionKinds, type Stores } from '../../../src/server/retention/kinds.ts';
import { Retention } from '../../../src/server/retention/retention.ts';
import { BlobStore } from '../../../src/server/store/blobs/blob-store.ts';
import { Store } from '../../../src/server/store/store.ts';
import type { Config } from '../../../src/server/settings.ts';

const CAPACITY = 16 << 10;
const UIDS = ['01234567-89ab-cdef-0123-456789abcdef', '11234567-89ab-cdef-0123-456789abcdef'] as const;
const HOUR = 3_600_000;
let base: string;
let blobs: BlobStore;
let files: EventFiles;
let logs: EventLog[];
const audit = new AuditLog(new Store(':memory:'), 1000);
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'uintrd-retained-events-'));
  blobs = new BlobStore(join(base, 'blobs'));
  files = new EventFiles(blobs, join(base, 'events'));
  logs = UIDS.map((uid) => new EventLog(CAPACITY, 1, undefined, files.begin(uid, 1)));
});
afterEach(async () => {
  await blobs.close();
  rmSync(base, { recursive: true, force: true });
});

/** One segment: events of 100 random kilobytes, which are not rewritten with the next. */
async function tell(log: EventLog, kilobytes = 300): Promise<void> {
  const bytes = new Uint8Array(kilobytes << 10);
  for (let at = 0; at < bytes.length; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  log.append({ firstSequence: log.next, bytes, offsets: Uint32Array.of(0, bytes.length >> 1, bytes.length), kinds: Uint8Array.of(1, 2) });
  await log.persist(log.next);
}
function sweeper(settings: Partial<Config>): Retention {
  const config = Object.fromEntries(
    ['event', 'artifact', 'snapshot', 'recording', 'machine'].flatMap((what) => [
      [`${what}KeepSeconds`, 0],
      [`${what}KeepBytes`, 0],
    ]),
  );
  const machines = { list: () => logs.map((log, n) => ({ identity: { name: `m${n}` }, log })) };
  return new Retention({
    kinds: retentionKinds({ ...config, ...settings } as unknown as Config, { machines, files } as unknown as Stores),
    audit,
    auditSeconds: 0,
    tidy: () => Promise.resolve(null),
    milliseconds: HOUR,
    log: pino({ level: 'silent' }),
  });
}
const stored = (n: 0 | 1): number[] => segmentsIn(join(base, 'events', UIDS[n], logs[n]!.history!.generation));
const all = async (log: EventLog, from: number): Promise<number> => (await log.readAny(from, null, 1000, 1e9)).events;

test('by age: old ones go and are out of range, what is younger and what is in memory stays', async () => {
  const [log] = logs as [EventLog, EventLog];
  await tell(log);
  await tell(log);
  const retention = sweeper({ eventKeepSeconds: 3600 });
  await retention.sweep(Date.now() + HOUR - 60_000);
  expect(stored(0)).toEqual([1, 3]);
  await retention.sweep(Date.now() + HOUR + 1000);
  await blobs.run('flush', null);
  expect(stored(0)).toEqual([]);
  expect(retention.counts.events.items).toBe(2);
  expect(retention.counts.events.bytes).toBeGreaterThan(600_000);
  // The ring has the latest batch.
  expect(log.oldest).toBe(3);
  expect(() => log.check(1)).toThrow(/sequence 1 is not in the log, which holds 3 to 4/);
  await expect(log.readAny(1, null, 10, 1e9)).rejects.toMatchObject({ code: 'HISTORY_GONE', details: { oldest_sequence: '3' } });
  // It goes on without a gap, and so does the next daemon.
  await tell(log);
  expect(await all(log, 5)).toBe(2);
  const { generation } = log.history!;
  const next = new EventFiles(blobs, join(base, 'events')).resume(UIDS[0], generation, 7);
  expect([next.oldest, next.next]).toEqual([5, 7]);
  expect(new EventFiles(blobs, join(base, 'events')).resume(UIDS[1], generation, 9)).toMatchObject({ oldest: 9, bytes: 0 });
});

test('by size: of all machines together the oldest go', async () => {
  const [one, two] = logs as [EventLog, EventLog];
  for (const log of [one, two, one, two]) {
    await tell(log);
    // Times are of the host's clock, in milliseconds.
    await new Promise((resolve) => setTimeout(resolve, 3));
  }
  const bytes = files.bytes;
  await sweeper({ eventKeepBytes: bytes }).sweep();
  expect([stored(0), stored(1)]).toEqual([
    [1, 3],
    [1, 3],
  ]);
  await sweeper({ eventKeepBytes: bytes - 1 }).sweep();
  expect([one.history!.oldest, two.history!.oldest]).toEqual([3, 1]);
  await sweeper({ eventKeepBytes: bytes / 2 - 1 }).sweep();
  expect([one.history!.oldest, two.history!.oldest]).toEqual([5, 3]);
  expect(files.bytes).toBeLessThan(bytes / 2);
});

test('what an open stream has still to read stays, until it has', async () => {
  const [log] = logs as [EventLog, EventLog];
  for (let n = 0; n < 3; n++) await tell(log);
  const reader = { cursor: 4 };
  log.readers.add(reader);
  const retention = sweeper({ eventKeepSeconds: 1 });
  await retention.sweep(Date.now() + HOUR);
  expect(log.history!.oldest).toBe(3);
  expect(await all(log, 4)).toBeGreaterThan(0);
  reader.cursor = 5;
  await retention.sweep(Date.now() + HOUR);
  expect(log.history!.oldest).toBe(5);
  log.readers.delete(reader);
  await retention.sweep(Date.now() + HOUR);
  expect(log.history!.oldest).toBe(7);
});

test('a small segment that goes while it is written again, with more, takes nothing of that along', async () => {
  const [log] = logs as [EventLog, EventLog];
  await tell(log, 10);
  const writing = tell(log, 10);
  // The write is on its way to the thread of files, and this is behind it.
  await Promise.resolve();
  expect(log.dropOldest()).toBeGreaterThan(0);
  await writing;
  await blobs.run('flush', null);
  expect(stored(0)).toEqual([3]);
  expect(existsSync(join(base, 'events', UIDS[0], log.history!.generation, segmentName(3)))).toBe(true);
  expect([log.history!.oldest, await all(log, 3)]).toEqual([3, 2]);
  expect((await log.history!.read(3)).kinds).toHaveLength(2);
});
