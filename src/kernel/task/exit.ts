// The end of threads and processes: what each step of do_exit means here.

import { SA_NOCLDWAIT, SI_USER, SIGNAL, SIGNAL_COUNT } from '../abi/signal.ts';
import type { Kernel } from '../kernel.ts';
import { disown } from '../ipc/sysv/orphans.ts';
import { releaseUndo } from '../ipc/sysv/semaphore-undo.ts';
import type { Mm } from '../mm/mm.ts';
import { endRemote } from '../remote/calls.ts';
import { exitInformation } from '../signal/child-state.ts';
import { killProcess, sendToProcess, sendToTask } from '../signal/generate.ts';
import { retarget } from '../signal/mask.ts';
import { signalInformation } from '../signal/state.ts';
import { leaveTerminal } from '../tty/job-control.ts';
import { onMmReleased, onTaskExit } from '../uintr/hooks.ts';
import { unblock } from './blocking.ts';
import { endCall } from './held-files.ts';
import { processRobustList } from './robust-list.ts';
import { wakeFutexWord } from './futex.ts';
import { releaseLocks } from './futex-pi.ts';
import { cancelWait } from './futex-wait.ts';
import { addUsage, type ExitStatus, type Process } from './process.ts';
import { hangUpIfOrphaned } from './process-groups.ts';
import type { Task } from './task.ts';

/** exit_group, or a fatal signal: every thread of the process ends at its next boundary. */
export function exitGroup(kernel: Kernel, task: Task, status: ExitStatus): void {
  killProcess(kernel, task.process, status);
}

/** Ends `task` now. Its vCPU must look for another one if it was current. */
export function exitTask(kernel: Kernel, task: Task, code: number): void {
  const { process } = task;
  unblock(kernel, task);
  cancelWait(kernel, task);
  task.ipcWait?.end();
  kernel.scheduler.forget(task);
  kernel.load.advance(kernel);
  task.state = 'dead';
  endCall(kernel, task);
  task.progress = null;
  kernel.companion?.taskExits(kernel, task);
  if (task.remote) endRemote(kernel, task, process.groupExit ? '' : `it has exited with code ${code}`);
  onTaskExit(kernel, task, kernel.scheduler.isCurrent(task) ? kernel.hardware.vcpus[task.vcpu]! : null);
  if (process.tasks.length === 1) process.usage.peakPages = Math.max(process.usage.peakPages, task.mm.peakPages);
  releaseMemory(kernel, task);
  releaseUndo(kernel, task);
  task.files.release(kernel);
  addUsage(process.usage, task.usage);
  retarget(kernel, task, ~task.signals.blocked);
  handChildrenOn(kernel, task);
  process.lastCredentials = task.credentials;
  process.tasks.splice(process.tasks.indexOf(task), 1);
  kernel.pids.tasks.delete(task.tid);
  kernel.emit('thread_exited', task, { exit_code: code });
  kernel.wake(process.threadEvents);
  kernel.wake(process.endEvents);
  if (process.tasks.length === 0) endProcess(kernel, process, task, process.groupExit ?? { kind: 'exited', code });
}

/** The children of a thread that ends, but whose process goes on, become those of another thread; they are told all the same. */
function handChildrenOn(kernel: Kernel, task: Task): void {
  const { process } = task;
  const heir = process.tasks.find((other) => other !== task && other.exiting === null) ?? null;
  for (const child of process.children) {
    if (child.creator !== task) continue;
    child.creator = heir;
    if (heir) tellOfParentDeath(kernel, child, process);
  }
}

function tellOfParentDeath(kernel: Kernel, child: Process, parent: Process): void {
  for (const task of child.tasks) {
    if (task.parentDeathSignal === 0) continue;
    sendToTask(kernel, task, signalInformation(task.parentDeathSignal, SI_USER, { pid: parent.pid, uid: parent.uid }));
  }
}

