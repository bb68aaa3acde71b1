// Services of the protos onto their implementations: bytes in, strict decoding, the rules, the method, errors to statuses, bytes out.

import { API, RULES } from '../gen/api.ts';
import { Decoder } from '../wire/decode.ts';
import { encodeMessage } from '../wire/encode.ts';
import { Idempotency } from './idempotency.ts';
import { RunningCall } from './running-call.ts';
import { Validator } from './validator.ts';
import type {
  sendUnaryData,
  Server,
  ServerDuplexStream,
  ServerReadableStream,
  ServerUnaryCall,
  ServerWritableStream,
  UntypedHandleCall,
} from '@grpc/grpc-js';
import type { Readable } from 'node:stream';
import type { Logger } from 'pino';
import type { MethodSchema } from '../wire/schema.ts';
import type { Bounds } from './idempotency.ts';
import type { CallHost, Observe } from './running-call.ts';

type ReadableCall = ServerReadableStream<Buffer, Buffer> | ServerDuplexStream<Buffer, Buffer>;
type WritableCall = ServerWritableStream<Buffer, Buffer> | ServerDuplexStream<Buffer, Buffer>;
type AnyMethod = (...parameters: unknown[]) => unknown;

/** A service may answer with bytes it has encoded already. */
const encoded = (type: string, message: unknown): Uint8Array =>
  message instanceof Uint8Array ? message : encodeMessage(API, type, message);
const bytesAsTheyAre = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

interface Route {
  readonly method: MethodSchema;
  /** "uintr.v1.MachineService/GetMachine" */
  readonly name: string;
  readonly work: AnyMethod;
  readonly observe: Observe | undefined;
}

export interface RouterOptions {
  readonly observer?: ((service: string, method: string) => Observe) | undefined;
  readonly requestWindow?: Bounds;
}

export class Router {
  private readonly server: Server;
  readonly host: CallHost;
  private readonly observer: ((service: string, method: string) => Observe) | undefined;
  private readonly decoder = new Decoder(API, true);
  private readonly validator = new Validator(API, RULES);
  private readonly idempotency: Idempotency;

  constructor(server: Server, log: Logger, draining: AbortSignal, options: RouterOptions = {}) {
    this.server = server;
    this.observer = options.observer;
    this.idempotency = new Idempotency(options.requestWindow);
    const signalled = new Set<RunningCall>();
    this.host = { log, draining, signalled };
    draining.addEventListener('abort', () => {
      for (const call of signalled) call.drain();
    });
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
      const work = (implementation as Record<string, AnyMethod>)[method.name];
      if (!work) throw new Error(`${name} has no method ${method.name}`);
      handlers[method.name] = this.handler({
        method,
        name: `${name}/${method.name}`,
        work: work.bind(implementation),
        observe: this.observer?.(name, method.name),
      }) as UntypedHandleCall;
    }
    this.server.addService(definition as never, handlers);
  }

  private handler(route: Route): (call: never, callback: never) => void {
    const { requestStream, responseStream } = route.method;
    if (!requestStream && !responseStream)
      return (call: ServerUnaryCall<Buffer, Buffer>, callback: sendUnaryData<Buffer>) => void this.unary(route, call, callback);
    if (!responseStream)
      return (call: ServerReadableStream<Buffer, Buffer>, callback: sendUnaryData<Buffer>) => void this.clientStream(route, call, callback);
    return (call: WritableCall) => void this.serverStream(route, call);
  }

  private decode(method: MethodSchema, bytes: Uint8Array): unknown {
    const request = this.decoder.decode(method.request, bytes);
    this.validator.check(method.request, request);
    return request;
  }

  private async unary(route: Route, call: ServerUnaryCall<Buffer, Buffer>, callback: sendUnaryData<Buffer>): Promise<void> {
    const running = new RunningCall(this.host, route.name, call, route.observe);
    const { method, work } = route;
    let answer: Uint8Array;
    try {
      running.admit();
      const request = this.decode(method, call.request);
      const { request_id: requestId } = request as { request_id?: string };
      answer = requestId
        ? await this.idempotency.run({ principal: '', method: route.name, requestId }, call.request, running.signal, async () =>
            encoded(method.response, await work(request, running)),
          )
        : encoded(method.response, await work(request, running));
    } catch (error) {
      callback(running.fail(error));
      return;
    }
    running.done();
    callback(null, bytesAsTheyAre(answer));
  }

  private async clientStream(route: Route, call: ServerReadableStream<Buffer, Buffer>, callback: sendUnaryData<Buffer>): Promise<void> {
    const running = new RunningCall(this.host, route.name, call, route.observe);
    let answer: Uint8Array;
    try {
      running.admit();
      answer = encoded(route.method.response, await route.work(this.requests(route.method, call, running.signal), running));
    } catch (error) {
      callback(running.fail(error));
      return;
    }
    running.done();
    callback(null, bytesAsTheyAre(answer));
  }

  private async serverStream(route: Route, call: WritableCall): Promise<void> {
    const { method, work } = route;
    const running = new RunningCall(this.host, route.name, call, route.observe);
    try {
      running.admit();
      const { signal } = running;
      const send = async (message: unknown): Promise<void> => {
        signal.throwIfAborted();
        if (!call.write(bytesAsTheyAre(encoded(method.response, message)))) await drained(call, signal);
      };
      const input = method.requestStream
        ? this.requests(method, call as ServerDuplexStream<Buffer, Buffer>, signal)
        : this.decode(method, (call as ServerWritableStream<Buffer, Buffer>).request);
      await work(input, send, running);
    } catch (error) {
      call.emit('error', running.fail(error));
      return;
    }
    running.done();
    call.end();
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
      if (bytes) yield this.decode(method, bytes);
      else if (ended) return;
      else {
        const stirred = new Promise<void>((resolve) => (wake = resolve));
        readable.resume();
        await stirred;
      }
    }
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
