// One self-contained HTML page from a result and its description: no script, nothing from elsewhere, all text escaped.

import { verdictOf } from './verdict.ts';
import type { Check, Result } from '../experiment.ts';
import type { Block, Table } from './block.ts';
import { barsHtml } from './bars.ts';
import { distributionHtml } from './distribution.ts';
import { element, escaped } from './element.ts';
import { STYLE } from './style.ts';
import { tracksHtml } from './tracks.ts';

export interface Page {
  readonly title: string;
  readonly measures: string;
  readonly sources: readonly string[];
  readonly blocks: readonly Block[];
  readonly result: Result;
}

export function renderPage(page: Page): string {
  const { title, measures, result } = page;
  const head = [
    '<meta charset="utf-8" />',
    '<meta name="viewport" content="width=device-width, initial-scale=1" />',
    '<meta name="color-scheme" content="light dark" />',
    element('title', {}, escaped(title)),
    element('style', {}, STYLE),
  ].join('\n');
  const main = [
    element('h1', {}, escaped(title)),
    element('p', { class: 'lead' }, escaped(measures)),
    verdict(result.checks),
    ...page.blocks.map(blockHtml),
    element('h2', { id: 'checks' }, 'Checks'),
    checksHtml(result.checks),
    element('h2', {}, 'How it was made'),
    provenance(page),
  ].join('\n');
  // A reader takes the figures from here; "<" must not end the element.
  const data = JSON.stringify(result).replaceAll('<', '\\u003c');
  const body = `${element('main', {}, `\n${main}\n`)}\n${element('script', { type: 'application/json', id: 'result' }, data)}`;
  return `<!DOCTYPE html>\n<html lang="en">\n<head>\n${head}\n</head>\n<body>\n${body}\n</body>\n</html>\n`;
}

function verdict(checks: readonly Check[]): string {
  const { pass, text } = verdictOf(checks);
  const sentence = text.charAt(0).toUpperCase() + text.slice(1);
  return element('p', { class: `verdict ${pass ? 'pass' : 'fail'}` }, element('a', { href: '#checks' }, sentence));
}

function blockHtml(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return element('h2', {}, escaped(block.text));
    case 'paragraph':
      return element('p', block.tone === 'aside' ? { class: 'aside' } : {}, escaped(block.text));
    case 'table':
      return tableHtml(block);
    case 'bars':
      return barsHtml(block);
    case 'distribution':
      return distributionHtml(block);
    case 'tracks':
      return tracksHtml(block);
  }
}

function tableHtml({ caption, columns, rows }: Table): string {
  const cellClass = (at: number): Record<string, string> => (columns[at]?.align === 'end' ? { class: 'figure' } : {});
  const header = columns.map(({ heading }, at) => element('th', { scope: 'col', ...cellClass(at) }, escaped(heading))).join('');
  const lines = rows.map((row) => element('tr', {}, row.map((cell, at) => element('td', cellClass(at), escaped(cell))).join('')));
  const table = [
    element('caption', {}, escaped(caption)),
    element('thead', {}, element('tr', {}, header)),
    element('tbody', {}, lines.join('\n')),
  ].join('\n');
  // Scrolls by itself on a narrow screen; reachable by keyboard for that.
  return element('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': caption }, element('table', {}, table));
}

function checksHtml(checks: readonly Check[]): string {
  const judgement = ({ pass, unjudged }: Check): string => {
    if (unjudged !== undefined) return element('td', {}, 'not judged');
    return element('td', { class: pass ? 'pass' : 'fail' }, pass ? '✓ pass' : '✗ FAIL');
  };
  const rows = checks.map((check) =>
    element(
      'tr',
      {},
      [
        judgement(check),
        element('td', {}, escaped(check.name)),
        element('td', {}, escaped(check.unjudged === undefined ? check.expected : `${check.expected}: ${check.unjudged}`)),
        element('td', {}, escaped(check.measured)),
      ].join(''),
    ),
  );
  const header = ['', 'check', 'expected', 'measured'].map((text) => element('th', { scope: 'col' }, text)).join('');
  const table = element('table', {}, element('thead', {}, element('tr', {}, header)) + element('tbody', {}, rows.join('\n')));
  return element('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Checks' }, table);
}

function provenance({ result, sources }: Page): string {
  const { name, versions, started_at, wall_seconds } = result;
  const { costs: _, ...spec } = result.spec as Record<string, unknown>;
  const facts: readonly (readonly [string, string])[] = [
    ['experiment', name],
    ['uintrd', versions.uintrd],
    ['Node.js of the daemon', versions.node],
    ['started', started_at],
    ['took', `${wall_seconds} s`],
    ['sources', sources.join('; ')],
  ];
  const list = facts.map(([term, value]) => element('dt', {}, escaped(term)) + element('dd', {}, escaped(value))).join('\n');
  return element('dl', {}, list) + element('pre', { class: 'scroll', tabindex: '0' }, escaped(JSON.stringify(spec, null, 2)));
}
