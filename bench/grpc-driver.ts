// The C++ client that drives servers in the suite grpc: built for each run, so that what is measured is the server and not its client.

import { spawn, spawnSync, type ChildProcessByStdio } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { API } from '../src/gen/api.ts';
import { encodeMessage } from '../src/wire/encode.ts';

const SOURCE = fileURLToPath(new URL('grpc/driver.cc', import.meta.url));

export interface UnaryResult {
  readonly calls: number;
  readonly errors: number;
  readonly seconds: number;
  readonly median_us: number;
  readonly p99_us: number;
  readonly response_bytes: number;
}

export interface StreamResult {
  readonly messages: number;
  readonly bytes: number;
  readonly errors: number;
}

/** What is called, and with which bytes. */
export interface Target {
  readonly endpoint: string;
  readonly path: string;
  readonly request: Uint8Array;
}

/** A call of the API as the driver needs it. */
export function apiTarget(endpoint: string, service: string, method: string, request: object): Target {
  const schema = API.services[service]!.find(({ name }) => name === method)!;
  return { endpoint, path: `/${service}/${method}`, request: encodeMessage(API, schema.request, request) };
}

interface OpenStreams {
  /** What came, when all of them have ended. */
  readonly result: Promise<StreamResult>;
}

export class GrpcDriver {
  private readonly directory = mkdtempSync(join(tmpdir(), 'uintrd-bench-'));
  private readonly binary = join(this.directory, 'driver');

  /** Undefined, after saying why, where there is no compiler or no library. */
  static build(say: (text: string) => void): GrpcDriver | undefined {
    const flags = spawnSync('pkg-config', ['--cflags', '--libs', 'grpc++'], { encoding: 'utf8' });
    const missing =
      flags.status !== 0 ? 'pkg-config finds no grpc++' : spawnSync('g++', ['--version']).status !== 0 ? 'g++ is missing' : '';
    if (missing !== '') {
      say(`SKIPPED: ${missing}; the C++ client of this suite needs g++, pkg-config and libgrpc++ (Debian: libgrpc++-dev)`);
      return undefined;
    }
    const driver = new GrpcDriver();
    const made = spawnSync('g++', ['-std=c++17', '-O2', SOURCE, '-o', driver.binary, ...flags.stdout.trim().split(/\s+/)], {
      encoding: 'utf8',
    });
    if (made.status === 0) return driver;
    driver.remove();
    throw new Error(`g++ failed: ${made.stderr}`);
  }

  async unary(target: Target, inFlight: number, seconds: number): Promise<UnaryResult> {
    const child = this.start('unary', target, [String(inFlight), String(seconds)]);
    const result = JSON.parse(await text(child)) as UnaryResult;
    if (result.errors > 0) throw new Error(`${target.path}: ${result.errors} calls failed`);
    return result;
  }

  /** Resolves when every stream has brought its first message. */
  async streams(target: Target, calls: number): Promise<OpenStreams> {
    const child = this.start('stream', target, [String(calls)]);
    const output = text(child);
    await firstOutput(child, output);
    return { result: output.then((whole) => JSON.parse(whole.replace(/^open\n/, '')) as StreamResult) };
  }

  /** One stream that is opened and not read; ended by the function. */
  async stall(target: Target): Promise<() => Promise<void>> {
    const child = this.start('stall', target, []);
    const output = text(child);
    await firstOutput(child, output);
    return async () => {
      child.stdin.end();
      await output;
    };
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  private start(mode: string, { endpoint, path, request }: Target, rest: readonly string[]): ChildProcessByStdio<Writable, Readable, null> {
    const hex = Buffer.from(request).toString('hex');
    return spawn(this.binary, [mode, endpoint, path, hex, ...rest], { stdio: ['pipe', 'pipe', 'inherit'] });
  }
}

function text(child: ChildProcessByStdio<Writable, Readable, null>): Promise<string> {
  let whole = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => (whole += part));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve(whole) : reject(new Error(`the driver ended with code ${code}`))));
  });
}

async function firstOutput(child: ChildProcessByStdio<Writable, Readable, null>, whole: Promise<string>): Promise<void> {
  await Promise.race([new Promise((resolve) => child.stdout.once('data', resolve)), whole]);
}

/** Processor seconds a process has used so far, all its threads together. The clock is 1/100 s. */
export function processorSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** The same, thread by thread: [name, seconds]. */
export function threadSeconds(pid: number): Map<string, number> {
  const threads = new Map<string, number>();
  for (const id of readdirSync(`/proc/${pid}/task`)) {
    const [name, seconds] = [
      readFileSync(`/proc/${pid}/task/${id}/comm`, 'utf8').trim(),
      Number(readFileSync(`/proc/${pid}/task/${id}/schedstat`, 'utf8').split(' ')[0]) / 1e9,
    ];
    threads.set(`${name} ${id}`, seconds);
  }
  return threads;
}

/** Bytes of memory that a process holds. */
export function residentBytes(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
}
