// What was done when: a track for each doer, one under another on one scale of time.

import type { Tracks } from './block.ts';
import { element, escaped } from './element.ts';

const WIDTH = 1000;
const HEIGHT = 26;
/** Of what is too short to be seen. */
const LEAST = 1;
/** As many as style.ts has. */
const COLORS = 10;

export function tracksHtml({ caption, unit, from, to, tracks }: Tracks): string {
  const shown = tracks.map(({ label, spans }) => ({ label, spans: spans.filter((span) => span.to > from && span.from < to) }));
  const names = [...new Set(shown.flatMap(({ spans }) => spans.map(({ name }) => name)))];
  const color = (name: string): string => `c${names.indexOf(name) % COLORS}`;
  const place = (time: number): number => ((Math.min(Math.max(time, from), to) - from) / (to - from)) * WIDTH;

  const drawings = shown.map(({ label, spans }) => {
    const drawn = spans.map((span) => {
      const tip = element('title', {}, escaped(`${span.name}: ${round(span.from)} to ${round(span.to)} ${unit}`));
      const [x, width] = [place(span.from), Math.max(LEAST, place(span.to) - place(span.from))];
      return element('rect', { class: color(span.name), x: round(x), y: 0, width: round(width), height: HEIGHT }, tip);
    });
    const spoken = `${label}: ${spans.length} from ${round(from)} to ${round(to)} ${unit}`;
    return (
      element('div', { class: 'label' }, element('span', {}, escaped(label)) + element('b', {}, `n = ${spans.length}`)) +
      element(
        'svg',
        { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': spoken, class: 'bar track' },
        drawn.join(''),
      )
    );
  });
  const axis = element(
    'div',
    { class: 'axis' },
    element('span', {}, String(round(from))) + element('span', {}, escaped(`${round(to)} ${unit}`)),
  );
  const legend = names.map((name) => element('li', {}, element('i', { class: color(name) }, '') + escaped(name)));
  return element(
    'figure',
    {},
    [element('figcaption', {}, escaped(caption)), ...drawings, axis, element('ul', { class: 'legend' }, legend.join(''))].join('\n'),
  );
}

const round = (value: number): number => Math.round(value * 100) / 100;
