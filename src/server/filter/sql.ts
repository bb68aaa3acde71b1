// Filters as conditions of SQL. Names of columns come from the table that is given, values are parameters.

import { invalidField } from '../../machine/errors.ts';
import type { Comparator, Filter } from './parse.ts';

/** What a column holds: text, a number, or a time as milliseconds since the epoch. */
export type ColumnType = 'text' | 'number' | 'time';

export interface Condition {
  readonly sql: string;
  readonly parameters: readonly (string | number)[];
}

/** `field`: of the request, for errors. `columns`: those that may be named, by the name of the field they hold. */
export function toCondition(field: string, filter: Filter, columns: Readonly<Record<string, ColumnType>>): Condition {
  if (filter.kind === 'compare') return compare(field, filter, columns);
  if (filter.kind === 'not') {
    const { sql, parameters } = toCondition(field, filter.part, columns);
    return { sql: `NOT (${sql})`, parameters };
  }
  const parts = filter.parts.map((part) => toCondition(field, part, columns));
  return {
    sql: parts.map(({ sql }) => `(${sql})`).join(filter.kind === 'and' ? ' AND ' : ' OR '),
    parameters: parts.flatMap(({ parameters }) => parameters),
  };
}

function compare(
  field: string,
  { field: column, comparator, value }: Filter & { kind: 'compare' },
  columns: Readonly<Record<string, ColumnType>>,
): Condition {
  const type = Object.hasOwn(columns, column) ? columns[column] : undefined;
  if (!type) throw invalidField(field, `"${column}" is none of ${Object.keys(columns).join(', ')}`);
  if (type !== 'text')
    return { sql: `${column} ${numeric(field, column, comparator)} ?`, parameters: [numberOf(field, column, type, value)] };
  if (comparator === ':') return { sql: `instr(lower(${column}), lower(?)) > 0`, parameters: [value.replaceAll('*', '')] };
  if ((comparator === '=' || comparator === '!=') && /^\*|\*$/.test(value))
    return { sql: `${column} ${comparator === '=' ? '' : 'NOT '}LIKE ? ESCAPE '\\'`, parameters: [pattern(value)] };
  return { sql: `${column} ${comparator} ?`, parameters: [value] };
}

/** "*" at an end stands for anything; elsewhere for itself. */
const pattern = (value: string): string =>
  value
    .replace(/[\\%_]/g, '\\$&')
    .replace(/^\*/, '%')
    .replace(/\*$/, '%');

function numeric(field: string, column: string, comparator: Comparator): string {
  if (comparator === ':') throw invalidField(field, `"${column}" is no text: compare it with = != < <= > >=`);
  return comparator;
}

function numberOf(field: string, column: string, type: 'number' | 'time', value: string): number {
  const number = type === 'number' ? (/^\d{1,15}$/.test(value) ? Number(value) : Number.NaN) : timeOf(value);
  if (Number.isNaN(number))
    throw invalidField(
      field,
      `"${column}" wants ${type === 'number' ? 'a number' : 'a time such as "2026-01-31T12:00:00Z"'}, got ${JSON.stringify(value)}`,
    );
  return number;
}

const timeOf = (value: string): number =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(value) ? Date.parse(value) : Number.NaN;
