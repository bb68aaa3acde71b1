// What a service method is given and what it gives back, typed from the API's tables.

import type { Input } from '../wire/encode.ts';
import type { Principal } from './auth/principal.ts';

export interface CallContext {
  /** In every log line and error of the call; the client's x-request-id if it sent a good one. */
  readonly requestId: string;
  readonly principal: Principal;
  /** Aborts with a MachineError: CANCELLED when the client is gone or its deadline has passed, DRAINING when the daemon stops, UNAUTHENTICATED when who opened it may no longer. */
  readonly signal: AbortSignal;
}

interface MethodShape {
  readonly request: unknown;
  readonly response: unknown;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
}

/** Sends one message, already encoded or not; resolves when there is room for the next. */
export type Send<Response> = (message: Input<Response> | Uint8Array) => Promise<void>;

type Answer<M extends MethodShape> = Input<M['response']> | Uint8Array;

type Method<M extends MethodShape> = M['requestStream'] extends true
  ? M['responseStream'] extends true
    ? (requests: AsyncIterable<M['request']>, send: Send<M['response']>, context: CallContext) => Promise<void>
    : (requests: AsyncIterable<M['request']>, context: CallContext) => Promise<Answer<M>>
  : M['responseStream'] extends true
    ? (request: M['request'], send: Send<M['response']>, context: CallContext) => Promise<void>
    : (request: M['request'], context: CallContext) => Promise<Answer<M>> | Answer<M>;

/** Everything a service of the API must implement. */
export type Implementation<Service> = { readonly [M in keyof Service]: Service[M] extends MethodShape ? Method<Service[M]> : never };
