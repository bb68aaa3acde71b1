// Unary calls beside a bare grpc-js server that answers as many bytes: processor time of the whole server process a call, and calls a second.

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { UintrClient } from '../clients/ts/client.ts';
import { RemoteThread } from '../clients/ts/remote-thread.ts';
import { apiTarget, type GrpcDriver, processorSeconds, type Target, threadSeconds } from './grpc-driver.ts';
import type { SuiteOptions } from './main.ts';
import { median, type Row, row } from './row.ts';

const ECHO = fileURLToPath(new URL('grpc-echo-server.ts', import.meta.url));
const WAITING = fileURLToPath(new URL('../guests/bin/quiescent.poc', import.meta.url));
const IN_FLIGHT = [64, 8, 1];
const SECONDS = 2;
const WARM_UP_SECONDS = 3;
/** Processor time of GetUintrState over that of the peer; calls a second of SendUipi over those of the peer. */
const TARGET = { state: 1.5, send: 0.6 };

export interface EchoServer {
  readonly endpoint: string;
  readonly pid: number;
  stop(): void;
}

export async function startEcho(responseBytes: number): Promise<EchoServer> {
  const directory = mkdtempSync(join(tmpdir(), 'uintrd-echo-'));
  const endpoint = `unix:${join(directory, 'socket')}`;
  const child = spawn(process.execPath, [ECHO, endpoint, String(responseBytes)], { stdio: ['pipe', 'pipe', 'inherit'] });
  await new Promise<void>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the echo server ended with code ${code}`)));
    child.stdout.once('data', () => resolve());
  });
  return {
    endpoint,
    pid: child.pid!,
    stop() {
      child.stdin.end();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** A machine in which one thread with a handler, a UPID and a vector waits for ever; the name of that thread. */
async function waitingThread(client: UintrClient): Promise<string> {
  const { machine } = await client.machines.CreateMachine({ parent: 'projects/default', machine: { spec: {} } });
  await client.machines.StartMachine({ name: machine!.name });
  const image = new Uint8Array(readFileSync(WAITING));
  const { process: waiting } = await client.guest.SpawnProcess({ parent: machine!.name, image, path: '/bin/waiting' });
  await client.guest.WaitProcess({ name: waiting!.name, until_quiescent: true });
  const { threads } = await client.uintr.GetUintrState({ name: machine!.name });
  const [thread] = threads;
  if (thread?.upid === undefined) throw new Error('the guest has no user-interrupt state');
  return thread.thread;
}

interface Samples {
  readonly microseconds: number[];
  readonly rate: number[];
}

async function sample(driver: GrpcDriver, target: Target, pid: number, inFlight: number, into: Samples): Promise<void> {
  const before = processorSeconds(pid);
  const { calls, seconds } = await driver.unary(target, inFlight, SECONDS);
  into.microseconds.push(((processorSeconds(pid) - before) / calls) * 1e6);
  into.rate.push(calls / seconds);
}

interface CallCase {
  readonly name: string;
  readonly target: Target;
  readonly inFlight: readonly number[];
}

async function measure(
  driver: GrpcDriver,
  daemonPid: number,
  test: CallCase,
  options: SuiteOptions,
): Promise<Map<number, [Samples, Samples]>> {
  const { response_bytes: size } = await driver.unary(test.target, 1, 0.1);
  const echo = await startEcho(size);
  const echoTarget: Target = { endpoint: echo.endpoint, path: '/bench.Echo/Echo', request: test.target.request };
  const samples = new Map<number, [Samples, Samples]>(
    test.inFlight.map((count) => [
      count,
      [
        { microseconds: [], rate: [] },
        { microseconds: [], rate: [] },
      ],
    ]),
  );
  try {
    const most = Math.max(...test.inFlight);
    await driver.unary(test.target, most, WARM_UP_SECONDS);
    await driver.unary(echoTarget, most, WARM_UP_SECONDS);
    for (let round = 0; round < options.rounds; round++) {
      options.progress(`grpc: ${test.name}, ${test.target.request.length} bytes to ${size}, round ${round + 1} of ${options.rounds}`);
      for (const [inFlight, [ours, theirs]] of samples) {
        await sample(driver, test.target, daemonPid, inFlight, ours);
        await sample(driver, echoTarget, echo.pid, inFlight, theirs);
      }
    }
    return samples;
  } finally {
    echo.stop();
  }
}

/** Says where the daemon's processor time goes, by thread. */
async function sayThreads(driver: GrpcDriver, pid: number, target: Target, options: SuiteOptions): Promise<void> {
  const before = threadSeconds(pid);
  const { calls } = await driver.unary(target, 64, SECONDS);
  const parts = [...threadSeconds(pid)]
    .map(([name, seconds]): [string, number] => [name, ((seconds - (before.get(name) ?? 0)) / calls) * 1e6])
    .filter(([, microseconds]) => microseconds > 0.5)
    .sort(([, a], [, b]) => b - a)
    .map(([name, microseconds]) => `${name} ${microseconds.toFixed(1)}`);
  options.progress(`grpc: microseconds a call by thread: ${parts.join(', ')}`);
}

export async function stateCalls(
  driver: GrpcDriver,
  client: UintrClient,
  endpoint: string,
  pid: number,
  options: SuiteOptions,
): Promise<Row[]> {
  const name = await waitingThread(client);
  const target = apiTarget(endpoint, 'uintr.v1.UintrService', 'GetUintrState', { name });
  const rows: Row[] = [];
  const samples = await measure(driver, pid, { name: 'GetUintrState', target, inFlight: IN_FLIGHT }, options);
  for (const [inFlight, [ours, theirs]] of samples) {
    const [cpu, peerCpu] = [median(ours.microseconds), median(theirs.microseconds)];
    rows.push(row('grpc', `GetUintrState, ${inFlight} in flight`, cpu, 'us processor/call', 'grpc-js', peerCpu));
    rows.push(row('grpc', `GetUintrState, ${inFlight} in flight`, median(ours.rate), 'calls/s', 'grpc-js', median(theirs.rate)));
    if (inFlight === 64) rows.push(row('grpc', 'GetUintrState, times the peer', cpu / peerCpu, 'ratio', 'target', TARGET.state));
  }
  await sayThreads(driver, pid, target, options);
  return rows;
}

/** SENDUIPI by a remote thread, one after the other, to one whose handler returns at once. */
export async function sendCalls(
  driver: GrpcDriver,
  client: UintrClient,
  endpoint: string,
  pid: number,
  options: SuiteOptions,
): Promise<Row[]> {
  const spec = { vcpus: 2, time_mode: 'TIME_MODE_LOCKSTEP' } as const;
  const { machine } = await client.machines.CreateMachine({ parent: 'projects/default', machine: { spec } });
  const receiver = await RemoteThread.create(client, machine!.name, { affinity: 1 });
  const sender = await RemoteThread.create(client, machine!.name, { affinity: 2 });
  await receiver.registerHandler();
  const { vector_fd } = await receiver.createVectorFd(1);
  const { uitt_index } = await sender.registerSender(vector_fd);
  const target = apiTarget(endpoint, 'uintr.v1.UintrService', 'SendUipi', { thread: sender.name, uitt_index });
  const samples = await measure(driver, pid, { name: 'SendUipi', target, inFlight: [1] }, options);
  const [ours, theirs] = samples.get(1)!;
  const [rate, peerRate] = [median(ours.rate), median(theirs.rate)];
  return [
    row('grpc', 'SendUipi, 1 in flight', median(ours.microseconds), 'us processor/call', 'grpc-js', median(theirs.microseconds)),
    row('grpc', 'SendUipi, 1 in flight', rate, 'calls/s', 'grpc-js', peerRate),
    row('grpc', 'SendUipi, part of the peer', rate / peerRate, 'ratio', 'target', TARGET.send),
  ];
}
