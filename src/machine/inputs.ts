// What each kind of input does to a machine. Called through Machine.apply() alone, which has recorded the input.

import { openStandardStreams } from '../kernel/fs/console-file.ts';
import { Console } from '../kernel/fs/console.ts';
import { SIGNAL_COUNT } from '../kernel/abi/signal.ts';
import { kernelSignal, sendToProcess, sendToTask } from '../kernel/signal/generate.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { SpawnFailure } from '../kernel/loader/spawn.ts';
import { MOST_TERMINALS } from '../kernel/tty/terminals.ts';
import type { FileDescription } from '../kernel/vfs/file.ts';
import { statHostFile } from '../kernel/vfs/host-files.ts';
import { CONTROL_INPUTS } from './control/inputs.ts';
import { MachineError } from './errors.ts';
import { fileError, writeGuestFile } from './guest-files.ts';
import type { InputKind } from './journal.ts';
import type { Machine } from './machine.ts';
import type { CommandFields, CommandReply, TerminalSize } from './protocol.ts';
import { callThread, checkDescriptors, createThread, giveDescriptors, passDescriptor } from './remote/inputs.ts';

export type InputReply<K extends InputKind> = CommandReply<K>;

type InputRow<K extends InputKind> = (machine: Machine, fields: CommandFields<K>) => CommandReply<K>;

export const INPUTS: { readonly [K in InputKind]: InputRow<K> } = {
  ...CONTROL_INPUTS,

  spawn_process(machine, fields) {
    const { kernel } = machine.board;
    const { path, image } = fields.program;
    checkDescriptors(machine, fields.descriptors ?? []);
    if (image) writeGuestFile(kernel, { path, bytes: image, mode: 0o755 });
    for (const file of fields.files) writeGuestFile(kernel, file);
    const console = new Console(fields.stdin === 'stream' ? null : fields.stdin);
    const stdio = streams(kernel, console, fields.terminal);
    const spawned = kernel.spawn({
      path,
      arguments: fields.arguments,
      environment: fields.environment,
      workingDirectory: fields.workingDirectory,
      stdio,
      terminal: console.terminal,
      affinity: fields.affinity,
    });
    if (!('process' in spawned)) throw spawnError(path, typeof statHostFile(kernel, path) !== 'number', spawned);
    const { pid } = spawned.process;
    giveDescriptors(machine, spawned.process, fields.descriptors ?? []);
    machine.programs.set(pid, { process: spawned.process, arguments: fields.arguments });
    machine.consoles.add(pid, console);
    return { pid };
  },

  write_stdin: (machine, { pid, bytes }) => ({ offset: machine.consoles.feed(machine.board.kernel, pid, bytes) }),

  close_stdin(machine, { pid }) {
    machine.consoles.endInput(machine.board.kernel, pid);
    return {};
  },

  resize_terminal(machine, { pid, size }) {
    machine.consoles.resize(machine.board.kernel, pid, size);
    return {};
  },

  signal_process(machine, { pid, tid, signal }) {
    const { kernel } = machine.board;
    if (!Number.isInteger(signal) || signal < 1 || signal > SIGNAL_COUNT)
      throw new MachineError('INVALID_FIELD', `signal: must be from 1 to ${SIGNAL_COUNT}, got ${signal}`, {
        field: 'signal',
        description: 'out of range',
      });
    // By its number alone, a thread says which process is meant.
    const thread = tid === 0 ? undefined : kernel.pids.tasks.get(tid);
    if (tid !== 0 && pid === 0 && (!thread || thread.process === kernel.reaper))
      throw new MachineError('THREAD_NOT_FOUND', `there is no thread ${tid}`, { tid: `${tid}` });
    const process = pid === 0 && thread ? thread.process : kernel.pids.processes.get(pid);
    if (!process || process === kernel.reaper || process.exitStatus)
      throw new MachineError('PROCESS_NOT_FOUND', `there is no running process ${process?.pid ?? pid}`, { pid: `${process?.pid ?? pid}` });
    if (tid === 0) sendToProcess(kernel, process, kernelSignal(signal));
    else {
      const task = process.tasks.find((candidate) => candidate.tid === tid);
      if (!task) throw new MachineError('THREAD_NOT_FOUND', `process ${pid} has no thread ${tid}`, { pid: `${pid}`, tid: `${tid}` });
      sendToTask(kernel, task, kernelSignal(signal));
    }
    return {};
  },

  write_file: (machine, file) => writeGuestFile(machine.board.kernel, file),

  create_remote_thread: createThread,
  remote_call: callThread,
  pass_descriptor: passDescriptor,
};

/** Descriptors 0, 1 and 2: three streams, or three times a terminal. */
function streams(kernel: Kernel, console: Console, size: TerminalSize | undefined): readonly FileDescription[] {
  if (!size) return openStandardStreams(kernel.vfs, console, kernel.realtime());
  const files = kernel.vfs.terminals.connect(kernel, console, { ...size, xPixels: 0, yPixels: 0 });
  if (typeof files !== 'number') return files;
  throw new MachineError('LIMIT_EXCEEDED', 'every terminal of the machine is in use, or its kernel has no memory for another', {
    subject: 'terminal',
    limit: `${MOST_TERMINALS}`,
  });
}

/** `exists`: the program itself is there, so that what is missing is its interpreter. */
function spawnError(path: string, exists: boolean, failure: SpawnFailure): MachineError {
  const { errno, error: name, message } = failure;
  if (name === 'ENOENT' && exists) return new MachineError('NOT_EXECUTABLE', message, { path, errno: name });
  if (name === 'ENOENT') return new MachineError('PROGRAM_NOT_FOUND', message, { path });
  if (name === 'ENOEXEC' || name === 'EACCES' || name === 'EINVAL' || name === 'ELIBBAD')
    return new MachineError('NOT_EXECUTABLE', message, { path, errno: name });
  if (name === 'E2BIG' || name === 'ENOMEM' || name === 'EAGAIN')
    return new MachineError('LIMIT_EXCEEDED', message, { subject: path, limit: name });
  return fileError(path, errno);
}
