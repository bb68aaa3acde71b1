// What a machine tells the main thread: its events and console output, its state, and how calls have ended.

import type { MachineError } from '../errors.ts';
import type { Machine } from '../machine.ts';
import type { CommandKind, CommandReply, FromWorker, MachineState, Reply } from '../protocol.ts';

/** `transfer`: buffers that are handed over instead of copied. */
export type Post = (message: FromWorker, transfer?: ArrayBuffer[]) => void;

export class Outlet {
  private readonly id: number;
  private readonly send: Post;
  /** Something is about to go out that its journal must have before. */
  private spoke = false;

  /** `id`: the machine's number. */
  constructor(id: number, send: Post) {
    this.id = id;
    this.send = send;
  }

  /** Whether something is about to go out since this was asked last. */
  takeSpoke(): boolean {
    const { spoke } = this;
    this.spoke = false;
    return spoke;
  }

  /** Something else of this machine is. */
  speaks(): void {
    this.spoke = true;
  }

  /** What has been emitted since the last time. */
  flush({ consoles, events }: Machine): void {
    for (const chunk of consoles.takeOutput())
      this.post({ kind: 'console', machine: this.id, ...chunk }, [chunk.bytes.buffer as ArrayBuffer]);
    for (const pid of consoles.takeEnded()) this.post({ kind: 'console_end', machine: this.id, pid });
    const batch = events.take();
    if (!batch) return;
    const transfer = [batch.bytes.buffer as ArrayBuffer];
    this.post({ kind: 'events', machine: this.id, ...batch }, transfer);
  }

  state(state: MachineState, cycle: number, reason: string, awaitingInput: boolean): void {
    this.post({ kind: 'state', machine: this.id, state, cycle, reason, awaitingInput });
  }

  answer<K extends CommandKind>(command: K, request: number, reply: CommandReply<K>): void {
    this.post({ kind: 'reply', command, request, reply } as Reply);
  }

  fail(request: number, { code, message, details }: MachineError): void {
    this.post({ kind: 'error', request, error: { code, message, details } });
  }

  /** No news of what has happened in it. */
  wantSave(): void {
    this.send({ kind: 'save_wanted', machine: this.id });
  }

  private post(message: FromWorker, transfer?: ArrayBuffer[]): void {
    this.spoke = true;
    this.send(message, transfer);
  }
}
