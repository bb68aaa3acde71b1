// A shared memory segment (shmget(2)) and its attachments. A segment is destroyed when it has been removed and nothing is attached.

import { PAGE_SIZE } from '../../../machine/memory/layout.ts';
import { SHM_DEST } from '../../abi/ipc.ts';
import type { Kernel } from '../../kernel.ts';
import { type PageSource, SharedPages } from '../../mm/page-source.ts';
import type { Task } from '../../task/task.ts';
import { newStatus, SystemVObject } from './object.ts';
import { secondsNow } from './seconds.ts';

/** sizeof(struct shmid64_ds). */
const STATUS_BYTES = 112;

export class Segment extends SystemVObject {
  static readonly transient = ['kernel'];

  /** Bytes as they were asked for. */
  readonly bytes: number;
  readonly pages: SharedPages;
  readonly creatorPid: number;
  lastPid = 0;
  attached = 0;
  attachedAt = 0;
  detachedAt = 0;
  /** Its creator has ended. */
  isOrphan = false;
  /** Attaching and detaching happen inside changes of address spaces, which know no kernel. */
  private readonly kernel: Kernel;

  constructor(kernel: Kernel, task: Task, key: number, bytes: number, flags: number) {
    super(task, key, flags, secondsNow(kernel));
    this.kernel = kernel;
    this.bytes = bytes;
    this.creatorPid = task.process.pid;
    this.pages = new SharedPages(kernel.hardware.physical, Math.ceil(bytes / PAGE_SIZE) * PAGE_SIZE);
    this.pages.hold();
    kernel.ipc.segmentPages += this.pageCount;
  }

  get pageCount(): number {
    return this.pages.size / PAGE_SIZE;
  }

  /** IPC_RMID: at once, or with the last attachment. */
  markForDestruction(): void {
    this.mode |= SHM_DEST;
    this.kernel.ipc.segments.hideKey(this);
    this.destroyIfUnwanted();
  }

  /** A range that shows it begins: shmat, fork, a mapping cut in two. */
  rangeBegins(): void {
    this.attached++;
    this.attachedAt = secondsNow(this.kernel);
    this.noteUser();
  }

  rangeEnds(): void {
    this.attached--;
    this.detachedAt = secondsNow(this.kernel);
    this.noteUser();
    this.destroyIfUnwanted();
  }

  destroyIfUnwanted(): void {
    const { ipc } = this.kernel;
    const isRemoved = (this.mode & SHM_DEST) !== 0 || (this.isOrphan && ipc.limits.shmRmidForced !== 0);
    if (this.attached > 0 || !isRemoved) return;
    ipc.segments.remove(this);
    ipc.segmentPages -= this.pageCount;
    this.pages.drop();
  }

  private noteUser(): void {
    const { cpu } = this.kernel;
    this.lastPid = (cpu && this.kernel.current(cpu)?.process.pid) ?? this.lastPid;
  }

  /** struct shmid64_ds. */
  encode(sequence: number): Uint8Array {
    const view = newStatus(STATUS_BYTES);
    this.encodePermission(view, sequence);
    const words = [this.bytes, this.attachedAt, this.detachedAt, this.changed];
    words.forEach((value, i) => view.setBigUint64(48 + i * 8, BigInt(value), true));
    view.setInt32(80, this.creatorPid, true);
    view.setInt32(84, this.lastPid, true);
    view.setBigUint64(88, BigInt(this.attached), true);
    return new Uint8Array(view.buffer);
  }
}

/** What one shmat has mapped: shmdt takes away the ranges that are left of it. */
export class Attachment implements PageSource {
  readonly segment: Segment;
  readonly keepsRangesApart = true;

  constructor(segment: Segment) {
    this.segment = segment;
  }

  get size(): number {
    return this.segment.pages.size;
  }

  pageFrame(index: number, create: boolean): number {
    return this.segment.pages.pageFrame(index, create);
  }

  hold(): void {
    this.segment.rangeBegins();
  }

  drop(): void {
    this.segment.rangeEnds();
  }
}
