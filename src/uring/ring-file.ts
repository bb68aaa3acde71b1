// The descriptor of a ring: what poll, mmap, /proc and close see of it.

import { ERRNO } from '../kernel/abi/errno.ts';
import { O_RDWR } from '../kernel/abi/fcntl.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { WaitQueue } from '../kernel/task/wait-queue.ts';
import { FileDescription, type Mapping, POLL } from '../kernel/vfs/file.ts';
import { HEADS, OFF_CQ_RING, OFF_PBUF_RING, OFF_REGION, OFF_SQ_RING, OFF_SQES } from './abi/ring-layout.ts';
import { MappedRing } from './mapped-ring.ts';
import type { RingMemory } from './ring-memory.ts';
import type { Ring } from './ring.ts';

/** Offsets of mmap: the upper bits say what is meant. */
const OFF_KIND = 0xf800_0000;
const PBUF_SHIFT = 16;

function memoryAt(ring: Ring, offset: number): RingMemory | null {
  switch ((offset & OFF_KIND) >>> 0) {
    case OFF_SQ_RING:
    case OFF_CQ_RING:
      return ring.memory;
    case OFF_SQES:
      return ring.sqes;
    case OFF_REGION:
      return ring.region?.memory ?? null;
    case OFF_PBUF_RING: {
      const group = ring.bufferGroups.get((offset & ~OFF_KIND) >>> PBUF_SHIFT);
      return group?.kind === 'ring' ? group.memory : null;
    }
    default:
      return null;
  }
}

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
    let ready = ring.isFull ? 0 : POLL.OUT | POLL.WRNORM;
    if (ring.readyCompletions > 0 || ring.overflow.length > 0) ready |= POLL.IN | POLL.RDNORM;
    return ready;
  }

  override pollQueues(): readonly WaitQueue[] {
    return [this.ring.pollers];
  }

  override mapping(kernel: Kernel, offset: number): Mapping | number {
    const { ring } = this;
    const memory = memoryAt(ring, offset);
    if (!memory?.pages) return -ERRNO.ENOMEM;
    return { source: new MappedRing(kernel, this, memory.pages), firstPage: 0 };
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
