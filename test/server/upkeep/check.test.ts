// uintrd check: a data directory as an abrupt end leaves it is sound, and each kind of damage is told with its place and what to do.

import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { checkDirectory, type CheckedDirectory } from '../../../src/server/upkeep/check.ts';
import { runUpkeep } from '../../../src/server/upkeep/commands.ts';
import { reportText } from '../../../src/server/upkeep/report.ts';
import type * as Engine from '../../../src/server/engine.ts';
import { KilledDaemon } from '../durable/killed-daemon.ts';
import { newMachine } from '../harness.ts';
import { guestImage } from '../remote-harness.ts';

const base = mkdtempSync(join(tmpdir(), 'uintrd-check-'));
const daemon = new KilledDaemon();
const SPEC = { ram_bytes: 32n << 20n };
let uid: string;
let inUse: unknown;

beforeAll(async () => {
  await daemon.start();
  const machine = await newMachine(daemon.client, { start: false, id: 'one', spec: SPEC });
  await daemon.client.guest.SpawnProcess({ parent: machine, path: '/bin/threads', image: guestImage('threads') });
  await daemon.client.machines.RunMachine({ name: machine, until_cycle: 60_000n });
  await daemon.client.snapshots.CreateSnapshot({ machine, snapshot_id: 'kept' });
  await newMachine(daemon.client, { start: false, id: 'two', spec: SPEC });
  ({ uid } = (await daemon.client.machines.GetMachine({ name: machine })).machine!);
  inUse = await Promise.resolve()
    .then(() => checkDirectory(daemon.data))
    .catch((error: unknown) => error);
  await daemon.end('SIGKILL');
}, 30_000);
afterAll(async () => {
  await daemon.remove();
  rmSync(base, { recursive: true, force: true });
});

let copies = 0;
/** A copy of the directory, with something done to it. */
function damaged(damage: (directory: string) => void): string {
  const directory = join(base, `copy${++copies}`);
  cpSync(daemon.data, directory, { recursive: true });
  damage(directory);
  return directory;
}

const journal = (directory: string): string => join(directory, 'journals', uid, '00000001.journal');
const blobs = (directory: string): string[] =>
  (readdirSync(join(directory, 'blobs'), { recursive: true }) as string[])
    .filter((name) => name.includes('/'))
    .map((name) => join(directory, 'blobs', name))
    .sort();
const flip = (path: string, at: number): void => {
  const bytes = readFileSync(path);
  bytes[at]! ^= 1;
  writeFileSync(path, bytes);
};
function sql(directory: string, text: string): void {
  const database = new DatabaseSync(join(directory, 'uintrd.sqlite'));
  database.exec(text);
  database.close();
}
const conditions = ({ machines, snapshots }: CheckedDirectory): string[] => [...machines, ...snapshots].map(({ condition }) => condition);

test('a directory that a daemon has is refused, and what is none', () => {
  expect(String(inUse)).toMatch(/in use by another daemon; stop that one/);
  expect(() => checkDirectory(base)).toThrow(/is no data directory of uintrd: there is no uintrd\.sqlite; name the one/);
});

test('after kill -9 all is whole, and the horizon is where the machine was', () => {
  const checked = checkDirectory(damaged(() => {}));
  expect(checked).toMatchObject({ isSound: true, findings: [] });
  expect(conditions(checked)).toEqual(['whole', 'whole', 'whole']);
  expect(checked.machines[0]).toMatchObject({
    name: 'projects/default/machines/one',
    horizon: 60_000,
    savedAt: null,
    segments: 1,
    torn: 0,
  });
  expect(reportText(checked)).toMatch(/one +whole +- +60000 +1 /);
});

test('a record that was being written is no fault', () => {
  const checked = checkDirectory(damaged((directory) => appendFileSync(journal(directory), Buffer.from([9, 0, 0, 0, 1, 2, 3, 4, 5]))));
  expect(checked).toMatchObject({ isSound: true, findings: [] });
  expect(checked.machines[0]).toMatchObject({ torn: 9, condition: 'whole' });
});

