// The root file system of a machine: a tar archive, unpacked over the initial tree before anything runs (docs/root-file-systems.md).
// It is part of the spec, so it replays; an archive that cannot be unpacked whole makes no machine.

import { ERRNO, errorName } from '../kernel/abi/errno.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Inode } from '../kernel/vfs/inode.ts';
import { putHostNode } from '../kernel/vfs/host-tree.ts';
import { type ArchiveEntry, ArchiveProblem, readable } from './archive/archive-entry.ts';
import { decompress } from './archive/decompress.ts';
import { TarReader } from './archive/tar-reader.ts';
import { MachineError } from './errors.ts';
import type { MachineSpec } from './machine-spec.ts';

/** The machine has its own; what an archive has there is passed over. */
const OWN = /^(dev|proc|sys)(\/|$)/;
/** Headers and padding, beside the contents of files. */
const OVERHEAD = 64 << 20;

/** Throws BAD_ARCHIVE or LIMIT_EXCEEDED; the machine is then of no use. */
export function loadRoot(kernel: Kernel, spec: MachineSpec): void {
  if (!spec.root) return;
  const { artifact, archive } = spec.root;
  try {
    unpack(kernel, spec, new TarReader(decompress(archive, spec.ram_bytes / 2 + OVERHEAD)));
  } catch (error) {
    if (!(error instanceof ArchiveProblem)) throw error;
    const message = `root file system ${artifact}: ${error.message}`;
    if (error.limit !== '') throw new MachineError('LIMIT_EXCEEDED', message, { subject: error.entry || artifact, limit: error.limit });
    throw new MachineError('BAD_ARCHIVE', message, { name: artifact, entry: error.entry });
  }
}

function unpack(kernel: Kernel, spec: MachineSpec, reader: TarReader): void {
  /** Set last: what is put into a directory changes its time. */
  const times = new Map<Inode, bigint>();
  for (let entry = reader.next(); entry; entry = reader.next()) {
    if (OWN.test(entry.path)) continue;
    const put = putHostNode(kernel, entry);
    if (typeof put === 'number') throw refusal(kernel, entry, -put, spec);
    if (put.isDirectory) times.set(put, entry.modified);
  }
  for (const [directory, modified] of times) directory.modified = modified;
}

const AGAIN = 'make the archive again';
const REASONS: Readonly<Record<number, readonly [reason: string, remedy: string]>> = {
  [ERRNO.ENOTDIR]: ['a part of its path is not a directory', AGAIN],
  [ERRNO.EISDIR]: ['the root of the archive is not a directory', AGAIN],
  [ERRNO.ENOTEMPTY]: ['it would replace a directory that is not empty', 'remove one of the two'],
  [ERRNO.ELOOP]: ['a part of its path is a loop of symbolic links', 'leave the loop out'],
  [ERRNO.EXDEV]: ["a symbolic link in its path leads into the machine's own /dev or /proc", 'leave it out'],
};
const LINK_REASONS: typeof REASONS = {
  [ERRNO.ENOENT]: ['is not in the archive before it', 'let the archive have the file itself in front of its links'],
  [ERRNO.EPERM]: ['is a directory', 'make it a symbolic link'],
};

function refusal(kernel: Kernel, { path, kind, target }: ArchiveEntry, errno: number, spec: MachineSpec): ArchiveProblem {
  if (errno === ERRNO.ENOSPC) return noRoom(kernel, path, spec);
  const ofLink = kind === 'hardlink' ? LINK_REASONS[errno] : undefined;
  if (ofLink) return new ArchiveProblem(path, `what it is a hard link to, ${readable(target)}, ${ofLink[0]}`, ofLink[1]);
  const [reason, remedy] = REASONS[errno] ?? [`the machine's file system refuses it (${errorName(errno)})`, AGAIN];
  return new ArchiveProblem(path, reason, remedy);
}

/** What of the file system's is used up: inodes, limits.file_bytes, or half of RAM. */
function noRoom(kernel: Kernel, path: string, spec: MachineSpec): ArchiveProblem {
  const { files, filesFree } = kernel.vfs.root.inode.fileSystem.status(kernel);
  const more = 'give it more RAM (ram_bytes, --ram) or leave out what is not needed';
  if (filesFree === 0)
    return new ArchiveProblem(
      path,
      `there is no room left: by its RAM, a machine has ${files} files and directories at most`,
      more,
      String(files),
    );
  const { file_bytes } = spec.limits;
  if (file_bytes < spec.ram_bytes / 2)
    return new ArchiveProblem(path, `there is no room left: limits.file_bytes is ${file_bytes}`, 'raise it', String(file_bytes));
  const bytes = spec.ram_bytes / 2;
  return new ArchiveProblem(path, `there is no room left: files may take half of RAM, here ${bytes / 2 ** 20} MiB`, more, String(bytes));
}
