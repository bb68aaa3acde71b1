// Records that survive, steps that are taken once, a directory that one daemon has at a time.

import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { DataDirectory } from '../../../src/server/store/data-directory.ts';
import { MIGRATIONS } from '../../../src/server/store/migrations/table.ts';
import { Store } from '../../../src/server/store/store.ts';
import { StoreError } from '../../../src/server/store/store-error.ts';
import { startTestDaemon } from '../harness.ts';

const base = mkdtempSync(join(tmpdir(), 'uintrd-store-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

const first = { number: 1, name: 'first', sql: 'CREATE TABLE one (n INTEGER) STRICT' };
const second = { number: 2, name: 'second', sql: 'CREATE TABLE two (n INTEGER) STRICT' };

test('steps are in order, each with a number and a name of its own', () => {
  const numbers = MIGRATIONS.map(({ number }) => number);
  expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
  expect(new Set(MIGRATIONS.map(({ name }) => name)).size).toBe(MIGRATIONS.length);
});

test('a step is taken once, later ones when they come, and a step from the future refuses', () => {
  const path = join(base, 'steps.sqlite');
  const write = new Store(path, [first]);
  write.database.exec('INSERT INTO one VALUES (7)');
  write.close();
  const later = new Store(path, [first, second]);
  expect(later.database.prepare('SELECT n FROM one').all()).toEqual([{ n: 7 }]);
  expect(later.database.prepare('SELECT n FROM two').all()).toEqual([]);
  later.close();
  expect(() => new Store(path, [first])).toThrow(/step 2 \(second\), which this version does not know; start the version/);
});

test('a step that fails leaves nothing of itself', () => {
  const path = join(base, 'broken.sqlite');
  const broken = { number: 2, name: 'broken', sql: 'CREATE TABLE two (n INTEGER) STRICT; CREATE TABLE one (n INTEGER) STRICT' };
  expect(() => new Store(path, [first, broken])).toThrow(/already exists/);
  const mended = new Store(path, [first, second]);
  expect(mended.database.prepare('SELECT number FROM migrations').all()).toEqual([{ number: 1 }, { number: 2 }]);
  mended.close();
});

test('a transaction is all or nothing, also around another', () => {
  const store = new Store(':memory:', [first]);
  const insert = (n: number) => store.database.prepare('INSERT INTO one VALUES (?)').run(n);
  expect(() =>
    store.transaction(() => {
      insert(1);
      store.transaction(() => insert(2));
      throw new Error('no');
    }),
  ).toThrow('no');
  expect(store.transaction(() => store.transaction(() => insert(3).changes))).toBe(1);
  expect(store.database.prepare('SELECT n FROM one').all()).toEqual([{ n: 3 }]);
  store.close();
});

test('one daemon at a time has a directory, which is for its owner alone', () => {
  const path = join(base, 'data');
  const directory = new DataDirectory(path);
  expect(statSync(path).mode & 0o777).toBe(0o700);
  expect(() => new DataDirectory(path)).toThrow(/in use by another daemon; stop that one/);
  directory.close();
  new DataDirectory(path).close();
});

test('what is no database is refused with its path and a remedy', () => {
  const path = join(base, 'foreign.sqlite');
  writeFileSync(path, 'not a database, but long enough to look at as if it were one'.repeat(20));
  expect(() => new Store(path)).toThrow(StoreError);
  expect(() => new Store(path)).toThrow(/foreign\.sqlite cannot be opened: file is not a database; restore it from a backup/);
});

test('the daemon refuses a directory that another one has, and gives its own back when it stops', async () => {
  const path = join(base, 'shared');
  const one = await startTestDaemon(['--data-dir', path]);
  await expect(startTestDaemon(['--data-dir', path])).rejects.toThrow(/in use by another daemon/);
  await one.stop();
  await (await startTestDaemon(['--data-dir', path])).stop();
});
