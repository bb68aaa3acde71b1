// A symbolic link whose text is stored.

import { S_IFLNK } from '../abi/stat.ts';
import { ERRNO } from '../abi/errno.ts';
import { Inode } from '../vfs/inode.ts';
import type { FileSystem } from '../vfs/mount.ts';

export class TextSymlink extends Inode {
  private readonly text: string;

  constructor(fileSystem: FileSystem, ino: number, text: string, now: bigint) {
    super(fileSystem, ino, S_IFLNK | 0o777, now);
    this.text = text;
  }

  override get size(): number {
    return this.text.length;
  }

  override open(): number {
    return -ERRNO.ELOOP;
  }

  override readLink(): string {
    return this.text;
  }
}
