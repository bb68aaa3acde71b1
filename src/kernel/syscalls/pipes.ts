// pipe, pipe2, memfd_create.

import { ERRNO } from '../abi/errno.ts';
import { F_SEAL_EXEC, F_SEAL_SEAL, O_CLOEXEC, O_DIRECT, O_EXCL, O_NONBLOCK, O_RDWR } from '../abi/fcntl.ts';
import { S_IFREG } from '../abi/stat.ts';
import { RegularFile } from '../fs/regular-file.ts';
import { TmpfsFile } from '../fs/tmpfs-file.ts';
import { createPipe } from '../ipc/create-pipe.ts';
import type { Kernel } from '../kernel.ts';
import type { Task } from '../task/task.ts';
import { byteString } from '../vfs/byte-streams.ts';
import { Dentry } from '../vfs/dentry.ts';
import { putPair } from '../vfs/install-pair.ts';
import { identityOf } from '../vfs/permission.ts';
import type { SyscallArguments, SyscallResult, SyscallRow } from './row.ts';

const MFD_CLOEXEC = 1;
const MFD_ALLOW_SEALING = 2;
const MFD_HUGETLB = 4;
const MFD_NOEXEC_SEAL = 8;
const MFD_EXEC = 16;
/** NAME_MAX less "memfd:". */
const MEMFD_NAME_MAX = 249;

function makePipe(kernel: Kernel, task: Task, address: number, flags: number): number {
  // O_EXCL asks for a notification pipe: a watch queue.
  if (flags & O_EXCL) return flags & ~(O_CLOEXEC | O_NONBLOCK | O_DIRECT | O_EXCL) ? -ERRNO.EINVAL : -ERRNO.ENOPKG;
  if (flags & ~(O_CLOEXEC | O_NONBLOCK | O_DIRECT)) return -ERRNO.EINVAL;
  const { reader, writer } = createPipe(kernel, flags & (O_NONBLOCK | O_DIRECT));
  return putPair(kernel, task, address, reader, writer, (flags & O_CLOEXEC) !== 0);
}

function memfdCreate(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const flags = args.u32(1);
  if (flags & ~(MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_HUGETLB | MFD_NOEXEC_SEAL | MFD_EXEC)) return -ERRNO.EINVAL;
  if (flags & MFD_HUGETLB) return -ERRNO.EINVAL;
  if (flags & MFD_EXEC && flags & MFD_NOEXEC_SEAL) return -ERRNO.EINVAL;
  const name = task.mm.user.copyInString(args.number(0), MEMFD_NAME_MAX + 1);
  if (name === null) return -ERRNO.EFAULT;
  if (name === 'too long') return -ERRNO.EINVAL;
  if (!task.files.hasRoom()) return task.files.fullError;
  const { memory } = kernel.vfs;
  const { uid, gid } = identityOf(task);
  const mode = S_IFREG | (flags & MFD_NOEXEC_SEAL ? 0o666 : 0o777);
  const inode = memory.create({ mode, uid, gid, rdev: 0, target: '' }, kernel.realtime());
  if (typeof inode === 'number') return inode;
  if (!(inode instanceof TmpfsFile)) return -ERRNO.EINVAL;
  inode.nlink = 0;
  if (flags & MFD_NOEXEC_SEAL) inode.seals = F_SEAL_EXEC;
  else inode.seals = flags & MFD_ALLOW_SEALING ? 0 : F_SEAL_SEAL;
  const entry = new Dentry(`memfd:${byteString(name)}`, memory.root, inode);
  entry.unlinked = true;
  return task.files.allocate(new RegularFile(O_RDWR, inode, entry), (flags & MFD_CLOEXEC) !== 0);
}

export const pipeRows: readonly SyscallRow[] = [
  { number: 22, name: 'pipe', arguments: ['pointer'], handler: (k, t, a) => makePipe(k, t, a.number(0), 0) },
  { number: 293, name: 'pipe2', arguments: ['pointer', 'flags'], handler: (k, t, a) => makePipe(k, t, a.number(0), a.u32(1)) },
  { number: 319, name: 'memfd_create', arguments: ['path', 'flags'], handler: memfdCreate, deviation: 'there are no huge pages' },
];
