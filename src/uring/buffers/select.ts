// Choosing buffers for a request, and what becomes of them: used by what was moved, or given back.

import { ERRNO } from '../../kernel/abi/errno.ts';
import type { Segment } from '../../kernel/vfs/user-memory.ts';
import { CQE_BUFFER_SHIFT, CQE_FLAG } from '../abi/sqe.ts';
import type { Request } from '../request.ts';
import type { BufferList, BufferRing, ProvidedBuffer } from './group.ts';

export interface SelectedBuffers {
  readonly group: BufferList | BufferRing;
  readonly buffers: readonly ProvidedBuffer[];
  /** Where to move bytes, no more than were asked for. */
  readonly segments: readonly Segment[];
}

/** Buffers of one bundle at most. */
const MOST = 256;

/** `length` bytes at most, 0: as many as there is room for; `bundle`: from several buffers. Held by the request until used or given back. */
export function selectBuffers(request: Request, length: number, bundle = false): SelectedBuffers | number {
  const group = request.ring.bufferGroups.get(request.bufferGroup);
  const chosen: ProvidedBuffer[] = [];
  if (group?.kind === 'list') chosen.push(...group.buffers.splice(0, 1));
  else if (group) {
    let total = 0;
    for (let i = 0; i < Math.min(group.available, bundle ? MOST : 1) && (length === 0 || total < length); i++) {
      const buffer = group.peek(i);
      chosen.push(buffer);
      total += buffer.length;
    }
  }
  if (!group || chosen.length === 0) return -ERRNO.ENOBUFS;
  let left = length === 0 ? Number.POSITIVE_INFINITY : length;
  const segments = chosen.map(({ address, length: size }): Segment => {
    const part = Math.min(size, left);
    left -= part;
    return { address, length: part };
  });
  request.selected = { group, buffers: chosen, segments };
  return request.selected;
}

/** `bytes` bytes were moved: the buffers they touch belong to the program again. Returns the completion's flags. */
export function useBuffers(request: Request, bytes: number): number {
  const { selected } = request;
  if (!selected) return 0;
  request.selected = null;
  const { group, buffers, segments } = selected;
  const flags = CQE_FLAG.BUFFER | (buffers[0]!.id << CQE_BUFFER_SHIFT);
  if (group.kind === 'list') return flags;
  if (group.incremental) return consumeInPieces(group, bytes) ? flags | CQE_FLAG.BUF_MORE : flags;
  let touched = 0;
  for (let left = bytes; left > 0 && touched < segments.length; touched++) left -= segments[touched]!.length;
  group.pass(Math.max(1, touched));
  return flags;
}

function consumeInPieces(ring: BufferRing, bytes: number): boolean {
  let left = bytes;
  do {
    const { length } = ring.peek(0);
    if (ring.consume(left)) return true;
    left -= length;
  } while (left > 0 && ring.available > 0);
  return false;
}

/** Nothing was moved: another request may have them. */
export function giveBack(request: Request): void {
  const { selected } = request;
  request.selected = null;
  if (selected?.group.kind === 'list') selected.group.buffers.unshift(...selected.buffers);
}
