// Colour on standard output, only where that is a terminal and NO_COLOR (no-color.org) is not set.

import { styleText } from 'node:util';

export type Paint = Parameters<typeof styleText>[0];

/** FORCE_COLOR=1 makes colour where there is no terminal, as for Node itself. */
export function paint(format: Paint, text: string, stream: NodeJS.WriteStream = process.stdout): string {
  if (process.env['TERM'] === 'dumb') return text;
  return styleText(format, text, { stream });
}
