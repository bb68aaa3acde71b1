// The line of a terminal whose other side is outside of the machine: its output goes to the console's stream 1, its input comes from there.

import type { Console } from '../fs/console.ts';
import type { Kernel } from '../kernel.ts';
import type { TerminalLine } from './line.ts';
import { receiveWaiting } from './receive.ts';
import type { Terminal } from './terminal.ts';

/** Of one event at most. */
const CHUNK = 65536;

export class ConsoleLine implements TerminalLine {
  private readonly console: Console;

  constructor(console: Console) {
    this.console = console;
  }

  room(terminal: Terminal): number {
    return terminal.stopped ? 0 : CHUNK;
  }

  send(kernel: Kernel, _terminal: Terminal, bytes: Uint8Array): void {
    // A terminal goes on when nobody can take more of what it shows.
    const shown = bytes.slice(0, Math.min(bytes.length, this.console.room(kernel, 1)));
    if (shown.length > 0) this.console.output(kernel, kernel.cpu && kernel.current(kernel.cpu), 1, shown);
  }

  flushOutput(): void {}

  dropWaiting(): void {
    this.console.input.drop(this.console.input.length);
  }

  resumeInput(kernel: Kernel, terminal: Terminal): void {
    receiveWaiting(kernel, terminal, this.console.input);
  }

  report(): void {}

  takeStatus(): number {
    return 0;
  }

  peekStatus(): number {
    return 0;
  }
}
