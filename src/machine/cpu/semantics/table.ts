// The instruction table: every iced Code this processor executes, with its definition.

import { Code } from 'iced-x86';
import type { Row } from './context.ts';
import { integerRows } from './integer/rows.ts';
import { sseRows } from './sse/rows.ts';
import { UINTR_ROWS } from './uintr-rows.ts';
import { X87_ROWS } from './x87/rows.ts';
import { XSAVE_ROWS } from './xsave-rows.ts';

function merge(...groups: readonly (ReadonlyMap<Code, Row> | Readonly<Record<number, Row>>)[]): Map<Code, Row> {
  const table = new Map<Code, Row>();
  for (const group of groups) {
    const entries = group instanceof Map ? group.entries() : Object.entries(group).map(([code, row]) => [Number(code), row] as const);
    for (const [code, row] of entries as Iterable<readonly [Code, Row]>) {
      if (table.has(code)) throw new Error(`two rows for ${Code[code]}`);
      table.set(code, row);
    }
  }
  return table;
}

export const instructionTable: ReadonlyMap<Code, Row> = merge(integerRows, sseRows, UINTR_ROWS, X87_ROWS, XSAVE_ROWS);
