// Machines that have one of everything, calls of any method with any bytes, and the fields of requests by their paths.

import { createHash } from 'node:crypto';
import { Client, credentials, Metadata } from '@grpc/grpc-js';
import { expect } from 'vitest';
import { ApiError } from '../../../clients/ts/api-error.ts';
import { API, RULES } from '../../../src/gen/api.ts';
import { encodeMessage } from '../../../src/wire/encode.ts';
import { newMachine, PROJECT } from '../harness.ts';
import { guestImage, newThread } from '../remote-harness.ts';
import type { ServiceError } from '@grpc/grpc-js';
import type { UintrClient } from '../../../clients/ts/client.ts';
import type { FieldRules, FieldSchema, MethodSchema } from '../../../src/wire/schema.ts';

export interface Names {
  readonly machine: string;
  readonly process: string;
  readonly thread: string;
  readonly ring: string;
  readonly breakpoint: string;
  readonly descriptor: string;
  readonly artifact: string;
  readonly snapshot: string;
  readonly lease: string;
  readonly project: string;
  readonly user: string;
  readonly token: string;
}

export interface Method extends MethodSchema {
  /** "MachineService.GetMachine" */
  readonly key: string;
  readonly path: string;
}

export const METHODS: readonly Method[] = Object.entries(API.services)
  .filter(([service]) => service.startsWith('uintr.v1.'))
  .flatMap(([service, methods]) =>
    methods.map((method) => ({ ...method, key: `${service.slice(9)}.${method.name}`, path: `/${service}/${method.name}` })),
  );

export const methodOf = (key: string): Method => METHODS.find((method) => method.key === key)!;
export const named = (methods: readonly Method[]) => methods.map((method) => [method.key, method] as const);

/** Names as they would be in this machine: right in shape, of nothing that is there. */
export const namesIn = (machine: string, id = 999_999): Names => ({
  machine,
  process: `${machine}/processes/${id}`,
  thread: `${machine}/threads/${id}`,
  ring: `${machine}/rings/${id}`,
  breakpoint: `${machine}/breakpoints/${id}`,
  descriptor: `${machine}/processes/${id}/fds/3`,
  artifact: `${PROJECT}/artifacts/nothing`,
  snapshot: `${PROJECT}/snapshots/nothing`,
  lease: `${PROJECT}/leases/nothing`,
  project: 'projects/nothing',
  user: 'users/nothing',
  token: 'users/nothing/tokens/0123456789abcdef',
});

let furnished = 0;

/** A machine, not started, whose threads sleep, or spin for ever. */
export async function furnish(client: UintrClient, options: { spec?: object; spinning?: boolean } = {}): Promise<Names> {
  const number = ++furnished;
  const { project } = await client.projects.CreateProject({ project_id: `p${number}` });
  const { user } = await client.users.CreateUser({ user_id: `u${number}` });
  const { token } = await client.tokens.CreateToken({ parent: user!.name });
  const spec = { ram_bytes: 64n << 20n, time_mode: 'TIME_MODE_LOCKSTEP', ...options.spec };
  const machine = await newMachine(client, { start: false, spec });
  const thread = await newThread(client, machine, { park: options.spinning ? 'PARK_SPIN' : 'PARK_BLOCK', affinity: 1 });
  await client.uintr.RegisterHandler({ thread });
  const { vector_fd: descriptor } = await client.uintr.CreateVectorFd({ thread, vector: 5 });
  const ring = (await client.uring.SetupRing({ thread, entries: 8 })).ring!.name;
  const image = guestImage('hello');
  const { process } = await client.guest.SpawnProcess({ parent: machine, path: '/bin/program', image, stdin_stream: true, affinity: 2 });
  const { breakpoint } = await client.machines.CreateBreakpoint({ parent: process!.name, symbol: 'main' });
  const bytes = Buffer.from(`artifact ${number}`);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const { lease } = await client.leases.CreateLease({ parent: PROJECT, machine });
  const { snapshot } = await client.snapshots.CreateSnapshot({ machine });
  const { artifact } = await client.artifacts.UploadArtifact([{ header: { parent: PROJECT, sha256 } }, { chunk: bytes }]);
  return {
    machine,
    process: process!.name,
    thread,
    ring,
    breakpoint: breakpoint!.name,
    descriptor,
    artifact: artifact!.name,
    snapshot: snapshot!.name,
    lease: lease!.name,
    project: project!.name,
    user: user!.name,
    token: token!.name,
  };
}

const same = (bytes: Buffer): Buffer => bytes;

export interface RawCall {
  /** What it ended with; undefined for OK. */
  readonly outcome: Promise<ApiError | undefined>;
  /** Resolves with the first message, or the end. */
  readonly begun: Promise<void>;
  cancel(): void;
}

