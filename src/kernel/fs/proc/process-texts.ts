// Files of /proc/PID and /proc/PID/task/TID that are texts (proc(5)), by name. A zombie has no memory: `task` is null then.

import { ERRNO } from '../../abi/errno.ts';
import { CAP } from '../../abi/capability.ts';
import type { Kernel } from '../../kernel.ts';
import { isCapable } from '../../task/credentials.ts';
import type { Process } from '../../task/process.ts';
import type { Task } from '../../task/task.ts';
import { byteString } from '../../vfs/byte-streams.ts';
import { mountinfo, mounts, mountstats } from './mount-texts.ts';
import { maps, smaps, smapsRollup } from './process-maps.ts';
import { nameOf } from './process-state.ts';
import { io, sched, schedstat, statm, statText } from './process-stat.ts';
import { statusText } from './process-status.ts';
import { parseNumbers } from './settings.ts';

/** Whom a text is about. `task`: the thread, or the process's first; `thread`: null if it is the process as a whole. */
export interface Subject {
  readonly process: Process;
  readonly task: Task | null;
  readonly thread: Task | null;
}

export interface ProcessText {
  readonly mode: number;
  text(kernel: Kernel, subject: Subject): string;
  /** What was written; 0 or a negated errno. Absent: nothing can be. */
  readonly write?: (kernel: Kernel, subject: Subject, writer: Task, text: string) => number;
}

const PUBLIC = 0o444;
/** For the owner alone. */
const OWN = 0o400;

const shown = (text: ProcessText['text'], mode = PUBLIC): ProcessText => ({ mode, text });
const fixed = (text: string): ProcessText => shown(() => text);

/** Bytes of the process's own memory, as the program has left them. */
function memoryText(start: (task: Task) => number, end: (task: Task) => number): ProcessText['text'] {
  return (_kernel, { task }) => {
    if (!task) return '';
    const length = Math.max(0, end(task) - start(task));
    const into = new Uint8Array(length);
    return byteString(into.subarray(0, task.mm.user.copyInPartial(start(task), into)));
  };
}

const argumentsText = memoryText(
  (task) => task.mm.argumentsStart,
  (task) => task.mm.argumentsEnd,
);

