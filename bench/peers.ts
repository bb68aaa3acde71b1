// The same program outside a machine: on this processor, and in qemu's user mode.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Peer } from './row.ts';

export const PEERS: readonly Peer[] = ['native', 'qemu-user'];
/** Where they are that much faster, peers run this many times as many iterations. */
const PEER_FACTOR = 4;

/** A built benchmark program. */
export function benchProgram(name: string): string {
  return fileURLToPath(new URL(`../guests/bin/bench/${name}`, import.meta.url));
}

export function runOutside(peer: Peer, program: string, argv: readonly string[]): { stdout: string; seconds: number } {
  const command = [...(peer === 'native' ? [] : ['qemu-x86_64']), program, ...argv];
  const start = performance.now();
  const result = spawnSync(command[0]!, command.slice(1), { encoding: 'utf8' });
  const seconds = (performance.now() - start) / 1000;
  if (result.status !== 0) throw new Error(`${command.join(' ')} failed: ${result.error?.message ?? result.stderr}`);
  return { stdout: result.stdout, seconds };
}

/** The peers that this machine has; says which are left out. */
export function availablePeers(progress: (text: string) => void): Peer[] {
  return PEERS.filter((peer) => {
    if (isAvailable(peer)) return true;
    progress(`${peer} is not available here and is left out`);
    return false;
  });
}

function isAvailable(peer: Peer): boolean {
  if (process.platform !== 'linux') return false;
  if (peer === 'native') return process.arch === 'x64';
  return spawnSync('qemu-x86_64', ['--version']).status === 0;
}

/** Nanoseconds an iteration outside: with none subtracted, so that starting a process does not count. */
export function measureOutside(peer: Peer, program: string, argv: readonly string[], iterations: number, factor = PEER_FACTOR): number {
  const many = iterations * factor;
  const empty = runOutside(peer, program, [...argv, '0']).seconds;
  return (Math.max(0, runOutside(peer, program, [...argv, String(many)]).seconds - empty) / many) * 1e9;
}
