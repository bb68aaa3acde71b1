// Suite cold: code that is executed once or twice. A shell that starts programs, in a new machine of a daemon that runs, beside qemu's user
// mode, wall time of both; and a program of 200,000 instructions without a loop, where regions can only cost: mixed beside step-only.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { connect, type UintrClient } from '../clients/ts/client.ts';
import { startLocalDaemon } from '../clients/ts/local-daemon.ts';
import type { Tiers } from '../src/machine/cpu/cpu.ts';
import { runImage } from './guest-machine.ts';
import type { SuiteOptions } from './main.ts';
import { availablePeers } from './peers.ts';
import { median, type Peer, type Row, row } from './row.ts';
import { straightProgram } from './straight-program.ts';

/** busybox-static of Debian and Ubuntu, whose shell finds the programs of busybox in itself. */
const BUSYBOX = '/bin/busybox';
const SHELL = ['sh', '-c', 'for i in 1 2 3; do echo $i | sed s/1/one/; done'];
const SAID = 'one\n2\n3\n';
const INSTRUCTIONS = 200_000;
/** Most that regions may add to code that never comes again. */
const MOST_OF_STEP = 1.3;

function shellOutside(peer: Peer): number {
  const [program, ...rest] = peer === 'native' ? [BUSYBOX, ...SHELL] : ['qemu-x86_64', BUSYBOX, ...SHELL];
  const start = performance.now();
  const { stdout, stderr } = spawnSync(program!, rest, { encoding: 'utf8' });
  const milliseconds = performance.now() - start;
  if (stdout !== SAID) throw new Error(`the shell by ${peer} prints ${stdout}${stderr}`);
  return milliseconds;
}

async function shellInMachine(client: UintrClient, image: Uint8Array): Promise<number> {
  const { machine } = await client.machines.CreateMachine({ parent: 'projects/default', machine: { spec: {} } });
  const { name } = machine!;
  await client.machines.StartMachine({ name });
  const start = performance.now();
  const { process } = await client.guest.SpawnProcess({ parent: name, image, path: BUSYBOX, arguments: ['busybox', ...SHELL] });
  const { reason, process: ended } = await client.guest.WaitProcess({ name: process!.name, until_quiescent: true });
  const milliseconds = performance.now() - start;
  if (reason !== 'REASON_EXITED' || ended!.exit_code !== 0) throw new Error(`the shell ended with ${reason} ${ended!.exit_code}`);
  await client.machines.DeleteMachine({ name });
  return milliseconds;
}

async function shellRows({ rounds, progress }: SuiteOptions): Promise<Row[]> {
  if (!existsSync(BUSYBOX)) {
    progress(`cold-shell is left out: ${BUSYBOX} (package busybox-static) is not here`);
    return [];
  }
  const peers = availablePeers(progress);
  const outside = new Map<Peer, number[]>(peers.map((peer) => [peer, []]));
  const ours: number[] = [];
  const image = new Uint8Array(readFileSync(BUSYBOX));
  const daemon = await startLocalDaemon();
  const client = connect(daemon.endpoint);
  try {
    for (let warm = 0; warm < 3; warm++) await shellInMachine(client, image);
    for (let round = 0; round < rounds; round++) {
      progress(`cold-shell: round ${round + 1} of ${rounds}`);
      ours.push(await shellInMachine(client, image));
      for (const peer of peers) outside.get(peer)!.push(shellOutside(peer));
    }
  } finally {
    client.close();
    await daemon.stop();
  }
  if (peers.length === 0) return [row('cold', 'cold-shell', median(ours), 'ms')];
  return peers.map((peer) => row('cold', 'cold-shell', median(ours), 'ms', peer, median(outside.get(peer)!)));
}

function straightRows({ rounds, progress }: SuiteOptions): Row[] {
  const image = straightProgram(INSTRUCTIONS);
  const milliseconds = (tiers: Tiers): number => runImage('the straight program', image, [], { tiers }).processorSeconds * 1000;
  milliseconds('step');
  const ratios: number[] = [],
    mixed: number[] = [];
  for (let round = 0; round < rounds; round++) {
    progress(`straight-line: round ${round + 1} of ${rounds}`);
    const [step, both] = [milliseconds('step'), milliseconds('mixed')];
    mixed.push(both);
    ratios.push(both / step);
  }
  return [
    row('cold', 'straight-line', median(mixed), 'ms'),
    row('cold', 'straight-line, mixed over step-only', median(ratios), 'x', 'target', MOST_OF_STEP),
  ];
}

export async function coldSuite(options: SuiteOptions): Promise<Row[]> {
  const rows: Row[] = [];
  if ('cold-shell'.includes(options.only)) rows.push(...(await shellRows(options)));
  if ('straight-line'.includes(options.only)) rows.push(...straightRows(options));
  return rows;
}
