// The sweeper: a bounded amount at a time, one line in the log, an entry in the audit log for each name; what fails stops nothing else.

import { pino } from 'pino';
import { afterEach, expect, test } from 'vitest';
import { AuditLog } from '../../../src/server/audit/audit-log.ts';
import { type Kind, Retention } from '../../../src/server/retention/retention.ts';
import { notFound, type Reason, Removals } from '../../../src/server/retention/removals.ts';
import { Store } from '../../../src/server/store/store.ts';

const DAY = 86_400_000;
const NOW = Date.now();
const store = new Store(':memory:');
let audit = new AuditLog(store, 1000);
let lines: Record<string, unknown>[] = [];
const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) });
afterEach(() => {
  audit.close();
  audit = new AuditLog(store, 1000);
  store.database.exec('DELETE FROM audit; DELETE FROM removals');
  lines = [];
});

interface Thing {
  readonly name: string;
  readonly days: number;
  readonly bytes: number;
}

/** Rows of things that are removed from the list. */
function kind(things: Thing[], options: Partial<Kind> = {}, reasons: Reason[] = []): Kind {
  return {
    what: 'snapshots',
    bounds: { seconds: 5 * 86_400, bytes: 0 },
    flags: { seconds: 'snapshot-keep-seconds', bytes: 'snapshot-keep-bytes' },
    grace: 0,
    most: 4,
    isNamed: true,
    look: () =>
      Promise.resolve({
        held: things.reduce((sum, { bytes }) => sum + bytes, 0),
        items: things.map((thing) => ({
          name: thing.name,
          time: NOW - thing.days * DAY,
          isNeeded: false,
          remove: (why) => {
            reasons.push(why);
            things.splice(things.indexOf(thing), 1);
            return Promise.resolve(thing.bytes);
          },
        })),
      }),
    ...options,
  };
}
const retention = (kinds: readonly Kind[], tidy: () => Promise<number | null> = () => Promise.resolve(null), auditSeconds = 0) =>
  new Retention({ kinds, audit, auditSeconds, tidy, milliseconds: 60_000, log });
const things = (many: number): Thing[] => Array.from({ length: many }, (_, n) => ({ name: `p/s${n}`, days: many - n, bytes: 10 }));

test('removes the oldest, so many in a sweep, and says so once', async () => {
  const [left, reasons] = [things(12), [] as Reason[]];
  const sweeper = retention([kind(left, {}, reasons)]);
  await sweeper.sweep(NOW);
  expect(left.map(({ name }) => name)).toEqual(
    things(12)
      .slice(4)
      .map(({ name }) => name),
  );
  expect(reasons[0]).toEqual({ setting: 'snapshot-keep-seconds', value: 5 * 86_400, time: NOW });
  expect(lines).toMatchObject([{ msg: 'removed by retention', snapshots: 4, bytes: 40, names: ['p/s0', 'p/s1', 'p/s2', 'p/s3'] }]);
  expect(audit.read('', null, Number.MAX_SAFE_INTEGER, 10)).toMatchObject(
    ['p/s3', 'p/s2', 'p/s1', 'p/s0'].map((resource) => ({
      resource,
      user: 'uintrd',
      method: 'retention',
      reason: 'snapshot-keep-seconds',
    })),
  );
  await sweeper.sweep(NOW);
  await sweeper.sweep(NOW);
  // Those of 5 days and less stay; nothing more to do is nothing to say.
  expect([left.length, lines.length, sweeper.counts.snapshots]).toEqual([5, 2, { items: 7, bytes: 70 }]);
});

test('removes for size until it is small enough', async () => {
  const left = things(12);
  await retention([kind(left, { bounds: { seconds: 0, bytes: 95 } })]).sweep(NOW);
  expect(left).toHaveLength(9);
});

test('looks at nothing without bounds, and goes on behind what fails', async () => {
  const left = things(12);
  const unbounded = kind([], { bounds: { seconds: 0, bytes: 0 }, look: () => Promise.reject(new Error('looked at')) });
  const broken = kind([], { what: 'artifacts', look: () => Promise.reject(new Error('disk I/O error')) });
  await retention([unbounded, broken, kind(left)]).sweep(NOW);
  expect(left).toHaveLength(8);
  expect(lines).toMatchObject([{ what: 'artifacts', err: { message: 'disk I/O error' } }, { snapshots: 4 }]);
});

test('what has come to be needed ends the look at its kind', async () => {
  const busy = { name: 'p/s', time: 0, isNeeded: false, remove: () => Promise.resolve(null) };
  const sweeper = retention([kind([], { look: () => Promise.resolve({ held: 0, items: [busy] }) })]);
  await sweeper.sweep(NOW);
  expect([lines, sweeper.counts.snapshots.items]).toEqual([[], 0]);
});

test('leftovers are looked for until there are no more, and old entries of the audit log go, bounded', async () => {
  const steps = [3, 0, null];
  let asked = 0;
  for (let n = 0; n < 5000; n++)
    store.database.exec(`INSERT INTO audit (time, last_time, count, project, user, token, peer, method, resource, code, reason, request_id)
       VALUES (1, ${n < 4900 ? 1 : NOW}, 1, '', '', '', '', '', '', '', '', '')`);
  const sweeper = retention([], () => Promise.resolve(steps[asked++]!), 86_400);
  const entries = (): unknown => store.database.prepare('SELECT count(*) AS n FROM audit').get()!['n'];
  await sweeper.sweep(NOW);
  expect(entries()).toBe(5000 - 4096);
  for (let n = 0; n < 4; n++) await sweeper.sweep(NOW);
  expect([asked, entries(), sweeper.counts.leftovers.items, sweeper.counts.audit_entries.items]).toEqual([3, 100, 3, 4900]);
  expect(lines).toMatchObject([{ audit_entries: 4096, leftovers: 3 }, { audit_entries: 804 }]);
});

test('ends in the middle of a sweep when the daemon stops', async () => {
  const left = things(12);
  const slow = kind(left);
  const sweeper: Retention = retention([
    {
      ...slow,
      look: async (now) => {
        const seen = await slow.look(now);
        if (left.length === 10) void sweeper.stop();
        return seen;
      },
    },
  ]);
  await sweeper.sweep(NOW);
  // The one that was chosen is removed whole.
  expect(left).toHaveLength(9);
});

test('removals are remembered by name, the latest of them, until the name is used again or the project goes', () => {
  const removals = new Removals(store, 3);
  const why = { setting: 'snapshot-keep-bytes', value: 7, time: Date.UTC(2026, 0, 2) };
  for (const name of ['projects/a/snapshots/1', 'projects/a/snapshots/2', 'projects/ab/snapshots/3', 'projects/a/snapshots/4'])
    removals.note(name, why);
  const asked = (name: string) => notFound(removals, 'SNAPSHOT_NOT_FOUND', 'snapshot', name);
  expect(asked('projects/a/snapshots/1').details).toEqual({ name: 'projects/a/snapshots/1' });
  expect(asked('projects/a/snapshots/2')).toMatchObject({
    message:
      'there is no snapshot projects/a/snapshots/2 any more: it was removed by retention at 2026-01-02T00:00:00.000Z, because snapshot-keep-bytes was 7',
    details: { removed_by: 'snapshot-keep-bytes', removed_time: '2026-01-02T00:00:00.000Z' },
  });
  removals.forget('projects/a/snapshots/2');
  expect(asked('projects/a/snapshots/2').message).not.toContain('retention');
  removals.forgetProject('projects/a');
  expect(asked('projects/a/snapshots/4').message).not.toContain('retention');
  expect(asked('projects/ab/snapshots/3').message).toContain('retention');
});
