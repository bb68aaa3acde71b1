// Pages of files between cache and device: reads of what is absent, writes of what is dirty, waiting for either, letting go of clean pages.

import { PAGE_SIZE } from '../../machine/memory/layout.ts';
import type { TmpfsFile } from '../fs/tmpfs-file.ts';
import type { Kernel } from '../kernel.ts';
import type { SyscallResult } from '../syscalls/row.ts';
import type { Task } from '../task/task.ts';
import type { BlockRequest } from './block-request.ts';
import { PAGE_STATE } from './page-states.ts';

const { ABSENT, DIRTY, READING, WRITING } = PAGE_STATE;

function pagesOf({ size }: TmpfsFile): number {
  return Math.ceil(size / PAGE_SIZE);
}

/** Asks the device for the absent pages of a range that nobody has asked for. */
export function startReads(kernel: Kernel, file: TmpfsFile, first: number, end: number): void {
  const { states } = file;
  if (!states) return;
  for (const run of states.runs(first, Math.min(end, pagesOf(file)), ABSENT, READING)) {
    states.add(run.first, run.end, READING);
    file.store!.submit(kernel, { direction: 'read', file, offset: run.first * PAGE_SIZE, bytes: (run.end - run.first) * PAGE_SIZE });
  }
}

/** Gives the device the dirty pages of a range, with those that mappings have written. */
export function startWrites(kernel: Kernel, file: TmpfsFile, first: number, end: number): void {
  const { states } = file;
  if (!states) return;
  for (const mapper of file.mappers.keys()) for (const index of mapper.takeDirty(file)) states.add(index, index + 1, DIRTY);
  for (const run of states.runs(first, Math.min(end, pagesOf(file)), DIRTY, 0)) {
    states.remove(run.first, run.end, DIRTY);
    states.add(run.first, run.end, WRITING);
    file.store!.submit(kernel, { direction: 'write', file, offset: run.first * PAGE_SIZE, bytes: (run.end - run.first) * PAGE_SIZE });
  }
}

/** Sleeps until the device is done with `request`, as Linux does in state D. */
function sleep(kernel: Kernel, task: Task, request: BlockRequest): SyscallResult {
  const waitingFor = `${request.file.store!.model.name} to ${request.direction} ${request.bytes} bytes`;
  return kernel.block(task, { queues: [request.done], waitingFor, interruptible: false });
}

/** Null when no page of the range is on its way from the device, else the call's result. */
export function awaitReads(kernel: Kernel, task: Task, file: TmpfsFile, first: number, end: number): SyscallResult | null {
  const last = file.states?.last(first, end, READING) ?? -1;
  if (last < 0) return null;
  const request = file.store!.outstanding.findLast(
    (one) => one.file === file && one.direction === 'read' && !one.direct && one.covers(last),
  );
  return request ? sleep(kernel, task, request) : null;
}

/** Null when every request of `file` (null: of all files) up to number `upTo` is done, but for reads into the cache; else the call's result. */
export function awaitRequests(kernel: Kernel, task: Task, file: TmpfsFile | null, upTo: number): SyscallResult | null {
  const request = kernel.vfs.store?.outstanding.findLast(
    (one) => one.number <= upTo && (file === null || one.file === file) && (one.direct || one.direction === 'write'),
  );
  return request ? sleep(kernel, task, request) : null;
}

/** Pages of a range that are clean and mapped nowhere leave the cache. */
export function evict(kernel: Kernel, file: TmpfsFile, first: number, end: number): void {
  const { states, contents } = file;
  if (!states) return;
  const { physical } = kernel.hardware;
  for (let index = first; index < Math.min(end, pagesOf(file)); index++) {
    const frame = contents.frame(index, false);
    if (frame !== 0 && states.get(index) === 0 && physical.referenceCount(frame) === 1) states.add(index, index + 1, ABSENT);
  }
}
