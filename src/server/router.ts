// Services of the protos onto their implementations: who calls, bytes in, strict decoding, the rules, what the caller may, the method,
// errors to statuses, bytes out.

import { API, RULES } from '../gen/api.ts';
import { Decoder } from '../wire/decode.ts';
import { encodeMessage } from '../wire/encode.ts';
import { authorizer } from './auth/authorizer.ts';
import { openDoor } from './auth/door.ts';
import { namesIn } from './auth/named-resources.ts';
import { permissionOf } from './auth/permissions.ts';
import { Idempotency } from './idempotency.ts';
import { machineOf, ownerOf } from './resource-name.ts';
import { drainError, RunningCall, shortName } from './running-call.ts';
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
import type { MethodSchema } from '../wire/schema.ts';
import type { Authorize } from './auth/authorizer.ts';
import type { Door } from './auth/door.ts';
import type { CollectNames } from './auth/named-resources.ts';
import type { Permission } from './auth/permissions.ts';
import type { Bounds } from './idempotency.ts';
import type { AnswerStore } from './store/answer-store.ts';
import type { AnyCall, CallHost, Observe } from './running-call.ts';

type ReadableCall = ServerReadableStream<Buffer, Buffer> | ServerDuplexStream<Buffer, Buffer>;
type WritableCall = ServerWritableStream<Buffer, Buffer> | ServerDuplexStream<Buffer, Buffer>;
type AnyMethod = (...parameters: unknown[]) => unknown;

/** A service may answer with bytes it has encoded already. */
const encoded = (type: string, message: unknown): Uint8Array =>
  message instanceof Uint8Array ? message : encodeMessage(API, type, message);
/** Methods whose answer begins with what they have made. */
const MAKES = /^(?:Create(?!VectorFd)|Upload|Spawn|Setup)/;
/** It tells that a machine is on its way back. */
const NEVER_WAITS: ReadonlySet<string> = new Set(['uintr.v1.MachineService/GetMachine']);
const bytesAsTheyAre = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** A server, and who comes in by its addresses. */
export interface Entrance {
  readonly server: Server;
  readonly door: Door;
}

interface Route {
  readonly method: MethodSchema;
  readonly permission: Permission;
  readonly authorize: Authorize;
  /** The names in a request; null if it can have none. */
  readonly collect: CollectNames | null;
  /** The first of them is what the audit log says that it is about. */
  readonly hasSubject: boolean;
  /** Its answer begins with what it has made. */
  readonly makes: boolean;
  /** "uintr.v1.MachineService/GetMachine" */
  readonly name: string;
  readonly work: AnyMethod;
  readonly observe: Observe | undefined;
}

export interface RouterOptions {
  readonly observer?: ((service: string, method: string) => Observe) | undefined;
  readonly requestWindow?: Bounds;
  /** Where answers to repeated request_ids are kept; absent: in memory alone. */
  readonly answers?: AnswerStore | null;
}

export class Router {
  readonly host: CallHost;
  private readonly entrances: readonly Entrance[];
  private readonly observer: ((service: string, method: string) => Observe) | undefined;
  private readonly decoder = new Decoder(API, true);
  private readonly validator = new Validator(API, RULES);
  private readonly idempotency: Idempotency;

  constructor(entrances: readonly Entrance[], host: CallHost, options: RouterOptions = {}) {
    this.entrances = entrances;
    this.host = host;
    this.observer = options.observer;
    this.idempotency = new Idempotency(options.requestWindow, options.answers);
    host.draining.addEventListener('abort', () => host.live.endAll(drainError()));
  }

