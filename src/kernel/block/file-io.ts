// What reads and writes of a file with a store do about its device: wait for absent pages, read ahead, write through (O_DSYNC), or pass
// the page cache by (O_DIRECT, open(2)). Offsets and lengths of O_DIRECT are multiples of a sector; addresses need no alignment.

import { PAGE_SIZE } from '../../machine/memory/layout.ts';
import { ERRNO } from '../abi/errno.ts';
import { O_APPEND, O_DIRECT, O_DSYNC } from '../abi/fcntl.ts';
import type { RegularFile } from '../fs/regular-file.ts';
import type { Kernel } from '../kernel.ts';
import type { SyscallResult } from '../syscalls/row.ts';
import type { Task } from '../task/task.ts';
import { SECTOR } from './block-device.ts';
import type { Direction } from './block-request.ts';
import { awaitReads, awaitRequests, evict, startReads, startWrites } from './page-io.ts';
import { PAGE_STATE } from './page-states.ts';

/** Where a transfer of `file` begins; `offset` null: at its position. */
export function placeOf(file: RegularFile, direction: Direction, offset: number | null): number {
  return direction === 'write' && file.flags & O_APPEND ? file.file.size : (offset ?? file.position);
}

/**
 * Before `count` bytes are moved: null if they can be moved now; else the call's result, which is that of the whole transfer where this
 * is a write that has waited for the device.
 */
export function beforeTransfer(
  kernel: Kernel,
  task: Task,
  file: RegularFile,
  direction: Direction,
  count: number,
  offset: number | null,
): SyscallResult | null {
  if (!file.file.states) return null;
  if (task.progress?.['moved'] !== undefined) return awaitWritten(kernel, task, file);
  const at = placeOf(file, direction, offset);
  const length = direction === 'read' ? Math.min(count, file.file.size - at) : count;
  if (length <= 0) return null;
  if (file.flags & O_DIRECT) {
    if (at % SECTOR !== 0 || count % SECTOR !== 0) return -ERRNO.EINVAL;
    return beforeDirect(kernel, task, file, direction, at, length);
  }
  return direction === 'read' ? beforeRead(kernel, task, file, at, length) : beforeWrite(kernel, task, file, at, length);
}

/** Pages that are missed are asked for, and behind a sequential reader what follows, half a window before it comes there. */
function beforeRead(kernel: Kernel, task: Task, file: RegularFile, at: number, length: number): SyscallResult | null {
  const { states } = file.file;
  const [first, end] = [Math.floor(at / PAGE_SIZE), Math.ceil((at + length) / PAGE_SIZE)];
  const sequential = first === file.nextPage || first === file.nextPage - 1;
  file.nextPage = end;
  const missed = states!.last(first, end, PAGE_STATE.ABSENT) >= 0;
  const left = file.aheadTo - end;
  if (!sequential || file.readahead === 0) startReads(kernel, file.file, first, end);
  else if (missed || (left >= 0 && left <= file.readahead >>> 1)) {
    file.aheadTo = Math.max(end, missed ? 0 : file.aheadTo) + file.readahead;
    startReads(kernel, file.file, first, file.aheadTo);
  }
  return awaitReads(kernel, task, file.file, first, end);
}

/** A page that is written in part must be there; one on its way must have come, or it would undo the write. */
function beforeWrite(kernel: Kernel, task: Task, { file }: RegularFile, at: number, length: number): SyscallResult | null {
  const [first, end] = [Math.floor(at / PAGE_SIZE), Math.ceil((at + length) / PAGE_SIZE)];
  if (at % PAGE_SIZE !== 0) startReads(kernel, file, first, first + 1);
  if ((at + length) % PAGE_SIZE !== 0 && at + length < file.size) startReads(kernel, file, end - 1, end);
  return awaitReads(kernel, task, file, first, end);
}

/** What the cache has that the device has not goes there first. */
function beforeDirect(
  kernel: Kernel,
  task: Task,
  file: RegularFile,
  direction: Direction,
  at: number,
  length: number,
): SyscallResult | null {
  const inode = file.file;
  const store = inode.store!;
  if (task.progress?.['upTo'] === undefined) {
    startWrites(kernel, inode, Math.floor(at / PAGE_SIZE), Math.ceil((at + length) / PAGE_SIZE));
    if (direction === 'write') return awaitReads(kernel, task, inode, Math.floor(at / PAGE_SIZE), Math.ceil((at + length) / PAGE_SIZE));
    store.submit(kernel, { direction, file: inode, offset: at, bytes: Math.ceil(length / SECTOR) * SECTOR, direct: true });
    task.progress = { ...task.progress, upTo: store.lastNumber };
  }
  const waits = awaitRequests(kernel, task, inode, Number(task.progress!['upTo']));
  if (waits === null) forget(task);
  return waits;
}

/** `result` bytes have been written at `at`, or it is an error: the call's result, after the device where the file asks for that. */
export function afterWrite(kernel: Kernel, task: Task, file: RegularFile, result: number, at: number): SyscallResult {
  const inode = file.file;
  const { store, states } = inode;
  if (!states || !store || result <= 0 || !(file.flags & (O_DIRECT | O_DSYNC))) return result;
  const [first, end] = [Math.floor(at / PAGE_SIZE), Math.ceil((at + result) / PAGE_SIZE)];
  if (file.flags & O_DIRECT) {
    states.remove(first, end, PAGE_STATE.DIRTY);
    store.submit(kernel, { direction: 'write', file: inode, offset: at, bytes: result, direct: true });
  } else startWrites(kernel, inode, first, end);
  task.progress = { ...task.progress, moved: result, movedAt: at, upTo: store.lastNumber };
  return awaitWritten(kernel, task, file);
}

function awaitWritten(kernel: Kernel, task: Task, file: RegularFile): SyscallResult {
  const { moved, movedAt, upTo } = task.progress!;
  const waits = awaitRequests(kernel, task, file.file, Number(upTo));
  if (waits !== null) return waits;
  forget(task);
  if (file.flags & O_DIRECT)
    evict(kernel, file.file, Math.floor(Number(movedAt) / PAGE_SIZE), Math.ceil((Number(movedAt) + Number(moved)) / PAGE_SIZE));
  return Number(moved);
}

/** The wait is over: another transfer of the same call begins anew. */
function forget(task: Task): void {
  const { moved: _moved, movedAt: _movedAt, upTo: _upTo, ...rest } = task.progress!;
  task.progress = Object.keys(rest).length > 0 ? rest : null;
}
