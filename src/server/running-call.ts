// One call from start to end: its context, its log line, its error, its entry in the audit log. What few calls use (a signal, an id of our making) is made when asked for.

import { randomUUID } from 'node:crypto';
import { MachineError } from '../machine/errors.ts';
import { peerOf } from './auth/door.ts';
import { NOBODY } from './auth/principal.ts';
import { asMachineError, codeName, toStatus, UNAUTHENTICATED } from './errors.ts';
import type { ServerDuplexStream, ServerReadableStream, ServerUnaryCall, ServerWritableStream, StatusObject } from '@grpc/grpc-js';
import type { EventEmitter } from 'node:events';
import type { Logger } from 'pino';
import type { AuditLog } from './audit/audit-log.ts';
import type { Door } from './auth/door.ts';
import type { Permission } from './auth/permissions.ts';
import type { Principal } from './auth/principal.ts';
import type { CallContext } from './call.ts';
import type { Leases } from './lease/leases.ts';
import type { Recoveries } from './durable/recoveries.ts';
import type { LiveCall, LiveCalls } from './live-calls.ts';
import type { Quotas } from './quota/quotas.ts';

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
  /** Those with a signal. */
  readonly live: LiveCalls;
  readonly audit: AuditLog | undefined;
  readonly quotas: Quotas | undefined;
  readonly leases: Leases | undefined;
  readonly recoveries: Recoveries | undefined;
}

/** What all calls of a method by one way in share. */
export interface CallKind {
  /** "uintr.v1.MachineService/GetMachine" */
  readonly name: string;
  /** "MachineService.GetMachine", as the audit log calls it. */
  readonly method: string;
  readonly door: Door;
  readonly permission: Permission;
  readonly observe?: Observe | undefined;
}

export const drainError = (): MachineError => new MachineError('DRAINING', 'the daemon is stopping; connect to another, or again later');

/** Version 00 of https://www.w3.org/TR/trace-context, and what later versions must begin with. */
const TRACE_PARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}(?:$|-)/;

/** "MachineService.GetMachine" of "uintr.v1.MachineService/GetMachine". */
export const shortName = (name: string): string => name.slice(name.lastIndexOf('.') + 1).replace('/', '.');

export class RunningCall implements CallContext, LiveCall {
  private readonly host: CallHost;
  private readonly kind: CallKind;
  private readonly call: AnyCall;
  private caller: Principal = NOBODY;
  private readonly start = performance.now();
  private id: string | undefined;
  private controller: AbortController | undefined;
  private ended = false;
  /** The name of what it is about, for the audit log. */
  subject = '';
  readonly machines: string[] = [];
  /** The project that it counts for. */
  project = '';
  private release: (() => void) | undefined;

  constructor(host: CallHost, kind: CallKind, call: AnyCall) {
    this.host = host;
    this.kind = kind;
    this.call = call;
  }

  get requestId(): string {
    if (this.id === undefined) {
      const given = this.call.metadata.get('x-request-id')[0];
      this.id = typeof given === 'string' && /^[\w.:-]{1,64}$/.test(given) ? given : randomUUID();
    }
    return this.id;
  }

  get isExclusive(): boolean {
    return this.kind.permission.exclusive === true;
  }

  /** Known once it is admitted. */
  get principal(): Principal {
    return this.caller;
  }

  /** Whoever asks for it waits or streams, which a project may do so often at one time: throws QUOTA_EXCEEDED. */
  get signal(): AbortSignal {
    this.hold();
    return this.ending;
  }

  hold(): void {
    if (!this.release && this.project !== '') this.release = this.host.quotas?.holdStream(this.project);
  }

  /** The same, for what is part of every call. */
  get ending(): AbortSignal {
    if (this.controller) return this.controller.signal;
    this.controller = new AbortController();
    // The library says "cancelled" of every call when its stream closes, of those that were answered too.
    const cancel = (): void => {
      if (!this.ended) this.controller!.abort(new MachineError('CANCELLED', 'the client cancelled, or its deadline passed'));
    };
    if (this.call.cancelled) cancel();
    else if (this.host.draining.aborted) this.end(drainError());
    else {
      (this.call as EventEmitter).once('cancelled', cancel);
      this.host.live.add(this);
    }
    return this.controller.signal;
  }

  get hasDeadline(): boolean {
    return this.call.getDeadline() !== Number.POSITIVE_INFINITY;
  }

  end(reason: MachineError): void {
    this.controller?.abort(reason);
  }

  /** Throws if there is no point in beginning, or if whoever calls may not come in. */
  admit(): void {
    if (this.host.draining.aborted) throw drainError();
    if (this.call.cancelled) throw new MachineError('CANCELLED', 'the client cancelled, or its deadline passed');
    const deadline = this.call.getDeadline();
    if (deadline !== Number.POSITIVE_INFINITY && Number(deadline) <= Date.now())
      throw new MachineError('DEADLINE_PASSED', 'the deadline of the call had passed before it began');
    this.caller = this.kind.door(this.call);
  }

  done(): void {
    const milliseconds = this.finish(0, '');
    if (this.host.log.isLevelEnabled('debug')) this.host.log.debug({ ...this.line(milliseconds) }, 'done');
  }

  fail(error: unknown): StatusObject {
    const known = asMachineError(error);
    const status = toStatus(known, this.requestId);
    const milliseconds = this.finish(status.code, known.code);
    if (known.code === 'INTERNAL') this.host.log.error({ ...this.line(milliseconds), err: error }, 'failed');
    else this.host.log.info({ ...this.line(milliseconds), code: known.code, message: known.message.slice(0, 1000) }, 'refused');
    return status;
  }

  private finish(code: number, reason: string): number {
    this.ended = true;
    this.release?.();
    if (this.controller) this.host.live.delete(this);
    const { audit } = this.host;
    if (audit && (this.kind.permission.changes || code === UNAUTHENTICATED)) this.record(audit, code, reason);
    const milliseconds = performance.now() - this.start;
    this.kind.observe?.(code, milliseconds);
    return milliseconds;
  }

  private record(audit: AuditLog, code: number, reason: string): void {
    const { user, token } = this.caller;
    const { method } = this.kind;
    const entry = { user, token, peer: peerOf(this.call), method, resource: this.subject, code: codeName(code), reason };
    audit.add(entry, this.requestId, this.kind.permission.where !== 'projects');
  }

  private line(milliseconds: number): object {
    const trace = this.trace();
    return {
      request: this.requestId,
      call: this.kind.name,
      milliseconds: Math.round(milliseconds * 10) / 10,
      ...(this.caller.user === '' ? {} : { user: this.caller.user }),
      ...(trace ? { trace_id: trace[1], parent_span_id: trace[2] } : {}),
    };
  }

  /** Of W3C Trace Context, so that a log line can be found from a client's trace. */
  private trace(): RegExpExecArray | null {
    return TRACE_PARENT.exec(String(this.call.metadata.get('traceparent')[0] ?? ''));
  }
}
