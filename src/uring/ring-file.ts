// The descriptor of a ring: what poll, mmap, /proc and close see of it.

import { ERRNO } from '../kernel/abi/errno.ts';
import { O_RDWR } from '../kernel/abi/fcntl.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { WaitQueue } from '../kernel/task/wait-queue.ts';
import { FileDescription, type Mapping, POLL } from '../kernel/vfs/file.ts';
import { HEADS, OFF_CQ_RING, OFF_SQ_RING, OFF_SQES } from './abi/ring-layout.ts';
import type { Ring } from './ring.ts';

export class RingFile extends FileDescription {
  readonly ring: Ring;

  constructor(kernel: Kernel, ring: Ring) {
    super(O_RDWR, kernel.vfs.objects.newObject(kernel.realtime()));
    this.ring = ring;
  }

  override describe(): string {
    return 'anon_inode:[io_uring]';
  }

  override get canBePassed(): boolean {
    return false;
  }

  override poll(): number {
    const { ring } = this;
    let ready = ring.pendingEntries === ring.sqEntries ? 0 : POLL.OUT | POLL.WRNORM;
    if (ring.readyCompletions > 0 || ring.overflow.length > 0) ready |= POLL.IN | POLL.RDNORM;
    return ready;
  }

  override pollQueues(): readonly WaitQueue[] {
    return [this.ring.pollers];
  }

  override mapping(_kernel: Kernel, offset: number, length: number): Mapping | number {
    const { ring } = this;
    const isRing = offset === OFF_SQ_RING || offset === OFF_CQ_RING;
    if (!isRing && offset !== OFF_SQES) return -ERRNO.EINVAL;
    const memory = isRing ? ring.memory : ring.sqes;
    return length > memory.size ? -ERRNO.EINVAL : { source: memory.pages, firstPage: 0 };
  }

  override fdinfo(): string {
    const { memory, sqHead, cqTail, sqEntries, cqEntries, thread, files, buffers } = this.ring;
    const lines = [
      `SqMask:\t0x${(sqEntries - 1).toString(16)}`,
      `SqHead:\t${memory.read32(HEADS.SQ_HEAD)}`,
      `SqTail:\t${memory.read32(HEADS.SQ_TAIL)}`,
      `CachedSqHead:\t${sqHead}`,
      `CqMask:\t0x${(cqEntries - 1).toString(16)}`,
      `CqHead:\t${memory.read32(HEADS.CQ_HEAD)}`,
      `CqTail:\t${memory.read32(HEADS.CQ_TAIL)}`,
      `CachedCqTail:\t${cqTail}`,
      `SqThread:\t${thread?.task.tid ?? -1}`,
      `SqThreadCpu:\t${thread?.task.vcpu ?? -1}`,
      `UserFiles:\t${files?.length ?? 0}`,
      `UserBufs:\t${buffers?.length ?? 0}`,
    ];
    return `${lines.join('\n')}\n`;
  }

  override release(kernel: Kernel): void {
    this.ring.uring.close(kernel, this.ring);
  }
}
