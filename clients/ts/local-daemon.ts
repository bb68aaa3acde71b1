// A private daemon on a unix socket in a temporary directory, started by its bin; it ends with us, however we end.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** From clients/ts/ in a checkout, from dist/clients/ts/ in the package. */
const BIN = ['../../bin/uintrd.js', '../../../bin/uintrd.js']
  .map((path) => fileURLToPath(new URL(path, import.meta.url)))
  .find((path) => existsSync(path));
const START_MILLISECONDS = 30_000;

export interface LocalDaemon {
  readonly endpoint: string;
  readonly pid: number;
  stop(): Promise<void>;
}

export async function startLocalDaemon(flags: readonly string[] = []): Promise<LocalDaemon> {
  if (BIN === undefined) throw new Error('the uintrd bin is missing beside this program');
  const directory = await mkdtemp(join(tmpdir(), 'uintrd-'));
  const endpoint = `unix:${join(directory, 'socket')}`;
  const child = spawn(
    process.execPath,
    [BIN, '--listen', endpoint, '--exit-with-stdin', '--log-level', 'error', '--drain-ms', '200', ...flags],
    {
      stdio: ['pipe', 'pipe', 'pipe'],
      // A terminal's Ctrl-C is for the guest, not for its daemon.
      detached: true,
    },
  );
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaints = (complaints + text).slice(-8192)));
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async (): Promise<void> => {
    child.stdin.destroy();
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), 2000);
      await exited;
      clearTimeout(late);
    }
    await rm(directory, { recursive: true, force: true });
  };
  try {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('the private daemon did not start in time')), START_MILLISECONDS);
      const settle = (action: () => void): void => {
        clearTimeout(timer);
        action();
      };
      child.once('error', (error) => settle(() => reject(error)));
      child.once('exit', (code) => settle(() => reject(new Error(`the private daemon ended with code ${code}: ${complaints.trim()}`))));
      child.stdout.once('data', () => settle(resolve));
    });
  } catch (error) {
    await stop();
    throw error;
  }
  child.stdin.on('error', () => {});
  return { endpoint, pid: child.pid!, stop };
}
