// Texts about one process or thread (proc(5)). A zombie has no memory: `task` is null then.

import { PAGE_SIZE } from '../../../machine/memory/layout.ts';
import { Attachment } from '../../ipc/sysv/segment.ts';
import { PROT_EXEC, PROT_READ, PROT_WRITE, type Vma } from '../../mm/vma.ts';
import type { Kernel } from '../../kernel.ts';
import { taskCycles } from '../../time/process-time.ts';
import type { Process } from '../../task/process.ts';
import type { Task } from '../../task/task.ts';
import { byteString } from '../../vfs/byte-streams.ts';
import { Inode } from '../../vfs/inode.ts';
import { mountLines, ticks } from './system-texts.ts';

type ProcessText = (kernel: Kernel, process: Process, task: Task | null) => string;

const RSP = 4;
/** Device number of the tmpfs that is mounted nowhere. */
const KERNEL_TMPFS = 1;

/** State letter and word of ps(1). */
function stateOf(kernel: Kernel, task: Task | null): readonly [letter: string, word: string] {
  if (!task) return ['Z', 'zombie'];
  if (task.state === 'blocked') return ['S', 'sleeping'];
  if (task.state === 'uninterruptible') return ['D', 'disk sleep'];
  if (task.state === 'stopped') return ['T', 'stopped'];
  if (task.state === 'zombie' || task.state === 'dead') return ['Z', 'zombie'];
  return kernel.scheduler.isCurrent(task) || task.state === 'runnable' ? ['R', 'running'] : ['S', 'sleeping'];
}

function nameOf(process: Process, task: Task | null): string {
  return task?.name ?? process.executable.slice(process.executable.lastIndexOf('/') + 1).slice(0, 15);
}

/** The fields of /proc/PID/stat, in their order. */
function stat(kernel: Kernel, process: Process, task: Task | null): string {
  const { usage, childrenUsage } = process;
  let [user, system] = [usage.user, usage.system];
  for (const thread of process.tasks) {
    const used = taskCycles(kernel, thread);
    user += used.user;
    system += used.system;
  }
  const mm = task?.mm;
  const signals = task?.signals;
  const low31 = (mask: bigint): bigint => mask & 0x7fff_ffffn;
  const fields = [
    task?.tid ?? process.pid,
    `(${nameOf(process, task)})`,
    stateOf(kernel, task)[0],
    process.parent?.pid ?? 0,
    process.group,
    process.session,
    process.terminal?.device ?? 0,
    process.terminal ? process.terminal.foreground : -1,
    0,
    usage.minorFaults,
    childrenUsage.minorFaults,
    usage.majorFaults,
    childrenUsage.majorFaults,
    ticks(kernel, user),
    ticks(kernel, system),
    ticks(kernel, childrenUsage.user),
    ticks(kernel, childrenUsage.system),
    20 + (task?.scheduling.nice ?? 0),
    task?.scheduling.nice ?? 0,
    process.tasks.length,
    0,
    ticks(kernel, process.startedAt),
    (mm?.mappedPages ?? 0) * PAGE_SIZE,
    mm?.residentPages ?? 0,
    '18446744073709551615',
    mm?.codeStart ?? 0,
    mm?.codeEnd ?? 0,
    mm?.stackStart ?? 0,
    task?.context.register(RSP) ?? 0,
    task?.context.rip ?? 0,
    low31(signals?.pending.mask ?? 0n),
    low31(signals?.blocked ?? 0n),
    0,
    0,
    0,
    0,
    0,
    process.exitSignal,
    task?.vcpu ?? 0,
    task?.scheduling.priority ?? 0,
    task?.scheduling.policy ?? 0,
    0,
    0,
    0,
    mm?.dataStart ?? 0,
    mm?.dataEnd ?? 0,
    mm?.brkStart ?? 0,
    mm?.argumentsStart ?? 0,
    mm?.argumentsEnd ?? 0,
    mm?.argumentsEnd ?? 0,
    mm?.environmentEnd ?? 0,
    0,
  ];
  return `${fields.join(' ')}\n`;
}

