// A pipe (pipe(7)): up to `capacity` page-sized slots. A write fills the last slot only if its odd part fits there whole,
// so writes of at most PIPE_BUF bytes are never mixed or split.

import { PAGE_SIZE } from '../../machine/memory/layout.ts';
import { ERRNO } from '../abi/errno.ts';
import type { Kernel } from '../kernel.ts';
import type { Task } from '../task/task.ts';
import { PIPE_SLOTS } from './pipe-buffers.ts';
import { WaitQueue } from '../task/wait-queue.ts';
import type { ByteSink, ByteSource } from '../vfs/file.ts';

/** fs.pipe-max-size: what an unprivileged process may ask for. */
export const PIPE_MAX_BYTES = 1 << 20;

export interface PipeSlot {
  bytes: Uint8Array;
  start: number;
  end: number;
  /** Written in packet mode (O_DIRECT): one read takes it whole. */
  readonly packet: boolean;
  /** A later write may fill it up; not so what was spliced. */
  readonly mergeable: boolean;
}

export class Pipe {
  readonly slots: PipeSlot[] = [];
  capacity = PIPE_SLOTS;
  readers = 0;
  writers = 0;
  /** Opens of each end so far: a FIFO's open waits for the other end's to change. */
  readerOpens = 0;
  writerOpens = 0;
  /** Woken when there is something to read, or nobody left to write it. */
  readonly readable = new WaitQueue('pipe with data');
  /** Woken when there is room, or nobody left to read. */
  readonly writable = new WaitQueue('pipe with room');

  /** Tasks inside an open of the FIFO that waits: each already counts as having its end open. */
  private arriving: { readonly task: Task; readonly writes: boolean; readonly fifo: string }[] = [];

  /** Someone can still write, or is about to. */
  get hasWriters(): boolean {
    return this.writers > 0 || this.arriving.some((opener) => opener.writes && isInside(opener));
  }

  get hasReaders(): boolean {
    return this.readers > 0 || this.arriving.some((opener) => !opener.writes && isInside(opener));
  }

  /** `task` begins to wait in an open; `fifo` is what its progress says. */
  arrive(task: Task, writes: boolean, fifo: string): void {
    this.arriving = this.arriving.filter((opener) => opener.task !== task && isInside(opener));
    this.arriving.push({ task, writes, fifo });
  }

  /** `task` has its end now. */
  arrived(task: Task): void {
    this.arriving = this.arriving.filter((opener) => opener.task !== task);
  }

  get isFull(): boolean {
    return this.slots.length >= this.capacity;
  }

  get isEmpty(): boolean {
    return this.slots.length === 0;
  }

  get length(): number {
    return this.slots.reduce((sum, slot) => sum + slot.end - slot.start, 0);
  }

  /** Opens of a FIFO that wait for the other end. */
  readonly openingReaders = new WaitQueue('writer of a FIFO');
  readonly openingWriters = new WaitQueue('reader of a FIFO');

  /** Moves up to to.length bytes out; -EFAULT if the first byte cannot be stored. */
  take(kernel: Kernel, to: ByteSink, count = to.length): number {
    const wasFull = this.isFull;
    let done = 0;
    let error = 0;
    while (done < count && this.slots.length > 0) {
      const slot = this.slots[0]!;
      const part = slot.bytes.subarray(slot.start, Math.min(slot.end, slot.start + count - done));
      const accepted = to.put(part);
      slot.start += accepted;
      done += accepted;
      const faulted = accepted < part.length;
      if (slot.start === slot.end || (slot.packet && !faulted)) this.slots.shift();
      if (faulted) error = -ERRNO.EFAULT;
      if (faulted || slot.packet) break;
    }
    if (wasFull && !this.isFull) kernel.wake(this.writable);
    return done > 0 ? done : error;
  }

  /** Moves bytes in until the pipe is full or `count` is reached; -EFAULT if the first slot's cannot be fetched whole. */
  put(kernel: Kernel, from: ByteSource, count: number, packet = false): number {
    let done = 0;
    let error = 0;
    const odd = count % PAGE_SIZE;
    const last = this.slots.at(-1);
    if (odd > 0 && last?.mergeable && !packet && last.end + odd <= PAGE_SIZE) {
      const data = from.take(odd);
      if (data.length < odd) return -ERRNO.EFAULT;
      extend(last, data);
      done = odd;
    }
    while (done < count && error === 0 && !this.isFull) {
      const wanted = Math.min(PAGE_SIZE, count - done);
      const data = from.take(wanted);
      if (data.length < wanted) error = -ERRNO.EFAULT;
      else {
        this.slots.push({ bytes: data.slice(), start: 0, end: wanted, packet, mergeable: !packet });
        done += wanted;
      }
    }
    if (done > 0) kernel.wake(this.readable);
    return done > 0 ? done : error;
  }

