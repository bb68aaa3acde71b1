// /proc/PID/status: what stat says, in words (proc_pid_status(5)).

import type { Kernel } from '../../kernel.ts';
import { PROT_EXEC, PROT_WRITE, type Vma } from '../../mm/vma.ts';
import type { Process } from '../../task/process.ts';
import type { Task } from '../../task/task.ts';
import { kilobytes, listOfBits } from './numbers.ts';
import { nameOf, stateOf } from './process-state.ts';
import { pagesOf } from './resident-pages.ts';

type Row = readonly [name: string, value: string | number];

const mask = (value: bigint): string => value.toString(16).padStart(16, '0');
const size = (pages: number): string => `${String(kilobytes(pages)).padStart(8)} kB`;
const columns = (...values: readonly number[]): string => values.join('\t');

export function statusText(kernel: Kernel, process: Process, task: Task | null): string {
  const rows = [
    ...identityRows(kernel, process, task),
    ...(task ? memoryRows(task) : []),
    ...signalRows(process, task),
    ...restRows(kernel, task),
  ];
  return rows.map(([name, value]) => `${name}:\t${value}\n`).join('');
}

function identityRows(kernel: Kernel, process: Process, task: Task | null): readonly Row[] {
  const [letter, word] = stateOf(kernel, process, task);
  const who = task?.credentials ?? process.credentials;
  const tid = task?.tid ?? process.pid;
  return [
    ['Name', nameOf(process, task)],
    ['Umask', `0${(task?.fs.umask ?? 0).toString(8).padStart(3, '0')}`],
    ['State', `${letter} (${word})`],
    ['Tgid', process.pid],
    ['Ngid', 0],
    ['Pid', tid],
    ['PPid', process.parent?.pid ?? 0],
    ['TracerPid', 0],
    ['Uid', columns(who.uid, who.euid, who.suid, who.fsuid)],
    ['Gid', columns(who.gid, who.egid, who.sgid, who.fsgid)],
    ['FDSize', descriptorRoom(task)],
    ['Groups', who.groups.map((group) => `${group} `).join('') || ' '],
    ['NStgid', process.pid],
    ['NSpid', tid],
    ['NSpgid', process.group],
    ['NSsid', process.session],
    ['Kthread', task?.kernelThread ? 1 : 0],
  ];
}

/** Linux makes room for descriptors in powers of two. */
function descriptorRoom(task: Task | null): number {
  let room = 64;
  const last = task?.files.list().at(-1) ?? 0;
  while (room <= last) room *= 2;
  return task ? room : 0;
}

function memoryRows(task: Task): readonly Row[] {
  const { mm } = task;
  const pages = (wanted: (vma: Vma) => boolean): number =>
    [...mm.vmas].filter(wanted).reduce((sum, vma) => sum + (vma.end - vma.start) / 4096, 0);
  const resident = { anonymous: 0, file: 0, shared: 0 };
  for (const vma of mm.vmas) {
    const { present, anonymous } = pagesOf(mm, vma);
    resident.anonymous += anonymous;
    resident[vma.shared ? 'shared' : 'file'] += present - anonymous;
  }
  const code = pages((vma) => (vma.protection & PROT_EXEC) !== 0);
  return [
    ['VmPeak', size(mm.mappedPages)],
    ['VmSize', size(mm.mappedPages)],
    ['VmLck', size(pages((vma) => vma.locked))],
    ['VmPin', size(0)],
    ['VmHWM', size(mm.peakPages)],
    ['VmRSS', size(mm.residentPages)],
    ['RssAnon', size(resident.anonymous)],
    ['RssFile', size(resident.file)],
    ['RssShmem', size(resident.shared)],
    ['VmData', size(pages((vma) => !vma.shared && !vma.growsDown && (vma.protection & PROT_WRITE) !== 0))],
    ['VmStk', size(pages((vma) => vma.growsDown))],
    ['VmExe', size(code)],
    ['VmLib', size(0)],
    ['VmPTE', size(1)],
    ['VmSwap', size(0)],
    ['HugetlbPages', size(0)],
    ['CoreDumping', 0],
    ['THP_enabled', 0],
    ['untag_mask', '0xffffffffffffffff'],
  ];
}

function signalRows(process: Process, task: Task | null): readonly Row[] {
  const handled = { ignored: 0n, caught: 0n };
  task?.signals.actions.actions.forEach(({ handler }, i) => {
    if (handler !== 0n) handled[handler === 1n ? 'ignored' : 'caught'] |= 1n << BigInt(i);
  });
  const queued = process.pending.entries.length + process.tasks.reduce((sum, { signals }) => sum + signals.pending.entries.length, 0);
  const who = task?.credentials ?? process.credentials;
  return [
    ['Threads', process.threads.length || 1],
    ['SigQ', `${queued}/${process.limits[11]!.soft}`],
    ['SigPnd', mask(task?.signals.pending.mask ?? 0n)],
    ['ShdPnd', mask(process.pending.mask)],
    ['SigBlk', mask(task?.signals.blocked ?? 0n)],
    ['SigIgn', mask(handled.ignored)],
    ['SigCgt', mask(handled.caught)],
    ['CapInh', mask(who.inheritable)],
    ['CapPrm', mask(who.permitted)],
    ['CapEff', mask(who.effective)],
    ['CapBnd', mask(who.bounding)],
    ['CapAmb', mask(who.ambient)],
  ];
}

function restRows(kernel: Kernel, task: Task | null): readonly Row[] {
  const affinity = ((task?.affinity ?? 0xffff_ffff) & kernel.scheduler.everywhere) >>> 0;
  return [
    ['NoNewPrivs', task?.noNewPrivileges ? 1 : 0],
    ['Seccomp', 0],
    ['Seccomp_filters', 0],
    ['Cpus_allowed', affinity.toString(16)],
    ['Cpus_allowed_list', listOfBits(affinity)],
    ['Mems_allowed', 1],
    ['Mems_allowed_list', 0],
    ['voluntary_ctxt_switches', task?.usage.voluntarySwitches ?? 0],
    ['nonvoluntary_ctxt_switches', task?.usage.involuntarySwitches ?? 0],
  ];
}
