// Files as requests name them: descriptors of the task, or slots of the ring's own table.

import { ERRNO } from '../kernel/abi/errno.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { fileOf } from '../kernel/syscalls/file-arguments.ts';
import { dropReference } from '../kernel/vfs/fd-table.ts';
import type { FileDescription } from '../kernel/vfs/file.ts';
import { SQE_FLAG } from './abi/sqe.ts';
import type { Request } from './request.ts';
import type { Ring } from './ring.ts';
import { letGo, Slot } from './slot.ts';
import type { IssueResult } from './waiting.ts';

/** In file_index: the ring chooses a free slot. Otherwise file_index is the slot plus one, 0 is none. */
export const ANY_SLOT = 0xffff_ffff;

/** What the request's fd means; null is EBADF. */
export function resolveFile(request: Request): FileDescription | null {
  if (request.flags & SQE_FLAG.FIXED_FILE) return fixedFile(request.ring, request.fd);
  return fileOf(request.task, request.fd);
}

export function fixedFile(ring: Ring, index: number): FileDescription | null {
  return ring.files?.[index]?.resource ?? null;
}

/** Empties slot `index`; false if it was empty. */
export function clearFile(kernel: Kernel, ring: Ring, index: number): boolean {
  const slot = ring.files?.[index];
  if (!slot) return false;
  ring.files![index] = null;
  letGo(kernel, ring, slot);
  return true;
}

/** Puts a file, one reference of which is taken over, into the slot that a request's file_index names. The slot (ANY_SLOT) or 0; or an error, and then the reference is gone. */
export function installFixed(kernel: Kernel, ring: Ring, file: FileDescription, fileIndex: number): number {
  const at = slotFor(ring, fileIndex);
  if (at < 0) {
    dropReference(kernel, file);
    return at;
  }
  clearFile(kernel, ring, at);
  ring.files![at] = new Slot(file, 0n);
  return fileIndex === ANY_SLOT ? at : 0;
}

/** A descriptor that a call has just made goes to the slot that the entry asks for instead. */
export function moveToSlot(kernel: Kernel, request: Request, result: IssueResult, fileIndex: number): IssueResult {
  if (fileIndex === 0 || typeof result !== 'number' || result < 0) return result;
  const file = request.task.files.get(result)!;
  file.references++;
  request.task.files.close(kernel, result);
  return installFixed(kernel, request.ring, file, fileIndex);
}

function slotFor(ring: Ring, fileIndex: number): number {
  if (!ring.files) return fileIndex === ANY_SLOT ? -ERRNO.ENFILE : -ERRNO.ENXIO;
  if (fileIndex !== ANY_SLOT) return fileIndex - 1 < ring.files.length ? fileIndex - 1 : -ERRNO.EINVAL;
  const { start, end, next } = ring.allocation;
  for (let step = 0; step < end - start; step++) {
    const at = start + ((next - start + step) % (end - start));
    if (ring.files[at]) continue;
    ring.allocation.next = at + 1 < end ? at + 1 : start;
    return at;
  }
  return -ERRNO.ENFILE;
}
