// The TypeScript client: one connection, every service, typed from the protos. Requests are checked before they leave:
// a misspelt field or a number out of range throws WireError. Failures of calls are ApiErrors.

import { Client, credentials, Metadata, status } from '@grpc/grpc-js';
import { API } from '../../src/gen/api.ts';
import { Decoder } from '../../src/wire/decode.ts';
import { encodeMessage } from '../../src/wire/encode.ts';
import { ApiError } from './api-error.ts';
import type { ClientDuplexStream, ClientReadableStream, ClientWritableStream, ServiceError } from '@grpc/grpc-js';
import type * as api from '../../src/gen/api.ts';
import type { Input } from '../../src/wire/encode.ts';
import type { MethodSchema } from '../../src/wire/schema.ts';

/** How to show a daemon who calls, and to see that it is the right one. */
export interface Access {
  /** The secret of a token. */
  readonly token?: string;
  /** Where what has no full name is, "projects/default" unless told otherwise. */
  readonly project?: string;
  /** Speak TLS; PEM texts or bytes. */
  readonly tls?: {
    /** The authority of the daemon's certificate; else those that Node trusts. */
    readonly ca?: Buffer;
    /** The client's certificate and its key. */
    readonly cert?: Buffer;
    readonly key?: Buffer;
    /** The name in the daemon's certificate, where it is not the one that is dialled. */
    readonly serverName?: string;
  };
}

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** Milliseconds from now. */
  readonly timeout?: number;
  readonly requestId?: string;
  /** A W3C traceparent, for the daemon's log. */
  readonly trace?: string;
}

interface Services {
  readonly lab: api.LabService;
  readonly projects: api.ProjectService;
  readonly users: api.UserService;
  readonly tokens: api.TokenService;
  readonly audit: api.AuditService;
  readonly leases: api.LeaseService;
  readonly machines: api.MachineService;
  readonly artifacts: api.ArtifactService;
  readonly snapshots: api.SnapshotService;
  readonly guest: api.GuestService;
  readonly uintr: api.UintrService;
  readonly uring: api.UringService;
  readonly events: api.EventService;
  readonly health: api.Health;
}

const SERVICE_NAMES: Readonly<Record<keyof Services, string>> = {
  lab: 'uintr.v1.LabService',
  projects: 'uintr.v1.ProjectService',
  users: 'uintr.v1.UserService',
  tokens: 'uintr.v1.TokenService',
  audit: 'uintr.v1.AuditService',
  leases: 'uintr.v1.LeaseService',
  machines: 'uintr.v1.MachineService',
  artifacts: 'uintr.v1.ArtifactService',
  snapshots: 'uintr.v1.SnapshotService',
  guest: 'uintr.v1.GuestService',
  uintr: 'uintr.v1.UintrService',
  uring: 'uintr.v1.UringService',
  events: 'uintr.v1.EventService',
  health: 'grpc.health.v1.Health',
};

interface Shape {
  readonly request: unknown;
  readonly response: unknown;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
}

/** A call that sends and receives messages. */
export interface Duplex<Request, Response> extends AsyncIterable<Response> {
  /** Resolves when there is room for the next. */
  write(message: Input<Request>): Promise<void>;
  end(): void;
  cancel(): void;
}

type Method<M extends Shape> = M['requestStream'] extends true
  ? M['responseStream'] extends true
    ? (options?: CallOptions) => Duplex<M['request'], M['response']>
    : (requests: Iterable<Input<M['request']>> | AsyncIterable<Input<M['request']>>, options?: CallOptions) => Promise<M['response']>
  : M['responseStream'] extends true
    ? (request: Input<M['request']>, options?: CallOptions) => AsyncIterable<M['response']>
    : (request: Input<M['request']>, options?: CallOptions) => Promise<M['response']>;

type ServiceClient<Service> = { readonly [M in keyof Service]: Service[M] extends Shape ? Method<Service[M]> : never };

export type UintrClient = { readonly [S in keyof Services]: ServiceClient<Services[S]> } & {
  /** Where machines and artifacts are made that are not asked for elsewhere. */
  readonly project: string;
  close(): void;
  waitForReady(milliseconds: number): Promise<void>;
};

const decoder = new Decoder(API, false);
const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

interface Wire {
  readonly path: string;
  /** "Bearer ..." or undefined. */
  readonly authorization: string | undefined;
  readonly serialize: (message: object) => Buffer;
  readonly deserialize: (bytes: Buffer) => unknown;
}

function callSettings(wire: Wire, options: CallOptions): { metadata: Metadata; settings: { deadline?: number } } {
  const metadata = new Metadata();
  if (wire.authorization !== undefined) metadata.set('authorization', wire.authorization);
  if (options.requestId !== undefined) metadata.set('x-request-id', options.requestId);
  if (options.trace !== undefined) metadata.set('traceparent', options.trace);
  return { metadata, settings: options.timeout === undefined ? {} : { deadline: Date.now() + options.timeout } };
}

/** As grpc-js has it. */
function unreadableAnswer({ message }: Error): ServiceError {
  const details = `Response message parsing error: ${message}`;
  return Object.assign(new Error(details), { code: status.INTERNAL, details, metadata: new Metadata() });
}