function statm(_kernel: Kernel, _process: Process, task: Task | null): string {
  if (!task) return '0 0 0 0 0 0 0\n';
  const { mm } = task;
  const pages = (wanted: (vma: Vma) => boolean): number =>
    mm.vmas.filter(wanted).reduce((sum, vma) => sum + (vma.end - vma.start) / PAGE_SIZE, 0);
  const text = pages((vma) => (vma.protection & PROT_EXEC) !== 0);
  const data = pages((vma) => !vma.shared && (vma.protection & PROT_WRITE) !== 0);
  return `${mm.mappedPages} ${mm.residentPages} 0 ${text} 0 ${data} 0\n`;
}

function status(kernel: Kernel, process: Process, task: Task | null): string {
  const [letter, word] = stateOf(kernel, task);
  const mask = (value: bigint): string => value.toString(16).padStart(16, '0');
  const kilobytes = (pages: number): string => `${String((pages * PAGE_SIZE) / 1024).padStart(8)} kB`;
  const credentials = task?.credentials;
  const ids = (list: readonly number[]): string => list.join('\t');
  let [ignored, caught] = [0n, 0n];
  task?.signals.actions.actions.forEach((action, i) => {
    if (action.handler === 1n) ignored |= 1n << BigInt(i);
    else if (action.handler !== 0n) caught |= 1n << BigInt(i);
  });
  const rows: (readonly [string, string | number])[] = [
    ['Name', nameOf(process, task)],
    ['Umask', `0${(task?.fs.umask ?? 0).toString(8).padStart(3, '0')}`],
    ['State', `${letter} (${word})`],
    ['Tgid', process.pid],
    ['Ngid', 0],
    ['Pid', task?.tid ?? process.pid],
    ['PPid', process.parent?.pid ?? 0],
    ['TracerPid', 0],
    ['Uid', credentials ? ids([credentials.uid, credentials.euid, credentials.suid, credentials.fsuid]) : ids([0, 0, 0, 0])],
    ['Gid', credentials ? ids([credentials.gid, credentials.egid, credentials.sgid, credentials.fsgid]) : ids([0, 0, 0, 0])],
    ['FDSize', Math.max(64, task?.files.list().length ?? 0)],
    ['Groups', (credentials?.groups ?? []).join(' ')],
  ];
  if (task) {
    rows.push(['VmPeak', kilobytes(task.mm.mappedPages)], ['VmSize', kilobytes(task.mm.mappedPages)]);
    rows.push(['VmHWM', kilobytes(task.mm.peakPages)], ['VmRSS', kilobytes(task.mm.residentPages)]);
  }
  rows.push(
    ['Threads', process.tasks.length],
    ['SigPnd', mask(task?.signals.pending.mask ?? 0n)],
    ['ShdPnd', mask(process.pending.mask)],
    ['SigBlk', mask(task?.signals.blocked ?? 0n)],
    ['SigIgn', mask(ignored)],
    ['SigCgt', mask(caught)],
    ['NoNewPrivs', task?.noNewPrivileges ? 1 : 0],
    ['Seccomp', 0],
    ['Cpus_allowed', ((task?.affinity ?? 0) >>> 0).toString(16)],
    ['voluntary_ctxt_switches', task?.usage.voluntarySwitches ?? 0],
    ['nonvoluntary_ctxt_switches', task?.usage.involuntarySwitches ?? 0],
  );
  return rows.map(([name, value]) => `${name}:\t${value}\n`).join('');
}

/** Device and inode of what a range maps; segments are files of the kernel's own tmpfs, numbered by their identifiers. */
function identityOf({ source }: Vma): readonly [device: number, ino: number] {
  if (source instanceof Attachment) return [KERNEL_TMPFS, source.segment.id];
  return source instanceof Inode ? [source.fileSystem.device, source.ino] : [0, 0];
}

