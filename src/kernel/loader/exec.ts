// execve(2) behind its arguments: the point of no return, and what a program inherits from the one before it.

import { ERRNO } from '../abi/errno.ts';
import { SIGNAL } from '../abi/signal.ts';
import { awaitProgram } from '../block/faults.ts';
import type { Kernel } from '../kernel.ts';
import { endThread } from '../signal/generate.ts';
import { CONTEXT_REPLACED, type SyscallResult } from '../syscalls/row.ts';
import { endRemote } from '../remote/calls.ts';
import { releaseMemory } from '../task/exit.ts';
import { afterExecution } from '../task/credentials.ts';
import { exceedsProcessLimit } from '../task/fork.ts';
import { RLIMIT } from '../task/limits.ts';
import type { Task } from '../task/task.ts';
import { onExec } from '../uintr/hooks.ts';
import type { Dentry } from '../vfs/dentry.ts';
import { enterProgram } from './enter-program.ts';
import { isLoadFailure, loadProgram, type LoadedProgram } from './program.ts';

export interface ExecRequest {
  /** As AT_EXECFN and a script's interpreter know it. */
  readonly path: string;
  readonly arguments: readonly Uint8Array[];
  readonly environment: readonly Uint8Array[];
  readonly start: Dentry;
  readonly entry: Dentry;
  /** Its name is that of the file (AT_EMPTY_PATH), not the end of `path`. */
  readonly byDescriptor: boolean;
  /** The descriptor that `path` goes through closes with this call. */
  readonly pathVanishes: boolean;
}

/** Replaces the program of `task`. With other threads alive it waits until they have gone. */
export function execute(kernel: Kernel, task: Task, request: ExecRequest): SyscallResult {
  const { process } = task;
  if (task.exceedsProcessLimit && exceedsProcessLimit(kernel, task, 0)) return -ERRNO.EAGAIN;
  task.exceedsProcessLimit = false;
  if (task.files.users > 1 && !task.files.mayCopy) return -ERRNO.ENOMEM;
  if (process.groupExit || (process.executing && process.executing !== task)) return -ERRNO.EAGAIN;
  const waits = awaitProgram(kernel, task, request.entry.inode);
  if (waits !== null) return waits;
  const program = loadProgram(kernel, {
    origin: { task, root: task.fs.root, start: request.start },
    path: request.path,
    entry: request.entry,
    pathVanishes: request.pathVanishes,
    arguments: request.arguments,
    environment: request.environment,
    credentials: task.credentials,
    ignoresSetId: task.noNewPrivileges,
    stackLimit: process.limits[RLIMIT.STACK]!.soft,
  });
  if (isLoadFailure(program)) return -program.error;
  if (process.tasks.length > 1) {
    program.mm.release();
    return waitForThreads(kernel, task);
  }
  process.executing = null;
  replace(kernel, task, program, request);
  return CONTEXT_REPLACED;
}

function waitForThreads(kernel: Kernel, task: Task): SyscallResult {
  const { process } = task;
  process.executing = task;
  for (const other of [...process.tasks]) if (other !== task) endThread(kernel, other);
  return kernel.block(task, { queues: [process.threadEvents], waitingFor: 'the end of the other threads (execve)', interruptible: false });
}

function replace(kernel: Kernel, task: Task, program: LoadedProgram, request: ExecRequest): void {
  const { process, signals } = task;
  kernel.charge(kernel.hardware.costs.exec);
  kernel.companion?.taskExecutes(kernel, task);
  if (task.remote) endRemote(kernel, task, `it executes ${program.executable}`);
  onExec(kernel, task, kernel.cpu!);
  process.usage.peakPages = Math.max(process.usage.peakPages, task.mm.peakPages);
  releaseMemory(kernel, task);
  task.rseq = 0;
  if (signals.actions.users > 1) {
    signals.actions.users--;
    signals.actions = signals.actions.copy();
  }
  signals.actions.resetHandlers();
  signals.altStack = { ...signals.altStack, base: 0, size: 0 };
  for (const timer of process.posixTimers.values()) timer.disarm(kernel);
  process.posixTimers.clear();
  if (task.files.users > 1) {
    const own = task.files.copy();
    task.files.release(kernel);
    task.files = own;
  }
  task.files.closeOnExec(kernel);
  takeIdentity(task, program);
  process.hasExecuted = true;
  process.exitSignal = SIGNAL.SIGCHLD;
  kernel.pids.rename(task, process);
  enterProgram(kernel, task, program, request);
}

/** Set-user-ID programs, and what a change of identity takes away. */
function takeIdentity(task: Task, { euid, egid }: LoadedProgram): void {
  const { credentials, process } = task;
  const changes = euid !== credentials.euid || egid !== credentials.egid;
  task.credentials = afterExecution(credentials, euid, egid);
  process.dumpable = euid === credentials.uid && egid === credentials.gid ? 1 : 0;
  if (changes) task.parentDeathSignal = 0;
}
