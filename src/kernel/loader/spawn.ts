// Starting a program from outside: a new process, child of pid 1, with the descriptors the caller brings.

import { CpuContext } from '../../machine/cpu/state.ts';
import { ERRNO, errorName } from '../abi/errno.ts';
import type { Kernel } from '../kernel.ts';
import { SignalActions } from '../signal/state.ts';
import { makeRunnable } from '../task/blocking.ts';
import { credentialsOf, type Credentials } from '../task/credentials.ts';
import { RLIMIT, startingLimits } from '../task/limits.ts';
import { Process } from '../task/process.ts';
import { Task } from '../task/task.ts';
import { acquire } from '../tty/job-control.ts';
import type { Terminal } from '../tty/terminal.ts';
import { bytesOf, toByteString } from '../vfs/byte-streams.ts';
import { FdTable } from '../vfs/fd-table.ts';
import type { FileDescription } from '../vfs/file.ts';
import { resolve } from '../vfs/path.ts';
import { enterProgram } from './enter-program.ts';
import { isLoadFailure, loadProgram } from './program.ts';

export interface SpawnRequest {
  readonly path: string;
  readonly arguments: readonly string[];
  /** "NAME=value". */
  readonly environment: readonly string[];
  readonly workingDirectory?: string;
  /** Descriptors 0, 1, 2, ...; one reference of each is taken over, also on failure. */
  readonly stdio: readonly (FileDescription | null)[];
  /** Becomes its controlling terminal. */
  readonly terminal?: Terminal | null;
  readonly credentials?: Credentials;
  /** Bit n: may run on vCPU n. 0 or absent: all. */
  readonly affinity?: number;
}

export interface SpawnFailure {
  /** "ENOENT", "ENOEXEC", ... */
  readonly error: string;
  readonly errno: number;
  readonly message: string;
}

export function spawn(kernel: Kernel, request: SpawnRequest): { readonly process: Process } | SpawnFailure {
  const files = new FdTable(startingLimits()[RLIMIT.NOFILE]!.soft, kernel.vfs.openFiles);
  for (const [fd, file] of request.stdio.entries()) if (file) files.install(kernel, fd, file, false);
  const made = build(kernel, request, files);
  if ('error' in made) files.release(kernel);
  return made;
}

function build(kernel: Kernel, request: SpawnRequest, files: FdTable): { readonly process: Process } | SpawnFailure {
  const credentials = request.credentials ?? credentialsOf(0, 0);
  const fs = kernel.vfs.newContext();
  const directory = resolve(kernel, { task: null, root: fs.root, start: fs.root }, toByteString(request.workingDirectory ?? '/'), {
    follow: true,
  });
  if (typeof directory === 'number') return failure(-directory, `working directory ${request.workingDirectory}: ${errorName(-directory)}`);
  if (!directory.inode.isDirectory) return failure(ERRNO.ENOTDIR, `working directory ${request.workingDirectory}: not a directory`);
  fs.cwd = directory;
  const limits = startingLimits();
  const invocation = {
    path: toByteString(request.path),
    arguments: request.arguments.map((argument) => bytesOf(toByteString(argument))),
  };
  const program = loadProgram(kernel, {
    origin: { task: null, root: fs.root, start: fs.cwd },
    ...invocation,
    environment: request.environment.map((variable) => bytesOf(toByteString(variable))),
    credentials,
    stackLimit: limits[RLIMIT.STACK]!.soft,
  });
  if (isLoadFailure(program)) return failure(program.lacksInterpreter ? ERRNO.ENOEXEC : program.error, program.message);
  const pid = kernel.pids.allocate();
  const process = new Process(pid, kernel.reaper, limits, kernel.now);
  process.group = pid;
  process.session = pid;
  process.uid = credentials.uid;
  if (request.terminal) acquire(process, request.terminal);
  kernel.reaper.children.push(process);
  kernel.pids.processes.set(pid, process);
  const parts = { mm: program.mm, files, fs, actions: new SignalActions(), credentials, context: CpuContext.fresh() };
  const task = new Task(pid, process, '', parts);
  task.affinity = (request.affinity || kernel.scheduler.everywhere) & kernel.scheduler.everywhere || kernel.scheduler.everywhere;
  process.tasks.push(task);
  kernel.pids.tasks.set(pid, task);
  kernel.forks++;
  kernel.emit('process_started', task, { parent_pid: kernel.reaper.pid, path: program.executable });
  enterProgram(kernel, task, program, invocation);
  makeRunnable(kernel, task, 'spawn', true);
  return { process };
}

function failure(errno: number, message: string): SpawnFailure {
  return { error: errorName(errno), errno, message };
}
