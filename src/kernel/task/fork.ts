// Making tasks: fork, vfork, clone, clone3. What is shared and what is copied follows the flags of clone(2).

import { RAX, RSP } from '../../machine/cpu/state.ts';
import {
  CLONE_CHILD_CLEARTID,
  CLONE_CHILD_SETTID,
  CLONE_FILES,
  CLONE_FS,
  CLONE_NEWNS,
  CLONE_NEWPID,
  CLONE_NEWUSER,
  CLONE_PARENT,
  CLONE_PARENT_SETTID,
  CLONE_PIDFD,
  CLONE_SETTLS,
  CLONE_SIGHAND,
  CLONE_SYSVSEM,
  CLONE_THREAD,
  CLONE_VFORK,
  CLONE_VM,
  NAMESPACES,
} from '../abi/clone.ts';
import { CAP } from '../abi/capability.ts';
import { ERRNO } from '../abi/errno.ts';
import { TASK_SIZE } from '../abi/layout.ts';
import { PidFile } from '../ipc/pid-file.ts';
import { inheritUndo } from '../ipc/sysv/semaphore-undo.ts';
import type { Kernel } from '../kernel.ts';
import type { Mm } from '../mm/mm.ts';
import { DISARMED_ALT_STACK } from '../signal/alternate-stack.ts';
import { onMmCopied } from '../uintr/hooks.ts';
import { makeRunnable } from './blocking.ts';
import { isCapable } from './credentials.ts';
import { RLIMIT } from './limits.ts';
import { Process } from './process.ts';
import { Task } from './task.ts';

export interface CloneRequest {
  readonly flags: number;
  readonly exitSignal: number;
  /** RSP of the child, 0: the parent's. */
  readonly stack: number;
  readonly parentTid: number;
  readonly childTid: number;
  readonly tls: bigint;
  /** CLONE_CLEAR_SIGHAND. */
  readonly clearHandlers: boolean;
  /** CLONE_PIDFD: where its descriptor is stored. */
  readonly pidfd: number;
  /** clone3's set_tid; 0: any. */
  readonly wantedTid: number;
}

/** The new task, not yet runnable; or a negated errno. */
export function cloneTask(kernel: Kernel, parent: Task, request: CloneRequest): Task | number {
  const { flags } = request;
  const invalid = checkFlags(request);
  if (invalid < 0) return invalid;
  const { process } = parent;
  if (process.groupExit) return -ERRNO.EINTR;
  if (exceedsProcessLimit(kernel, parent)) return -ERRNO.EAGAIN;
  if (kernel.pids.count >= (kernel.options.mostTasks ?? Number.POSITIVE_INFINITY)) return -ERRNO.EAGAIN;
  if (flags & CLONE_SETTLS && request.tls >= BigInt(TASK_SIZE)) return -ERRNO.EPERM;
  if (!(flags & CLONE_FILES) && !parent.files.mayCopy) return -ERRNO.ENOMEM;
  const cannotTell = checkPidfd(parent, request);
  if (cannotTell < 0) return cannotTell;
  const tid = numberFor(kernel, parent, request.wantedTid);
  if (tid < 0) return tid;
  const mm = memoryFor(kernel, parent, (flags & CLONE_VM) !== 0);
  if (!mm) return -ERRNO.ENOMEM;
  const owner = flags & CLONE_THREAD ? process : newProcess(kernel, parent, tid, request);
  const child = new Task(tid, owner, parent.name, {
    mm,
    files: flags & CLONE_FILES ? parent.files.share() : parent.files.copy(),
    fs: flags & CLONE_FS ? parent.fs : parent.fs.copy(),
    actions: actionsFor(parent, request),
    credentials: parent.credentials,
    context: parent.context.copy(),
  });
  inherit(kernel, parent, child, request);
  if (flags & CLONE_PARENT_SETTID) parent.mm.user.write32(request.parentTid, tid);
  if (flags & CLONE_PIDFD) tellPidfd(parent, request, new PidFile(kernel, owner, flags & CLONE_THREAD ? child : null, 0));
  child.remote = parent.remote?.forChild() ?? null;
  owner.tasks.push(child);
  kernel.pids.tasks.set(tid, child);
  kernel.forks++;
  kernel.charge(kernel.hardware.costs[flags & CLONE_VM ? 'thread_create' : 'fork']);
  kernel.emit('thread_started', child, { parent_tid: parent.tid });
  if (owner !== process) owner.cpuLimit.watch(kernel);
  if (owner !== process) kernel.emit('process_started', child, { parent_pid: owner.parent?.pid ?? 0, path: owner.executable });
  return child;
}

/** Lets a new task run for the first time. */
export function startTask(kernel: Kernel, child: Task): void {
  makeRunnable(kernel, child, 'clone', true);
}

function checkFlags({ flags, clearHandlers, pidfd, parentTid }: CloneRequest): number {
  const all = (mask: number): boolean => (flags & mask) === mask;
  if (all(CLONE_PIDFD | CLONE_PARENT_SETTID) && pidfd === parentTid) return -ERRNO.EINVAL;
  if (flags & CLONE_FS && flags & (CLONE_NEWNS | CLONE_NEWUSER)) return -ERRNO.EINVAL;
  if (flags & CLONE_THREAD && !(flags & CLONE_SIGHAND)) return -ERRNO.EINVAL;
  if (flags & CLONE_SIGHAND && (!(flags & CLONE_VM) || clearHandlers)) return -ERRNO.EINVAL;
  if (flags & CLONE_THREAD && flags & (CLONE_NEWUSER | CLONE_NEWPID)) return -ERRNO.EINVAL;
  return flags & NAMESPACES ? -ERRNO.EPERM : 0;
}