  /** Adds a page, or part of one, as it is; the pipe must not be full. Takes over `bytes`; the caller wakes readers. */
  push(bytes: Uint8Array): void {
    this.slots.push({ bytes, start: 0, end: bytes.length, packet: false, mergeable: false });
  }

  /** Moves (or, for tee, copies) up to `count` bytes to another pipe, slot by slot, as far as there is room. */
  passTo(kernel: Kernel, to: Pipe, count: number, keep: boolean): number {
    const wasFull = this.isFull;
    let done = 0;
    for (let at = 0; done < count && at < this.slots.length && !to.isFull; ) {
      const slot = this.slots[at]!;
      const part = slot.bytes.slice(slot.start, Math.min(slot.end, slot.start + count - done));
      to.slots.push({ bytes: part, start: 0, end: part.length, packet: slot.packet, mergeable: false });
      done += part.length;
      if (keep) at++;
      else {
        slot.start += part.length;
        if (slot.start === slot.end) this.slots.shift();
      }
    }
    if (done > 0) kernel.wake(to.readable);
    if (wasFull && !this.isFull) kernel.wake(this.writable);
    return done;
  }

  /** Copies of the first `count` bytes. */
  peek(count: number): Uint8Array {
    const into = new Uint8Array(Math.min(count, this.length));
    let at = 0;
    for (const slot of this.slots) {
      if (at === into.length) break;
      const part = slot.bytes.subarray(slot.start, Math.min(slot.end, slot.start + into.length - at));
      into.set(part, at);
      at += part.length;
    }
    return into;
  }

  /** F_SETPIPE_SZ: the new size in bytes, or a negated errno. */
  resize(kernel: Kernel, bytes: number, privileged: boolean): number {
    if (bytes < 0 || bytes > 0x8000_0000) return -ERRNO.EINVAL;
    let slots = 1;
    while (slots * PAGE_SIZE < bytes) slots *= 2;
    if (slots * PAGE_SIZE > PIPE_MAX_BYTES && slots > this.capacity && !privileged) return -ERRNO.EPERM;
    if (slots < this.slots.length) return -ERRNO.EBUSY;
    if (!kernel.vfs.pipeBuffers.change(kernel, this.capacity, slots)) return -ERRNO.ENOMEM;
    this.capacity = slots;
    kernel.wake(this.writable);
    return slots * PAGE_SIZE;
  }

  opened(kernel: Kernel, reads: boolean, writes: boolean): void {
    if (this.readers + this.writers === 0) this.capacity = kernel.vfs.pipeBuffers.open();
    if (reads) {
      this.readers++;
      this.readerOpens++;
      kernel.wake(this.writable);
      kernel.wake(this.openingWriters);
    }
    if (writes) {
      this.writers++;
      this.writerOpens++;
      kernel.wake(this.readable);
      kernel.wake(this.openingReaders);
    }
  }

  /** What nobody has read is gone, if nobody has an end open or is inside an open that waits. */
  forgetUnlessHeld(): void {
    if (!this.hasReaders && !this.hasWriters) this.slots.length = 0;
  }

  closed(kernel: Kernel, reads: boolean, writes: boolean): void {
    if (reads) this.readers--;
    if (writes) this.writers--;
    if (this.readers + this.writers === 0) {
      this.forgetUnlessHeld();
      kernel.vfs.pipeBuffers.close(kernel, this.capacity);
      this.capacity = PIPE_SLOTS;
    }
    kernel.wake(this.readable);
    kernel.wake(this.writable);
  }
}

/** False once the open has been given up: its progress is gone with the call. */
function isInside({ task, fifo }: { readonly task: Task; readonly fifo: string }): boolean {
  return task.state !== 'dead' && task.state !== 'zombie' && task.progress?.['fifo'] === fifo;
}

function extend(slot: PipeSlot, data: Uint8Array): void {
  const end = slot.end + data.length;
  if (end > slot.bytes.length) {
    const grown = new Uint8Array(Math.min(PAGE_SIZE, Math.max(end, slot.bytes.length * 2)));
    grown.set(slot.bytes.subarray(0, slot.end));
    slot.bytes = grown;
  }
  slot.bytes.set(data, slot.end);
  slot.end = end;
}