  add<Service>(name: string, implementation: Service): void {
    const methods = API.services[name];
    if (!methods) throw new Error(`no service ${name}`);
    const definition: Record<string, object> = {};
    const routes: Route[] = [];
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
      const permission = permissionOf(name, method.name);
      routes.push({
        method,
        permission,
        collect: namesIn(API, RULES, method.request),
        hasSubject: permission.changes && !(permission.where === 'lab' && method.name.startsWith('Create')),
        makes: MAKES.test(method.name),
        authorize: authorizer(permission),
        name: `${name}/${method.name}`,
        work: work.bind(implementation),
        observe: this.observer?.(name, method.name),
      });
    }
    for (const { server, door } of this.entrances)
      server.addService(
        definition as never,
        Object.fromEntries(routes.map((route) => [route.method.name, this.handler(route, door) as UntypedHandleCall])),
      );
  }

  private handler(route: Route, door: Door): (call: never, callback: never) => void {
    const { requestStream, responseStream } = route.method;
    const { name, permission, observe } = route;
    const kind = { name, method: shortName(name), permission, observe, door: permission.where === 'public' ? openDoor : door };
    const begin = (call: AnyCall): RunningCall => new RunningCall(this.host, kind, call);
    if (!requestStream && !responseStream)
      return (call: ServerUnaryCall<Buffer, Buffer>, callback: sendUnaryData<Buffer>) =>
        void this.unary(route, begin(call), call, callback);
    if (!responseStream)
      return (call: ServerReadableStream<Buffer, Buffer>, callback: sendUnaryData<Buffer>) =>
        void this.clientStream(route, begin(call), call, callback);
    return (call: WritableCall) => void this.serverStream(route, begin(call), call);
  }

  /** A request that is right and allowed. */
  private take({ method, permission, authorize, collect, hasSubject }: Route, running: RunningCall, bytes: Uint8Array): unknown {
    const request = this.decoder.decode(method.request, bytes);
    this.validator.check(method.request, request);
    const names: string[] = [];
    collect?.(request as Readonly<Record<string, unknown>>, names);
    const first = names[0];
    if (hasSubject && first !== undefined && running.subject === '') running.subject = first;
    authorize(running.principal, names);
    if (permission.where === 'projects' && first !== undefined) {
      running.project = ownerOf(first);
      this.host.quotas?.countRequest(running.project);
      for (const name of names) {
        const machine = machineOf(name);
        if (machine === undefined) continue;
        running.machines.push(machine);
        if (permission.exclusive) this.host.leases?.check(machine, running.principal.user);
      }
    }
    if (method.requestStream || method.responseStream) running.hold();
    return request;
  }

  /** The machines that a call is about are on their way back; null if none is. */
  private back({ name }: Route, running: RunningCall): Promise<unknown> | null {
    const { recoveries } = this.host;
    if (!recoveries || recoveries.count === 0 || NEVER_WAITS.has(name)) return null;
    const waits = running.machines
      .map((machine) => recoveries.of(machine, () => running.ending, running.hasDeadline))
      .filter((wait) => wait !== null);
    return waits.length > 0 ? Promise.all(waits) : null;
  }

  /** A message of a call comes in: now, or when its project is not ahead of others. */
  private turn({ project }: RunningCall, bytes: number): Promise<void> | null {
    const { quotas } = this.host;
    if (!quotas || project === '') return null;
    const { turnstile } = quotas;
    const account = quotas.processorAccount(project);
    turnstile.count(account, bytes);
    return turnstile.enter(account, project);
  }

  private countAnswer({ project }: RunningCall, bytes: number): void {
    const { quotas } = this.host;
    if (project !== '') quotas?.turnstile.count(quotas.processorAccount(project), bytes);
  }

  private answer({ method, makes }: Route, running: RunningCall, message: unknown): Uint8Array {
    if (makes) running.subject = nameMade(message) ?? running.subject;
    return encoded(method.response, message);
  }

  private async unary(
    route: Route,
    running: RunningCall,
    call: ServerUnaryCall<Buffer, Buffer>,
    callback: sendUnaryData<Buffer>,
  ): Promise<void> {
    const { work } = route;
    let answer: Uint8Array;
    try {
      running.admit();
      const request = this.take(route, running, call.request);
      const turn = this.turn(running, call.request.length);
      if (turn) await turn;
      const back = this.back(route, running);
      if (back) await back;
      const { request_id: requestId } = request as { request_id?: string };
      answer = requestId
        ? await this.idempotency.run(
            { principal: running.principal.user, method: route.name, requestId },
            call.request,
            running.ending,
            async () => this.answer(route, running, await work(request, running)),
          )
        : this.answer(route, running, await work(request, running));
    } catch (error) {
      callback(running.fail(error));
      return;
    }
    running.done();
    callback(null, bytesAsTheyAre(answer));
  }

  private async clientStream(
    route: Route,
    running: RunningCall,
    call: ServerReadableStream<Buffer, Buffer>,
    callback: sendUnaryData<Buffer>,
  ): Promise<void> {
    let answer: Uint8Array;
    try {
      running.admit();
      answer = this.answer(route, running, await route.work(this.requests(route, running, call), running));
    } catch (error) {
      callback(running.fail(error));
      return;
    }
    running.done();
    callback(null, bytesAsTheyAre(answer));
  }

  private async serverStream(route: Route, running: RunningCall, call: WritableCall): Promise<void> {
    const { method, work } = route;
    try {
      running.admit();
      const signal = running.ending;
      const send = async (message: unknown): Promise<void> => {
        signal.throwIfAborted();
        const bytes = encoded(method.response, message);
        this.countAnswer(running, bytes.length);
        if (!call.write(bytesAsTheyAre(bytes))) await drained(call, signal);
      };
      let input: unknown;
      if (method.requestStream) input = this.requests(route, running, call as ServerDuplexStream<Buffer, Buffer>);
      else {
        const { request } = call as ServerWritableStream<Buffer, Buffer>;
        input = this.take(route, running, request);
        const turn = this.turn(running, request.length);
        if (turn) await turn;
        const back = this.back(route, running);
        if (back) await back;
      }
      await work(input, send, running);
    } catch (error) {
      call.emit('error', running.fail(error));
      return;
    }
    running.done();
    call.end();
  }

  /** The messages of a client, one at a time; it is not read faster than they are used. */
  private async *requests(route: Route, running: RunningCall, call: ReadableCall): AsyncGenerator<unknown> {
    const signal = running.ending;
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
      if (bytes) {
        const message = this.take(route, running, bytes);
        const turn = this.turn(running, bytes.length);
        if (turn) await turn;
        const back = this.back(route, running);
        if (back) await back;
        yield message;
      } else if (ended) return;
      else {
        const stirred = new Promise<void>((resolve) => (wake = resolve));
        readable.resume();
        await stirred;
      }
    }
  }
}

/** The name of what a method has made, if its answer tells. */
function nameMade(message: unknown): string | undefined {
  const [made] = Object.values(message as object) as ({ readonly name?: unknown } | undefined)[];
  return typeof made?.name === 'string' ? made.name : undefined;
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
