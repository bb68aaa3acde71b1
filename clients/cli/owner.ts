// Machines that end with this command say whose they are, so that what a killed command has left behind can be recognized: by the next
// one of the same host. Linux alone says enough about processes for that.

import { readFileSync, readlinkSync } from 'node:fs';
import { everyPage } from './names.ts';
import type { UintrClient } from '../ts/client.ts';

const ORIGIN = 'origin';
const OWNER = 'owner';

/** Of a process: boot, PID namespace, PID, and when it was started, so that a PID that comes again is another process. */
export interface Owner {
  readonly host: string;
  readonly pid: number;
  readonly started: string;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** Clock ticks since boot, field 22 of proc_pid_stat(5); the second field may hold spaces and parentheses. */
function startOf(pid: number): string | undefined {
  const stat = read(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
}

function hostOf(): string | undefined {
  const boot = read('/proc/sys/kernel/random/boot_id')?.trim();
  try {
    return boot === undefined ? undefined : `${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return undefined;
  }
}

export function ownLabels(origin: string): Record<string, string> {
  const host = hostOf();
  const started = startOf(process.pid);
  if (host === undefined || started === undefined) return { [ORIGIN]: origin };
  return { [ORIGIN]: origin, [OWNER]: JSON.stringify({ host, pid: process.pid, started } satisfies Owner) };
}

/** Only what is certain: a process of this very host that is not there any more. */
export function isOrphan(labels: Readonly<Record<string, string>>): boolean {
  const text = labels[OWNER];
  if (text === undefined || !labels[ORIGIN]?.startsWith('uintrctl-')) return false;
  let owner: Partial<Owner> | null;
  try {
    owner = JSON.parse(text) as Partial<Owner> | null;
  } catch {
    return false;
  }
  if (typeof owner?.pid !== 'number' || typeof owner.started !== 'string') return false;
  const host = hostOf();
  return host !== undefined && owner.host === host && startOf(owner.pid) !== owner.started;
}

/** Removes machines and artifacts that commands of this host have left behind because they were killed. It is no one's business if that fails. */
export async function sweepOrphans(client: UintrClient): Promise<void> {
  const parent = client.project;
  try {
    const machines = await everyPage(
      (page_token) => client.machines.ListMachines({ parent, page_size: 1000, page_token }),
      (page) => page.machines,
    );
    const artifacts = await everyPage(
      (page_token) => client.artifacts.ListArtifacts({ parent, page_size: 1000, page_token }),
      (page) => page.artifacts,
    );
    await Promise.allSettled([
      ...machines.filter(({ labels }) => isOrphan(labels)).map(({ name }) => client.machines.DeleteMachine({ name })),
      ...artifacts.filter(({ labels }) => isOrphan(labels)).map(({ name }) => client.artifacts.DeleteArtifact({ name })),
    ]);
  } catch {
    // The command itself will say it.
  }
}
