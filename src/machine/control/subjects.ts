// Processes and threads that a call names.

import type { Process } from '../../kernel/task/process.ts';
import type { Task } from '../../kernel/task/task.ts';
import { MachineError } from '../errors.ts';
import type { Machine } from '../machine.ts';

export function liveProcess(machine: Machine, pid: number): Process {
  const { kernel } = machine.board;
  const process = kernel.pids.processes.get(pid);
  if (!process || process === kernel.reaper || process.exitStatus)
    throw new MachineError('PROCESS_NOT_FOUND', `there is no running process ${pid}`, { pid: `${pid}` });
  return process;
}

export function liveThread(machine: Machine, tid: number): Task {
  const { kernel } = machine.board;
  const task = kernel.pids.tasks.get(tid);
  if (!task || task.process === kernel.reaper || task.state === 'dead' || task.state === 'zombie')
    throw new MachineError('THREAD_NOT_FOUND', `there is no thread ${tid}`, { tid: `${tid}` });
  return task;
}
