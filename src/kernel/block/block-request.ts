// A transfer between a file and the device, done in commands of at most so many bytes. Plain data.

import { PAGE_SIZE } from '../../machine/memory/layout.ts';
import type { TmpfsFile } from '../fs/tmpfs-file.ts';
import type { Kernel } from '../kernel.ts';
import { WaitQueue } from '../task/wait-queue.ts';
import type { TimerTarget } from '../time/kernel-timer.ts';
import type { BlockDevice } from './block-device.ts';
import { PAGE_STATE } from './page-states.ts';

export type Direction = 'read' | 'write';

export class BlockRequest {
  /** In the order of submission, from 1. */
  readonly number: number;
  readonly direction: Direction;
  readonly file: TmpfsFile;
  /** Byte offset in the file. */
  readonly offset: number;
  readonly bytes: number;
  /** Past the page cache (O_DIRECT): the states of pages are left alone. */
  readonly direct: boolean;
  readonly submitted: number;
  /** Takes its interrupts. */
  readonly vcpu: number;
  /** Bytes given to the device, and done. */
  issued = 0;
  moved = 0;
  readonly done: WaitQueue;

  constructor(
    number: number,
    vcpu: number,
    submitted: number,
    direction: Direction,
    file: TmpfsFile,
    offset: number,
    bytes: number,
    direct: boolean,
  ) {
    this.number = number;
    this.vcpu = vcpu;
    this.submitted = submitted;
    this.direction = direction;
    this.file = file;
    this.offset = offset;
    this.bytes = bytes;
    this.direct = direct;
    this.done = new WaitQueue('block device');
  }

  /** Does it bring in, or take away, page `index`? */
  covers(index: number): boolean {
    return index * PAGE_SIZE < this.offset + this.bytes && (index + 1) * PAGE_SIZE > this.offset;
  }
}

/** A piece of a request that the device works at. */
export class BlockCommand implements TimerTarget {
  readonly device: BlockDevice;
  readonly request: BlockRequest;
  readonly offset: number;
  readonly bytes: number;
  readonly issued: number;

  constructor(device: BlockDevice, request: BlockRequest, offset: number, bytes: number, issued: number) {
    this.device = device;
    this.request = request;
    this.offset = offset;
    this.bytes = bytes;
    this.issued = issued;
  }

  timerExpired(kernel: Kernel): void {
    const { request } = this;
    if (!request.direct) this.settlePages();
    this.device.complete(kernel, this);
  }

  /** A page that was truncated or overwritten meanwhile is none of its business any more. */
  private settlePages(): void {
    const { direction, file } = this.request;
    const [first, end] = [this.offset / PAGE_SIZE, Math.ceil((this.offset + this.bytes) / PAGE_SIZE)];
    if (direction === 'write') file.states!.remove(first, end, PAGE_STATE.WRITING);
    else
      for (const run of file.states!.runs(first, end, PAGE_STATE.READING, 0))
        file.states!.remove(run.first, run.end, PAGE_STATE.READING | PAGE_STATE.ABSENT);
  }
}
