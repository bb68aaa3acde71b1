// Where what is written to a terminal goes, and where its input waits: a master of a pseudoterminal, or the world outside.

import type { Kernel } from '../kernel.ts';
import type { Terminal } from './terminal.ts';

export interface TerminalLine {
  /** Bytes that can be sent now; none while output is stopped. */
  room(terminal: Terminal): number;
  /** At most room(); what finds none is lost. */
  send(kernel: Kernel, terminal: Terminal, bytes: Uint8Array): void;
  /** Drops what the other side has not yet taken. */
  flushOutput(kernel: Kernel, terminal: Terminal): void;
  /** Drops input that has not yet been taken in. */
  dropWaiting(terminal: Terminal): void;
  /** The terminal has room for input again: what waits is due, and the other side may send more. */
  resumeInput(kernel: Kernel, terminal: Terminal): void;
  /** Something of TIOCPKT_* has happened here: for a master in packet mode. */
  report(kernel: Kernel, terminal: Terminal, set: number, clear: number): void;
  /** What the other side has reported since the last time; 0 if nothing. */
  takeStatus(terminal: Terminal): number;
  /** As takeStatus, leaving it there. */
  peekStatus(terminal: Terminal): number;
}
