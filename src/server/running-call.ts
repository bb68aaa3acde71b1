// One call from start to end: its context, its log line, its error. What few calls use (a signal, an id of our making) is made when asked for.

import { randomUUID } from 'node:crypto';
import { MachineError } from '../machine/errors.ts';
import { asMachineError, toStatus } from './errors.ts';
import type { ServerDuplexStream, ServerReadableStream, ServerUnaryCall, ServerWritableStream, StatusObject } from '@grpc/grpc-js';
import type { EventEmitter } from 'node:events';
import type { Logger } from 'pino';
import type { CallContext } from './call.ts';

export type AnyCall =
  | ServerUnaryCall<Buffer, Buffer>
  | ServerReadableStream<Buffer, Buffer>
  | ServerWritableStream<Buffer, Buffer>
  | ServerDuplexStream<Buffer, Buffer>;

/** Told of every call that ends: its status code and how long it took. */
export type Observe = (code: number, milliseconds: number) => void;

/** What all calls of a server share. */
export interface CallHost {
  readonly log: Logger;
  readonly draining: AbortSignal;
  /** Those with a signal, to abort when the daemon drains. */
  readonly signalled: Set<RunningCall>;
}

const drainError = (): MachineError => new MachineError('DRAINING', 'the daemon is stopping; connect to another, or again later');

export class RunningCall implements CallContext {
  private readonly host: CallHost;
  private readonly name: string;
  private readonly call: AnyCall;
  private readonly observe: Observe | undefined;
  private readonly start = performance.now();
  private id: string | undefined;
  private controller: AbortController | undefined;
  private ended = false;

  constructor(host: CallHost, name: string, call: AnyCall, observe: Observe | undefined) {
    this.host = host;
    this.name = name;
    this.call = call;
    this.observe = observe;
  }

  get requestId(): string {
    if (this.id === undefined) {
      const given = this.call.metadata.get('x-request-id')[0];
      this.id = typeof given === 'string' && /^[\w.:-]{1,64}$/.test(given) ? given : randomUUID();
    }
    return this.id;
  }

  get signal(): AbortSignal {
    if (this.controller) return this.controller.signal;
    this.controller = new AbortController();
    // The library says "cancelled" of every call when its stream closes, of those that were answered too.
    const cancel = (): void => {
      if (!this.ended) this.controller!.abort(new MachineError('CANCELLED', 'the client cancelled, or its deadline passed'));
    };
    if (this.call.cancelled) cancel();
    else if (this.host.draining.aborted) this.drain();
    else {
      (this.call as EventEmitter).once('cancelled', cancel);
      this.host.signalled.add(this);
    }
    return this.controller.signal;
  }

  drain(): void {
    this.controller?.abort(drainError());
  }

  /** Throws if there is no point in beginning. */
  admit(): void {
    if (this.host.draining.aborted) throw drainError();
    if (this.call.cancelled) throw new MachineError('CANCELLED', 'the client cancelled, or its deadline passed');
    const deadline = this.call.getDeadline();
    if (deadline !== Number.POSITIVE_INFINITY && Number(deadline) <= Date.now())
      throw new MachineError('DEADLINE_PASSED', 'the deadline of the call had passed before it began');
  }

  done(): void {
    const milliseconds = this.finish();
    this.observe?.(0, milliseconds);
    if (this.host.log.isLevelEnabled('debug')) this.host.log.debug({ ...this.line(milliseconds) }, 'done');
  }

  fail(error: unknown): StatusObject {
    const milliseconds = this.finish();
    const known = asMachineError(error);
    const status = toStatus(known, this.requestId);
    this.observe?.(status.code, milliseconds);
    if (known.code === 'INTERNAL') this.host.log.error({ ...this.line(milliseconds), err: error }, 'failed');
    else this.host.log.info({ ...this.line(milliseconds), code: known.code, message: known.message.slice(0, 1000) }, 'refused');
    return status;
  }

  private finish(): number {
    this.ended = true;
    if (this.controller) this.host.signalled.delete(this);
    return performance.now() - this.start;
  }

  private line(milliseconds: number): object {
    return { request: this.requestId, call: this.name, milliseconds: Math.round(milliseconds * 10) / 10 };
  }
}
