// Reading a terminal: a line in canonical mode; else as many bytes as VMIN and VTIME say (termios(3)). Time is the machine's.

import { ERRNO } from '../abi/errno.ts';
import { SIGNAL } from '../abi/signal.ts';
import { DISABLED_CHARACTER, EXTPROC, ICANON, TIOCPKT_DATA, VEOF, VMIN, VTIME } from '../abi/termios.ts';
import type { Kernel } from '../kernel.ts';
import type { SyscallResult } from '../syscalls/row.ts';
import type { Task } from '../task/task.ts';
import type { ByteSink } from '../vfs/file.ts';
import { checkForeground } from './job-control.ts';
import type { Terminal } from './terminal.ts';

const DECISECOND = 100_000_000;
/** Since 5.12 Linux hands input over in pieces of so many bytes, and a larger VMIN is met by one of them. */
const PIECE = 64;

/** Bytes read, a negated errno, or BLOCKED; 0 at the end of a file that VEOF makes, and when the time of a read without VMIN is up. */
export function readTerminal(kernel: Kernel, task: Task, terminal: Terminal, to: ByteSink, nonblocking: boolean): SyscallResult {
  const denied = terminal.kind === 'console' ? 0 : checkForeground(kernel, task, terminal, SIGNAL.SIGTTIN);
  if (denied < 0) return denied;
  if (to.length === 0) return 0;
  const status = takeStatus(terminal, to);
  if (status !== null) return status;
  if (isLineMode(terminal)) {
    if (terminal.input.lines === terminal.input.tail) return awaitInput(kernel, task, terminal, nonblocking, null);
    return deliver(kernel, terminal, () => takeLine(terminal, to));
  }
  const awaited = awaitBytes(kernel, task, terminal, to.length, nonblocking);
  return awaited ?? deliver(kernel, terminal, () => takeBytes(terminal, to));
}

/** Bytes are read as they come in, or (EXTPROC) as the other side has edited them. */
export function isLineMode(terminal: Terminal): boolean {
  return terminal.isLocal(ICANON) && !terminal.isLocal(EXTPROC);
}

/** Input that waits on the line has room now. */
function deliver(kernel: Kernel, terminal: Terminal, take: () => number): number {
  kernel.charge(kernel.hardware.costs.pipe_operation);
  const result = take();
  if (terminal.isFull) terminal.line.resumeInput(kernel, terminal);
  return result;
}

/** In packet mode what has happened at the other side is read first, alone. */
function takeStatus(terminal: Terminal, to: ByteSink): number | null {
  if (!terminal.packetMode) return null;
  const status = terminal.line.takeStatus(terminal);
  if (status === 0) return null;
  return to.put(Uint8Array.of(status)) === 1 ? 1 : -ERRNO.EFAULT;
}

function takeLine(terminal: Terminal, to: ByteSink): number {
  const { input } = terminal;
  const until = Math.min(input.lines, input.tail + to.length);
  const end = input.findEnd(input.tail, until);
  const found = end < until;
  const keepsEnd = found && input.at(end) !== DISABLED_CHARACTER;
  const bytes = input.copy(input.tail, end - input.tail + (keepsEnd ? 1 : 0));
  input.tail = found ? end + 1 : end;
  // An end of file right behind a full buffer belongs to the line that filled it.
  if (!found && input.tail < input.lines && input.isEnd(input.tail) && input.at(input.tail) === DISABLED_CHARACTER) input.tail++;
  const accepted = to.put(bytes);
  return accepted === 0 && bytes.length > 0 ? -ERRNO.EFAULT : accepted;
}

function takeBytes(terminal: Terminal, to: ByteSink): number {
  const { input } = terminal;
  const marker = terminal.packetMode ? 1 : 0;
  const most = terminal.character(VMIN) > PIECE ? PIECE : to.length;
  const bytes = new Uint8Array(Math.min(input.length + marker, to.length, most));
  if (marker) bytes[0] = TIOCPKT_DATA;
  bytes.set(input.copy(input.tail, bytes.length - marker), marker);
  input.tail += bytes.length - marker;
  // In canonical mode only EXTPROC comes here: VEOF alone is the end of the file.
  const isEnd = terminal.isLocal(ICANON) && bytes.length === 1 && terminal.isCharacter(bytes[0]!, VEOF) && input.length === 0;
  if (isEnd) return 0;
  const accepted = to.put(bytes);
  return accepted === 0 && bytes.length > 0 ? -ERRNO.EFAULT : accepted;
}

/** null when the read may take what is there; else the call's result. */
function awaitBytes(kernel: Kernel, task: Task, terminal: Terminal, wanted: number, nonblocking: boolean): SyscallResult | null {
  const { input } = terminal;
  const least = terminal.character(VMIN);
  const time = terminal.character(VTIME) * DECISECOND;
  const enough = Math.min(Math.max(least, 1), PIECE, wanted);
  if (input.length >= enough) return null;
  if (input.length === 0 && terminal.otherClosed) return -ERRNO.EIO;
  if (input.length > 0 && (nonblocking || terminal.otherClosed || kernel.signalPending(task))) return null;
  if (least > 0 && (time === 0 || input.length === 0)) return awaitInput(kernel, task, terminal, nonblocking, null);
  // With VMIN the time runs anew from each byte that arrives, else from the call.
  const { progress } = task;
  const isSame = progress?.['deadline'] !== undefined && (least === 0 || progress['seen'] === input.length);
  const deadline = isSame ? Number(progress['deadline']) : kernel.now + kernel.clock.cycles(time);
  if (isSame ? task.timedOut || kernel.now >= deadline : time === 0) return input.length > 0 ? null : 0;
  task.progress = { ...progress, deadline, seen: input.length };
  return awaitInput(kernel, task, terminal, nonblocking, deadline);
}

function awaitInput(kernel: Kernel, task: Task, terminal: Terminal, nonblocking: boolean, deadline: number | null): SyscallResult {
  if (terminal.otherClosed) return -ERRNO.EIO;
  if (nonblocking) return -ERRNO.EAGAIN;
  return kernel.block(task, { queues: [terminal.readable], deadline, waitingFor: `input of ${terminal.name}` });
}
