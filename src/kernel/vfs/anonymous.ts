// Inodes without a place in any tree: pipes, sockets, eventfds and their like.

import { S_IFSOCK } from '../abi/stat.ts';
import type { Kernel } from '../kernel.ts';
import { Dentry } from './dentry.ts';
import { Inode } from './inode.ts';
import { identityOf } from './permission.ts';
import { FileSystem, type FileSystemStatus } from './mount.ts';

export class AnonymousInode extends Inode {}

/** A pipe or socket belongs to who makes it. */
export function ownedByCaller<T extends Inode>(kernel: Kernel, inode: T): T {
  const { uid, gid } = identityOf(kernel.cpu && kernel.current(kernel.cpu));
  inode.uid = uid;
  inode.gid = gid;
  return inode;
}

/** pipefs, sockfs or anon_inodefs: never mounted, but st_dev and fstatfs tell them apart. */
export class AnonymousFileSystem extends FileSystem {
  readonly root: Dentry;
  private readonly magic: number;

  constructor(type: string, device: number, magic: number) {
    super(type, device);
    this.magic = magic;
    this.root = new Dentry('', null, new AnonymousInode(this, this.allocateInode(), 0o40555, 0n));
  }

  newSocket(kernel: Kernel): AnonymousInode {
    return ownedByCaller(kernel, new AnonymousInode(this, this.allocateInode(), S_IFSOCK | 0o777, kernel.realtime()));
  }

  /** Of no type, as anon_inode files are. */
  newObject(now: bigint): AnonymousInode {
    return new AnonymousInode(this, this.allocateInode(), 0o600, now);
  }

  override status(_kernel: Kernel): FileSystemStatus {
    return { magic: this.magic, blockSize: 4096, blocks: 0, free: 0, files: 0, filesFree: 0 };
  }
}
