// Services of the protos onto their implementations: bytes in, strict decoding, the method, errors to statuses, bytes out.

import { randomUUID } from 'node:crypto';
import { API } from '../gen/api.ts';
import { MachineError } from '../machine/errors.ts';
import { Decoder } from '../wire/decode.ts';
import { encodeMessage } from '../wire/encode.ts';
import { asMachineError, toStatus } from './errors.ts';
import { Idempotency } from './idempotency.ts';
import type {
  sendUnaryData,
  Server,
  ServerDuplexStream,
  ServerReadableStream,
  ServerUnaryCall,
  ServerWritableStream,
  UntypedHandleCall,
} from '@grpc/grpc-js';
import type { EventEmitter } from 'node:events';
import type { Readable } from 'node:stream';
import type { Logger } from 'pino';
import type { MethodSchema } from '../wire/schema.ts';
import type { CallContext } from './call.ts';

type AnyCall =
  | ServerUnaryCall<Buffer, Buffer>
  | ServerReadableStream<Buffer, Buffer>
  | ServerWritableStream<Buffer, Buffer>
  | ServerDuplexStream<Buffer, Buffer>;
type ReadableCall = ServerReadableStream<Buffer, Buffer> | ServerDuplexStream<Buffer, Buffer>;
type WritableCall = ServerWritableStream<Buffer, Buffer> | ServerDuplexStream<Buffer, Buffer>;
/** A service may answer with bytes it has encoded already. */
const encoded = (type: string, message: unknown): Uint8Array =>
  message instanceof Uint8Array ? message : encodeMessage(API, type, message);
type AnyMethod = (...parameters: unknown[]) => unknown;

const bytesAsTheyAre = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** One call from start to end: its context, its log line, its error. */
interface Running {
  readonly context: CallContext;
  readonly log: Logger;
  fail(error: unknown): ReturnType<typeof toStatus>;
  done(): void;
}

export class Router {
  private readonly server: Server;
  private readonly log: Logger;
  private readonly draining: AbortSignal;
  private readonly decoder = new Decoder(API, true);
  private readonly idempotency = new Idempotency();

  constructor(server: Server, log: Logger, draining: AbortSignal) {
    this.server = server;
    this.log = log;
    this.draining = draining;
  }

  add<Service>(name: string, implementation: Service): void {
    const methods = API.services[name];
    if (!methods) throw new Error(`no service ${name}`);
    const definition: Record<string, object> = {};
    const handlers: Record<string, UntypedHandleCall> = {};
    for (const method of methods) {
      definition[method.name] = {
        path: `/${name}/${method.name}`,
        requestStream: method.requestStream ?? false,
        responseStream: method.responseStream ?? false,
        requestSerialize: bytesAsTheyAre,
        requestDeserialize: (bytes: Buffer) => bytes,
        responseSerialize: bytesAsTheyAre,
        responseDeserialize: (bytes: Buffer) => bytes,
      };
      const work = (implementation as Record<string, AnyMethod>)[method.name]!;
      handlers[method.name] = this.handler(method, `${name}/${method.name}`, work.bind(implementation)) as UntypedHandleCall;
    }
    this.server.addService(definition as never, handlers);
  }

  private handler(method: MethodSchema, name: string, work: AnyMethod): (call: never, callback: never) => void {
    if (!method.requestStream && !method.responseStream)
      return (call: ServerUnaryCall<Buffer, Buffer>, callback: sendUnaryData<Buffer>) =>
        void this.unary(method, name, work, call, callback);
    if (!method.responseStream)
      return (call: ServerReadableStream<Buffer, Buffer>, callback: sendUnaryData<Buffer>) =>
        void this.clientStream(method, name, work, call, callback);
    return (call: WritableCall) => void this.serverStream(method, name, work, call);
  }

  private async unary(
    method: MethodSchema,
    name: string,
    work: AnyMethod,
    call: ServerUnaryCall<Buffer, Buffer>,
    callback: sendUnaryData<Buffer>,
  ): Promise<void> {
    const running = this.begin(name, call);
    try {
      running.context.signal.throwIfAborted();
      const request = this.decoder.decode(method.request, call.request) as { request_id?: string };
      const answer = await this.idempotency.run(name, request.request_id ?? '', call.request, async () =>
        encoded(method.response, await work(request, running.context)),
      );
      running.done();
      callback(null, bytesAsTheyAre(answer));
    } catch (error) {
      callback(running.fail(error));
    }
  }

