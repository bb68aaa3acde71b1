// Calls at random against a daemon of its own: every method, messages made from the API's tables, some of them damaged, names learnt from
// answers, streams cut off. Found: INTERNAL or UNKNOWN, an error that says no reason, a daemon that died, hung, or grew without bound.

import { readFileSync } from 'node:fs';
import { Client, credentials, Metadata, status } from '@grpc/grpc-js';
import { ApiError } from '../clients/ts/api-error.ts';
import { startLocalDaemon } from '../clients/ts/local-daemon.ts';
import { API } from '../src/gen/api.ts';
import { Decoder } from '../src/wire/decode.ts';
import { encodeMessage } from '../src/wire/encode.ts';
import { Choices } from './random.ts';
import { KnownNames, RandomMessages } from './random-message.ts';
import type { ServiceError } from '@grpc/grpc-js';
import type { MethodSchema } from '../src/wire/schema.ts';
import type { FuzzOptions, FuzzReport } from './suite.ts';

/** What a call that waits is given. */
const DEADLINE_MILLISECONDS = 250;
/** A daemon that answers nothing for so long hangs. */
const PATIENCE_MILLISECONDS = 20_000;
const MOST_RESIDENT_BYTES = 2 ** 31;
const FLAGS = ['--workers', '2', '--max-machines', '6', '--max-artifact-bytes', '1000000', '--event-log-bytes', '1000000'];
/** The library ends these, which tell no reason then. */
const ENDED = [status.CANCELLED, status.DEADLINE_EXCEEDED];

interface Method extends MethodSchema {
  readonly path: string;
}
const METHODS: readonly Method[] = Object.entries(API.services).flatMap(([service, methods]) =>
  methods.map((method) => ({ ...method, path: `/${service}/${method.name}` })),
);

const decoder = new Decoder(API, false);
const same = (bytes: Buffer): Buffer => bytes;

function residentBytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
}

/** Resolves with the error of the call, or undefined; `answered` is given every message. */
function call(
  client: Client,
  method: Method,
  messages: readonly Buffer[],
  answered: (bytes: Buffer) => void,
): Promise<ServiceError | undefined> {
  const options = { deadline: Date.now() + DEADLINE_MILLISECONDS };
  const metadata = new Metadata();
  return new Promise((resolve) => {
    const end = (error: ServiceError | null, bytes?: Buffer): void => {
      if (bytes) answered(bytes);
      resolve(error ?? undefined);
    };
    const send = (stream: { write(bytes: Buffer): unknown; end(): unknown }): void => {
      for (const message of messages) stream.write(message);
      stream.end();
    };
    if (!method.responseStream) {
      if (method.requestStream) send(client.makeClientStreamRequest(method.path, same, same, metadata, options, end));
      else client.makeUnaryRequest(method.path, same, same, messages[0]!, metadata, options, end);
      return;
    }
    const stream = method.requestStream
      ? client.makeBidiStreamRequest(method.path, same, same, metadata, options)
      : client.makeServerStreamRequest(method.path, same, same, messages[0]!, metadata, options);
    stream.on('data', answered);
    stream.on('error', (error: ServiceError) => resolve(error));
    stream.on('end', () => resolve(undefined));
    if ('write' in stream) send(stream as never);
  });
}

function damaged(bytes: Buffer, choices: Choices): Buffer {
  const copy = Buffer.from(bytes);
  if (copy.length === 0 || choices.chance(0.2)) return Buffer.concat([copy, choices.bytes(1 + choices.below(12))]);
  if (choices.chance(0.3)) return copy.subarray(0, choices.below(copy.length));
  copy[choices.below(copy.length)] = choices.below(256);
  return copy;
}

function problemOf(error: ServiceError): string | undefined {
  if (ENDED.includes(error.code)) return undefined;
  const { status: name, reason, message } = new ApiError(error);
  if (['INTERNAL', 'UNKNOWN', 'UNAVAILABLE', 'DATA_LOSS'].includes(name) && !EXPECTED.includes(reason))
    return `${name} ${reason}: ${message}`;
  return reason === '' ? `${name} without a reason: ${message}` : undefined;
}
const EXPECTED = ['CHECKSUM_MISMATCH'];

/** `count` calls, one after the other. */
export async function fuzzRpc({ seed, count, progress }: FuzzOptions): Promise<FuzzReport> {
  const daemon = await startLocalDaemon(FLAGS);
  const client = new Client(daemon.endpoint, credentials.createInsecure(), { 'grpc.enable_retries': 0 });
  const choices = new Choices(seed);
  const names = new KnownNames();
  const image = new Uint8Array(readFileSync(new URL('../guests/bin/hello', import.meta.url)));
  const random = new RandomMessages(choices, names, [image]);
  const problems: string[] = [];
  const statuses = new Map<string, number>();
  try {
    for (let number = 0; number < count && problems.length < 10; number++) {
      const method = choices.of(METHODS);
      const messages = Array.from({ length: method.requestStream ? 1 + choices.below(3) : 1 }, () => {
        const bytes = Buffer.from(encodeMessage(API, method.request, random.of(method.request)));
        return choices.chance(0.05) ? damaged(bytes, choices) : bytes;
      });
      const late = setTimeout(() => client.close(), PATIENCE_MILLISECONDS);
      const error = await call(client, method, messages, (bytes) => names.learn(decoder.decode(method.response, bytes)));
      clearTimeout(late);
      const name = error ? status[error.code]! : 'OK';
      statuses.set(name, (statuses.get(name) ?? 0) + 1);
      const problem = error && problemOf(error);
      if (problem)
        problems.push(
          `rpc --seed ${seed} --count ${number + 1}: ${method.path}: ${problem}\n  ${messages.map((bytes) => bytes.toString('base64')).join(' ')}`,
        );
      if (number % 1000 === 999) progress(`${number + 1} calls, ${residentBytes(daemon.pid) >> 20} MiB`);
    }
    const resident = residentBytes(daemon.pid);
    if (resident > MOST_RESIDENT_BYTES) problems.push(`rpc --seed ${seed} --count ${count}: the daemon has grown to ${resident} bytes`);
    progress(`seed ${seed}: ${[...statuses].map(([name, times]) => `${times} ${name}`).join(', ')}`);
  } finally {
    client.close();
    await daemon.stop();
  }
  return { problems };
}
