// Texts about the machine's memory (proc(5)): what is where, in kilobytes or pages.

import type { Kernel } from '../../kernel.ts';
import type { Mm } from '../../mm/mm.ts';
import { kilobytes } from './numbers.ts';
import { pagesOf } from './resident-pages.ts';

interface MemoryUse {
  readonly anonymous: number;
  readonly mapped: number;
  readonly committed: number;
  readonly locked: number;
}

/** Of all address spaces, each counted once, in pages. */
function memoryUse(kernel: Kernel): MemoryUse {
  const spaces = new Set<Mm>([...kernel.pids.tasks.values()].map((task) => task.mm));
  const sum = { anonymous: 0, mapped: 0, committed: 0, locked: 0 };
  for (const mm of spaces) {
    for (const vma of mm.vmas) {
      const resident = pagesOf(mm, vma);
      sum.anonymous += resident.anonymous;
      sum.mapped += resident.present - resident.anonymous;
      if (vma.locked) sum.locked += resident.present;
      if (vma.mayWrite && !vma.shared && vma.protection !== 0) sum.committed += resident.total;
    }
  }
  return sum;
}

export function meminfo(kernel: Kernel): string {
  const { frameCount, freeFrames } = kernel.hardware.physical;
  const { cachedPages } = kernel.vfs;
  const { anonymous, mapped, committed, locked } = memoryUse(kernel);
  const rows: readonly (readonly [name: string, pages: number])[] = [
    ['MemTotal', frameCount],
    ['MemFree', freeFrames],
    ['MemAvailable', freeFrames],
    ['Buffers', 0],
    ['Cached', cachedPages],
    ['SwapCached', 0],
    ['Active', anonymous + cachedPages],
    ['Inactive', 0],
    ['Active(anon)', anonymous + cachedPages],
    ['Inactive(anon)', 0],
    ['Active(file)', 0],
    ['Inactive(file)', 0],
    ['Unevictable', locked],
    ['Mlocked', locked],
    ['SwapTotal', 0],
    ['SwapFree', 0],
    ['Dirty', 0],
    ['Writeback', 0],
    ['AnonPages', anonymous],
    ['Mapped', mapped],
    ['Shmem', cachedPages],
    ['KReclaimable', 0],
    ['Slab', 0],
    ['SReclaimable', 0],
    ['SUnreclaim', 0],
    ['CommitLimit', Math.floor(frameCount / 2)],
    ['Committed_AS', committed + cachedPages],
  ];
  const line = (name: string, value: number, unit: string): string => `${`${name}:`.padEnd(15)} ${String(value).padStart(8)}${unit}\n`;
  const counted = rows.map(([name, pages]) => line(name, kilobytes(pages), ' kB')).join('');
  const huge = ['HugePages_Total', 'HugePages_Free', 'HugePages_Rsvd', 'HugePages_Surp'].map((name) => line(name, 0, '')).join('');
  return `${counted}${huge}${line('Hugepagesize', 2048, ' kB')}`;
}

export function vmstat(kernel: Kernel): string {
  const { freeFrames } = kernel.hardware.physical;
  const { anonymous, mapped, locked } = memoryUse(kernel);
  const processes = [...kernel.pids.processes.values()];
  const faults = (pick: 'minorFaults' | 'majorFaults'): number =>
    processes.reduce(
      (sum, process) => sum + process.usage[pick] + process.threads.reduce((part, task) => part + task.usage[pick], 0),
      kernel.reaper.childrenUsage[pick],
    );
  const rows: readonly (readonly [string, number])[] = [
    ['nr_free_pages', freeFrames],
    ['nr_active_anon', anonymous],
    ['nr_mlock', locked],
    ['nr_anon_pages', anonymous],
    ['nr_mapped', mapped],
    ['nr_file_pages', kernel.vfs.cachedPages],
    ['nr_dirty', 0],
    ['nr_writeback', 0],
    ['nr_shmem', kernel.vfs.cachedPages],
    ['pgpgin', 0],
    ['pgpgout', 0],
    ['pswpin', 0],
    ['pswpout', 0],
    ['pgfault', faults('minorFaults') + faults('majorFaults')],
    ['pgmajfault', faults('majorFaults')],
  ];
  return rows.map(([name, value]) => `${name} ${value}\n`).join('');
}

export const SWAPS = 'Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n';
