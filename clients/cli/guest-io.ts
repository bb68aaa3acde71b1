// A guest's console on our own standard streams: output in order and without loss, a terminal's input as it is typed.

import { once } from 'node:events';
import type { ConsoleOutput, TerminalSize } from '../../src/gen/api.ts';
import type { Duplex, UintrClient } from '../ts/client.ts';
import type { AttachConsoleRequest, AttachConsoleResponse } from '../../src/gen/api.ts';

/** Whoever read our output is gone. */
export class OutputClosed extends Error {}

export interface OutputTarget {
  write(stream: 'STREAM_STDOUT' | 'STREAM_STDERR', bytes: Uint8Array): Promise<void>;
}

export const ownStreams: OutputTarget = {
  async write(stream, bytes) {
    const target = stream === 'STREAM_STDOUT' ? process.stdout : process.stderr;
    if (target.destroyed || target.errored) throw new OutputClosed();
    if (!target.write(bytes)) await Promise.race([once(target, 'drain'), once(target, 'close')]);
  },
};

export class GuestConsole {
  private readonly client: UintrClient;
  private readonly name: string;
  private readonly target: OutputTarget;
  private readonly seen = { STREAM_STDOUT: 0n, STREAM_STDERR: 0n };
  private call: Duplex<AttachConsoleRequest, AttachConsoleResponse> | undefined;
  private detached = false;
  /** Bytes of each stream after which follow() is done. */
  private last = { STREAM_STDOUT: Number.POSITIVE_INFINITY, STREAM_STDERR: Number.POSITIVE_INFINITY };

  constructor(client: UintrClient, name: string, target: OutputTarget = ownStreams) {
    this.client = client;
    this.name = name;
    this.target = target;
    this.attached = new Promise((resolve) => (this.onAttached = resolve));
  }

  /** Resolves when no output can be lost any more. */
  readonly attached: Promise<void>;
  private onAttached: () => void = () => {};

  /** Forwards until the console ends, or all that finish() asks for is out. */
  async follow(): Promise<void> {
    this.call = this.client.guest.AttachConsole();
    await this.call.write({ attach: this.position() });
    try {
      await this.forward(this.call);
    } catch (error) {
      if (!this.detached) throw error;
    }
  }

  async sendInput(bytes: Uint8Array): Promise<void> {
    await this.call?.write({ stdin: bytes });
  }

  async resize(size: TerminalSize): Promise<void> {
    await this.call?.write({ resize: size });
  }

  async closeInput(): Promise<void> {
    await this.call?.write({ close_stdin: {} });
  }

  /** No more than this, which a wait has counted, is to be forwarded: children that write on are not waited for. */
  finish({ stdout_bytes, stderr_bytes }: { readonly stdout_bytes: bigint; readonly stderr_bytes: bigint }): void {
    this.last = { STREAM_STDOUT: Number(stdout_bytes), STREAM_STDERR: Number(stderr_bytes) };
    this.detachWhenComplete();
  }

  /** What is there now. */
  async print(): Promise<void> {
    const rest = this.client.guest.AttachConsole();
    await rest.write({ attach: { ...this.position(), no_follow: true } });
    rest.end();
    for await (const { output } of rest) if (output) await this.emit(output);
  }

  private position() {
    return { name: this.name, stdout_offset: this.seen.STREAM_STDOUT, stderr_offset: this.seen.STREAM_STDERR };
  }

  private async forward(call: Duplex<AttachConsoleRequest, AttachConsoleResponse>): Promise<void> {
    for await (const { output, attached } of call) {
      if (attached) this.onAttached();
      if (output) await this.emit(output);
      this.detachWhenComplete();
      if (this.detached) return;
    }
  }

  private detachWhenComplete(): void {
    if (this.detached || this.seen.STREAM_STDOUT < this.last.STREAM_STDOUT || this.seen.STREAM_STDERR < this.last.STREAM_STDERR) return;
    this.detached = true;
    this.call?.cancel();
  }

  private async emit({ stream, offset, data }: ConsoleOutput): Promise<void> {
    if (stream !== 'STREAM_STDOUT' && stream !== 'STREAM_STDERR') return;
    const missing = offset - this.seen[stream];
    if (missing > 0n) await this.target.write('STREAM_STDERR', Buffer.from(`uintrctl: ${missing} bytes of output are no longer kept\n`));
    await this.target.write(stream, data);
    this.seen[stream] = offset + BigInt(data.length);
  }
}
