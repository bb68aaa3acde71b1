// A symbolic link of tmpfs: a long text takes a page of the file system.

import { PAGE_SIZE } from '../../machine/memory/layout.ts';
import { TextSymlink } from './text-symlink.ts';
import type { Tmpfs } from './tmpfs.ts';

/** Bytes, with the terminator Linux keeps, from which a text is kept in a page of its own. */
export const SHORT_SYMLINK = 128;

export class TmpfsSymlink extends TextSymlink {
  override get blocks(): number {
    return this.size >= SHORT_SYMLINK ? PAGE_SIZE / 512 : 0;
  }

  protected override free(): void {
    if (this.size >= SHORT_SYMLINK) (this.fileSystem as Tmpfs).givePage();
  }
}