function cmdline(kernel: Kernel, subject: Subject): string {
  return subject.process === kernel.reaper ? `${kernel.reaper.executable}\0` : argumentsText(kernel, subject);
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

function limits(_kernel: Kernel, { process }: Subject): string {
  const value = (limit: number): string => (Number.isFinite(limit) ? `${limit}` : 'unlimited').padEnd(20);
  const header = `${'Limit'.padEnd(25)} ${'Soft Limit'.padEnd(20)} ${'Hard Limit'.padEnd(20)} ${'Units'.padEnd(10)}\n`;
  const rows = LIMIT_ROWS.map(([name, unit], i) => {
    const limit = process.limits[i]!;
    return `${name.padEnd(25)} ${value(limit.soft)} ${value(limit.hard)} ${unit.padEnd(10)}\n`;
  });
  return header + rows.join('');
}

/** Of the call a thread sleeps in; "0" if it does not. */
function waitChannel(kernel: Kernel, task: Task | null): string {
  return task?.blocked && task.call ? kernel.table.nameOf(task.call.number) : '0';
}

/** "running", or the call a thread sleeps in with its arguments, stack pointer and place. */
function syscall(_kernel: Kernel, { task }: Subject): string {
  if (!task || task.state === 'runnable') return 'running\n';
  const hex = (value: bigint | number): string => `0x${value.toString(16)}`;
  const { context, call } = task;
  const place = `${hex(context.register(4))} ${hex(context.rip)}`;
  return call ? `${call.number} ${call.arguments.map(hex).join(' ')} ${place}\n` : `-1 ${place}\n`;
}

/** As of the owner's own threads, in Linux; writing another process's name is an error of its own. */
function rename(_kernel: Kernel, { process, task }: Subject, writer: Task, text: string): number {
  if (writer.process !== process || !task) return -ERRNO.EINVAL;
  task.name = text.replace(/\0.*/s, '').slice(0, 15);
  return 0;
}

/** Only who may use more than others may make itself safer. */
function setOomAdjustment(_kernel: Kernel, { process }: Subject, writer: Task, text: string): number {
  const [wanted] = parseNumbers(text, 1) ?? [];
  if (wanted === undefined || wanted < -1000n || wanted > 1000n) return -ERRNO.EINVAL;
  if (Number(wanted) < process.oomScoreAdjustment && !isCapable(writer.credentials, CAP.SYS_RESOURCE)) return -ERRNO.EACCES;
  process.oomScoreAdjustment = Number(wanted);
  return 0;
}

/** How likely the process is to be killed for memory: thousandths of RAM that it holds, adjusted. */
function oomScore(kernel: Kernel, { process, task }: Subject): string {
  const share = ((task?.mm.residentPages ?? 0) * 1000) / kernel.hardware.physical.frameCount;
  const points = Math.max(0, Math.floor(share) + process.oomScoreAdjustment);
  return `${Math.floor(((1000 + points) * 2) / 3)}\n`;
}

/** "/PID:NAME" of no session: what login has never been told. */
const NOBODY = '4294967295';
const IDENTITY_MAP = '         0          0 4294967295\n';

export const PROCESS_TEXTS: ReadonlyMap<string, ProcessText> = new Map<string, ProcessText>([
  ['auxv', shown((_kernel, { task }) => byteString(task?.mm.auxiliary ?? new Uint8Array(0)), OWN)],
  ['cgroup', fixed('0::/\n')],
  ['cmdline', shown(cmdline)],
  ['comm', { mode: 0o644, text: (_kernel, { process, task }) => `${nameOf(process, task)}\n`, write: rename }],
  ['cpuset', fixed('/\n')],
  [
    'environ',
    shown(
      memoryText(
        (task) => task.mm.argumentsEnd,
        (task) => task.mm.environmentEnd,
      ),
      OWN,
    ),
  ],
  ['gid_map', fixed(IDENTITY_MAP)],
  ['io', shown((_kernel, { process, thread }) => io(process, thread), OWN)],
  ['limits', shown(limits)],
  ['loginuid', fixed(NOBODY)],
  ['maps', shown((_kernel, { task }) => maps(task))],
  ['mountinfo', shown(mountinfo)],
  ['mounts', shown(mounts)],
  ['mountstats', shown(mountstats, OWN)],
  ['oom_score', shown(oomScore)],
  ['oom_score_adj', { mode: 0o644, text: (_kernel, { process }) => `${process.oomScoreAdjustment}\n`, write: setOomAdjustment }],
  ['personality', shown(() => '00000000\n', OWN)],
  ['sched', shown((kernel, { process, task }) => sched(kernel, process, task))],
  ['schedstat', shown((kernel, { task }) => schedstat(kernel, task))],
  ['sessionid', fixed(NOBODY)],
  ['setgroups', fixed('allow\n')],
  ['smaps', shown((_kernel, { task }) => smaps(task))],
  ['smaps_rollup', shown((_kernel, { task }) => smapsRollup(task))],
  ['stack', shown((kernel, { task }) => (task?.blocked ? `[<0>] ${waitChannel(kernel, task)}\n` : ''), OWN)],
  ['stat', shown((kernel, { process, task, thread }) => statText(kernel, process, task, thread))],
  ['statm', shown((_kernel, { task }) => statm(task))],
  ['status', shown((kernel, { process, task }) => statusText(kernel, process, task))],
  ['syscall', shown(syscall, OWN)],
  ['timerslack_ns', shown((_kernel, { task }) => `${task?.timerSlack ?? 0}\n`)],
  ['uid_map', fixed(IDENTITY_MAP)],
  ['wchan', shown((kernel, { task }) => waitChannel(kernel, task))],
]);

/** Of a thread alone: the children it has made. */
export const THREAD_TEXTS: ReadonlyMap<string, ProcessText> = new Map<string, ProcessText>([
  [
    'children',
    shown((_kernel, { process, thread }) =>
      process.children
        .filter((child) => child.creator === thread)
        .map((child) => `${child.pid} `)
        .join(''),
    ),
  ],
]);
