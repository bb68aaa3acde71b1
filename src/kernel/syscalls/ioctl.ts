// ioctl(2): the requests every file understands, then those of its file system, then the file's own.

import { ERRNO } from '../abi/errno.ts';
import { O_ASYNC, O_NONBLOCK } from '../abi/fcntl.ts';
import { FIBMAP, FIGETBSZ, FIOASYNC, FIOCLEX, FIONBIO, FIONCLEX, FIOQSIZE, FS_IOC_GETFLAGS } from '../abi/ioctl.ts';
import { Tmpfs } from '../fs/tmpfs.ts';
import type { Kernel } from '../kernel.ts';
import type { Task } from '../task/task.ts';
import { setAsync } from '../vfs/async-notice.ts';
import type { FileDescription } from '../vfs/file.ts';
import { identityOf } from '../vfs/permission.ts';
import { putUint32 } from '../vfs/user-memory.ts';
import { fileOf } from './file-arguments.ts';
import type { SyscallArguments, SyscallResult, SyscallRow } from './row.ts';

const BLOCK_SIZE = 4096;

type Request = (kernel: Kernel, task: Task, file: FileDescription, fd: number, argument: number) => SyscallResult;

const closeOnExec =
  (on: boolean): Request =>
  (_kernel, task, _file, fd) => {
    task.files.entry(fd)!.closeOnExec = on;
    return 0;
  };

const statusFlag =
  (bit: number): Request =>
  (_kernel, task, file, _fd, argument) => {
    const on = task.mm.user.readInt32(argument);
    if (on === null) return -ERRNO.EFAULT;
    file.flags = on ? file.flags | bit : file.flags & ~bit;
    return 0;
  };

const asynchronous: Request = (_kernel, task, file, fd, argument) => {
  const on = task.mm.user.readInt32(argument);
  if (on === null) return -ERRNO.EFAULT;
  if (!file.canSignal) return on ? -ERRNO.ENOTTY : 0;
  file.flags = on ? file.flags | O_ASYNC : file.flags & ~O_ASYNC;
  setAsync(file, fd, task, on !== 0);
  return 0;
};

/** do_vfs_ioctl: null leaves a request to the file. */
const REQUESTS = new Map<number, (...given: Parameters<Request>) => SyscallResult | null>([
  [FIOCLEX, closeOnExec(true)],
  [FIONCLEX, closeOnExec(false)],
  [FIONBIO, statusFlag(O_NONBLOCK)],
  [FIOASYNC, asynchronous],
  [
    FIOQSIZE,
    (_kernel, task, { inode }, _fd, argument) => {
      if (!inode?.isRegular && !inode?.isDirectory) return -ERRNO.ENOTTY;
      return task.mm.user.write64(argument, inode.size) ? 0 : -ERRNO.EFAULT;
    },
  ],
  [FIGETBSZ, (_kernel, task, _file, _fd, argument) => putUint32(task, argument, BLOCK_SIZE)],
  [
    FIBMAP,
    (_kernel, task, { inode }) => {
      if (!inode?.isRegular) return null;
      return identityOf(task).uid === 0 ? -ERRNO.EINVAL : -ERRNO.EPERM;
    },
  ],
  [
    FS_IOC_GETFLAGS,
    (_kernel, task, { inode }, _fd, argument) => {
      if (!(inode?.fileSystem instanceof Tmpfs) || (!inode.isRegular && !inode.isDirectory)) return null;
      return putUint32(task, argument, 0);
    },
  ],
]);

function ioctl(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const [fd, request, argument] = [args.i32(0), args.u32(1), args.number(2)];
  const file = fileOf(task, fd);
  if (!file) return -ERRNO.EBADF;
  return REQUESTS.get(request)?.(kernel, task, file, fd, argument) ?? file.ioctl(kernel, task, request, argument);
}

export const ioctlRows: readonly SyscallRow[] = [
  {
    number: 16,
    name: 'ioctl',
    arguments: ['fd', 'u32', 'pointer'],
    handler: ioctl,
    deviation: 'requests that no kind of file here has a model of answer ENOTTY',
  },
];
