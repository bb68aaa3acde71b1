// Writing to a terminal: what earlier echo waits goes first, then bytes as OPOST makes them, as the line has room.

import { ERRNO } from '../abi/errno.ts';
import { SIGNAL } from '../abi/signal.ts';
import { OPOST, TOSTOP } from '../abi/termios.ts';
import type { Kernel } from '../kernel.ts';
import type { SyscallResult } from '../syscalls/row.ts';
import type { Task } from '../task/task.ts';
import type { ByteSource } from '../vfs/file.ts';
import { blockTransfer, finishPartial, notePartial, partialDone } from '../vfs/partial.ts';
import { sendEchoes } from './echo.ts';
import { checkForeground } from './job-control.ts';
import { postProcess } from './output.ts';
import type { Terminal } from './terminal.ts';

/** Bytes handled between two looks at signals and settings. */
const CHUNK = 2048;

export function writeTerminal(kernel: Kernel, task: Task, terminal: Terminal, from: ByteSource, nonblocking: boolean): SyscallResult {
  if (terminal.isLocal(TOSTOP) && terminal.kind !== 'console') {
    const denied = checkForeground(kernel, task, terminal, SIGNAL.SIGTTOU);
    if (denied < 0) return finishPartial(task, denied);
  }
  if (from.length === 0) return finishPartial(task, 0);
  kernel.charge(kernel.hardware.costs.pipe_operation);
  sendEchoes(kernel, terminal);
  const done = put(kernel, terminal, from);
  if (done < 0) return finishPartial(task, done);
  if (done === from.length) return finishPartial(task, done);
  if (nonblocking) return finishPartial(task, done > 0 || partialDone(task) > 0 ? done : -ERRNO.EAGAIN);
  notePartial(task, done);
  return blockTransfer(kernel, task, [terminal.writable], `room in ${terminal.name}`);
}

/** Sends what there is room for; returns bytes of `from` that were sent, or -EFAULT if the first cannot be read. */
function put(kernel: Kernel, terminal: Terminal, from: ByteSource): number {
  let done = 0;
  while (done < from.length) {
    const room = terminal.line.room(terminal);
    const wanted = Math.min(CHUNK, room, from.length - done);
    if (wanted === 0) return done;
    const data = from.take(wanted);
    if (data.length === 0) return done > 0 ? done : -ERRNO.EFAULT;
    const [taken, bytes] = terminal.isOutput(OPOST) ? postProcessed(terminal, data, room) : [data.length, data];
    if (bytes.length > 0) terminal.line.send(kernel, terminal, bytes);
    done += taken;
    if (taken < data.length || data.length < wanted) return done;
  }
  return done;
}

/** How many of `data` fit, and what they become. */
function postProcessed(terminal: Terminal, data: Uint8Array, room: number): readonly [taken: number, bytes: Uint8Array] {
  const bytes: number[] = [];
  let taken = 0;
  while (taken < data.length && postProcess(terminal, data[taken]!, room - bytes.length, bytes)) taken++;
  return [taken, Uint8Array.from(bytes)];
}
