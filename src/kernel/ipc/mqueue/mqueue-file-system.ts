// The file system of POSIX message queues: one directory, a queue for every name (mq_overview(7)). Mounted at /dev/mqueue.

import type { Kernel } from '../../kernel.ts';
import { Dentry } from '../../vfs/dentry.ts';
import { FileSystem, type FileSystemStatus } from '../../vfs/mount.ts';
import { MqueueDirectory } from './mqueue-directory.ts';

const MQUEUE_MAGIC = 0x1980_0202;

export class MqueueFileSystem extends FileSystem {
  readonly root: Dentry;
  readonly directory: MqueueDirectory;
  /** Queues that exist, those without a name included. */
  queues = 0;
  /** Bytes that the queues of each user may come to hold (RLIMIT_MSGQUEUE). */
  private readonly bytes = new Map<number, number>();

  constructor(device: number, now: bigint) {
    super('mqueue', device);
    this.directory = new MqueueDirectory(this, this.allocateInode(), now);
    this.root = new Dentry('', null, this.directory);
  }

  /** False if `uid` would exceed `limit`. */
  charge(uid: number, bytes: number, limit: number): boolean {
    const sum = (this.bytes.get(uid) ?? 0) + bytes;
    if (sum > limit) return false;
    this.bytes.set(uid, sum);
    return true;
  }

  refund(uid: number, bytes: number): void {
    const rest = (this.bytes.get(uid) ?? 0) - bytes;
    if (rest > 0) this.bytes.set(uid, rest);
    else this.bytes.delete(uid);
  }

  override status(_kernel: Kernel): FileSystemStatus {
    return { magic: MQUEUE_MAGIC, blockSize: 4096, blocks: 0, free: 0, files: 0, filesFree: 0 };
  }
}
