import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { parseFilter } from '../../src/server/filter/parse.ts';
import { toCondition } from '../../src/server/filter/sql.ts';
import type { Filter } from '../../src/server/filter/parse.ts';

const COLUMNS = { user: 'text', code: 'text', count: 'number', time: 'time' } as const;

/** As Lisp. */
function shown(filter: Filter): string {
  if (filter.kind === 'compare') return `${filter.field}${filter.comparator}${filter.value}`;
  if (filter.kind === 'not') return `(not ${shown(filter.part)})`;
  return `(${[filter.kind, ...filter.parts.map(shown)].join(' ')})`;
}

describe('a filter', () => {
  it.each([
    ['a = b', 'a=b'],
    ['a="b c" AND d != \'e\'', '(and a=b c d!=e)'],
    ['a:b c:d', '(and a:b c:d)'],
    ['a=1 AND b=2 OR c=3', '(and a=1 (or b=2 c=3))'],
    ['a=1 OR b=2 c=3', '(and (or a=1 b=2) c=3)'],
    ['NOT a=1 AND -b=2', '(and (not a=1) (not b=2))'],
    ['(a=1 AND b=2) OR NOT (c>=3)', '(or (and a=1 b=2) (not c>=3))'],
    ['a = "say \\"hi\\""', 'a=say "hi"'],
    ['a = users/x-1', 'a=users/x-1'],
  ])('%s means %s', (text, meaning) => {
    expect(shown(parseFilter('filter', text)!)).toBe(meaning);
  });

  it.each(['', '   '])('%j asks for nothing', (text) => {
    expect(parseFilter('filter', text)).toBeNull();
  });

  it.each([
    ['a', /"a" must be compared/],
    ['a =', /its end where a value/],
    ['= b', /the name of a field/],
    ['(a=1', /its end where "\)"/],
    ['a=1)', /where the end/],
    ['a="b', /cannot be read from/],
    ['a=1 AND', /its end where the name/],
    ['a ( 1', /must be compared/],
    [`${'('.repeat(33)}a=1${')'.repeat(33)}`, /nested deeper/],
    [`${'NOT '.repeat(40)}a=1`, /nested deeper/],
  ])('%s is refused', (text, message) => {
    expect(() => parseFilter('filter', text)).toThrow(message);
  });
});

describe('the condition of a filter', () => {
  const database = new DatabaseSync(':memory:');
  database.exec(`CREATE TABLE t (user TEXT, code TEXT, count INTEGER, time INTEGER);
    INSERT INTO t VALUES ('users/alice', 'OK', 1, 1000), ('users/bob', 'NOT_FOUND', 20, 2000), ('users/a_x', 'OK', 3, 3000), ('', '%', 4, 4000)`);
  const found = (text: string): number[] => {
    const { sql, parameters } = toCondition('filter', parseFilter('filter', text)!, COLUMNS);
    return database
      .prepare(`SELECT rowid FROM t WHERE ${sql} ORDER BY rowid`)
      .all(...parameters)
      .map(({ rowid }) => rowid as number);
  };

  it.each([
    ['user = "users/alice"', [1]],
    ['user != "users/alice"', [2, 3, 4]],
    ['user : "ALI"', [1]],
    ['user = "users/*"', [1, 2, 3]],
    ['user = "*_x"', [3]],
    ['user != "users/*"', [4]],
    ['code = "%"', [4]],
    ['count > 3', [2, 4]],
    ['time >= "1970-01-01T00:00:02Z" AND time < "1970-01-01T01:00:03+01:00"', [2]],
    ['user : "bob" OR count = 1', [1, 2]],
    ['NOT (code = OK OR count = 4)', [2]],
    ['user = "x\' OR 1=1 --"', []],
  ])('%s finds %j', (text, rows) => {
    expect(found(text)).toEqual(rows);
  });

  it.each([
    ['name = x', /"name" is none of user, code, count, time/],
    ['constructor = x', /is none of/],
    ['count = many', /"count" wants a number/],
    ['count : 1', /is no text/],
    ['time > yesterday', /wants a time such as/],
  ])('%s is refused', (text, message) => {
    expect(() => found(text)).toThrow(message);
  });
});
