// ioctls of sockets that name who gets SIGIO and SIGURG (socket(7)): an older spelling of fcntl's F_SETOWN and F_GETOWN.

import { ERRNO } from '../abi/errno.ts';
import { FIOGETOWN, FIOSETOWN, SIOCGPGRP, SIOCSPGRP } from '../abi/socket.ts';
import type { Kernel } from '../kernel.ts';
import { ownerNumber, setOwnerNumber } from '../syscalls/file-owners.ts';
import type { Task } from '../task/task.ts';
import type { FileDescription } from '../vfs/file.ts';
import { putUint32 } from '../vfs/user-memory.ts';

/** The call's result; null for another request. */
export function ownerRequest(kernel: Kernel, task: Task, file: FileDescription, request: number, argument: number): number | null {
  if (request === SIOCGPGRP || request === FIOGETOWN) return putUint32(task, argument, ownerNumber(kernel, file));
  if (request !== SIOCSPGRP && request !== FIOSETOWN) return null;
  const owner = task.mm.user.readInt32(argument);
  return owner === null ? -ERRNO.EFAULT : setOwnerNumber(kernel, task, file, owner);
}
