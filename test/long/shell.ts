// Commands as a user types them, in a folder of their own, with the Node that the user has.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** An empty folder, removed afterwards. */
export function emptyFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `uintrd-${name}-`));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** PATH without the Node that runs the tests and without this checkout's tools: what was there before. */
function userPath(): string {
  const own = [dirname(process.execPath), join(ROOT, 'node_modules')];
  return (process.env['PATH'] ?? '')
    .split(':')
    .filter((entry) => !own.some((prefix) => entry.startsWith(prefix)))
    .join(':');
}

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function run(folder: string, command: string, env: Readonly<Record<string, string>> = {}): Outcome {
  const variables = { PATH: userPath(), HOME: folder, npm_config_cache: join(process.env['HOME'] ?? folder, '.npm'), ...env };
  const kept = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => /^npm_config_(registry|userconfig|globalconfig)$/i.test(name)),
  );
  const userConfig = process.env['HOME'] ? { npm_config_userconfig: join(process.env['HOME'], '.npmrc') } : {};
  return spawnSync('sh', ['-c', command], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...userConfig, ...kept, ...variables },
    timeout: 500_000,
  });
}

/** Processes whose command line names `folder`. */
export function leftBehind(folder: string): string[] {
  const listing = execFileSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' });
  return listing.split('\n').filter((line) => line.includes(folder) && !line.includes(' ps '));
}