  private async clientStream(
    method: MethodSchema,
    name: string,
    work: AnyMethod,
    call: ServerReadableStream<Buffer, Buffer>,
    callback: sendUnaryData<Buffer>,
  ): Promise<void> {
    const running = this.begin(name, call);
    try {
      const answer = encoded(method.response, await work(this.requests(method, call, running.context.signal), running.context));
      running.done();
      callback(null, bytesAsTheyAre(answer));
    } catch (error) {
      callback(running.fail(error));
    }
  }

  private async serverStream(method: MethodSchema, name: string, work: AnyMethod, call: WritableCall): Promise<void> {
    const running = this.begin(name, call);
    const { signal } = running.context;
    const send = async (message: unknown): Promise<void> => {
      signal.throwIfAborted();
      if (!call.write(bytesAsTheyAre(encoded(method.response, message)))) await drained(call, signal);
    };
    try {
      const input = method.requestStream
        ? this.requests(method, call as ServerDuplexStream<Buffer, Buffer>, signal)
        : this.decoder.decode(method.request, (call as ServerWritableStream<Buffer, Buffer>).request);
      await work(input, send, running.context);
      running.done();
      call.end();
    } catch (error) {
      call.emit('error', running.fail(error));
    }
  }

  /** The messages of a client, one at a time; it is not read faster than they are used. */
  private async *requests(method: MethodSchema, call: ReadableCall, signal: AbortSignal): AsyncGenerator<unknown> {
    let wake: (() => void) | undefined;
    let ended = false;
    const waiting: Buffer[] = [];
    const stir = (): void => wake?.();
    const readable = call as Readable;
    readable.on('data', (bytes: Buffer) => {
      waiting.push(bytes);
      readable.pause();
      stir();
    });
    readable.on('end', () => {
      ended = true;
      stir();
    });
    signal.addEventListener('abort', stir, { once: true });
    for (;;) {
      signal.throwIfAborted();
      const bytes = waiting.shift();
      if (bytes) yield this.decoder.decode(method.request, bytes);
      else if (ended) return;
      else {
        const stirred = new Promise<void>((resolve) => (wake = resolve));
        readable.resume();
        await stirred;
      }
    }
  }

  private begin(name: string, call: AnyCall): Running {
    const given = call.metadata.get('x-request-id')[0];
    const requestId = typeof given === 'string' && /^[\w.:-]{1,64}$/.test(given) ? given : randomUUID();
    const log = this.log.child({ request: requestId, call: name });
    const start = performance.now();
    const milliseconds = (): number => Math.round((performance.now() - start) * 10) / 10;
    const controller = new AbortController();
    const drain = (): void => controller.abort(new MachineError('DRAINING', 'the daemon is stopping'));
    (call as EventEmitter).on('cancelled', () =>
      controller.abort(new MachineError('CANCELLED', 'the client cancelled, or its deadline passed')),
    );
    if (this.draining.aborted) drain();
    else this.draining.addEventListener('abort', drain, { once: true });
    const finish = (): void => this.draining.removeEventListener('abort', drain);
    return {
      context: { requestId, signal: controller.signal },
      log,
      done: () => {
        finish();
        log.debug({ milliseconds: milliseconds() }, 'done');
      },
      fail: (error) => {
        finish();
        const known = asMachineError(error);
        if (known.code === 'INTERNAL') log.error({ err: error, milliseconds: milliseconds() }, 'failed');
        else log.info({ code: known.code, message: known.message, milliseconds: milliseconds() }, 'refused');
        return toStatus(known, requestId);
      },
    };
  }
}

function drained(call: WritableCall, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (): void => {
      signal.removeEventListener('abort', abort);
      resolve();
    };
    const abort = (): void => {
      call.removeListener('drain', done);
      reject(signal.reason);
    };
    call.once('drain', done);
    signal.addEventListener('abort', abort, { once: true });
  });
}
