// An open file description and the operations every kind of file may implement.
// Subclasses: regular files and directories (fs/), pipes and eventfds (ipc/), sockets (net/), uintr descriptors (uintr/).

import { PAGE_SIZE } from '../../machine/memory/layout.ts';
import { ERRNO } from '../abi/errno.ts';
import { O_NOCTTY } from '../abi/fcntl.ts';
import { S_IFCHR, S_IFDIR, S_IFIFO, S_IFREG, S_IFSOCK } from '../abi/stat.ts';
import type { SyscallResult } from '../syscalls/row.ts';
import type { Interest } from '../ipc/epoll/interest.ts';
import type { Kernel } from '../kernel.ts';
import type { PageSource } from '../mm/page-source.ts';
import type { Task } from '../task/task.ts';
import type { WaitQueue } from '../task/wait-queue.ts';
import type { AsyncNotice, FileOwner } from './async-notice.ts';
import type { Dentry } from './dentry.ts';
import type { Inode } from './inode.ts';
import { touchAccessed } from './timestamps.ts';

/** Poll bits (include/uapi/asm-generic/poll.h). */
export const POLL = {
  IN: 1,
  PRI: 2,
  OUT: 4,
  ERR: 8,
  HUP: 16,
  NVAL: 32,
  RDNORM: 64,
  RDBAND: 128,
  WRNORM: 256,
  WRBAND: 512,
  MSG: 0x400,
  RDHUP: 0x2000,
} as const;

/** Where bytes of a read go or of a write come from: user memory of the task, or a kernel buffer. Short counts mean a fault. */
export interface ByteSink {
  readonly length: number;
  /** Copies `data` behind what was put before; returns bytes accepted (fewer: the rest of the buffer faults). */
  put(data: Uint8Array): number;
}
export interface ByteSource {
  readonly length: number;
  /** The next `count` bytes, or fewer where memory faults. */
  take(count: number): Uint8Array;
}

/** Pages for a mapping, and the index of the first of them. */
export interface Mapping {
  readonly source: PageSource | null;
  readonly firstPage: number;
}

const POSITIONED = new Set<number>([S_IFREG, S_IFDIR, S_IFCHR]);
const SPLICED = new Set<number>([S_IFREG, S_IFCHR, S_IFIFO, S_IFSOCK]);

export abstract class FileDescription {
  /** O_* status flags. */
  flags: number;
  position = 0;
  /** Descriptors, in-flight SCM_RIGHTS and kernel users that hold it. */
  references = 1;
  readonly inode: Inode | null;
  /** The name it was opened by; null for pipes, sockets and other nameless objects. */
  entry: Dentry | null = null;
  /** F_SETOWN: who is told when the file is ready; F_SETSIG: by which signal, 0 for SIGIO. */
  owner: FileOwner | null = null;
  ownerSignal = 0;
  /** Tells the owner, while O_ASYNC is set. */
  notice: AsyncNotice | null = null;
  /** Epolls that watch it. */
  watchers: Interest[] | null = null;
  /** The open that made this description made the file. */
  created = false;

  constructor(flags: number, inode: Inode | null) {
    this.flags = flags & ~O_NOCTTY;
    this.inode = inode;
  }

  /** Opened by open(2) or its like, which sets O_LARGEFILE. */
  get isOpenedByPath(): boolean {
    return this.entry !== null;
  }

  /** "pipe:[3]", "/etc/passwd", "anon_inode:[eventfd]": what /proc/self/fd shows. */
  abstract describe(): string;

  /** Before `count` bytes are moved at `offset` (null: at `position`): null, or the call's result, such as BLOCKED while a device works. */
  before(_kernel: Kernel, _task: Task, _direction: 'read' | 'write', _count: number, _offset: number | null): SyscallResult | null {
    return null;
  }
  /** Results: byte count, -errno, or BLOCKED after kernel.block(). `offset` null = at `position`, advancing it. */
  read(_kernel: Kernel, _task: Task, _to: ByteSink, _offset: number | null): SyscallResult {
    return -ERRNO.EINVAL;
  }
  write(_kernel: Kernel, _task: Task, _from: ByteSource, _offset: number | null): SyscallResult {
    return -ERRNO.EINVAL;
  }
  seek(_kernel: Kernel, _offset: number, _whence: number): number {
    return -ERRNO.ESPIPE;
  }
  ioctl(_kernel: Kernel, _task: Task, _request: number, _argument: number): SyscallResult {
    return -ERRNO.ENOTTY;
  }
  /** True for files of which every offset can be read and written (pread64), not for streams. */
  get takesOffsets(): boolean {
    return POSITIONED.has(this.inode?.type ?? 0);
  }
  /** True for files that splice(2) can take bytes from, or give them to. */
  splices(_direction: 'from' | 'to'): boolean {
    return SPLICED.has(this.inode?.type ?? 0);
  }
  /** Ready POLL bits now. */
  poll(_kernel: Kernel): number {
    return POLL.IN | POLL.OUT | POLL.RDNORM | POLL.WRNORM;
  }
  /** False for files that are always ready: epoll refuses them with EPERM. */
  get canPoll(): boolean {
    return true;
  }
  /** True for files that O_ASYNC has a meaning for. */
  get canSignal(): boolean {
    return false;
  }
  /** Who is told where O_ASYNC is set and F_SETOWN has not named anybody; null: nobody. */
  defaultOwner(_task: Task): FileOwner | null {
    return null;
  }
  /** May it be sent to another process (SCM_RIGHTS)? */
  get canBePassed(): boolean {
    return true;
  }
  /** Queues woken when one of `events` may have become ready; each is woken only for events of its direction. */
  pollQueues(_events: number, _task?: Task): readonly WaitQueue[] {
    return [];
  }
  /** What mmap maps at byte `offset` (page-aligned): a source of pages, null for zeroes of one's own; or a negated errno. */
  mapping(kernel: Kernel, offset: number, _length: number): Mapping | number {
    if (!this.inode?.isRegular) return -ERRNO.ENODEV;
    touchAccessed(kernel, this.inode);
    return { source: this.inode, firstPage: offset / PAGE_SIZE };
  }
  /** Lines of /proc/self/fdinfo/N beyond pos and flags. */
  fdinfo(_kernel: Kernel): string {
    return '';
  }
  /** The running task has closed a descriptor of it; others may be left. */
  descriptorClosed(_kernel: Kernel): void {}
  /** The last reference is gone. */
  release(_kernel: Kernel): void {}
}
