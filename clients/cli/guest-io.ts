// A guest's console on our own standard streams: output in order and without loss, a terminal's input as it is typed.

import { once } from 'node:events';
import type { ConsoleOutput } from '../../src/gen/api.ts';
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

  constructor(client: UintrClient, name: string, target: OutputTarget = ownStreams) {
    this.client = client;
    this.name = name;
    this.target = target;
  }

  /** Forwards until the console ends or finish() is called. */
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

  async closeInput(): Promise<void> {
    await this.call?.write({ close_stdin: {} });
  }

  /** What has been written until now and was not forwarded yet; then no more. */
  async finish(): Promise<void> {
    this.detached = true;
    this.call?.cancel();
    await this.print();
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
    for await (const { output } of call) {
      if (this.detached) return;
      if (output) await this.emit(output);
    }
  }

  private async emit({ stream, offset, data }: ConsoleOutput): Promise<void> {
    if (stream !== 'STREAM_STDOUT' && stream !== 'STREAM_STDERR') return;
    const missing = offset - this.seen[stream];
    if (missing > 0n) await this.target.write('STREAM_STDERR', Buffer.from(`uintrctl: ${missing} bytes of output are no longer kept\n`));
    this.seen[stream] = offset + BigInt(data.length);
    await this.target.write(stream, data);
  }
}
