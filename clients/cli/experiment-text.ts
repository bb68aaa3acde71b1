// An experiment's result on a terminal: its tables and its checks. Drawings are for HTML.

import { table } from '../../src/text/table.ts';
import { printable } from '../../src/text/printable.ts';
import { paint } from './paint.ts';
import { verdictOf } from '../experiments/report/verdict.ts';
import type { Check, Result } from '../experiments/experiment.ts';
import type { Block, Table } from '../experiments/report/block.ts';

export function resultText(result: Result, blocks: readonly Block[], columns: number | undefined): string {
  const shown = blocks.filter(
    (block) => block.kind === 'paragraph' || block.kind === 'heading' || (block.kind === 'table' && !block.detail),
  );
  const parts = shown.map((block, at) => {
    if (block.kind === 'paragraph') return wrapped(block.text, columns || 120);
    if (block.kind === 'table') return tableText(block);
    // A heading over drawings alone has nothing below it here.
    const next = shown[at + 1];
    return block.kind === 'heading' && next && next.kind !== 'heading' ? paint('bold', printable(block.text)) : '';
  });
  return [...parts.filter((part) => part !== ''), checksText(result.checks)].join('\n\n');
}

function tableText({ caption, columns, rows }: Table): string {
  const widths = columns.map(({ heading }, at) => Math.max(heading.length, ...rows.map((row) => printable(row[at]!).length)));
  const padded = rows.map((row) => row.map((cell, at) => (columns[at]!.align === 'end' ? printable(cell).padStart(widths[at]!) : cell)));
  return `${printable(caption)}:\n${table(
    padded,
    columns.map(({ heading, align }, at) => [
      align === 'end' ? heading.toUpperCase().padStart(widths[at]!) : heading.toUpperCase(),
      (row) => row[at]!,
    ]),
  )}`;
}

function checksText(checks: readonly Check[]): string {
  const lines = checks.map(({ name, expected, measured, pass, unjudged }) => {
    const found = `${printable(name)}: ${printable(measured)}`;
    if (unjudged !== undefined) return `----  ${found}; not judged (${printable(expected)}: ${printable(unjudged)})`;
    return pass ? `${paint('green', 'pass')}  ${found}` : `${paint('red', 'FAIL')}  ${found}; expected ${printable(expected)}`;
  });
  const { pass, text } = verdictOf(checks);
  return [...lines, paint(pass ? 'green' : 'red', text)].join('\n');
}

function wrapped(text: string, width: number): string {
  const lines: string[] = [];
  let line = '';
  for (const word of printable(text).split(' ')) {
    if (line !== '' && line.length + 1 + word.length > Math.min(width, 120)) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].join('\n');
}
