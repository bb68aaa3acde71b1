// Calls at random against a daemon of its own, alone and several at a time; of every other seed, a daemon that keeps machines on disk and
// asks who calls. Found: INTERNAL or UNKNOWN, an error that says no reason, a daemon that died, hung, kept what calls held, or grew.

import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, credentials, status } from '@grpc/grpc-js';
import { ApiError } from '../clients/ts/api-error.ts';
import { startLocalDaemon } from '../clients/ts/local-daemon.ts';
import { API } from '../src/gen/api.ts';
import { Decoder } from '../src/wire/decode.ts';
import { encodeMessage } from '../src/wire/encode.ts';
import { Choices } from './random.ts';
import { Attempts } from './rpc/attempts.ts';
import { METHODS, methodNamed, start } from './rpc/methods.ts';
import type { GetProjectResponse } from '../src/gen/api.ts';
import type { Attempt } from './rpc/methods.ts';
import type { FuzzOptions, FuzzReport } from './suite.ts';

/** A daemon that answers nothing for so long hangs. */
const PATIENCE_MILLISECONDS = 20_000;
/** Calls between two looks at the daemon. */
const LOOK = 1000;
const MOST_RESIDENT_BYTES = 2 ** 31;
const MOST_PROBLEMS = 10;
const MOST_AT_ONCE = 16;
const LIMITS = [
  '--max-machines',
  '6',
  '--max-artifact-bytes',
  '1000000',
  '--event-log-bytes',
  '1000000',
  '--max-snapshot-bytes',
  '64000000',
];
/** The library ends these, which tell no reason then. */
const ENDED = ['CANCELLED', 'DEADLINE_EXCEEDED'];
/** Reasons of statuses that are ours to have otherwise. */
const EXPECTED = ['CHECKSUM_MISMATCH'];
const PROGRAMS = ['hello', 'quiescent.poc', 'uipi_spin.poc'];

function residentBytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
}

function problemOf({ status: name, reason, message }: ApiError): string | undefined {
  if (ENDED.includes(name)) return undefined;
  if (['INTERNAL', 'UNKNOWN', 'UNAVAILABLE', 'DATA_LOSS'].includes(name) && !EXPECTED.includes(reason))
    return `${name} ${reason}: ${message}`;
  return reason === '' ? `${name} without a reason: ${message}` : undefined;
}

const shown = ({ method, messages }: Attempt): string =>
  `${method.path} ${messages.map((bytes) => (bytes.length > 4096 ? `(${bytes.length} bytes)` : bytes.toString('base64'))).join(' ')}`;

const GET_PROJECT = methodNamed('/uintr.v1.ProjectService/GetProject');
const decoder = new Decoder(API, false);

/** What is wrong with the daemon while no call is under way. */
async function trouble(client: Client): Promise<string | undefined> {
  const messages = [Buffer.from(encodeMessage(API, GET_PROJECT.request, { name: 'projects/default' }))];
  let streams = 0;
  // A call that was cut off may be at its end here before it is there.
  for (let looks = 0; looks < 20; looks++) {
    const error = await start(client, { method: GET_PROJECT, messages, deadline: PATIENCE_MILLISECONDS }, (bytes) => {
      streams = (decoder.decode(GET_PROJECT.response, bytes) as GetProjectResponse).project?.usage?.streams ?? 0;
    });
    // The project itself may be deleted, its requests may be used up.
    if (error && !['NOT_FOUND', 'RESOURCE_EXHAUSTED'].includes(status[error.code]!)) return `it does not answer: ${error.message}`;
    if (error || streams === 0) return undefined;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return `${streams} calls of projects/default are held, and none is under way`;
}

/** How the calls ended, and which methods never did well. */
class Outcomes {
  private readonly statuses = new Map<string, number>();
  private readonly answered = new Set<string>();
  calls = 0;

  count({ method }: Attempt, error: ApiError | undefined): void {
    const name = error?.status ?? 'OK';
    this.statuses.set(name, (this.statuses.get(name) ?? 0) + 1);
    if (!error) this.answered.add(method.path);
    this.calls++;
  }

  toString(): string {
    const never = METHODS.filter(({ path }) => !this.answered.has(path)).map(({ name }) => name);
    const counts = [...this.statuses].map(([name, times]) => `${times} ${name}`).join(', ');
    return `${counts}; never OK: ${never.join(', ') || 'none'}`;
  }
}

/** `count` calls, alone or in bursts. */
export async function fuzzRpc({ seed, count, isOver = () => false, progress }: FuzzOptions): Promise<FuzzReport> {
  const directory = await mkdtemp(join(tmpdir(), 'uintrd-fuzz-'));
  const isKept = seed % 2 === 0;
  const daemon = await startLocalDaemon([...LIMITS, '--workers', '2', ...(isKept ? ['--auth', '--data-dir', directory] : [])]);
  const client = new Client(daemon.endpoint, credentials.createInsecure(), { 'grpc.enable_retries': 0 });
  const choices = new Choices(seed);
  const images = PROGRAMS.map((name) => new Uint8Array(readFileSync(new URL(`../guests/bin/${name}`, import.meta.url))));
  const attempts = new Attempts(choices, images);
  const outcomes = new Outcomes();
  const problems: string[] = [];
  const again = (): string => `rpc --seed ${seed} --count ${outcomes.calls}`;

  const run = async (attempt: Attempt): Promise<void> => {
    const { answered, ended } = attempts.listener(attempt);
    const failure = await start(client, attempt, answered);
    const error = failure && new ApiError(failure);
    ended(error);
    outcomes.count(attempt, error);
    const problem = error && problemOf(error);
    if (problem) problems.push(`${again()}: ${problem}\n  ${shown(attempt)}`);
  };
  const look = async (): Promise<void> => {
    const wrong = await trouble(client);
    if (wrong) problems.push(`${again()}: ${wrong}`);
    const resident = residentBytes(daemon.pid);
    if (resident > MOST_RESIDENT_BYTES) problems.push(`${again()}: the daemon has grown to ${resident} bytes`);
    progress(`${outcomes.calls} calls, ${Math.round(resident / 2 ** 20)} MiB`);
  };

  try {
    for (let next = LOOK; outcomes.calls < count && problems.length < MOST_PROBLEMS && !isOver(); ) {
      const burst = choices.chance(0.3) ? 1 : 2 + choices.below(MOST_AT_ONCE - 1);
      await Promise.all(Array.from({ length: Math.min(burst, count - outcomes.calls) }, () => run(attempts.next())));
      if (outcomes.calls < next) continue;
      next += LOOK;
      await look();
    }
    await look();
    progress(`seed ${seed}: ${outcomes.toString()}`);
  } finally {
    client.close();
    await daemon.stop();
    await rm(directory, { recursive: true, force: true });
  }
  return { problems };
}
