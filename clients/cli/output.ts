// Results on standard output: a table for people, json or jsonl for scripts.

import { API } from '../../src/gen/api.ts';
import { toJson } from '../../src/wire/json.ts';
import { printable, printableJson } from '../../src/text/printable.ts';
import { type Column, table } from '../../src/text/table.ts';
import type { Json } from '../../src/wire/json.ts';

export const FORMATS = ['table', 'json', 'jsonl'] as const;
export type Format = (typeof FORMATS)[number];

/** JSON that no terminal acts on. */
export const jsonText = (value: unknown, indent?: number): string => printableJson(JSON.stringify(value, null, indent));

export const jsonOf = (type: string, message: object): Json => toJson(API, type, message);

export function printList<T extends object>(format: Format, type: string, rows: readonly T[], columns: readonly Column<T>[]): void {
  if (format === 'table') console.log(table(rows, columns));
  else if (format === 'json')
    console.log(
      jsonText(
        rows.map((row) => jsonOf(type, row)),
        2,
      ),
    );
  else for (const row of rows) console.log(jsonText(jsonOf(type, row)));
}

/** One object: aligned "name: value" lines for people. */
export function printObject(format: Format, type: string, message: object): void {
  const value = jsonOf(type, message) as { [name: string]: Json };
  if (format !== 'table') console.log(jsonText(value, format === 'json' ? 2 : undefined));
  else console.log(outline(value, '').join('\n'));
}

function outline(value: { [name: string]: Json }, indent: string): string[] {
  return Object.entries(value).flatMap(([name, item]): string[] => {
    if (Array.isArray(item) && item.some((inner) => typeof inner === 'object'))
      return [
        `${indent}${name}:`,
        ...item.flatMap((inner) => [`${indent}  -`, ...outline(inner as { [name: string]: Json }, `${indent}    `)]),
      ];
    if (Array.isArray(item)) return [`${indent}${name}: ${printable(item.join(' '))}`];
    if (typeof item === 'object' && item !== null)
      return Object.keys(item).length === 0 ? [] : [`${indent}${name}:`, ...outline(item, `${indent}  `)];
    return [`${indent}${name}: ${printable(String(item))}`];
  });
}

export const hex = (value: bigint): string => `0x${value.toString(16)}`;
/** "MACHINE_STATE_RUNNING" with prefix "MACHINE_STATE_" -> "running". */
export const word = (value: string, prefix: string): string =>
  value.startsWith(prefix) ? value.slice(prefix.length).toLowerCase() : value;
/** The last part of a resource's name. */
export const lastPart = (name: string): string => name.slice(name.lastIndexOf('/') + 1);
export const gigahertz = 1e9;