function cancelWith(signal: AbortSignal | undefined, call: { cancel(): void }): void {
  if (signal?.aborted) call.cancel();
  else signal?.addEventListener('abort', () => call.cancel(), { once: true });
}

async function* received(call: ClientReadableStream<unknown> | ClientDuplexStream<object, unknown>): AsyncGenerator<unknown> {
  try {
    for await (const message of call) yield message;
  } catch (error) {
    throw new ApiError(error as ServiceError);
  } finally {
    call.cancel();
  }
}

function unary(client: Client, wire: Wire) {
  return (request: object, options: CallOptions = {}): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const { metadata, settings } = callSettings(wire, options);
      // Checked here, so that a bad request rejects instead of breaking the call.
      const bytes = wire.serialize(request);
      const call = client.makeUnaryRequest(
        wire.path,
        (ready: Buffer) => ready,
        // Its call outlives an answer by some looks of the collector: it keeps the bytes alone.
        (answer: Buffer) => answer,
        bytes,
        metadata,
        settings,
        (error, response) => {
          if (error) return reject(new ApiError(error));
          try {
            resolve(wire.deserialize(response!));
          } catch (unreadable) {
            reject(new ApiError(unreadableAnswer(unreadable as Error)));
          }
        },
      );
      cancelWith(options.signal, call);
    });
}

function clientStream(client: Client, wire: Wire) {
  return async (requests: Iterable<object> | AsyncIterable<object>, options: CallOptions = {}): Promise<unknown> => {
    const { metadata, settings } = callSettings(wire, options);
    let call!: ClientWritableStream<object>;
    let over = false;
    const answer = new Promise<unknown>((resolve, reject) => {
      call = client.makeClientStreamRequest(wire.path, wire.serialize, wire.deserialize, metadata, settings, (error, response) => {
        over = true;
        if (error) reject(new ApiError(error));
        else resolve(response);
      });
    });
    cancelWith(options.signal, call);
    const feed = async (): Promise<void> => {
      for await (const request of requests) {
        if (over) return;
        if (!call.write(request)) await Promise.race([new Promise<void>((resolve) => call.once('drain', resolve)), answer.catch(() => {})]);
      }
      call.end();
    };
    feed().catch((error: unknown) => call.destroy(error as Error));
    return answer;
  };
}

function serverStream(client: Client, wire: Wire) {
  return (request: object, options: CallOptions = {}): AsyncIterable<unknown> => {
    const { metadata, settings } = callSettings(wire, options);
    const call = client.makeServerStreamRequest(wire.path, wire.serialize, wire.deserialize, request, metadata, settings);
    cancelWith(options.signal, call);
    return received(call);
  };
}

function duplex(client: Client, wire: Wire) {
  return (options: CallOptions = {}): Duplex<object, unknown> => {
    const { metadata, settings } = callSettings(wire, options);
    const call = client.makeBidiStreamRequest(wire.path, wire.serialize, wire.deserialize, metadata, settings);
    cancelWith(options.signal, call);
    const messages = received(call);
    return {
      [Symbol.asyncIterator]: () => messages,
      write: async (message) => {
        if (!call.write(message as object)) await new Promise<void>((resolve) => call.once('drain', resolve));
      },
      end: () => call.end(),
      cancel: () => call.cancel(),
    };
  };
}

function methodClient(client: Client, authorization: string | undefined, service: string, method: MethodSchema): unknown {
  const wire: Wire = {
    authorization,
    path: `/${service}/${method.name}`,
    serialize: (message) => asBuffer(encodeMessage(API, method.request, message)),
    deserialize: (bytes) => decoder.decode(method.response, bytes),
  };
  if (method.requestStream) return (method.responseStream ? duplex : clientStream)(client, wire);
  return (method.responseStream ? serverStream : unary)(client, wire);
}

/** `endpoint`: "unix:/path/to/socket" or "host:port". Nothing is dialled before the first call. */
export function connect(endpoint: string, { token, tls, project = 'projects/default' }: Access = {}): UintrClient {
  const channel = tls ? credentials.createSsl(tls.ca ?? null, tls.key ?? null, tls.cert ?? null) : credentials.createInsecure();
  const authorization = token === undefined ? undefined : `Bearer ${token}`;
  const client = new Client(endpoint, channel, {
    ...(tls?.serverName === undefined ? {} : { 'grpc.ssl_target_name_override': tls.serverName }),
    // The retry buffer is quadratic on pipelined streams.
    'grpc.enable_retries': 0,
    'grpc.max_receive_message_length': -1,
    'grpc.service_config_disable_resolution': 1,
    'grpc.enable_http_proxy': 0,
  });
  const services = Object.fromEntries(
    Object.entries(SERVICE_NAMES).map(([key, service]) => [
      key,
      Object.fromEntries(API.services[service]!.map((method) => [method.name, methodClient(client, authorization, service, method)])),
    ]),
  );
  return {
    ...services,
    project,
    close: () => client.close(),
    waitForReady: (milliseconds: number) =>
      new Promise<void>((resolve, reject) =>
        client.waitForReady(Date.now() + milliseconds, (error) => (error ? reject(error) : resolve())),
      ),
  } as UintrClient;
}
