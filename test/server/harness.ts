// A daemon in this process on a socket of its own, with acted machines unless told otherwise, and a client to it.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect } from 'vitest';
import { ApiError } from '../../clients/ts/api-error.ts';
import { connect } from '../../clients/ts/client.ts';
import { readConfig } from '../../src/server/config.ts';
import { startDaemon } from '../../src/server/daemon.ts';
import { WorkerPool } from '../../src/server/worker-pool.ts';
import type { UintrClient } from '../../clients/ts/client.ts';
import type { Config } from '../../src/server/settings.ts';
import type { Daemon } from '../../src/server/daemon.ts';

export const FAKE_WORKER = new URL('./fake-worker.ts', import.meta.url);
export const PROJECT = 'projects/default';

export interface TestDaemon {
  readonly daemon: Daemon;
  readonly client: UintrClient;
  readonly endpoint: string;
  readonly log: readonly Record<string, unknown>[];
  stop(): Promise<void>;
}

export async function startTestDaemon(flags: readonly string[] = [], workerModule: URL = FAKE_WORKER): Promise<TestDaemon> {
  const directory = mkdtempSync(join(tmpdir(), 'uintrd-test-'));
  const endpoint = `unix:${join(directory, 'socket')}`;
  // Acted machines do not move.
  const balance = workerModule === FAKE_WORKER ? ['--balance-ms', '0'] : [];
  const config = readConfig(['--listen', endpoint, '--workers', '2', '--drain-ms', '500', ...balance, ...flags], {}) as Config;
  const lines: Record<string, unknown>[] = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) });
  const daemon = await startDaemon(config, log, '0.0.0-test', new WorkerPool(config, workerModule));
  const client = connect(endpoint);
  return {
    daemon,
    client,
    endpoint,
    log: lines,
    async stop() {
      client.close();
      await daemon.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** The error that a call must fail with. */
export async function failure(promise: Promise<unknown> | (() => Promise<unknown>)): Promise<ApiError> {
  const outcome = await (typeof promise === 'function' ? promise() : promise).then(
    (value) => ({ value }),
    (error: unknown) => error,
  );
  expect(outcome).toBeInstanceOf(ApiError);
  return outcome as ApiError;
}

/** A machine that is started, unless told otherwise. Returns its name. */
export async function newMachine(client: UintrClient, options: { start?: boolean; spec?: object; id?: string } = {}): Promise<string> {
  const { machine } = await client.machines.CreateMachine({
    parent: PROJECT,
    machine_id: options.id ?? '',
    machine: { spec: options.spec ?? {} },
  });
  if (options.start !== false) await client.machines.StartMachine({ name: machine!.name });
  return machine!.name;
}

/** Spawns an acted program and waits for it. */
export async function runToEnd(client: UintrClient, parent: string, path: string, ...args: string[]): Promise<string> {
  const { process } = await client.guest.SpawnProcess({ parent, path, arguments: [path, ...args] });
  await client.guest.WaitProcess({ name: process!.name });
  return process!.name;
}
