// A registered file or buffer. Its slot in the ring's table holds it, and so does every request that has begun to use it; the last to let go
// posts its tag (io_uring_register(2), IORING_REGISTER_FILES2).

import type { Kernel } from '../kernel/kernel.ts';
import { dropReference } from '../kernel/vfs/fd-table.ts';
import type { FileDescription } from '../kernel/vfs/file.ts';
import { postCompletion } from './completions.ts';
import { FixedBuffer } from './fixed-buffer.ts';
import type { Ring } from './ring.ts';

export class Slot<T extends FileDescription | FixedBuffer> {
  readonly resource: T;
  /** 0: nothing is posted. */
  tag: bigint;
  holders = 1;

  constructor(resource: T, tag: bigint) {
    this.resource = resource;
    this.tag = tag;
  }
}

export function letGo(kernel: Kernel, ring: Ring, slot: Slot<FileDescription> | Slot<FixedBuffer>): void {
  slot.holders--;
  if (slot.holders > 0) return;
  if (slot.resource instanceof FixedBuffer) slot.resource.release();
  else dropReference(kernel, slot.resource);
  if (slot.tag !== 0n && !ring.closed) postCompletion(kernel, ring, 0, { userData: slot.tag, result: 0, cqeFlags: 0, cqeExtra: null });
}
