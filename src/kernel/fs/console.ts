// What a program's standard streams are connected to: input the board hands in, output that becomes events.
// Like pipes to the program, or like a terminal (termios(4) kept but not interpreted: the other side's terminal has edited the line).

import type { Kernel } from '../kernel.ts';
import { ByteQueue } from '../ipc/byte-queue.ts';
import type { Task } from '../task/task.ts';
import { WaitQueue } from '../task/wait-queue.ts';

export type OutputStream = 1 | 2;

export interface TerminalSize {
  readonly rows: number;
  readonly columns: number;
}

/** Output that nobody has fetched yet. */
export interface ConsoleChunk {
  readonly stream: OutputStream;
  /** Place of its first byte in the stream. */
  readonly offset: number;
  readonly bytes: Uint8Array;
}

export class Console {
  /** On its way out of the machine, so no longer part of its state. */
  static readonly transient = ['unfetched'];
  readonly input = new ByteQueue();
  /** No more input will come: reads behind the last byte return 0. */
  inputEnded: boolean;
  /** isatty() holds for its files. */
  readonly isTerminal: boolean;
  size: TerminalSize = { rows: 24, columns: 80 };
  /** struct termios as last set; null until then. */
  settings: Uint8Array | null = null;
  foregroundGroup = 0;
  /** Bytes written to streams 1 and 2 so far. */
  private readonly written = [0, 0, 0];
  private unfetched: ConsoleChunk[] = [];
  /** Open descriptions; at 0 no more output can come. */
  holders = 0;
  readonly readable = new WaitQueue('console input');

  /** With input that is complete, or null for input that streams in. */
  constructor(input: Uint8Array | null = new Uint8Array(0), isTerminal = false) {
    this.isTerminal = isTerminal;
    this.inputEnded = input !== null;
    if (input) this.input.append(input.slice());
  }

  feed(kernel: Kernel, data: Uint8Array): void {
    this.input.append(data.slice());
    kernel.wake(this.readable);
  }

  endInput(kernel: Kernel): void {
    this.inputEnded = true;
    kernel.wake(this.readable);
  }

  /** Output becomes an event with its place in the stream. */
  output(kernel: Kernel, task: Task, stream: OutputStream, data: Uint8Array): void {
    const offset = this.written[stream]!;
    this.written[stream] = offset + data.length;
    this.unfetched.push({ stream, offset, bytes: data });
    kernel.emit('console_output', task, { stream, data, offset });
  }

  /** Output since the last call. */
  fetchOutput(): readonly ConsoleChunk[] {
    const chunks = this.unfetched;
    this.unfetched = [];
    return chunks;
  }

  /** Some thread sleeps until input that may still come. */
  get awaitsInput(): boolean {
    return !this.inputEnded && this.readable.waiters.length > 0;
  }
}
