// Stacked bars: a drawing for each bar, stretched to the width there is; all text is outside of it, so that it stays readable.

import type { Bars } from './block.ts';
import { element, escaped } from './element.ts';

const WIDTH = 1000;
const HEIGHT = 26;
/** As many as style.ts has. */
const COLORS = 10;

export function barsHtml({ caption, unit, bars }: Bars): string {
  const names = [...new Set(bars.flatMap(({ parts }) => parts.map(({ name }) => name)))].filter((name) =>
    bars.some(({ parts }) => parts.some((part) => part.name === name && part.value > 0)),
  );
  const color = (name: string): string => `c${names.indexOf(name) % COLORS}`;
  const total = (bar: (typeof bars)[number]): number => bar.parts.reduce((sum, { value }) => sum + value, 0);
  const longest = Math.max(...bars.map(total), 1);

  const drawings = bars.map((bar) => {
    let x = 0;
    const parts = bar.parts
      .filter(({ value }) => value > 0)
      .map(({ name, value }) => {
        const width = (value / longest) * WIDTH;
        const tip = element('title', {}, escaped(`${name}: ${round(value)} ${unit}`));
        const drawn = element('rect', { class: color(name), x: round(x), y: 0, width: round(width), height: HEIGHT }, tip);
        x += width;
        return drawn;
      });
    const label = element('span', {}, escaped(bar.label)) + element('b', {}, escaped(`${round(total(bar))} ${unit}`));
    const spoken = `${bar.label}: ${bar.parts.map(({ name, value }) => `${name} ${round(value)}`).join(', ')} ${unit}`;
    const svg = element(
      'svg',
      { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': spoken, class: 'bar' },
      parts.join(''),
    );
    return element('div', { class: 'label' }, label) + svg;
  });
  const legend = names.map((name) => element('li', {}, element('i', { class: color(name) }, '') + escaped(name)));
  return element(
    'figure',
    {},
    [element('figcaption', {}, escaped(caption)), ...drawings, element('ul', { class: 'legend' }, legend.join(''))].join('\n'),
  );
}

const round = (value: number): number => Math.round(value * 100) / 100;
