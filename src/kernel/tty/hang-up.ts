// Hanging up (vhangup(2)): every open description of a terminal is dead from now on, and its session is told.

import type { Kernel } from '../kernel.ts';
import { tellOfHangUp } from './job-control.ts';
import { standardSettings } from './settings.ts';
import type { Terminal } from './terminal.ts';

export function hangUp(kernel: Kernel, terminal: Terminal): void {
  terminal.hangUps++;
  tellOfHangUp(kernel, terminal);
  terminal.input.clear();
  terminal.echoes = [];
  terminal.erasing = false;
  terminal.literalNext = false;
  terminal.stopped = false;
  terminal.stoppedByCall = false;
  terminal.isFull = false;
  terminal.line.dropWaiting(terminal);
  terminal.settings = standardSettings();
  kernel.wake(terminal.readable);
  kernel.wake(terminal.writable);
}