/** CLONE_CHILD_CLEARTID: how pthread_join learns of the end. Only where somebody shares the memory. */
function clearChildTid(kernel: Kernel, task: Task): void {
  const address = task.clearChildTid;
  task.clearChildTid = 0;
  if (address !== 0 && task.mm.users > 1 && task.mm.user.write32(address, 0)) wakeFutexWord(kernel, task, address, 1);
}

/** The task stops using its memory (exit, execve): its locks are let go, joiners told, a vfork parent goes on. */
export function releaseMemory(kernel: Kernel, task: Task): void {
  processRobustList(kernel, task);
  releaseLocks(kernel, task);
  clearChildTid(kernel, task);
  releaseMm(kernel, task.mm);
  if (!task.process.vforkParentWaits) return;
  task.process.vforkParentWaits = false;
  kernel.wake(task.process.vforkDone);
}

export function releaseMm(kernel: Kernel, mm: Mm): void {
  if (mm.users === 1) onMmReleased(kernel, mm);
  mm.release();
}

function endProcess(kernel: Kernel, process: Process, last: Task, status: ExitStatus): void {
  process.exitStatus = status;
  disown(kernel, process);
  process.stoppedBy = 0;
  process.pending.discard(~0n);
  process.cpuLimit.stop(kernel);
  for (const timer of process.intervalTimers) timer?.stop(kernel);
  for (const timer of process.posixTimers.values()) timer.disarm(kernel);
  process.posixTimers.clear();
  kernel.emit('process_exited', last, {
    exit_code: status.kind === 'exited' ? status.code : 0,
    signal: status.kind === 'killed' ? status.signal : 0,
    core: status.kind === 'killed' && status.core,
  });
  leaveTerminal(kernel, process, true);
  adoptOrphans(kernel, process);
  hangUpIfOrphaned(kernel, process, process.parent, true);
  tellParent(kernel, process);
  kernel.wake(process.endEvents);
}

/** Children go to the nearest ancestor that reaps for others, at last to pid 1. */
function adoptOrphans(kernel: Kernel, process: Process): void {
  const heir = reaperOf(kernel, process);
  for (const child of process.children.splice(0)) {
    child.parent = heir;
    child.creator = heir.leader;
    child.exitSignal = SIGNAL.SIGCHLD;
    heir.children.push(child);
    tellOfParentDeath(kernel, child, process);
    if (child.exitStatus) tellParent(kernel, child);
    hangUpIfOrphaned(kernel, child, process, false);
  }
}

function reaperOf(kernel: Kernel, process: Process): Process {
  for (let ancestor = process.parent; ancestor; ancestor = ancestor.parent) {
    if (ancestor.childSubreaper && ancestor.exitStatus === null) return ancestor;
  }
  return kernel.reaper;
}

function tellParent(kernel: Kernel, process: Process): void {
  const parent = process.parent ?? kernel.reaper;
  const leader = parent.leader;
  if (!leader) {
    reap(kernel, process);
    return;
  }
  const action = leader.signals.actions.of(SIGNAL.SIGCHLD);
  const unwanted = process.exitSignal === SIGNAL.SIGCHLD && (action.handler === 1n || (action.flags & SA_NOCLDWAIT) !== 0);
  const silent = process.exitSignal === SIGNAL.SIGCHLD && action.handler === 1n;
  if (process.exitSignal >= 1 && process.exitSignal <= SIGNAL_COUNT && !silent)
    sendToProcess(kernel, parent, exitInformation(kernel, process, process.exitSignal));
  if (unwanted) reap(kernel, process);
  kernel.wake(parent.childEvents);
}

/** A zombie has been waited for, or nobody wants it. The object stays readable for whoever holds it. */
export function reap(kernel: Kernel, process: Process): void {
  const { parent } = process;
  process.reaped = true;
  kernel.pids.processes.delete(process.pid);
  kernel.wake(process.endEvents);
  if (!parent) return;
  const at = parent.children.indexOf(process);
  if (at >= 0) parent.children.splice(at, 1);
  addUsage(parent.childrenUsage, process.usage);
  addUsage(parent.childrenUsage, process.childrenUsage);
}
