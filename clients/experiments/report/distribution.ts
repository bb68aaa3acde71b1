// How often each value came: a histogram for each series, on a scale of its own.

import { histogram } from '../statistics.ts';
import type { Distribution } from './block.ts';
import { element, escaped } from './element.ts';

const WIDTH = 1000;
const HEIGHT = 80;
const BINS = 40;

export function distributionHtml({ caption, unit, series }: Distribution): string {
  const drawings = series.map(({ label, values }) => {
    const { from, width, counts } = histogram(values, BINS);
    const most = Math.max(...counts);
    const step = WIDTH / counts.length;
    const bars = counts.map((count, at) => {
      const height = (count / most) * (HEIGHT - 2);
      const low = from + at * width;
      const tip = element('title', {}, escaped(`${width === 1 ? low : `${low} to ${low + width - 1}`} ${unit}: ${count}`));
      return count === 0
        ? ''
        : element('rect', { class: 'c0', x: round(at * step), y: round(HEIGHT - height), width: round(step), height: round(height) }, tip);
    });
    const smallest = Math.min(...values);
    const largest = Math.max(...values);
    const spoken = `${label}: ${values.length} values from ${smallest} to ${largest} ${unit}`;
    const equal = smallest === largest;
    return element(
      'div',
      { class: 'small' },
      [
        element('div', { class: 'label' }, element('span', {}, escaped(label)) + element('b', {}, `n = ${values.length}`)),
        element(
          'svg',
          { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': spoken, class: 'histogram' },
          bars.join(''),
        ),
        element(
          'div',
          { class: 'axis' },
          equal
            ? element('span', {}, escaped(`all at ${smallest} ${unit}`))
            : element('span', {}, String(smallest)) + element('span', {}, escaped(`${largest} ${unit}`)),
        ),
      ].join('\n'),
    );
  });
  return element('figure', {}, `${element('figcaption', {}, escaped(caption))}\n${element('div', { class: 'grid' }, drawings.join('\n'))}`);
}

const round = (value: number): number => Math.round(value * 100) / 100;
