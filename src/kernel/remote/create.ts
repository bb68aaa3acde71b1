// Making remote threads: in a process of their own, or beside the threads of another.

import { CpuContext, RSP } from '../../machine/cpu/state.ts';
import { ERRNO } from '../abi/errno.ts';
import { O_RDWR } from '../abi/fcntl.ts';
import type { Kernel } from '../kernel.ts';
import { NAME_LENGTH } from '../loader/enter-program.ts';
import { SymbolTable } from '../loader/symbols.ts';
import { SignalActions } from '../signal/state.ts';
import { makeRunnable } from '../task/blocking.ts';
import { credentialsOf } from '../task/credentials.ts';
import { releaseMm } from '../task/exit.ts';
import { RLIMIT, startingLimits } from '../task/limits.ts';
import { Process } from '../task/process.ts';
import { Task } from '../task/task.ts';
import { FdTable } from '../vfs/fd-table.ts';
import { FileDescription } from '../vfs/file.ts';
import { openPath } from '../vfs/open.ts';
import { codeSymbols, STUBS } from './code-page.ts';
import { emptyMemory, mapRemoteThread, type RemotePlaces } from './layout.ts';
import { type ParkMode, RemoteState } from './remote-state.ts';

export interface RemoteThreadRequest {
  /** Null: a new one. */
  readonly process: Process | null;
  readonly name: string;
  readonly park: ParkMode;
  /** Bit n: may run on vCPU n; 0: all. */
  readonly affinity: number;
}

const EXECUTABLE = '[remote]';

/** The new thread, runnable; or a negated errno. */
export function createRemoteThread(kernel: Kernel, request: RemoteThreadRequest): Task | number {
  const made = request.process ? joinProcess(kernel, request.process) : startProcess(kernel);
  if (typeof made === 'number') return made;
  const { task, places } = made;
  const { everywhere } = kernel.scheduler;
  task.name = request.name.slice(0, NAME_LENGTH) || 'remote';
  task.affinity = (request.affinity || everywhere) & everywhere || everywhere;
  task.startedAt = kernel.now;
  task.remote = new RemoteState(request.park, places);
  nameCode(task.process, places.code);
  task.process.tasks.push(task);
  kernel.pids.tasks.set(task.tid, task);
  kernel.forks++;
  if (request.process) kernel.emit('thread_started', task, { parent_tid: request.process.leader?.tid ?? 0 });
  else kernel.emit('process_started', task, { parent_pid: kernel.reaper.pid, path: EXECUTABLE });
  makeRunnable(kernel, task, 'spawn', true);
  return task;
}

interface Made {
  readonly task: Task;
  readonly places: RemotePlaces;
}

function startProcess(kernel: Kernel): Made | number {
  const mm = emptyMemory(kernel.hardware);
  const places = mm && mapRemoteThread(mm);
  if (!mm || !places) {
    mm?.release();
    return -ERRNO.ENOMEM;
  }
  const limits = startingLimits();
  const pid = kernel.pids.allocate();
  const process = new Process(pid, kernel.reaper, limits, kernel.now);
  process.group = pid;
  process.session = pid;
  process.executable = EXECUTABLE;
  kernel.reaper.children.push(process);
  kernel.pids.processes.set(pid, process);
  const files = new FdTable(limits[RLIMIT.NOFILE]!.soft, kernel.vfs.openFiles);
  const fs = kernel.vfs.newContext();
  for (let fd = 0; fd < 3; fd++) {
    const file = openPath(kernel, { task: null, root: fs.root, start: fs.root }, { path: '/dev/null', flags: O_RDWR, mode: 0, resolve: 0 });
    if (file instanceof FileDescription) files.install(kernel, fd, file, false);
  }
  const parts = { mm, files, fs, actions: new SignalActions(), credentials: credentialsOf(0, 0), context: contextAt(places) };
  return { task: new Task(pid, process, '', parts), places };
}

function joinProcess(kernel: Kernel, process: Process): Made | number {
  const model = process.leader;
  if (!model || process.groupExit) return -ERRNO.ESRCH;
  const tid = kernel.pids.allocate();
  if (tid < 0) return -ERRNO.EAGAIN;
  model.mm.users++;
  const places = mapRemoteThread(model.mm);
  if (!places) {
    releaseMm(kernel, model.mm);
    return -ERRNO.ENOMEM;
  }
  const { mm, fs, credentials } = model;
  const { actions } = model.signals;
  actions.users++;
  const parts = { mm, files: model.files.share(), fs, actions, credentials, context: contextAt(places) };
  return { task: new Task(tid, process, '', parts), places };
}

function contextAt({ code, stack }: RemotePlaces): CpuContext {
  const context = CpuContext.fresh();
  context.rip = BigInt(code + STUBS.remote_park.start);
  context.setNumber(RSP, stack);
  return context;
}

/** Listings say "remote_park". */
function nameCode(process: Process, code: number): void {
  const known = process.symbols ?? new SymbolTable([]);
  const [first, ...others] = codeSymbols(code);
  if (known.addressOf(first!.name) !== first!.address) process.symbols = known.with([first!, ...others]);
}
