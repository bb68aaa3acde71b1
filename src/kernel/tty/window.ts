// The size of a terminal's window, and who is told that it has changed.

import { SIGNAL } from '../abi/signal.ts';
import type { Kernel } from '../kernel.ts';
import { signalForeground } from './job-control.ts';
import { pairOf } from './pseudoterminal.ts';
import type { Terminal, WindowSize } from './terminal.ts';

/** SIGWINCH goes to the foreground if the size is another. */
export function resize(kernel: Kernel, terminal: Terminal, window: WindowSize): void {
  const old = terminal.window;
  if ((['rows', 'columns', 'xPixels', 'yPixels'] as const).every((field) => window[field] === old[field])) return;
  signalForeground(kernel, terminal, SIGNAL.SIGWINCH);
  terminal.window = window;
  const pair = pairOf(terminal);
  if (pair) pair.other(terminal).window = window;
}

export function decodeWindow(raw: Uint8Array): WindowSize {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const field = (i: number): number => view.getUint16(i * 2, true);
  return { rows: field(0), columns: field(1), xPixels: field(2), yPixels: field(3) };
}

export function encodeWindow({ rows, columns, xPixels, yPixels }: WindowSize): Uint8Array {
  return new Uint8Array(Uint16Array.of(rows, columns, xPixels, yPixels).buffer);
}
