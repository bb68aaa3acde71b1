// Files of the machine's tree for the API: whole files in, pieces out, Linux's errors as FILE_ERROR.

import { ERRNO, errorName } from '../kernel/abi/errno.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { putHostFile, putHostSymlink, readHostFile, statHostFile } from '../kernel/vfs/host-files.ts';
import { MachineError } from './errors.ts';
import type { CommandReply, GuestFile } from './protocol.ts';

const SENTENCES: Readonly<Record<number, string>> = {
  [ERRNO.ENOENT]: 'there is no such file',
  [ERRNO.EEXIST]: 'something else has that name',
  [ERRNO.EISDIR]: 'it is a directory',
  [ERRNO.ENOTDIR]: 'a part of the path is not a directory',
  [ERRNO.ENOSPC]: "the machine's RAM, which holds its files, or its limits.file_bytes does not suffice",
  [ERRNO.EROFS]: 'its file system is mounted read-only',
  [ERRNO.ELOOP]: 'too many symbolic links',
  [ERRNO.EINVAL]: 'it is not a regular file of the machine',
  [ERRNO.ENAMETOOLONG]: 'the name is too long',
};

export function fileError(path: string, errno: number): MachineError {
  return new MachineError('FILE_ERROR', `${path}: ${SENTENCES[errno] ?? 'the machine refuses'} (${errorName(errno)})`, {
    path,
    errno: errorName(errno),
  });
}

export function readGuestFile(kernel: Kernel, path: string, offset: number, length: number): CommandReply<'read_file'> {
  const status = statHostFile(kernel, path);
  if (typeof status === 'number') throw fileError(path, -status);
  const bytes = readHostFile(kernel, path, offset, length);
  if (typeof bytes === 'number') throw fileError(path, -bytes);
  return { bytes: bytes.slice(), size: status.size, mode: status.mode };
}

export function writeGuestFile(kernel: Kernel, file: GuestFile): CommandReply<'write_file'> {
  const result =
    file.symlink === undefined
      ? putHostFile(kernel, file.path, file.bytes, file.mode)
      : putHostSymlink(kernel, file.path, file.symlink, { replacesLink: true });
  if (result < 0) throw fileError(file.path, -result);
  return { size: file.bytes.length };
}
