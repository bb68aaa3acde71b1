// Puts files into a tmpfs while no kernel runs yet: the initial tree.

import { S_IFCHR, S_IFDIR, S_IFLNK, S_IFREG } from '../abi/stat.ts';
import { BufferSource, bytesOf } from '../vfs/byte-streams.ts';
import { Dentry } from '../vfs/dentry.ts';
import type { Tmpfs } from './tmpfs.ts';
import type { TmpfsDirectory } from './tmpfs-directory.ts';
import { TmpfsFile } from './tmpfs-file.ts';

export class TreeBuilder {
  private readonly fileSystem: Tmpfs;
  private readonly now: bigint;

  constructor(fileSystem: Tmpfs, now: bigint) {
    this.fileSystem = fileSystem;
    this.now = now;
  }

  /** The entry at an absolute path whose directories exist. */
  find(path: string): Dentry {
    let at = this.fileSystem.root;
    for (const name of path.split('/').filter((part) => part !== '')) {
      const next = (at.inode as TmpfsDirectory).find(name);
      if (!next) throw new Error(`initial tree: no ${path}`);
      at = next;
    }
    return at;
  }

  directory(path: string, mode: number): Dentry {
    return this.add(path, S_IFDIR | mode, '', 0);
  }

  file(path: string, text: string, mode = 0o644): Dentry {
    const entry = this.add(path, S_IFREG | mode, '', 0);
    if (entry.inode instanceof TmpfsFile) entry.inode.contents.write(new BufferSource(bytesOf(text)), 0);
    return entry;
  }

  symlink(path: string, target: string): Dentry {
    return this.add(path, S_IFLNK | 0o777, target, 0);
  }

  device(path: string, rdev: number, mode: number): Dentry {
    return this.add(path, S_IFCHR | mode, '', rdev);
  }

  private add(path: string, mode: number, target: string, rdev: number): Dentry {
    const slash = path.lastIndexOf('/');
    const parent = this.find(path.slice(0, slash));
    const inode = this.fileSystem.create({ mode, uid: 0, gid: 0, rdev, target }, this.now);
    if (typeof inode === 'number') throw new Error(`initial tree: no room for ${path}`);
    const entry = new Dentry(path.slice(slash + 1), parent, inode);
    (parent.inode as TmpfsDirectory).insert(entry);
    return entry;
  }
}
