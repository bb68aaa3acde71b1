// The end of a ring.

import type { Kernel } from '../kernel/kernel.ts';
import { dropReference } from '../kernel/vfs/fd-table.ts';
import { releaseGroups } from './buffers/provide.ts';
import { release } from './links.ts';
import { dropBuffers, dropFiles } from './register/resources.ts';
import type { Ring } from './ring.ts';
import { endThread } from './thread-end.ts';
import { endWaiting } from './waiting.ts';

/** The last descriptor and the last mapping are gone: nobody will see completions any more. */
export function closeRing(kernel: Kernel, ring: Ring): void {
  if (ring.closed) return;
  ring.closed = true;
  ring.threadInterrupt = null;
  for (const request of ring.requests.list()) {
    endWaiting(kernel, request);
    request.state = 'done';
    release(kernel, request);
  }
  ring.requests.clear();
  for (const pool of ring.uring.pools.values()) pool.leave(kernel, ring);
  endThread(kernel, ring);
  ring.completed.take();
  for (const list of [ring.deferred, ring.deferredWork, ring.timeouts]) list.length = 0;
  ring.overflow.clear();
  ring.waiting.clear();
  dropFiles(kernel, ring, false);
  dropBuffers(kernel, ring, false);
  releaseGroups(ring);
  ring.region?.memory.release();
  for (const file of [ring.eventfd?.file, ring.uintr]) if (file) dropReference(kernel, file);
  ring.eventfd = null;
  ring.uintr = null;
  ring.memory.release();
  ring.sqes.release();
  ring.uring.rings.delete(ring.number);
  kernel.emit('ring_closed', kernel.cpu && kernel.current(kernel.cpu), { ring: ring.number });
}