test.each<[what: string, damage: (directory: string) => void, conditions: string, path: RegExp, problem: RegExp, remedy: RegExp]>([
  [
    'a bit in a journal',
    (directory) => flip(journal(directory), 900),
    'damaged whole whole',
    /^journals\/.*\/00000001\.journal$/,
    /^is damaged$/,
    /from a backup/,
  ],
  [
    'the head of a journal',
    (directory) => flip(journal(directory), 3),
    'damaged whole whole',
    /00000001\.journal$/,
    /is damaged or no journal of uintrd/,
    /reset it/,
  ],
  [
    'a journal of another machine',
    (directory) => cpSync(join(directory, 'journals', uid), join(directory, 'journals', otherUid(directory)), { recursive: true }),
    'whole damaged whole',
    /00000001\.journal$/,
    /is of another machine/,
    /backup/,
  ],
  [
    'a segment that is missing',
    (directory) => cpSync(journal(directory), join(directory, 'journals', uid, '00000003.journal')),
    'damaged whole whole',
    /00000003\.journal$/,
    /follows a segment that is missing/,
    /backup/,
  ],
  [
    'a blob',
    (directory) => flip(blobs(directory)[0]!, 30),
    'whole whole damaged',
    /^blobs\/..\/[0-9a-f]{64}/,
    /is damaged: /,
    /delete the snapshot/,
  ],
  [
    'a blob that is missing',
    (directory) => rmSync(blobs(directory)[0]!),
    'whole whole damaged',
    /^blobs\/..\/[0-9a-f]{64}$/,
    /is missing/,
    /uintrd restore/,
  ],
  [
    'a blob whose use is not noted',
    (directory) => sql(directory, 'DELETE FROM blob_uses WHERE blob = (SELECT min(blob) FROM blob_uses)'),
    'whole whole damaged',
    /uintrd\.sqlite/,
    /does not note that blob/,
    /--repair notes it/,
  ],
  [
    'a machine of another layout',
    (directory) => sql(directory, `UPDATE snapshots SET record = replace(record, '"layout":"', '"layout":"other')`),
    'whole whole foreign',
    /uintrd\.sqlite/,
    /snapshot has layout other/,
    /use the version that made it/,
  ],
  [
    'a record that is none',
    (directory) => sql(directory, `UPDATE machines SET record = '{"name": 7}' WHERE name LIKE '%one'`),
    'whole whole',
    /uintrd\.sqlite/,
    /has a record in machines that cannot be used: it has no name or uid/,
    /uintrd restore/,
  ],
  [
    'a step from the future',
    (directory) => sql(directory, `INSERT INTO migrations VALUES (9999, 'future', 0)`),
    'whole whole whole',
    /uintrd\.sqlite/,
    /has step 9999 \(future\), which this version does not know/,
    /a later one/,
  ],
  [
    'a store that is no database',
    (directory) => {
      // With it goes what would mend the first page.
      rmSync(join(directory, 'uintrd.sqlite-wal'), { force: true });
      writeFileSync(join(directory, 'uintrd.sqlite'), 'no database, but long enough to be looked at'.repeat(30));
    },
    '',
    /uintrd\.sqlite/,
    /cannot be read: file is not a database/,
    /uintrd restore/,
  ],
])('%s', (_what, damage, expected, path, problem, remedy) => {
  const checked = checkDirectory(damaged(damage));
  expect(checked.isSound).toBe(false);
  expect(conditions(checked).join(' ')).toBe(expected);
  const fault = checked.findings.find(({ kind }) => kind !== 'leftover')!;
  expect(fault.path).toMatch(path);
  expect(fault.problem).toMatch(problem);
  expect(fault.remedy).toMatch(remedy);
  expect(reportText(checked)).toContain('NOT SOUND');
});

test('journals with records of another engine are foreign, and the snapshot is not', () => {
  const directory = damaged(() => {});
  const checked = withEngine(() => checkDirectory(directory));
  expect(conditions(checked)).toEqual(['foreign', 'foreign', 'whole']);
  expect(checked.findings[0]).toMatchObject({ kind: 'foreign', remedy: 'start the version that recorded it and let it stop in order' });
});

test('what nobody needs is a leftover, which --repair removes; strangers and damage stay', () => {
  const directory = damaged((copy) => {
    mkdirSync(join(copy, 'journals', 'nobody'));
    mkdirSync(join(copy, 'blobs', 'ab'), { recursive: true });
    writeFileSync(join(copy, 'blobs', 'ab', `ab${'0'.repeat(62)}`), 'unused');
    writeFileSync(join(copy, 'blobs', 'ab', `ab${'1'.repeat(62)}.new`), 'half');
    writeFileSync(join(copy, 'notes.txt'), 'mine');
    sql(copy, `INSERT INTO blob_uses VALUES ('ab${'0'.repeat(62)}', 'snapshot gone')`);
    flip(journal(copy), 900);
  });
  expect(checkDirectory(directory).findings.map(({ kind }) => kind)).toEqual(['damaged', ...Array<string>(5).fill('leftover')]);
  const mended = checkDirectory(directory, true);
  expect(mended.findings.map(({ path }) => path)).toEqual([`journals/${uid}/00000001.journal`, 'notes.txt']);
  expect(conditions(mended)).toEqual(['damaged', 'whole', 'whole']);
});

test('the command says what it found, with an exit code', async () => {
  const said: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((line: string) => void said.push(line));
  vi.spyOn(console, 'error').mockImplementation((line: string) => void said.push(line));
  const directory = damaged(() => {});
  expect(await runUpkeep(['check', '--data', directory])).toBe(0);
  expect(await runUpkeep(['check', '--data', directory, '--json'])).toBe(0);
  expect(JSON.parse(said[1]!)).toMatchObject({ isSound: true, machines: [{ condition: 'whole' }, { condition: 'whole' }] });
  flip(journal(directory), 900);
  expect(await runUpkeep(['check', '--data', directory])).toBe(1);
  expect(await runUpkeep(['check'])).toBe(2);
  expect(await runUpkeep(['check', '--data', join(base, 'nowhere')])).toBe(2);
  expect(await runUpkeep(['chek'])).toBe(2);
  expect(said.slice(-3)).toEqual([
    expect.stringMatching(/check needs --data/),
    expect.stringMatching(/is no data directory/),
    expect.stringMatching(/there is no command chek; did you mean check\?/),
  ]);
  expect(await runUpkeep(['--help'])).toBeUndefined();
  expect(await runUpkeep([])).toBeUndefined();
  vi.restoreAllMocks();
});

function otherUid(directory: string): string {
  return readdirSync(join(directory, 'journals')).find((name) => name !== uid)!;
}

let engine: string | undefined;
vi.mock('../../../src/server/engine.ts', async (original) => {
  const real = await original<typeof Engine>();
  return { engineFingerprint: () => engine ?? real.engineFingerprint() };
});
function withEngine<T>(work: () => T): T {
  engine = '0123456789abcdef';
  try {
    return work();
  } finally {
    engine = undefined;
  }
}
