// fcntl's commands about who is told when a file becomes ready: F_SETOWN, F_SETOWN_EX, F_SETSIG and their questions.

import { ERRNO } from '../abi/errno.ts';
import { F_GETOWN, F_GETOWN_EX, F_GETSIG, F_SETOWN, F_SETOWN_EX, F_SETSIG } from '../abi/fcntl.ts';
import type { Kernel } from '../kernel.ts';
import type { Task } from '../task/task.ts';
import { type FileOwner, OWNER_GROUP, OWNER_PROCESS, OWNER_THREAD } from '../vfs/async-notice.ts';
import type { FileDescription } from '../vfs/file.ts';
import { putBytes } from '../vfs/user-memory.ts';
import type { SyscallArguments, SyscallResult } from './row.ts';

export type FcntlCommand = (kernel: Kernel, task: Task, file: FileDescription, fd: number, args: SyscallArguments) => SyscallResult;

const HIGHEST_SIGNAL = 64;

function exists(kernel: Kernel, type: FileOwner['type'], id: number): boolean {
  if (type === OWNER_GROUP) return kernel.pids.hasGroup(id);
  return type === OWNER_THREAD ? kernel.pids.tasks.has(id) : kernel.pids.processes.has(id);
}

/** 0 as `id` means nobody. -ESRCH. */
function setOwner(kernel: Kernel, task: Task, file: FileDescription, type: FileOwner['type'], id: number): number {
  if (id !== 0 && !exists(kernel, type, id)) return -ERRNO.ESRCH;
  const { uid, euid } = task.credentials;
  file.owner = id === 0 ? null : { type, id, uid, euid };
  return 0;
}

/** The owner if it still lives; else nobody. */
function ownerOf(kernel: Kernel, file: FileDescription): { readonly type: number; readonly id: number } {
  const { owner } = file;
  if (!owner) return { type: OWNER_PROCESS, id: 0 };
  return exists(kernel, owner.type, owner.id) ? owner : { type: owner.type, id: 0 };
}

/** A process, or a negative process group; 0 for nobody. */
export function ownerNumber(kernel: Kernel, file: FileDescription): number {
  const { type, id } = ownerOf(kernel, file);
  return type === OWNER_GROUP ? -id : id;
}

export function setOwnerNumber(kernel: Kernel, task: Task, file: FileDescription, given: number): number {
  if (given === -0x8000_0000) return -ERRNO.EINVAL;
  return setOwner(kernel, task, file, given < 0 ? OWNER_GROUP : OWNER_PROCESS, Math.abs(given));
}

const isOwnerType = (type: number): type is FileOwner['type'] => type >= OWNER_THREAD && type <= OWNER_GROUP;

export const OWNER_COMMANDS: readonly (readonly [command: number, run: FcntlCommand])[] = [
  [F_GETOWN, (kernel, _task, file) => ownerNumber(kernel, file)],
  [F_SETOWN, (kernel, task, file, _fd, args) => setOwnerNumber(kernel, task, file, args.i32(2))],
  [
    F_GETOWN_EX,
    (kernel, task, file, _fd, args) => {
      const { type, id } = ownerOf(kernel, file);
      return putBytes(task, args.number(2), new Uint8Array(Int32Array.of(type, id).buffer));
    },
  ],
  [
    F_SETOWN_EX,
    (kernel, task, file, _fd, args) => {
      const raw = task.mm.user.copyIn(args.number(2), 8);
      if (!raw) return -ERRNO.EFAULT;
      const view = new DataView(raw.buffer);
      const type = view.getInt32(0, true);
      const id = view.getInt32(4, true);
      if (!isOwnerType(type)) return -ERRNO.EINVAL;
      return id < 0 ? -ERRNO.ESRCH : setOwner(kernel, task, file, type, id);
    },
  ],
  [F_GETSIG, (_kernel, _task, file) => file.ownerSignal],
  [
    F_SETSIG,
    (_kernel, _task, file, _fd, args) => {
      if (args.u32(2) > HIGHEST_SIGNAL) return -ERRNO.EINVAL;
      file.ownerSignal = args.u32(2);
      return 0;
    },
  ],
];
