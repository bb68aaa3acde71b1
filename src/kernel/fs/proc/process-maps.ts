// /proc/PID/maps, smaps and smaps_rollup: the mappings of a process (proc_pid_maps(5), proc_pid_smaps(5)).

import { PAGE_SIZE } from '../../../machine/memory/layout.ts';
import { deviceMajor, deviceMinor } from '../../abi/stat.ts';
import { Attachment } from '../../ipc/sysv/segment.ts';
import type { Mm } from '../../mm/mm.ts';
import { PROT_EXEC, PROT_READ, PROT_WRITE, type Vma } from '../../mm/vma.ts';
import type { Task } from '../../task/task.ts';
import { Inode } from '../../vfs/inode.ts';
import { deviceHex, kilobytes } from './numbers.ts';
import { pagesOf, type ResidentPages } from './resident-pages.ts';

/** Device number of the tmpfs that is mounted nowhere. */
const KERNEL_TMPFS = 1;
/** Column at which names begin. */
const NAME_COLUMN = 73;
const hex = (value: number): string => value.toString(16).padStart(8, '0');

/** Device and inode of what a range maps; segments are files of the kernel's own tmpfs, numbered by their identifiers. */
function identityOf({ source }: Vma): readonly [device: number, ino: number] {
  if (source instanceof Attachment) return [KERNEL_TMPFS, source.segment.id];
  return source instanceof Inode ? [source.fileSystem.device, source.ino] : [0, 0];
}

function head(
  start: number,
  end: number,
  rights: string,
  offset: number,
  [device, ino]: readonly [device: number, ino: number],
  name: string,
): string {
  const text = `${hex(start)}-${hex(end)} ${rights} ${hex(offset)} ${deviceHex(deviceMajor(device), deviceMinor(device))} ${ino}`;
  return `${name === '' ? `${text} ` : `${text} `.padEnd(NAME_COLUMN) + name}\n`;
}

function line(vma: Vma): string {
  const bit = (mask: number, letter: string): string => (vma.protection & mask ? letter : '-');
  const rights = `${bit(PROT_READ, 'r')}${bit(PROT_WRITE, 'w')}${bit(PROT_EXEC, 'x')}${vma.shared ? 's' : 'p'}`;
  return head(vma.start, vma.end, rights, vma.source ? vma.offset * PAGE_SIZE : 0, identityOf(vma), vma.name);
}

export function maps(task: Task | null): string {
  return [...(task?.mm.vmas ?? [])].map(line).join('');
}

type Row = readonly [name: string, pages: (resident: ResidentPages, vma: Vma) => number];

/** In the kernel's order. What this machine has none of is 0. */
const none = (): number => 0;
const ROWS: readonly Row[] = [
  ['Rss', ({ present }) => present],
  ['Pss', ({ proportional }) => proportional],
  ['Pss_Dirty', none],
  ['Shared_Clean', ({ sharedClean }) => sharedClean],
  ['Shared_Dirty', ({ sharedDirty }) => sharedDirty],
  ['Private_Clean', ({ privateClean }) => privateClean],
  ['Private_Dirty', ({ privateDirty }) => privateDirty],
  ['Referenced', ({ present }) => present],
  ['Anonymous', ({ anonymous }) => anonymous],
  ['KSM', none],
  ['LazyFree', none],
  ['AnonHugePages', none],
  ['ShmemPmdMapped', none],
  ['FilePmdMapped', none],
  ['Shared_Hugetlb', none],
  ['Private_Hugetlb', none],
  ['Swap', none],
  ['SwapPss', none],
  ['Locked', ({ present }, { locked }) => (locked ? present : 0)],
];

function row(name: string, pages: number): string {
  return `${`${name}:`.padEnd(16)}${String(Math.floor(kilobytes(pages))).padStart(8)} kB\n`;
}

/** Two letters each, as in the table of proc_pid_smaps(5). */
function flags(vma: Vma): string {
  const letters: readonly (readonly [string, boolean])[] = [
    ['rd', (vma.protection & PROT_READ) !== 0],
    ['wr', (vma.protection & PROT_WRITE) !== 0],
    ['ex', (vma.protection & PROT_EXEC) !== 0],
    ['sh', vma.shared],
    ['mr', true],
    ['mw', vma.mayWrite],
    ['me', true],
    ['gd', vma.growsDown],
    ['lo', vma.locked],
    ['nr', vma.noReserve],
    ['dc', vma.dontFork],
    ['wf', vma.wipeOnFork],
  ];
  return letters.flatMap(([name, holds]) => (holds ? `${name} ` : [])).join('');
}

function entry(mm: Mm, vma: Vma): string {
  const resident = pagesOf(mm, vma);
  const counted = ROWS.map(([name, pages]) => row(name, pages(resident, vma))).join('');
  const sizes = row('Size', resident.total) + row('KernelPageSize', 1) + row('MMUPageSize', 1);
  return `${line(vma)}${sizes}${counted}THPeligible:           0\nVmFlags: ${flags(vma)}\n`;
}

export function smaps(task: Task | null): string {
  return [...(task?.mm.vmas ?? [])].map((vma) => entry(task!.mm, vma)).join('');
}

/** The sums of smaps under one heading. */
export function smapsRollup(task: Task | null): string {
  const vmas = [...(task?.mm.vmas ?? [])];
  if (!task || vmas.length === 0) return '';
  const counted = vmas.map((vma) => [vma, pagesOf(task.mm, vma)] as const);
  const sums = ROWS.map(([name, pages]) =>
    row(
      name,
      counted.reduce((sum, [vma, resident]) => sum + pages(resident, vma), 0),
    ),
  );
  return head(vmas[0]!.start, vmas.at(-1)!.end, '---p', 0, [0, 0], '[rollup]') + sums.join('');
}
