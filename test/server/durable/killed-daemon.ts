// A daemon in a process of its own, with a data directory, that can be killed and started again.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { ApiError } from '../../../clients/ts/api-error.ts';
import { connect, type UintrClient } from '../../../clients/ts/client.ts';

const MAIN = fileURLToPath(new URL('../../../src/server/main.ts', import.meta.url));
const CACHE = fileURLToPath(new URL('../../../.cache/compile', import.meta.url));

export class KilledDaemon {
  readonly base = mkdtempSync(join(tmpdir(), 'uintrd-killed-'));
  readonly data = join(this.base, 'data');
  readonly endpoint = `unix:${join(this.base, 'socket')}`;
  client!: UintrClient;
  /** Lines of its log since it was started. */
  log: Record<string, unknown>[] = [];
  private child: ChildProcess | null = null;
  private readonly main: string;

  get pid(): number {
    return this.child!.pid!;
  }

  /** `main`: what is started, with uintrd's flags. */
  constructor(main = MAIN) {
    this.main = main;
  }

  async start(...flags: string[]): Promise<void> {
    const child = spawn(process.execPath, [this.main, '--listen', this.endpoint, '--data-dir', this.data, '--workers', '2', ...flags], {
      env: { ...process.env, NODE_COMPILE_CACHE: CACHE },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    this.log = [];
    createInterface({ input: child.stderr }).on('line', (line) => this.log.push(parsed(line)));
    const lines = createInterface({ input: child.stdout });
    await Promise.race([
      once(lines, 'line'),
      once(child, 'exit').then(() => Promise.reject(new Error(`the daemon did not start: ${JSON.stringify(this.log)}`))),
    ]);
    this.client = connect(this.endpoint);
  }

  /** The machine is as it was, or refused, however long that takes on a busy host. */
  async back(name: string): Promise<void> {
    for (;;)
      try {
        return void (await this.client.events.ListEvents({ parent: name, page_size: 1 }));
      } catch (error) {
        if (!(error instanceof ApiError) || error.reason !== 'MACHINE_RECOVERING') throw error;
      }
  }

  /** SIGKILL, or SIGTERM and whatever that does. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    this.client.close();
    const { child } = this;
    this.child = null;
    if (!child) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  }

  async remove(): Promise<void> {
    await this.end('SIGKILL');
    rmSync(this.base, { recursive: true, force: true });
  }
}

function parsed(line: string): Record<string, unknown> {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return { line };
  }
}