/** RLIMIT_NPROC, which binds neither root nor those who may exceed limits. */
export function exceedsProcessLimit(kernel: Kernel, task: Task, more = 1): boolean {
  const { credentials, process } = task;
  if (credentials.uid === 0 || isCapable(credentials, CAP.SYS_RESOURCE) || isCapable(credentials, CAP.SYS_ADMIN)) return false;
  const limit = process.limits[RLIMIT.NPROC]!.soft;
  return limit !== Number.POSITIVE_INFINITY && kernel.pids.countOf(credentials.uid) + more > limit;
}

function numberFor(kernel: Kernel, parent: Task, wanted: number): number {
  if (wanted === 0) {
    const tid = kernel.pids.allocate();
    return tid < 0 ? -ERRNO.EAGAIN : tid;
  }
  const { credentials } = parent;
  const mayChoose = isCapable(credentials, CAP.CHECKPOINT_RESTORE) || isCapable(credentials, CAP.SYS_ADMIN);
  const tid = kernel.pids.claim(wanted);
  return tid === -ERRNO.EINVAL ? tid : mayChoose ? tid : -ERRNO.EPERM;
}

/** Whether a descriptor could be had and told of: nothing may fail once there is a child. */
function checkPidfd(parent: Task, { flags, pidfd }: CloneRequest): number {
  if (!(flags & CLONE_PIDFD)) return 0;
  if (!parent.files.hasRoom()) return parent.files.fullError;
  return parent.mm.user.locate(pidfd, 'write') < 0 ? -ERRNO.EFAULT : 0;
}

function tellPidfd(parent: Task, { pidfd }: CloneRequest, file: PidFile): void {
  parent.mm.user.write32(pidfd, parent.files.allocate(file, true));
}

function memoryFor(kernel: Kernel, parent: Task, shared: boolean): Mm | null {
  if (shared) {
    parent.mm.users++;
    return parent.mm;
  }
  const copy = parent.mm.fork();
  if (copy) onMmCopied(kernel, parent.mm, copy);
  return copy;
}

function newProcess(kernel: Kernel, parent: Task, pid: number, request: CloneRequest): Process {
  const ancestor = request.flags & CLONE_PARENT ? (parent.process.parent ?? kernel.reaper) : parent.process;
  const process = new Process(pid, ancestor, [...parent.process.limits], kernel.now);
  const { group, session, executable, symbols, terminal, dumpable, oomScoreAdjustment } = parent.process;
  const { memoryErrorPolicy, hugePagesDisabled, mergesMemory } = parent.process;
  Object.assign(process, { group, session, executable, symbols, terminal, dumpable, oomScoreAdjustment });
  Object.assign(process, { memoryErrorPolicy, hugePagesDisabled, mergesMemory });
  process.uid = parent.credentials.uid;
  process.exitSignal = request.flags & CLONE_PARENT ? parent.process.exitSignal : request.exitSignal;
  process.vforkParentWaits = (request.flags & CLONE_VFORK) !== 0;
  process.creator = request.flags & CLONE_PARENT ? parent.process.creator : parent;
  ancestor.children.push(process);
  kernel.pids.processes.set(pid, process);
  return process;
}

function actionsFor(parent: Task, { flags, clearHandlers }: CloneRequest): Task['signals']['actions'] {
  const { actions } = parent.signals;
  if (flags & CLONE_SIGHAND) {
    actions.users++;
    return actions;
  }
  const copy = actions.copy();
  if (clearHandlers) copy.resetHandlers();
  return copy;
}

function inherit(kernel: Kernel, parent: Task, child: Task, request: CloneRequest): void {
  const { flags, stack, childTid, tls } = request;
  const { context } = child;
  context.setNumber(RAX, 0);
  if (stack !== 0) context.setNumber(RSP, stack);
  if (flags & CLONE_SETTLS) context.fsBase = tls;
  child.signals.blocked = parent.signals.blocked;
  const keepsStack = !(flags & CLONE_VM) || flags & CLONE_VFORK;
  child.signals.altStack = keepsStack ? parent.signals.altStack : DISARMED_ALT_STACK;
  child.vcpu = parent.vcpu;
  child.affinity = parent.affinity;
  const { policy, priority, nice, virtualRuntime, resetOnFork } = parent.scheduling;
  Object.assign(child.scheduling, resetOnFork ? { nice: Math.max(0, nice), virtualRuntime } : { policy, priority, nice, virtualRuntime });
  child.lastFault = parent.lastFault;
  child.noNewPrivileges = parent.noNewPrivileges;
  inheritUndo(parent, child, (flags & CLONE_SYSVSEM) !== 0);
  child.timerSlack = parent.timerSlack;
  child.ioFlusher = parent.ioFlusher;
  child.ioPriority = parent.ioPriority;
  child.personality = parent.personality;
  child.startedAt = kernel.now;
  if (!(flags & CLONE_VM)) {
    child.rseq = parent.rseq;
    child.rseqLength = parent.rseqLength;
  }
  if (flags & CLONE_CHILD_CLEARTID) child.clearChildTid = childTid;
  if (flags & CLONE_CHILD_SETTID) child.mm.user.write32(childTid, child.tid);
}
