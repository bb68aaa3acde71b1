// Suite start: how long a small program takes from nothing, in a daemon that runs, and what an idle machine weighs.

import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { connect, type UintrClient } from '../clients/ts/client.ts';
import { startLocalDaemon } from '../clients/ts/local-daemon.ts';
import type { SuiteOptions } from './main.ts';
import { median, type Peer, type Row, row } from './row.ts';

const HELLO = fileURLToPath(new URL('../guests/bin/hello', import.meta.url));
const UINTRCTL = fileURLToPath(new URL('../bin/uintrctl.js', import.meta.url));
const PROJECT = 'projects/default';
/** Figures to be met: milliseconds of a local run, of a spawn in a running daemon, MB of an idle machine. */
const TARGET = { local: 1200, spawn: 60, machine: 8 };
const FEW = 10,
  MANY = 100;
const MEGABYTE = 1e6;

function timed(command: readonly string[]): number | null {
  const start = performance.now();
  const result = spawnSync(command[0]!, command.slice(1), { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  const milliseconds = performance.now() - start;
  if (result.error) return null;
  if (result.status !== 0 || result.stdout !== 'Hello, world\n') throw new Error(`${command.join(' ')} failed: ${result.stderr}`);
  return milliseconds;
}

function startMachine(client: UintrClient): Promise<string> {
  const create = client.machines.CreateMachine({ parent: PROJECT, machine: { spec: {} } });
  return create.then(async ({ machine }) => {
    await client.machines.StartMachine({ name: machine!.name });
    return machine!.name;
  });
}

async function spawnToExit(client: UintrClient, machine: string, image: Uint8Array): Promise<number> {
  const start = performance.now();
  const { process } = await client.guest.SpawnProcess({ parent: machine, image, path: '/bin/hello', arguments: ['hello'] });
  const answer = await client.guest.WaitProcess({ name: process!.name, until_quiescent: true });
  if (answer.reason !== 'REASON_EXITED') throw new Error(`hello ended with ${answer.reason}`);
  return performance.now() - start;
}

/** Resident bytes of a process and its children. */
function residentBytes(pid: number): number {
  const status = (of: string, field: string): number =>
    Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${of}/status`, 'utf8'))?.[1] ?? 0);
  let total = status(String(pid), 'VmRSS') * 1024;
  for (const other of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      if (status(other, 'PPid') === pid) total += residentBytes(Number(other));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' && (error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
  return total;
}

/** Resident bytes a machine, between FEW and MANY of them, in a daemon of its own. */
async function idleMachine(): Promise<number> {
  const daemon = await startLocalDaemon();
  const client = connect(daemon.endpoint);
  try {
    for (let n = 0; n < FEW; n++) await startMachine(client);
    const few = residentBytes(daemon.pid);
    for (let n = FEW; n < MANY; n++) await startMachine(client);
    return (residentBytes(daemon.pid) - few) / (MANY - FEW);
  } finally {
    client.close();
    await daemon.stop();
  }
}

export async function startSuite(options: SuiteOptions): Promise<Row[]> {
  const wanted = (name: string): boolean => name.includes(options.only);
  const local: number[] = [],
    spawned: number[] = [],
    memory: number[] = [];
  const peers = new Map<Peer, number[]>([
    ['native', []],
    ['qemu-user', []],
  ]);
  const image = new Uint8Array(readFileSync(HELLO));
  const daemon = await startLocalDaemon();
  const client = connect(daemon.endpoint);
  try {
    const machine = await startMachine(client);
    await spawnToExit(client, machine, image);
    for (let round = 0; round < options.rounds; round++) {
      options.progress(`start: round ${round + 1} of ${options.rounds}`);
      if (wanted('run --local')) local.push(timed([process.execPath, UINTRCTL, 'run', '--local', '--', HELLO])!);
      for (const [peer, times] of peers) {
        const time = timed(peer === 'native' ? [HELLO] : ['qemu-x86_64', HELLO]);
        if (time !== null) times.push(time);
      }
      if (wanted('spawn to exit')) spawned.push(await spawnToExit(client, machine, image));
      if (wanted('idle machine')) memory.push(await idleMachine());
    }
  } finally {
    client.close();
    await daemon.stop();
  }
  const rows: Row[] = [];
  const add = (name: string, values: readonly number[], unit: string, target: number, scale = 1): void => {
    if (values.length > 0) rows.push(row('start', name, median(values) / scale, unit, 'target', target));
  };
  add('run --local hello', local, 'ms', TARGET.local);
  add('spawn to exit', spawned, 'ms', TARGET.spawn);
  for (const [peer, times] of peers)
    if (times.length > 0 && spawned.length > 0) rows.push(row('start', 'spawn to exit', median(spawned), 'ms', peer, median(times)));
  add('idle machine', memory, 'MB resident', TARGET.machine, MEGABYTE);
  return rows;
}