export class RawClient {
  private readonly client: Client;
  private readonly token: string | undefined;

  constructor(endpoint: string, token?: string) {
    this.token = token;
    this.client = new Client(endpoint, credentials.createInsecure(), { 'grpc.max_send_message_length': -1 });
  }

  close(): void {
    this.client.close();
  }

  /** `messages`: of a client's stream, all; else one. `end`: whether the client says that it sends no more. */
  start(method: Method, messages: readonly Uint8Array[], options: { timeout?: number; end?: boolean } = {}): RawCall {
    const { path } = method;
    const metadata = new Metadata();
    if (this.token !== undefined) metadata.set('authorization', `Bearer ${this.token}`);
    const settings = options.timeout === undefined ? {} : { deadline: Date.now() + options.timeout };
    const first = Buffer.from(messages[0] ?? []);
    let call!: { cancel(): void };
    let began!: () => void;
    const begun = new Promise<void>((resolve) => (began = resolve));
    const outcome = new Promise<ApiError | undefined>((resolve) => {
      const end = (error: ServiceError | null): void => {
        began();
        resolve(error ? new ApiError(error) : undefined);
      };
      const send = (stream: { write(bytes: Buffer): unknown; end(): unknown }): void => {
        for (const message of messages) stream.write(Buffer.from(message));
        if (options.end !== false) stream.end();
      };
      if (!method.requestStream && !method.responseStream)
        call = this.client.makeUnaryRequest(path, same, same, first, metadata, settings, end);
      else if (!method.responseStream) {
        const stream = this.client.makeClientStreamRequest(path, same, same, metadata, settings, end);
        call = stream;
        send(stream);
      } else {
        const stream = method.requestStream
          ? this.client.makeBidiStreamRequest(path, same, same, metadata, settings)
          : this.client.makeServerStreamRequest(path, same, same, first, metadata, settings);
        call = stream;
        stream.on('data', () => began());
        stream.on('error', (error: ServiceError) => end(error));
        stream.on('end', () => end(null));
        if ('write' in stream) send(stream as never);
      }
    });
    return { outcome, begun, cancel: () => call.cancel() };
  }

  call(method: Method, request: object, options: { timeout?: number } = {}): Promise<ApiError | undefined> {
    return this.start(method, [encodeMessage(API, method.request, request)], options).outcome;
  }
}

/** An answer is a success, or a status of ours that blames the request or the state of things. */
export function expectProper(error: ApiError | undefined): void {
  if (!error) return;
  expect(['INTERNAL', 'UNKNOWN', 'UNAVAILABLE', 'UNIMPLEMENTED'], error.message).not.toContain(error.status);
  expect(error.reason, `${error.status}: ${error.message}`).not.toBe('');
  expect(error.requestId).not.toBe('');
}

export interface FieldPath {
  readonly steps: readonly FieldSchema[];
  readonly field: FieldSchema;
  readonly rules: FieldRules;
  /** As errors name it: "entries[0].read.offset". */
  readonly text: string;
}

/** Every field in a message, also in messages in it; not what is in maps. */
export function fieldsOf(type: string, steps: readonly FieldSchema[] = [], only?: readonly string[]): FieldPath[] {
  if (steps.length > 4) return [];
  return API.messages[type]!.filter(({ name }) => !only || only.includes(name)).flatMap((field) => {
    const rules = RULES[type]?.fields[field.name] ?? {};
    const all = [...steps, field];
    if (field.type === 'message' && !field.map) return fieldsOf(field.of!, all, rules.only);
    return [{ steps: all, field, rules, text: all.map(textOf).join('.') }];
  });
}

const textOf = (field: FieldSchema): string => (field.map ? `${field.name}["key"]` : field.repeated ? `${field.name}[0]` : field.name);

/** The request with this value there; other members of a oneof that it belongs to are taken away. */
export function withValue(type: string, request: object, path: FieldPath, value: unknown): object {
  const [field, ...inner] = path.steps as [FieldSchema, ...FieldSchema[]];
  const changed: Record<string, unknown> = { ...request };
  if (field.oneof) for (const other of API.messages[type]!) if (other.oneof === field.oneof && other !== field) delete changed[other.name];
  const before = changed[field.name];
  const old = (field.repeated ? (before as object[] | undefined)?.[0] : before) as object | undefined;
  const item = inner.length > 0 ? withValue(field.of!, old ?? {}, { ...path, steps: inner }, value) : value;
  changed[field.name] = field.map ? { key: item } : field.repeated ? [item] : item;
  return changed;
}
