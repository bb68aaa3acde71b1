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

/** What npm and the test runner add to the environment of what they start. */
const ADDED =
  /^(npm_(command|lifecycle|package|execpath|node_execpath)|npm_config_(prefix|local_prefix|globalconfig)$|NODE$|NODE_(ENV|PATH|COMPILE_CACHE)$|VITEST|TEST$|VITE_|INIT_CWD$)/;

export function run(folder: string, command: string): Outcome {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !ADDED.test(name)));
  return spawnSync('sh', ['-c', command], { cwd: folder, encoding: 'utf8', env: { ...env, PATH: userPath() }, timeout: 300_000 });
}

/** Processes whose command line names `folder`. */
export function leftBehind(folder: string): string[] {
  const listing = execFileSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' });
  return listing.split('\n').filter((line) => line.includes(folder) && !line.includes(' ps '));
}
