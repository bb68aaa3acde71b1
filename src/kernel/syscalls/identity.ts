// System calls on who a process is: pids, groups, sessions, users.

import { CAP } from '../abi/capability.ts';
import { ERRNO } from '../abi/errno.ts';
import type { Kernel } from '../kernel.ts';
import { concealsProcess, isCapable, withFileUser, withUsers, type Credentials } from '../task/credentials.ts';
import { exceedsProcessLimit } from '../task/fork.ts';
import type { Process } from '../task/process.ts';
import type { Task } from '../task/task.ts';
import type { SyscallArguments, SyscallHandler, SyscallResult, SyscallRow } from './row.ts';

function getpgid(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  return findProcess(kernel, task, args.i32(0))?.group ?? -ERRNO.ESRCH;
}

function getsid(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  return findProcess(kernel, task, args.i32(0))?.session ?? -ERRNO.ESRCH;
}

/** 0 means the caller. */
function findProcess(kernel: Kernel, task: Task, pid: number): Process | null {
  return pid === 0 ? task.process : (kernel.pids.processes.get(pid) ?? kernel.pids.tasks.get(pid)?.process ?? null);
}

function setpgid(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const self = task.process;
  const pid = args.i32(0) || self.pid;
  const group = args.i32(1) || pid;
  if (group < 0) return -ERRNO.EINVAL;
  const target = kernel.pids.processes.get(pid);
  if (!target && kernel.pids.tasks.has(pid)) return -ERRNO.EINVAL;
  if (!target || (target !== self && target.parent !== self)) return -ERRNO.ESRCH;
  if (target !== self) {
    if (target.session !== self.session) return -ERRNO.EPERM;
    if (target.hasExecuted) return -ERRNO.EACCES;
  }
  if (target.session === target.pid) return -ERRNO.EPERM;
  if (group !== pid) {
    const inSession = [...kernel.pids.processes.values()].some((process) => process.group === group && process.session === self.session);
    if (!inSession) return -ERRNO.EPERM;
  }
  target.group = group;
  return 0;
}

function setsid(kernel: Kernel, task: Task): SyscallResult {
  const { process } = task;
  const led = [...kernel.pids.processes.values()].some((other) => other.group === process.pid);
  if (process.group === process.pid || led) return -ERRNO.EPERM;
  process.session = process.pid;
  process.group = process.pid;
  process.terminal = null;
  process.lostForeground = 0;
  return process.pid;
}

function change(kernel: Kernel, task: Task, next: Credentials): number {
  const old = task.credentials;
  task.credentials = next;
  task.process.uid = next.uid;
  if (old.uid !== next.uid) task.exceedsProcessLimit = exceedsProcessLimit(kernel, task, 0);
  if (!concealsProcess(old, next)) return 0;
  task.process.dumpable = 0;
  task.parentDeathSignal = 0;
  return 0;
}

const changeGroups = (kernel: Kernel, task: Task, groups: Partial<Credentials>): number =>
  change(kernel, task, { ...task.credentials, ...groups });

const NOBODY = 0xffff_ffff;

function setuid(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const id = args.u32(0);
  const { uid, suid } = task.credentials;
  if (id === NOBODY) return -ERRNO.EINVAL;
  if (isCapable(task.credentials, CAP.SETUID))
    return change(kernel, task, withUsers(task.credentials, { uid: id, euid: id, suid: id, fsuid: id }));
  return id === uid || id === suid ? change(kernel, task, withUsers(task.credentials, { euid: id, fsuid: id })) : -ERRNO.EPERM;
}

function setgid(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const id = args.u32(0);
  const { gid, sgid } = task.credentials;
  if (id === NOBODY) return -ERRNO.EINVAL;
  if (isCapable(task.credentials, CAP.SETGID)) return changeGroups(kernel, task, { gid: id, egid: id, sgid: id, fsgid: id });
  return id === gid || id === sgid ? changeGroups(kernel, task, { egid: id, fsgid: id }) : -ERRNO.EPERM;
}

/** -1 leaves an identity as it is. */
const given = (id: number, old: number): number => (id === NOBODY ? old : id);

function setreuid(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const { uid: oldReal, euid: oldEffective, suid } = task.credentials;
  const uid = given(args.u32(0), oldReal);
  const euid = given(args.u32(1), oldEffective);
  if (!isCapable(task.credentials, CAP.SETUID)) {
    if (![oldReal, oldEffective].includes(uid) || ![oldReal, oldEffective, suid].includes(euid)) return -ERRNO.EPERM;
  }
  const saves = args.u32(0) !== NOBODY || (args.u32(1) !== NOBODY && euid !== oldReal);
  return change(kernel, task, withUsers(task.credentials, { uid, euid, suid: saves ? euid : suid, fsuid: euid }));
}

function setregid(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const { gid: oldReal, egid: oldEffective, sgid } = task.credentials;
  const gid = given(args.u32(0), oldReal);
  const egid = given(args.u32(1), oldEffective);
  if (!isCapable(task.credentials, CAP.SETGID)) {
    if (![oldReal, oldEffective].includes(gid) || ![oldReal, oldEffective, sgid].includes(egid)) return -ERRNO.EPERM;
  }
  const saves = args.u32(0) !== NOBODY || (args.u32(1) !== NOBODY && egid !== oldReal);
  return changeGroups(kernel, task, { gid, egid, sgid: saves ? egid : sgid, fsgid: egid });
}

