// What the inputs about remote threads do to a machine.

import { errorName } from '../../kernel/abi/errno.ts';
import { beginCall } from '../../kernel/remote/calls.ts';
import { createRemoteThread } from '../../kernel/remote/create.ts';
import type { Process } from '../../kernel/task/process.ts';
import type { FileDescription } from '../../kernel/vfs/file.ts';
import { invalidField, MachineError } from '../errors.ts';
import type { Machine } from '../machine.ts';
import type { CommandFields, CommandReply } from '../protocol.ts';
import { remoteTask } from './programs/thread.ts';

export function createThread(machine: Machine, fields: CommandFields<'create_remote_thread'>): CommandReply<'create_remote_thread'> {
  const { pid, name, park, affinity } = fields;
  const process = pid === 0 ? null : liveProcess(machine, pid);
  const task = createRemoteThread(machine.board.kernel, { process, name, park, affinity });
  if (typeof task === 'number')
    throw new MachineError('LIMIT_EXCEEDED', `no remote thread can be made: ${errorName(-task)}`, {
      subject: 'remote threads',
      limit: errorName(-task),
    });
  return { pid: task.process.pid, tid: task.tid };
}

export function callThread(machine: Machine, { tid, name, steps }: CommandFields<'remote_call'>): CommandReply<'remote_call'> {
  const task = remoteTask(machine, tid);
  const { remote } = task;
  if (remote.call)
    throw new MachineError('THREAD_BUSY', `thread ${tid} is executing ${remote.call.name}; one call at a time`, {
      tid: `${tid}`,
      call: remote.call.name,
    });
  return { call: beginCall(machine.board.kernel, task, name, steps) };
}

export function passDescriptor(machine: Machine, fields: CommandFields<'pass_descriptor'>): CommandReply<'pass_descriptor'> {
  const { fromPid, fd, toPid } = fields;
  const file = openFile(machine, fromPid, fd);
  const files = liveProcess(machine, toPid).leader!.files;
  file.references++;
  const given = files.allocate(file, true);
  if (given >= 0) return { fd: given };
  file.references--;
  throw new MachineError('LIMIT_EXCEEDED', `process ${toPid} has no free descriptor`, {
    subject: `descriptors of process ${toPid}`,
    limit: `${files.limit}`,
  });
}

/** Where a new process finds open files of others. Asked before the process is made, so that nothing is left of a bad request. */
export function checkDescriptors(machine: Machine, descriptors: NonNullable<CommandFields<'spawn_process'>['descriptors']>): void {
  for (const { fd, sourcePid, sourceFd } of descriptors) {
    if (!Number.isInteger(fd) || fd < 0 || fd > 1023) throw invalidField('descriptors.fd', `must be from 0 to 1023, got ${fd}`);
    openFile(machine, sourcePid, sourceFd);
  }
}

export function giveDescriptors(
  machine: Machine,
  process: Process,
  descriptors: NonNullable<CommandFields<'spawn_process'>['descriptors']>,
): void {
  for (const { fd, sourcePid, sourceFd } of descriptors) {
    const file = openFile(machine, sourcePid, sourceFd);
    file.references++;
    process.leader!.files.install(machine.board.kernel, fd, file, false);
  }
}

function openFile(machine: Machine, pid: number, fd: number): FileDescription {
  const file = liveProcess(machine, pid).leader!.files.get(fd);
  if (!file) throw invalidField('fd', `process ${pid} has no open file ${fd}`);
  return file;
}

function liveProcess(machine: Machine, pid: number): Process {
  const { kernel } = machine.board;
  const process = kernel.pids.processes.get(pid);
  if (process && process !== kernel.reaper && process.leader && !process.groupExit) return process;
  throw new MachineError('PROCESS_NOT_FOUND', `there is no running process ${pid}`, { pid: `${pid}` });
}
