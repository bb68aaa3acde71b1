// Runs guests/bin/errno on this host's kernel and in a machine.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { finish, guest, newMachine, spawn } from '../../machine/run-guest.ts';

const PROGRAM = fileURLToPath(new URL('../../../guests/bin/errno', import.meta.url));

export const canRunNatively = process.platform === 'linux' && process.arch === 'x64';

export function ask(what: 'families' | 'covered' | 'excluded'): string[] {
  const { stdout } = inMachine([what]);
  return stdout.trimEnd().split('\n');
}

/** What Linux 6.18 printed (tmpfs, an unprivileged user). */
export function recorded(family: string): string {
  return readFileSync(new URL(`../../../guests/expected/errno/${family}.txt`, import.meta.url), 'utf8');
}

/** In an empty directory of a tmpfs where there is one; as user 65534 where the tests run as root, otherwise as who runs them. */
export function natively(family: string): string {
  const directory = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'errno-'));
  try {
    const { stdout, status, signal } = spawnSync(PROGRAM, [family, directory], { encoding: 'utf8', maxBuffer: 1 << 24, timeout: 120_000 });
    if (status !== 0) throw new Error(`errno ${family} ended with ${status ?? signal}`);
    return stdout;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

export function inMachine(args: readonly string[]): { stdout: string; status: number | null; reason: string } {
  const machine = newMachine({ abi: 'none', event_kinds: [] });
  const pid = spawn(machine, guest('errno'), { arguments: ['errno', ...args] });
  const { stdout, status, reason } = finish(machine, pid, 1_000_000_000_000);
  return { stdout, status, reason };
}