function setresuid(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const { uid, euid, suid } = task.credentials;
  const next = [given(args.u32(0), uid), given(args.u32(1), euid), given(args.u32(2), suid)] as const;
  if (!isCapable(task.credentials, CAP.SETUID) && next.some((id) => ![uid, euid, suid].includes(id))) return -ERRNO.EPERM;
  return change(kernel, task, withUsers(task.credentials, { uid: next[0], euid: next[1], suid: next[2], fsuid: next[1] }));
}

function setresgid(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const { gid, egid, sgid } = task.credentials;
  const next = [given(args.u32(0), gid), given(args.u32(1), egid), given(args.u32(2), sgid)] as const;
  if (!isCapable(task.credentials, CAP.SETGID) && next.some((id) => ![gid, egid, sgid].includes(id))) return -ERRNO.EPERM;
  return changeGroups(kernel, task, { gid: next[0], egid: next[1], sgid: next[2], fsgid: next[1] });
}

function writeThree(task: Task, args: SyscallArguments, values: readonly number[]): number {
  return values.every((value, i) => task.mm.user.write32(args.number(i), value)) ? 0 : -ERRNO.EFAULT;
}

/** Both return the old identity, whether or not it changed. */
function setfsuid(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const { uid, euid, suid, fsuid } = task.credentials;
  const id = args.u32(0);
  const allowed = isCapable(task.credentials, CAP.SETUID) || [uid, euid, suid, fsuid].includes(id);
  if (allowed && id !== NOBODY && id !== fsuid) change(kernel, task, withFileUser(task.credentials, id));
  return fsuid;
}

function setfsgid(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const { gid, egid, sgid, fsgid } = task.credentials;
  const id = args.u32(0);
  const allowed = isCapable(task.credentials, CAP.SETGID) || [gid, egid, sgid, fsgid].includes(id);
  if (allowed && id !== NOBODY && id !== fsgid) changeGroups(kernel, task, { fsgid: id });
  return fsgid;
}

const MOST_GROUPS = 65_536;

function getgroups(_kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const { groups } = task.credentials;
  const size = args.i32(0);
  if (size < 0) return -ERRNO.EINVAL;
  if (size === 0) return groups.length;
  if (size < groups.length) return -ERRNO.EINVAL;
  return groups.every((group, i) => task.mm.user.write32(args.number(1) + i * 4, group)) ? groups.length : -ERRNO.EFAULT;
}

function setgroups(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  if (!isCapable(task.credentials, CAP.SETGID)) return -ERRNO.EPERM;
  const count = args.u32(0);
  if (count > MOST_GROUPS) return -ERRNO.EINVAL;
  const groups: number[] = [];
  for (let i = 0; i < count; i++) {
    const group = task.mm.user.read32(args.number(1) + i * 4);
    if (group === null) return -ERRNO.EFAULT;
    groups.push(group);
  }
  return changeGroups(kernel, task, { groups: groups.sort((a, b) => a - b) });
}

const ask = (name: string, number: number, answer: (task: Task) => number): SyscallRow => ({
  number,
  name,
  arguments: [],
  handler: (_kernel, task) => answer(task),
});

const pair = (name: string, number: number, handler: SyscallHandler): SyscallRow => ({ number, name, arguments: ['u32', 'u32'], handler });
const one = (name: string, number: number, handler: SyscallHandler): SyscallRow => ({ number, name, arguments: ['u32'], handler });

export const IDENTITY_ROWS: readonly SyscallRow[] = [
  ask('getpid', 39, (task) => task.process.pid),
  ask('getuid', 102, (task) => task.credentials.uid),
  ask('getgid', 104, (task) => task.credentials.gid),
  one('setuid', 105, setuid),
  one('setgid', 106, setgid),
  ask('geteuid', 107, (task) => task.credentials.euid),
  ask('getegid', 108, (task) => task.credentials.egid),
  { number: 109, name: 'setpgid', arguments: ['i32', 'i32'], handler: setpgid },
  ask('getppid', 110, (task) => task.process.parent?.pid ?? 0),
  ask('getpgrp', 111, (task) => task.process.group),
  { number: 112, name: 'setsid', arguments: [], handler: setsid },
  pair('setreuid', 113, setreuid),
  pair('setregid', 114, setregid),
  { number: 115, name: 'getgroups', arguments: ['i32', 'pointer'], handler: getgroups },
  { number: 116, name: 'setgroups', arguments: ['u32', 'pointer'], handler: setgroups },
  { number: 117, name: 'setresuid', arguments: ['u32', 'u32', 'u32'], handler: setresuid },
  {
    number: 118,
    name: 'getresuid',
    arguments: ['pointer', 'pointer', 'pointer'],
    handler: (_kernel, task, args) => writeThree(task, args, [task.credentials.uid, task.credentials.euid, task.credentials.suid]),
  },
  { number: 119, name: 'setresgid', arguments: ['u32', 'u32', 'u32'], handler: setresgid },
  {
    number: 120,
    name: 'getresgid',
    arguments: ['pointer', 'pointer', 'pointer'],
    handler: (_kernel, task, args) => writeThree(task, args, [task.credentials.gid, task.credentials.egid, task.credentials.sgid]),
  },
  { number: 121, name: 'getpgid', arguments: ['i32'], handler: getpgid },
  one('setfsuid', 122, setfsuid),
  one('setfsgid', 123, setfsgid),
  { number: 124, name: 'getsid', arguments: ['i32'], handler: getsid },
  ask('gettid', 186, (task) => task.tid),
];
