// What one task may do to another: send it signals (kill(2)), look into it (ptrace(2), "access mode checking"), change its scheduling
// and limits.

import { CAP } from '../abi/capability.ts';
import { SIGNAL } from '../abi/signal.ts';
import { type Credentials, isCapable } from './credentials.ts';
import type { Process } from './process.ts';
import type { Task } from './task.ts';

export function maySignal(task: Task, target: Process, signal: number, credentials: Credentials = target.credentials): boolean {
  if (target === task.process) return true;
  const { euid, uid } = task.credentials;
  if ([credentials.uid, credentials.suid].some((id) => id === euid || id === uid)) return true;
  if (isCapable(task.credentials, CAP.KILL)) return true;
  return signal === SIGNAL.SIGCONT && target.session === task.process.session;
}

/** PTRACE_MODE_ATTACH or READ with the real ids: process_vm_readv, kcmp, pidfd_getfd, get_robust_list. */
export function mayInspect(task: Task, target: Task): boolean {
  if (target.process === task.process || isCapable(task.credentials, CAP.SYS_PTRACE)) return true;
  const { uid, gid, permitted } = task.credentials;
  const other = target.credentials;
  if (other.uid !== uid || other.euid !== uid || other.suid !== uid) return false;
  if (other.gid !== gid || other.egid !== gid || other.sgid !== gid) return false;
  return target.process.dumpable === 1 && (other.permitted & ~permitted) === 0n;
}

/** sched_setscheduler, sched_setaffinity, setpriority. */
export function mayReschedule(task: Task, target: Task): boolean {
  const { euid } = task.credentials;
  return euid === target.credentials.euid || euid === target.credentials.uid || isCapable(task.credentials, CAP.SYS_NICE);
}

/** prlimit on another process. */
export function mayLimit(task: Task, target: Process): boolean {
  if (target === task.process || isCapable(task.credentials, CAP.SYS_RESOURCE)) return true;
  const { uid, gid } = task.credentials;
  const other = target.credentials;
  return [other.uid, other.euid, other.suid].every((id) => id === uid) && [other.gid, other.egid, other.sgid].every((id) => id === gid);
}
