// name_to_handle_at and open_by_handle_at: a file of tmpfs by its number, without a path (open_by_handle_at(2)).
// Not modelled: handles of files that are open but have no name any more; they are stale.

import { CAP } from '../abi/capability.ts';
import { ERRNO } from '../abi/errno.ts';
import { AT_EMPTY_PATH, AT_SYMLINK_FOLLOW, O_CLOEXEC } from '../abi/fcntl.ts';
import { Tmpfs } from '../fs/tmpfs.ts';
import { TmpfsDirectory } from '../fs/tmpfs-directory.ts';
import type { Kernel } from '../kernel.ts';
import { isCapable } from '../task/credentials.ts';
import type { Task } from '../task/task.ts';
import type { Dentry } from '../vfs/dentry.ts';
import { FileDescription } from '../vfs/file.ts';
import { openEntry } from '../vfs/open.ts';
import { putBytes } from '../vfs/user-memory.ts';
import { entryAt, entryOfDescriptor } from './file-arguments.ts';
import type { SyscallArguments, SyscallResult, SyscallRow } from './row.ts';

/** handle_bytes and handle_type of struct file_handle. */
const HEADER_BYTES = 8;
const MAX_HANDLE_SZ = 128;
/** Generation, low and high half of the inode number. */
const HANDLE_BYTES = 12;
const HANDLE_TYPE = 1;
const AT_HANDLE_MNT_ID_UNIQUE = 1;
/** Of a file whose parent can be found from it, as tmpfs does not tell. */
const AT_HANDLE_CONNECTABLE = 2;
const AT_HANDLE_FID = 0x200;

function nameToHandle(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const flags = args.u32(4);
  if (flags & ~(AT_SYMLINK_FOLLOW | AT_EMPTY_PATH | AT_HANDLE_FID | AT_HANDLE_MNT_ID_UNIQUE | AT_HANDLE_CONNECTABLE)) return -ERRNO.EINVAL;
  const entry = entryAt(kernel, task, args.i32(0), args.number(1), { follow: (flags & AT_SYMLINK_FOLLOW) !== 0, flags });
  if (typeof entry === 'number') return entry;
  const { inode } = entry;
  if (!(inode.fileSystem instanceof Tmpfs) || flags & AT_HANDLE_CONNECTABLE) return -ERRNO.EOPNOTSUPP;
  const room = task.mm.user.read32(args.number(2));
  if (room === null) return -ERRNO.EFAULT;
  if (room > MAX_HANDLE_SZ) return -ERRNO.EINVAL;
  const fits = room >= HANDLE_BYTES;
  const handle = new Uint8Array(HEADER_BYTES + (fits ? HANDLE_BYTES : 0));
  const view = new DataView(handle.buffer);
  view.setUint32(0, HANDLE_BYTES, true);
  view.setInt32(4, fits ? HANDLE_TYPE : 0xff, true);
  if (fits) view.setBigUint64(12, BigInt(inode.ino), true);
  const id = kernel.vfs.mounts.idOf(inode.fileSystem);
  const numbers = flags & AT_HANDLE_MNT_ID_UNIQUE ? BigInt64Array.of(BigInt(id)) : Int32Array.of(id);
  if (putBytes(task, args.number(3), new Uint8Array(numbers.buffer)) < 0) return -ERRNO.EFAULT;
  if (putBytes(task, args.number(2), handle) < 0) return -ERRNO.EFAULT;
  return fits ? 0 : -ERRNO.EOVERFLOW;
}

/** The entry with inode number `ino` at or below `root`. */
function findByNumber(root: Dentry, ino: number): Dentry | null {
  const waiting = [root];
  for (let at = waiting.pop(); at; at = waiting.pop()) {
    if (at.inode.ino === ino) return at;
    if (at.inode instanceof TmpfsDirectory) waiting.push(...at.inode.entries());
  }
  return null;
}

function openByHandle(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const flags = args.u32(2);
  const header = task.mm.user.copyIn(args.number(1), HEADER_BYTES);
  if (!header) return -ERRNO.EFAULT;
  const length = new DataView(header.buffer).getUint32(0, true);
  if (length === 0 || length > MAX_HANDLE_SZ) return -ERRNO.EINVAL;
  const place = entryOfDescriptor(task, args.i32(0));
  if (typeof place === 'number') return place;
  if (!isCapable(task.credentials, CAP.DAC_READ_SEARCH)) return -ERRNO.EPERM;
  const handle = task.mm.user.copyIn(args.number(1) + HEADER_BYTES, length);
  if (!handle) return -ERRNO.EFAULT;
  const { fileSystem } = place.inode;
  if (!(fileSystem instanceof Tmpfs) || length < HANDLE_BYTES) return -ERRNO.ESTALE;
  const entry = findByNumber(fileSystem.root, Number(new DataView(handle.buffer).getBigUint64(4, true)));
  if (!entry) return -ERRNO.ESTALE;
  if (!task.files.hasRoom()) return task.files.fullError;
  const file = openEntry(kernel, task, entry, flags);
  return file instanceof FileDescription ? task.files.allocate(file, (flags & O_CLOEXEC) !== 0) : file;
}

export const fileHandleRows: readonly SyscallRow[] = [
  { number: 303, name: 'name_to_handle_at', arguments: ['fd', 'path', 'pointer', 'pointer', 'flags'], handler: nameToHandle },
  { number: 304, name: 'open_by_handle_at', arguments: ['fd', 'pointer', 'flags'], handler: openByHandle },
];
