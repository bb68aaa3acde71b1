import { describe, expect, it } from 'vitest';
import { resultText } from '../../clients/cli/experiment-text.ts';
import { figure, text } from '../../clients/experiments/report/block.ts';
import { escaped } from '../../clients/experiments/report/element.ts';
import { renderPage } from '../../clients/experiments/report/html.ts';
import { histogram, scaled, summarize } from '../../clients/experiments/statistics.ts';
import { wellFormed } from './well-formed.ts';
import type { Result } from '../../clients/experiments/experiment.ts';
import type { Block } from '../../clients/experiments/report/block.ts';

const EVIL = `</script><script>alert("1")</script>&'\u001b[31m\u202e`;

const result: Result = {
  name: 'sample',
  rows: [{ guest: EVIL }],
  checks: [
    { name: `one ${EVIL}`, expected: '1', measured: '1', pass: true },
    { name: 'two', expected: EVIL, measured: '3', pass: false },
  ],
  spec: { program: EVIL },
  versions: { uintrd: '1', node: '24' },
  wall_seconds: 1,
  started_at: '2026-01-01T00:00:00.000Z',
};
const blocks: readonly Block[] = [
  { kind: 'heading', text: EVIL },
  { kind: 'paragraph', text: EVIL, tone: 'aside' },
  { kind: 'table', caption: EVIL, columns: [text('a'), figure('b')], rows: [[EVIL, '12']] },
  { kind: 'table', caption: 'details', detail: true, columns: [text('a')], rows: [] },
  { kind: 'heading', text: 'drawings' },
  {
    kind: 'bars',
    caption: EVIL,
    unit: 'ns',
    bars: [
      {
        label: EVIL,
        parts: [
          { name: EVIL, value: 3 },
          { name: 'none', value: 0 },
        ],
      },
    ],
  },
  {
    kind: 'distribution',
    caption: EVIL,
    unit: 'ns',
    series: [
      { label: EVIL, values: [1, 2, 2, 9] },
      { label: 'equal', values: [4, 4] },
    ],
  },
  {
    kind: 'tracks',
    caption: EVIL,
    unit: 'us',
    from: 0,
    to: 100,
    tracks: [
      {
        label: EVIL,
        spans: [
          { name: EVIL, from: 10, to: 30 },
          { name: 'brief', from: 40, to: 40.01 },
          { name: 'cut', from: 90, to: 200 },
          { name: 'later', from: 150, to: 160 },
        ],
      },
    ],
  },
];

describe('an HTML report', () => {
  const page = renderPage({ title: EVIL, measures: EVIL, sources: [EVIL], blocks, result });

  it('is well-formed, self-contained, and readable on a phone', () => {
    expect(wellFormed(page)).toEqual([]);
    expect(page).toContain('name="viewport"');
    expect(page).toContain('prefers-color-scheme: dark');
    expect(page).toContain('@media print');
  });

  it('lets nothing of a guest become markup, and keeps its result whole', () => {
    expect(page).not.toContain('<script>');
    expect(page).not.toContain('\u001b');
    expect(page.match(/<\/script>/g)).toHaveLength(1);
    const data = /<script type="application\/json" id="result">(.*)<\/script>/.exec(page)![1]!;
    expect(JSON.parse(data)).toEqual(result);
    expect(page).toContain('1 of 2 checks fail');
  });

  it('draws spans to scale: as much as is seen of them, and none too short to be seen', () => {
    const track = page.slice(page.indexOf('class="bar track"'));
    const drawn = [...track.slice(0, track.indexOf('</svg>')).matchAll(/x="([\d.]+)" y="0" width="([\d.]+)"/g)].map(([, x, width]) => [
      x,
      width,
    ]);
    expect(drawn).toEqual([
      ['100', '200'],
      ['400', '1'],
      ['900', '100'],
    ]);
    expect(page).not.toContain('later');
  });

  it('finds what is not well-formed', () => {
    expect(wellFormed('<p>a<b></p>')).toEqual(['</p> closes <b>']);
    expect(wellFormed('<p>')).toEqual(['<p> is not closed']);
    expect(wellFormed('<p>a & b</p>')).toHaveLength(1);
    expect(wellFormed('<img src="http://elsewhere/"/>')).toHaveLength(1);
  });
});

describe('a result on a terminal', () => {
  const shown = resultText(result, blocks, 80);

  it('has tables and checks, but no details and no heading over drawings alone', () => {
    expect(shown).toContain('1 of 2 checks fail');
    expect(shown).toContain('FAIL  two: 3; expected');
    expect(shown).not.toContain('details');
    expect(shown).not.toContain('drawings');
  });

  it('sends no control character of a guest to it', () => {
    expect([...shown].filter((character) => character !== '\n' && (character < ' ' || character === '\u202e'))).toEqual([]);
  });
});

describe('statistics', () => {
  it.each([
    [[5], { min: 5, avg: 5, max: 5, p50: 5, p99: 5 }],
    [[4, 1, 3, 2], { min: 1, avg: 2.5, max: 4, p50: 2, p99: 4 }],
    [Array.from({ length: 200 }, (_, n) => n + 1), { min: 1, avg: 100.5, max: 200, p50: 100, p99: 198 }],
  ])('of %j', (values, expected) => expect(summarize(values)).toEqual(expected));

  it('scales', () => expect(scaled(summarize([1360]), 0.5).p50).toBe(680));

  it.each([
    [[7, 7, 7], { from: 7, width: 1, counts: [3] }],
    [[0, 1, 2, 3], { from: 0, width: 2, counts: [2, 2] }],
    [[0, 1], { from: 0, width: 1, counts: [1, 1] }],
  ])('counts %j in two bins', (values, expected) => expect(histogram(values, 2)).toEqual(expected));

  it('escapes quotes and angle brackets', () => expect(escaped(`<a href="x">'&`)).toBe('&lt;a href=&quot;x&quot;&gt;&#39;&amp;'));
});
