// Stopping and starting output: VSTOP and VSTART, tcflow(3).

import { TIOCPKT_START, TIOCPKT_STOP } from '../abi/termios.ts';
import type { Kernel } from '../kernel.ts';
import type { Terminal } from './terminal.ts';

export function stopOutput(kernel: Kernel, terminal: Terminal): void {
  if (terminal.stopped) return;
  terminal.stopped = true;
  terminal.line.report(kernel, terminal, TIOCPKT_STOP, TIOCPKT_START);
}

/** Nothing happens to what tcflow has stopped. */
export function startOutput(kernel: Kernel, terminal: Terminal): void {
  if (!terminal.stopped || terminal.stoppedByCall) return;
  terminal.stopped = false;
  terminal.line.report(kernel, terminal, TIOCPKT_START, TIOCPKT_STOP);
  kernel.wake(terminal.writable);
}
