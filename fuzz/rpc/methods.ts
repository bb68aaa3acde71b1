// The methods of the API as a fuzzer calls them: by bytes, given up after a while, cut off in the middle if so wished.

import { Metadata } from '@grpc/grpc-js';
import { API } from '../../src/gen/api.ts';
import type { CallOptions, Client, ClientWritableStream, ServiceError } from '@grpc/grpc-js';
import type { MethodSchema } from '../../src/wire/schema.ts';

/** Milliseconds that a call that waits is given, and one that should not. */
const DEADLINES = { waits: 100, works: 1000 };
const WAITS = /^(?:Wait|Run|Stream|Attach|Watch)/;

export interface Method extends MethodSchema {
  readonly path: string;
}

export const METHODS: readonly Method[] = Object.entries(API.services).flatMap(([service, methods]) =>
  methods.map((method) => ({ ...method, path: `/${service}/${method.name}` })),
);

export function methodNamed(path: string): Method {
  const method = METHODS.find((other) => other.path === path);
  if (!method) throw new Error(`no method ${path}`);
  return method;
}

export interface Attempt {
  readonly method: Method;
  /** One, but for methods to which a client streams. */
  readonly messages: readonly Buffer[];
  /** A token's secret that is shown. */
  readonly secret?: string | undefined;
  /** When the client gives up, in milliseconds. */
  readonly cancelAfter?: number | undefined;
  readonly deadline?: number;
}

interface Cancellable {
  cancel(): void;
}

const same = (bytes: Buffer): Buffer => bytes;

/** Resolves with the error of the call, or undefined; `answered` is given every message. */
export function start(client: Client, attempt: Attempt, answered: (bytes: Buffer) => void): Promise<ServiceError | undefined> {
  const { method, messages, secret, cancelAfter } = attempt;
  const { path, name } = method;
  const { deadline = WAITS.test(name) ? DEADLINES.waits : DEADLINES.works } = attempt;
  const options: CallOptions = { deadline: Date.now() + deadline };
  const metadata = new Metadata();
  if (secret !== undefined) metadata.set('authorization', `Bearer ${secret}`);
  return new Promise((resolve) => {
    let cancelling: NodeJS.Timeout | undefined;
    const ended = (error?: ServiceError): void => {
      clearTimeout(cancelling);
      resolve(error);
    };
    const end = (error: ServiceError | null, bytes?: Buffer): void => {
      if (bytes) answered(bytes);
      ended(error ?? undefined);
    };
    const open = (): Cancellable | (Cancellable & ClientWritableStream<Buffer>) => {
      if (!method.responseStream)
        return method.requestStream
          ? client.makeClientStreamRequest(path, same, same, metadata, options, end)
          : client.makeUnaryRequest(path, same, same, messages[0]!, metadata, options, end);
      const stream = method.requestStream
        ? client.makeBidiStreamRequest(path, same, same, metadata, options)
        : client.makeServerStreamRequest(path, same, same, messages[0]!, metadata, options);
      stream.on('data', answered);
      stream.on('error', (error: ServiceError) => ended(error));
      stream.on('end', () => ended());
      return stream;
    };
    const call = open();
    if (cancelAfter !== undefined) cancelling = setTimeout(() => call.cancel(), cancelAfter);
    if (!('write' in call)) return;
    for (const message of messages) call.write(message);
    call.end();
  });
}
