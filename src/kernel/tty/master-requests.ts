// Requests to the master of a pseudoterminal: its number, its lock, its slave, packet mode, signals (ioctl_tty(2)).

import { ERRNO } from '../abi/errno.ts';
import { O_ACCMODE, O_CLOEXEC, O_NOCTTY, O_NONBLOCK } from '../abi/fcntl.ts';
import { TIOCGPKT, TIOCGPTLCK, TIOCGPTN, TIOCGPTPEER, TIOCPKT, TIOCSIG, TIOCSPTLCK } from '../abi/ioctl.ts';
import { SIGNAL } from '../abi/signal.ts';
import type { Kernel } from '../kernel.ts';
import type { Task } from '../task/task.ts';
import { FileDescription } from '../vfs/file.ts';
import { putUint32 } from '../vfs/user-memory.ts';
import { signalForeground } from './job-control.ts';
import { type Pseudoterminal, pairOf } from './pseudoterminal.ts';
import type { TerminalRequest } from './request.ts';
import type { TerminalFile } from './terminal-file.ts';

const SENDABLE: readonly number[] = [SIGNAL.SIGINT, SIGNAL.SIGQUIT, SIGNAL.SIGTSTP];

type MasterRequest = (kernel: Kernel, task: Task, pair: Pseudoterminal, argument: number) => number;

/** A value of type int in memory becomes a setting. */
const setting =
  (set: (pair: Pseudoterminal, on: boolean) => void): MasterRequest =>
  (_kernel, task, pair, argument) => {
    const value = task.mm.user.readInt32(argument);
    if (value === null) return -ERRNO.EFAULT;
    set(pair, value !== 0);
    return 0;
  };

const reading =
  (get: (pair: Pseudoterminal) => number): MasterRequest =>
  (_kernel, task, pair, argument) =>
    putUint32(task, argument, get(pair));

function setPacketMode(pair: Pseudoterminal, on: boolean): void {
  if (on && !pair.master.packetMode) pair.slaveLine.status = 0;
  pair.master.packetMode = on;
}

/** The slave by its master, where /dev/pts may not be there to be trusted. */
function openPeer(kernel: Kernel, task: Task, pair: Pseudoterminal, flags: number): number {
  const entry = kernel.vfs.terminals.nameOf(pair.slave);
  if (!entry) return -ERRNO.EIO;
  if (!task.files.hasRoom()) return task.files.fullError;
  const file = entry.inode.open(kernel, task, entry, flags & (O_ACCMODE | O_NONBLOCK | O_NOCTTY));
  return file instanceof FileDescription ? task.files.allocate(file, (flags & O_CLOEXEC) !== 0) : Number(file);
}

function sendSignal(kernel: Kernel, _task: Task, pair: Pseudoterminal, signal: number): number {
  if (!SENDABLE.includes(signal)) return -ERRNO.EINVAL;
  signalForeground(kernel, pair.slave, signal);
  return 0;
}

const REQUESTS: readonly (readonly [request: number, handler: MasterRequest])[] = [
  [TIOCGPTN, reading((pair) => pair.index)],
  [TIOCGPTLCK, reading((pair) => Number(pair.isLocked))],
  [
    TIOCSPTLCK,
    setting((pair, on) => {
      pair.isLocked = on;
    }),
  ],
  [TIOCPKT, setting(setPacketMode)],
  [TIOCGPKT, reading((pair) => Number(pair.master.packetMode))],
  [TIOCGPTPEER, openPeer],
  [TIOCSIG, sendSignal],
];

/** Other terminals do not know these. */
export const MASTER_REQUESTS: readonly (readonly [request: number, handler: TerminalRequest])[] = REQUESTS.map(
  ([request, handler]) =>
    [
      request,
      (kernel: Kernel, task: Task, { terminal }: TerminalFile, argument: number): number => {
        const pair = terminal.kind === 'master' ? pairOf(terminal) : null;
        return pair ? handler(kernel, task, pair, argument) : -ERRNO.ENOTTY;
      },
    ] as const,
);
