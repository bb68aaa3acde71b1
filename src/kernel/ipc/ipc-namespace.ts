// All System V objects of a machine, and what is counted over all objects of IPC.

import type { KernelHardware } from '../hardware.ts';
import { PAGE_SIZE } from '../../machine/memory/layout.ts';
import { WatchCounts } from './epoll/watch-counts.ts';
import { IpcLimits } from './ipc-limits.ts';
import type { MessageQueue } from './sysv/message-queue.ts';
import { ObjectTable } from './sysv/object-table.ts';
import type { Segment } from './sysv/segment.ts';
import type { SemaphoreSet } from './sysv/semaphore-set.ts';

export class IpcNamespace {
  readonly limits = new IpcLimits();
  readonly segments = new ObjectTable<Segment>();
  readonly queues = new ObjectTable<MessageQueue>();
  readonly sets = new ObjectTable<SemaphoreSet>();
  /** Pages of all segments. */
  segmentPages = 0;
  /** Messages in all queues, and their bytes. */
  queuedMessages = 0;
  queuedBytes = 0;
  /** In all sets. */
  semaphores = 0;
  readonly watches: WatchCounts;

  constructor({ physical }: KernelHardware) {
    this.watches = new WatchCounts(physical.frameCount * PAGE_SIZE);
  }
}
