// /proc/PID/stat and its relatives in numbers alone: statm, schedstat, io (proc_pid_stat(5) and others).

import { PAGE_SIZE } from '../../../machine/memory/layout.ts';
import type { Kernel } from '../../kernel.ts';
import { PROT_EXEC, PROT_WRITE, type Vma } from '../../mm/vma.ts';
import type { Process } from '../../task/process.ts';
import type { Task } from '../../task/task.ts';
import { taskCycles } from '../../time/process-time.ts';
import { milliseconds, ticks } from './numbers.ts';
import { nameOf, stateOf } from './process-state.ts';
import { pagesOf } from './resident-pages.ts';

const RSP = 4;
const INFINITE = '18446744073709551615';

interface Spent {
  readonly user: number;
  readonly system: number;
  readonly minorFaults: number;
  readonly majorFaults: number;
}

/** Of a whole process with the threads that have gone, or of one thread. */
function spentBy(kernel: Kernel, process: Process, thread: Task | null): Spent {
  if (thread) return { ...thread.usage, ...taskCycles(kernel, thread) };
  let { user, system, minorFaults, majorFaults } = process.usage;
  for (const task of process.threads) {
    const used = taskCycles(kernel, task);
    user += used.user;
    system += used.system;
    minorFaults += task.usage.minorFaults;
    majorFaults += task.usage.majorFaults;
  }
  return { user, system, minorFaults, majorFaults };
}

/** SCHED_OTHER shows 20 + nice, real-time priorities are negative. */
function shownPriority(task: Task | null): number {
  if (!task) return 20;
  const { policy, priority, nice } = task.scheduling;
  return policy === 1 || policy === 2 ? -1 - priority : 20 + nice;
}

/** The 52 fields, in their order. `thread` null: of the process as a whole. */
export function statText(kernel: Kernel, process: Process, task: Task | null, thread: Task | null): string {
  const { childrenUsage, terminal } = process;
  const spent = spentBy(kernel, process, thread);
  const mm = task?.mm;
  const signals = task?.signals;
  const low31 = (mask: bigint): bigint => mask & 0x7fff_ffffn;
  const masks = { ignored: 0n, caught: 0n };
  signals?.actions.actions.forEach(({ handler }, i) => {
    if (handler !== 0n) masks[handler === 1n ? 'ignored' : 'caught'] |= 1n << BigInt(i);
  });
  const fields = [
    task?.tid ?? process.pid,
    `(${nameOf(process, task)})`,
    stateOf(kernel, process, task)[0],
    process.parent?.pid ?? 0,
    process.group,
    process.session,
    terminal?.device ?? 0,
    terminal ? terminal.foreground : -1,
    0x40_0000,
    spent.minorFaults,
    childrenUsage.minorFaults,
    spent.majorFaults,
    childrenUsage.majorFaults,
    ticks(kernel, spent.user),
    ticks(kernel, spent.system),
    ticks(kernel, childrenUsage.user),
    ticks(kernel, childrenUsage.system),
    shownPriority(task),
    task?.scheduling.nice ?? 0,
    process.threads.length,
    0,
    ticks(kernel, thread?.startedAt ?? process.startedAt),
    (mm?.mappedPages ?? 0) * PAGE_SIZE,
    mm?.residentPages ?? 0,
    INFINITE,
    mm?.codeStart ?? 0,
    mm?.codeEnd ?? 0,
    mm?.stackStart ?? 0,
    task?.context.register(RSP) ?? 0,
    task?.context.rip ?? 0,
    low31(signals?.pending.mask ?? 0n),
    low31(signals?.blocked ?? 0n),
    low31(masks.ignored),
    low31(masks.caught),
    task?.blocked ? 1 : 0,
    0,
    0,
    thread && thread !== process.leader ? -1 : process.exitSignal,
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
    exitCode(process),
  ];
  return `${fields.join(' ')}\n`;
}

function exitCode({ exitStatus }: Process): number {
  if (!exitStatus) return 0;
  return exitStatus.kind === 'exited' ? (exitStatus.code & 0xff) << 8 : exitStatus.signal | (exitStatus.core ? 0x80 : 0);
}

/** Size, resident, file pages, code, 0, data, 0: in pages. */
export function statm(task: Task | null): string {
  if (!task) return '0 0 0 0 0 0 0\n';
  const { mm } = task;
  const pages = (wanted: (vma: Vma) => boolean): number =>
    [...mm.vmas].filter(wanted).reduce((sum, vma) => sum + (vma.end - vma.start) / PAGE_SIZE, 0);
  const text = pages((vma) => (vma.protection & PROT_EXEC) !== 0);
  const data = pages((vma) => !vma.shared && (vma.protection & PROT_WRITE) !== 0);
  const ofFiles = [...mm.vmas].reduce((sum, vma) => {
    if (vma.source === null) return sum;
    const { present, anonymous } = pagesOf(mm, vma);
    return sum + present - anonymous;
  }, 0);
  return `${mm.mappedPages} ${mm.residentPages} ${ofFiles} ${text} 0 ${data} 0\n`;
}

/** Nanoseconds on a processor; waiting for one is not counted; turns. */
export function schedstat(kernel: Kernel, task: Task | null): string {
  if (!task) return '0 0 0\n';
  const { user, system } = taskCycles(kernel, task);
  return `${kernel.clock.nanoseconds(user + system)} 0 ${task.usage.voluntarySwitches + task.usage.involuntarySwitches}\n`;
}

/** The part of CONFIG_SCHED_DEBUG's text that this scheduler has numbers for. */
export function sched(kernel: Kernel, process: Process, task: Task | null): string {
  if (!task) return '';
  const { usage, scheduling } = task;
  const { user, system } = taskCycles(kernel, task);
  const rows: readonly (readonly [string, string | number])[] = [
    ['se.exec_start', milliseconds(kernel, scheduling.since)],
    ['se.vruntime', milliseconds(kernel, Math.max(0, Math.floor(scheduling.virtualRuntime)))],
    ['se.sum_exec_runtime', milliseconds(kernel, user + system)],
    ['nr_switches', usage.voluntarySwitches + usage.involuntarySwitches],
    ['nr_voluntary_switches', usage.voluntarySwitches],
    ['nr_involuntary_switches', usage.involuntarySwitches],
    ['policy', scheduling.policy],
    ['prio', shownPriority(task) + 100],
  ];
  const head = `${nameOf(process, task)} (${task.tid}, #threads: ${process.threads.length})\n`;
  return `${head}${'-'.repeat(67)}\n${rows.map(([name, value]) => `${name.padEnd(45)}:${`${value}`.padStart(21)}\n`).join('')}`;
}

const IO_FIELDS = [
  ['rchar', 'readBytes'],
  ['wchar', 'writtenBytes'],
  ['syscr', 'reads'],
  ['syscw', 'writes'],
] as const;

/** Bytes and calls of read, write and their like. There is no storage below the page cache. */
export function io(process: Process, thread: Task | null): string {
  const counted = IO_FIELDS.map(([name, field]) => {
    const sum = thread ? thread.usage[field] : process.threads.reduce((total, task) => total + task.usage[field], process.usage[field]);
    return `${name}: ${sum}\n`;
  });
  return `${counted.join('')}read_bytes: 0\nwrite_bytes: 0\ncancelled_write_bytes: 0\n`;
}
