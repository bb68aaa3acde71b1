// What a program's standard streams are connected to: input the board hands in, output that becomes events.
// Like pipes to the program, or the other side of a terminal.

import type { Kernel } from '../kernel.ts';
import { ByteQueue } from '../ipc/byte-queue.ts';
import type { Task } from '../task/task.ts';
import { WaitQueue } from '../task/wait-queue.ts';
import { hangUp } from '../tty/hang-up.ts';
import { receiveWaiting } from '../tty/receive.ts';
import type { Terminal } from '../tty/terminal.ts';

export type OutputStream = 1 | 2;

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
  /** The terminal whose other side this is: input goes through its line discipline. */
  terminal: Terminal | null = null;
  /** Bytes written to streams 1 and 2 so far. */
  private readonly written = [0, 0, 0];
  private unfetched: ConsoleChunk[] = [];
  private readonly isFetched: boolean;
  /** Open descriptions of streams. */
  holders = 0;
  readonly readable = new WaitQueue('console input');

  /** With input that is complete, or null for input that streams in. `isFetched` false: nobody will take output, which is an event and no more. */
  constructor(input: Uint8Array | null = new Uint8Array(0), isFetched = true) {
    this.isFetched = isFetched;
    this.inputEnded = input !== null;
    if (input) this.input.append(input.slice());
  }

  feed(kernel: Kernel, data: Uint8Array): void {
    this.input.append(data.slice());
    if (this.terminal) receiveWaiting(kernel, this.terminal, this.input);
    else kernel.wake(this.readable);
  }

  /** A terminal is thereby hung up. */
  endInput(kernel: Kernel): void {
    this.inputEnded = true;
    if (this.terminal) hangUp(kernel, this.terminal);
    else kernel.wake(this.readable);
  }

  /** Bytes that the stream may still have. */
  room(kernel: Kernel, stream: OutputStream): number {
    return (kernel.options.consoleBytes ?? Number.POSITIVE_INFINITY) - this.written[stream]!;
  }

  /** Output becomes an event with its place in the stream. */
  output(kernel: Kernel, task: Task | null, stream: OutputStream, data: Uint8Array): void {
    const offset = this.written[stream]!;
    this.written[stream] = offset + data.length;
    if (this.isFetched) this.unfetched.push({ stream, offset, bytes: data });
    kernel.emit('console_output', task, { stream, data, offset });
  }

  /** Output since the last call. */
  fetchOutput(): readonly ConsoleChunk[] {
    const chunks = this.unfetched;
    this.unfetched = [];
    return chunks;
  }

  /** Nobody has it open: no more output can come. */
  get isAbandoned(): boolean {
    return (this.terminal?.opens ?? this.holders) === 0;
  }

  /** Some thread sleeps until input that may still come. At a terminal that is any: what is typed may be a signal. */
  get awaitsInput(): boolean {
    if (this.inputEnded) return false;
    return this.terminal ? !this.isAbandoned : this.readable.waiters.length > 0;
  }
}
