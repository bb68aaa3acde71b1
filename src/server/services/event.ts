// EventService: cursors in a machine's log. Events go out as the bytes they were stored as; only what follows them is encoded here.

import { API } from '../../gen/api.ts';
import { MachineError } from '../../machine/errors.ts';
import { encodeMessage } from '../../wire/encode.ts';
import { traceMethods } from './trace.ts';
import { formatToken, parseToken } from '../resume-token.ts';
import { milliseconds } from '../timestamp.ts';
import type { EventFilter, EventService, StreamEventsRequest, StreamEventsResponse } from '../../gen/api.ts';
import type { Implementation, Send } from '../call.ts';
import type { EventLog, EventReader, LogSlice } from '../events/event-log.ts';
import type { MachineHandle } from '../machine-handle.ts';
import type { StreamCounts } from '../metrics-counts.ts';
import type { MachineRegistry } from '../machine-registry.ts';

const USUAL_EVENTS = 256;
/** Well below the message limit of any client. */
const MOST_BYTES = 1 << 20;

const KIND_NUMBERS = API.enums['uintr.v1.EventKind']!;

function kindsOf(filter: EventFilter | undefined): ReadonlySet<number> | null {
  if (!filter || filter.kinds.length === 0) return null;
  return new Set(filter.kinds.map((kind) => KIND_NUMBERS[kind]!));
}

/** The sequence a token stands for, if it is of this machine and incarnation. */
function tokenSequence(handle: MachineHandle, field: string, token: string): number {
  const point = parseToken(field, token);
  if (point.uid !== handle.identity.uid)
    throw new MachineError('TOKEN_INVALID', `${field}: is a token of another machine`, {
      field,
      description: 'is a token of another machine',
    });
  if (point.incarnation !== handle.incarnation)
    throw new MachineError('HISTORY_GONE', `the machine was reset since this token was given`, {
      oldest_sequence: String(handle.log.oldest),
      next_sequence: String(handle.log.next),
    });
  return point.sequence;
}

function startOf(handle: MachineHandle, request: StreamEventsRequest): number {
  if (request.resume_token !== undefined) return tokenSequence(handle, 'resume_token', request.resume_token);
  if (request.sequence !== undefined) return Number(request.sequence);
  return request.position === 'START_POSITION_LATEST' ? handle.log.next : handle.log.oldest;
}

const assemble = (slice: LogSlice, type: string, rest: object): Uint8Array =>
  Buffer.concat([...slice.pieces, encodeMessage(API, type, rest)]);

/** One subscriber. */
class Subscription implements EventReader {
  private readonly handle: MachineHandle;
  readonly log: EventLog;
  private readonly incarnation: number;
  private readonly kinds: ReadonlySet<number> | null;
  private readonly batch: number;
  private readonly latency: number;
  private readonly heartbeat: number;
  private readonly drop: boolean;
  cursor: number;
  private dropped = 0;
  private readonly counts: StreamCounts;

  constructor(handle: MachineHandle, request: StreamEventsRequest, counts: StreamCounts) {
    this.handle = handle;
    this.counts = counts;
    this.log = handle.log;
    this.incarnation = handle.incarnation;
    this.kinds = kindsOf(request.filter);
    this.batch = request.max_batch_events || USUAL_EVENTS;
    this.latency = milliseconds(request.max_latency, 20);
    this.heartbeat = milliseconds(request.heartbeat_interval, 10_000);
    this.drop = request.overflow_policy !== 'OVERFLOW_POLICY_FAIL';
    this.cursor = startOf(handle, request);
    // Where a stream starts must be there, whatever its policy for later.
    this.log.check(this.cursor);
  }

  get token(): string {
    return formatToken({ uid: this.handle.identity.uid, incarnation: this.incarnation, sequence: this.cursor });
  }

  async run(send: Send<StreamEventsResponse>, signal: AbortSignal): Promise<void> {
    let lastSent = performance.now();
    let firstWaiting: number | undefined;
    for (;;) {
      signal.throwIfAborted();
      const slice = await this.read();
      const now = performance.now();
      if (slice.events > 0) firstWaiting ??= now;
      const full = slice.events >= this.batch || slice.bytes >= MOST_BYTES || slice.next < this.log.next;
      const due = firstWaiting !== undefined && now - firstWaiting >= this.latency;
      if (slice.events > 0 ? full || due || this.log.closed : now - lastSent >= this.heartbeat || this.dropped > 0) {
        await this.send(slice, send);
        lastSent = performance.now();
        firstWaiting = undefined;
        continue;
      }
      if (slice.events === 0) {
        // Nothing that this reader wants: the cursor moves on without a message.
        this.cursor = slice.next;
        if (this.cursor < this.log.next) continue;
        if (this.log.closed) return this.finish();
      }
      await this.log.bell.wait(
        signal,
        firstWaiting === undefined ? Math.max(1, this.heartbeat - (now - lastSent)) : Math.max(1, this.latency - (now - firstWaiting)),
      );
    }
  }

  private read(): LogSlice | Promise<LogSlice> {
    if (this.cursor < this.log.oldest && this.drop) {
      this.dropped += this.log.oldest - this.cursor;
      this.counts.dropped += this.log.oldest - this.cursor;
      this.cursor = this.log.oldest;
    }
    return this.log.readAny(this.cursor, this.kinds, this.batch, MOST_BYTES);
  }

  private async send(slice: LogSlice, send: Send<StreamEventsResponse>): Promise<void> {
    this.cursor = slice.next;
    const dropped = this.dropped;
    this.dropped = 0;
    await send(assemble(slice, 'uintr.v1.StreamEventsResponse', { next_sequence: this.cursor, resume_token: this.token, dropped }));
  }

  private finish(): void {
    if (this.handle.deleted) return;
    throw new MachineError('MACHINE_RESET', `${this.handle.identity.name} was reset; its events start again from sequence 1`, {
      name: this.handle.identity.name,
    });
  }
}

export function eventService(machines: MachineRegistry): Implementation<EventService> {
  return {
    ...traceMethods(machines),

    async StreamEvents(request, send, { signal }) {
      const subscription = new Subscription(machines.get(request.parent), request, machines.counts);
      machines.counts.subscribers++;
      subscription.log.readers.add(subscription);
      try {
        await subscription.run(send, signal);
      } catch (error) {
        // Whoever is cut off can go on elsewhere, or later, where it stopped.
        if (error instanceof MachineError && error.code === 'DRAINING')
          throw new MachineError(error.code, error.message, { ...error.details, resume_token: subscription.token });
        throw error;
      } finally {
        subscription.log.readers.delete(subscription);
        machines.counts.subscribers--;
      }
    },

    async ListEvents(request) {
      const handle = machines.get(request.parent);
      const { log, identity, incarnation } = handle;
      const kinds = kindsOf(request.filter);
      const count = request.page_size || USUAL_EVENTS;
      const start =
        request.page_token !== ''
          ? tokenSequence(handle, 'page_token', request.page_token)
          : request.start_sequence !== 0n
            ? Number(request.start_sequence)
            : log.oldest;
      log.check(start);
      const slice = await log.readAny(start, kinds, count, MOST_BYTES);
      const token = formatToken({ uid: identity.uid, incarnation, sequence: slice.next });
      return assemble(slice, 'uintr.v1.ListEventsResponse', {
        next_page_token: slice.next < log.next ? token : '',
        oldest_sequence: log.oldest,
        next_sequence: slice.next,
        resume_token: token,
      });
    },
  };
}
