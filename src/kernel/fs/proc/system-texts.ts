// Files of /proc itself that are texts about the whole machine (proc(5)).

import { RELEASE, VERSION } from '../../abi/uts.ts';
import type { Kernel } from '../../kernel.ts';
import { blockDriver, diskstats, partitions } from './block-texts.ts';
import { interrupts, loadavg, stat, uptime } from './cpu-texts.ts';
import { cpuinfo } from './cpuinfo.ts';
import { lockLines } from './lock-lines.ts';
import { meminfo, SWAPS, vmstat } from './memory-texts.ts';
import { filesystems } from './mount-texts.ts';

/** Majors of Documentation/admin-guide/devices.txt that have devices here. */
const CHARACTER_DEVICES: readonly (readonly [major: number, name: string])[] = [
  [1, 'mem'],
  [5, '/dev/tty'],
  [5, '/dev/console'],
  [5, '/dev/ptmx'],
  [128, 'ptm'],
  [136, 'pts'],
];

const devices = (kernel: Kernel): string =>
  `Character devices:\n${CHARACTER_DEVICES.map(([major, name]) => `${String(major).padStart(3)} ${name}\n`).join('')}\nBlock devices:\n${blockDriver(kernel)}`;

const fixed = (text: string) => (): string => text;

export const SYSTEM_TEXTS: ReadonlyMap<string, (kernel: Kernel) => string> = new Map([
  // Nobody boots this kernel with options, and it loads no modules.
  ['cmdline', fixed('\n')],
  ['consoles', fixed('console              -W- (EC    )    5:1\n')],
  ['cpuinfo', cpuinfo],
  ['devices', devices],
  ['diskstats', diskstats],
  ['execdomains', fixed('0-0\tLinux           \t[kernel]\n')],
  ['filesystems', filesystems],
  ['interrupts', interrupts],
  ['loadavg', loadavg],
  ['locks', lockLines],
  ['meminfo', meminfo],
  ['misc', fixed('')],
  ['modules', fixed('')],
  ['partitions', partitions],
  ['stat', stat],
  ['swaps', fixed(SWAPS)],
  ['uptime', uptime],
  ['version', () => `Linux version ${RELEASE} (uintrd) ${VERSION}\n`],
  ['vmstat', vmstat],
]);