function maps(_kernel: Kernel, _process: Process, task: Task | null): string {
  const hex = (value: number): string => value.toString(16).padStart(8, '0');
  return (task?.mm.vmas ?? [])
    .map((vma) => {
      const bit = (mask: number, letter: string): string => (vma.protection & mask ? letter : '-');
      const rights = `${bit(PROT_READ, 'r')}${bit(PROT_WRITE, 'w')}${bit(PROT_EXEC, 'x')}${vma.shared ? 's' : 'p'}`;
      const [deviceNumber, ino] = identityOf(vma);
      const device = `00:${deviceNumber.toString(16).padStart(2, '0')}`;
      const head = `${hex(vma.start)}-${hex(vma.end)} ${rights} ${hex(vma.source ? vma.offset * PAGE_SIZE : 0)} ${device} ${ino}`;
      return `${vma.name === '' ? `${head} ` : `${head.padEnd(72)} ${vma.name}`}\n`;
    })
    .join('');
}

/** Bytes of the process's own memory: arguments and environment, as the program has left them. */
function memoryText(start: (task: Task) => number, end: (task: Task) => number): ProcessText {
  return (_kernel, _process, task) => {
    if (!task) return '';
    const length = Math.max(0, end(task) - start(task));
    const into = new Uint8Array(length);
    return byteString(into.subarray(0, task.mm.user.copyInPartial(start(task), into)));
  };
}

const LIMIT_ROWS: readonly (readonly [name: string, unit: string])[] = [
  ['Max cpu time', 'seconds'],
  ['Max file size', 'bytes'],
  ['Max data size', 'bytes'],
  ['Max stack size', 'bytes'],
  ['Max core file size', 'bytes'],
  ['Max resident set', 'bytes'],
  ['Max processes', 'processes'],
  ['Max open files', 'files'],
  ['Max locked memory', 'bytes'],
  ['Max address space', 'bytes'],
  ['Max file locks', 'locks'],
  ['Max pending signals', 'signals'],
  ['Max msgqueue size', 'bytes'],
  ['Max nice priority', ''],
  ['Max realtime priority', ''],
  ['Max realtime timeout', 'us'],
];

function limits(_kernel: Kernel, process: Process): string {
  const value = (limit: number): string => (Number.isFinite(limit) ? `${limit}` : 'unlimited').padEnd(20);
  const header = `${'Limit'.padEnd(25)} ${'Soft Limit'.padEnd(20)} ${'Hard Limit'.padEnd(20)} ${'Units'.padEnd(10)}\n`;
  const rows = LIMIT_ROWS.map(([name, unit], i) => {
    const limit = process.limits[i]!;
    return `${name.padEnd(25)} ${value(limit.soft)} ${value(limit.hard)} ${unit.padEnd(10)}\n`;
  });
  return header + rows.join('');
}

function wchan(_kernel: Kernel, _process: Process, task: Task | null): string {
  return task?.blocked?.waitingFor ?? '0';
}

export const PROCESS_TEXTS: ReadonlyMap<string, ProcessText> = new Map<string, ProcessText>([
  ['cgroup', () => '0::/\n'],
  [
    'cmdline',
    memoryText(
      (task) => task.mm.argumentsStart,
      (task) => task.mm.argumentsEnd,
    ),
  ],
  ['comm', (_kernel, process, task) => `${nameOf(process, task)}\n`],
  [
    'environ',
    memoryText(
      (task) => task.mm.argumentsEnd,
      (task) => task.mm.environmentEnd,
    ),
  ],
  ['limits', limits],
  ['maps', maps],
  ['mounts', (kernel) => mountLines(kernel)],
  ['oom_score_adj', (_kernel, process) => `${process.oomScoreAdjustment}\n`],
  ['stat', stat],
  ['statm', statm],
  ['status', status],
  ['wchan', wchan],
]);
