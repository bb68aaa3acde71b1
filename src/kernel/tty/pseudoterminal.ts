// A pair of terminals (pty(7)): what is written to one is input of the other.

import { ByteQueue } from '../ipc/byte-queue.ts';
import type { Kernel } from '../kernel.ts';
import { makeDevice } from '../abi/stat.ts';
import { TIOCPKT_FLUSHWRITE } from '../abi/termios.ts';
import { hangUp } from './hang-up.ts';
import type { TerminalLine } from './line.ts';
import { receiveWaiting } from './receive.ts';
import { transparentSettings } from './settings.ts';
import { Terminal } from './terminal.ts';

const SLAVE_MAJOR = 136;
const MASTER_MAJOR = 128;
/** Bytes that wait between the two sides before writers do. */
const LINE_BYTES = 8192;

export class PseudoterminalLine implements TerminalLine {
  readonly pair: Pseudoterminal;
  /** Written by the other side and not yet taken in by this one. */
  readonly waiting = new ByteQueue();
  /** Bits of TIOCPKT_* that the other side has not yet read. */
  status = 0;

  constructor(pair: Pseudoterminal) {
    this.pair = pair;
  }

  room(terminal: Terminal): number {
    return terminal.stopped ? 0 : Math.max(0, LINE_BYTES - this.other(terminal).waiting.length);
  }

  send(kernel: Kernel, terminal: Terminal, bytes: Uint8Array): void {
    const to = this.pair.other(terminal);
    const { waiting } = this.other(terminal);
    waiting.append(bytes.slice(0, Math.max(0, LINE_BYTES - waiting.length)));
    receiveWaiting(kernel, to, waiting);
  }

  flushOutput(kernel: Kernel, terminal: Terminal): void {
    const { waiting } = this.other(terminal);
    waiting.drop(waiting.length);
    this.report(kernel, terminal, TIOCPKT_FLUSHWRITE, 0);
  }

  dropWaiting(): void {
    this.waiting.drop(this.waiting.length);
  }

  resumeInput(kernel: Kernel, terminal: Terminal): void {
    receiveWaiting(kernel, terminal, this.waiting);
    if (this.waiting.length < LINE_BYTES) kernel.wake(this.pair.other(terminal).writable);
  }

  report(kernel: Kernel, terminal: Terminal, set: number, clear: number): void {
    const to = this.pair.other(terminal);
    if (!to.packetMode) return;
    this.status = (this.status & ~clear) | set;
    kernel.wake(to.readable);
  }

  takeStatus(terminal: Terminal): number {
    const line = this.other(terminal);
    const { status } = line;
    line.status = 0;
    return status;
  }

  peekStatus(terminal: Terminal): number {
    return this.other(terminal).status;
  }

  private other(terminal: Terminal): PseudoterminalLine {
    return terminal === this.pair.master ? this.pair.slaveLine : this.pair.masterLine;
  }
}

export class Pseudoterminal {
  readonly index: number;
  readonly masterLine: PseudoterminalLine;
  readonly slaveLine: PseudoterminalLine;
  readonly master: Terminal;
  readonly slave: Terminal;
  /** TIOCSPTLCK: the slave cannot be opened. */
  isLocked = true;

  constructor(index: number) {
    this.index = index;
    this.masterLine = new PseudoterminalLine(this);
    this.slaveLine = new PseudoterminalLine(this);
    this.master = new Terminal('ptmx', makeDevice(MASTER_MAJOR, index), 'master', this.masterLine, transparentSettings());
    this.slave = new Terminal(`pts/${index}`, slaveDevice(index), 'slave', this.slaveLine);
  }

  other(terminal: Terminal): Terminal {
    return terminal === this.master ? this.slave : this.master;
  }

  /** The master is closed: whoever has the slave open is cut off. */
  closeMaster(kernel: Kernel): void {
    this.master.packetMode = false;
    this.slave.otherClosed = true;
    hangUp(kernel, this.slave);
  }

  /** The last description of the slave is closed. */
  closeSlave(kernel: Kernel): void {
    this.master.packetMode = false;
    this.master.otherClosed = true;
    kernel.wake(this.master.readable);
    kernel.wake(this.master.writable);
  }
}

export function slaveDevice(index: number): number {
  return makeDevice(SLAVE_MAJOR, index);
}

/** The pair a terminal belongs to; null for one whose other side is outside of the machine. */
export function pairOf(terminal: Terminal): Pseudoterminal | null {
  return terminal.line instanceof PseudoterminalLine ? terminal.line.pair : null;
}
