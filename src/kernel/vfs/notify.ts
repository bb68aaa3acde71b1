// Telling inotify watches what happens to files. An event of a file goes to watches of its directory, with the name, and to its own.

import {
  IN_ACCESS,
  IN_ATTRIB,
  IN_CLOSE_NOWRITE,
  IN_CLOSE_WRITE,
  IN_CREATE,
  IN_ISDIR,
  IN_MODIFY,
  IN_MOVE_SELF,
  IN_MOVED_FROM,
  IN_MOVED_TO,
} from '../abi/inotify.ts';
import { O_ACCMODE, O_PATH, O_RDONLY } from '../abi/fcntl.ts';
import type { InotifyFile } from '../ipc/inotify-file.ts';
import type { Dentry } from './dentry.ts';
import type { FileDescription } from './file.ts';
import type { Inode } from './inode.ts';

export interface Watch {
  readonly file: InotifyFile;
  readonly number: number;
  readonly inode: Inode;
  /** IN_* that are wanted, with IN_ONESHOT and IN_EXCL_UNLINK. */
  mask: number;
}

/** What an event says beside its kind. */
interface Detail {
  readonly name?: string;
  readonly cookie?: number;
  /** The name has been taken away from the file since it was opened. */
  readonly unlinked?: boolean;
}

export function notifyInode(inode: Inode, mask: number, { name = '', cookie = 0, unlinked = false }: Detail = {}): void {
  if (!inode.watches) return;
  for (const watch of [...inode.watches]) watch.file.take(watch, mask, name, cookie, unlinked);
}

const directoryBit = (inode: Inode): number => (inode.isDirectory ? IN_ISDIR : 0);

/** Something happened to the file that has this name. */
export function notifyEntry(entry: Dentry, mask: number): void {
  const { inode, parent } = entry;
  if (!inode.watches && !parent?.inode.watches) return;
  const bits = mask | directoryBit(inode);
  if (parent) notifyInode(parent.inode, bits, { name: entry.name, unlinked: entry.unlinked });
  notifyInode(inode, bits);
}

/** Something happened through an open description. */
export function notifyFile(file: FileDescription, mask: number): void {
  if (file.entry && !(file.flags & O_PATH)) notifyEntry(file.entry, mask);
}

export function notifyTransfer(file: FileDescription, direction: 'read' | 'write', count: number): void {
  if (count > 0 && file.entry) notifyFile(file, direction === 'read' ? IN_ACCESS : IN_MODIFY);
}

export function notifyClose(file: FileDescription): void {
  notifyFile(file, (file.flags & O_ACCMODE) === O_RDONLY ? IN_CLOSE_NOWRITE : IN_CLOSE_WRITE);
}

/** IN_CREATE or IN_DELETE in a directory. */
export function notifyDirectory(directory: Inode, mask: number, name: string, subject: Inode): void {
  notifyInode(directory, mask | directoryBit(subject), { name });
}

/** A second name of a file: its link count is an attribute. */
export function notifyLink(directory: Inode, name: string, subject: Inode): void {
  notifyInode(subject, IN_ATTRIB | directoryBit(subject));
  notifyDirectory(directory, IN_CREATE, name, subject);
}

/** A name moved; `victim` is what it replaced. The two events of a move have the same cookie. */
export function notifyMove(
  from: { readonly directory: Inode; readonly name: string },
  to: { readonly directory: Inode; readonly name: string },
  subject: Inode,
  victim: Inode | null,
  cookie: number,
): void {
  const bits = directoryBit(subject);
  notifyInode(from.directory, IN_MOVED_FROM | bits, { name: from.name, cookie });
  notifyInode(to.directory, IN_MOVED_TO | bits, { name: to.name, cookie });
  if (victim) notifyInode(victim, IN_ATTRIB | directoryBit(victim));
  notifyInode(subject, IN_MOVE_SELF);
}
