// Follows a machine's events across lost connections and restarts of streams: each event once, in order, or an error that says why not.

import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError } from './api-error.ts';
import type { Event, StreamEventsRequest, StreamEventsResponse } from '../../src/gen/api.ts';
import type { Input } from '../../src/wire/encode.ts';
import type { UintrClient } from './client.ts';

export interface FollowOptions {
  readonly signal?: AbortSignal;
  /** Milliseconds before the first new attempt, doubled for each further one (100). */
  readonly firstDelay?: number;
  /** Milliseconds between attempts at most (5000). */
  readonly longestDelay?: number;
  /** Milliseconds without a response after which the last error is thrown (60000). */
  readonly giveUpAfter?: number;
  /** Events that the log no longer held when they were to be read; `before` is the sequence that the stream goes on with. */
  readonly onDropped?: (count: bigint, before: bigint) => void;
  /** A stream was lost and will be resumed. */
  readonly onReconnect?: (error: ApiError) => void;
}

/** Statuses of a connection that was lost, where the error does not come from uintrd itself. */
const LOST = new Set(['UNAVAILABLE', 'CANCELLED', 'INTERNAL', 'UNKNOWN']);

function canResume(error: unknown, signal: AbortSignal | undefined): error is ApiError {
  if (!(error instanceof ApiError) || signal?.aborted) return false;
  return error.reason === 'DRAINING' || (error.reason === '' && LOST.has(error.status));
}

export class EventFollower implements AsyncIterable<Event> {
  private readonly client: UintrClient;
  private readonly request: Input<StreamEventsRequest>;
  private readonly options: FollowOptions;
  /** Names what comes after the last response, for a later StreamEvents; empty before the first response. */
  resumeToken = '';
  /** Sequence of the first event not yet seen; 0 before the first response. */
  nextSequence = 0n;
  /** Events missed so far, all gaps together. */
  dropped = 0n;

  constructor(client: UintrClient, request: Input<StreamEventsRequest>, options: FollowOptions) {
    this.client = client;
    this.request = request;
    this.options = options;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Event, void, undefined> {
    for await (const { events } of this.batches()) yield* events;
  }

  /** The responses as they come, heartbeats (no events) too: the quicker way to very many events. */
  async *batches(): AsyncGenerator<StreamEventsResponse, void, undefined> {
    const { signal, firstDelay = 100, longestDelay = 5000, giveUpAfter = 60_000 } = this.options;
    let delay = firstDelay;
    let lastHeard = performance.now();
    for (;;) {
      try {
        for await (const response of this.client.events.StreamEvents(this.position(), signal ? { signal } : {})) {
          delay = firstDelay;
          this.note(response);
          yield response;
          // After the consumer's own time.
          lastHeard = performance.now();
        }
        return;
      } catch (error) {
        if (signal?.aborted) return;
        if (!canResume(error, signal) || performance.now() - lastHeard + delay > giveUpAfter) throw error;
        this.resumeToken = error.metadata['resume_token'] ?? this.resumeToken;
        this.options.onReconnect?.(error);
      }
      await sleep(delay, undefined, signal ? { signal } : {}).catch(() => {});
      if (signal?.aborted) return;
      delay = Math.min(longestDelay, delay * 2);
    }
  }

  private position(): Input<StreamEventsRequest> {
    if (this.resumeToken === '') return this.request;
    return { ...this.request, position: undefined, sequence: undefined, resume_token: this.resumeToken };
  }

  private note(response: StreamEventsResponse): void {
    this.resumeToken = response.resume_token;
    this.nextSequence = response.next_sequence;
    if (response.dropped === 0n) return;
    this.dropped += response.dropped;
    this.options.onDropped?.(response.dropped, response.events[0]?.sequence ?? response.next_sequence);
  }
}

/**
 * The events of a machine, one after the other: `for await (const event of followEvents(client, { parent: machine }))`.
 * A stream that is cut off (a lost connection, a daemon that stops: UNAVAILABLE, DRAINING) is resumed behind the last response, with
 * growing delays. Ends when the machine is deleted, or `signal` aborts. Throws ApiError: HISTORY_GONE where the place to go on from is
 * no longer kept (details: oldest_sequence), MACHINE_RESET, MACHINE_NOT_FOUND if the machine went while the stream was down.
 */
export function followEvents(client: UintrClient, request: Input<StreamEventsRequest>, options: FollowOptions = {}): EventFollower {
  return new EventFollower(client, request, options);
}
