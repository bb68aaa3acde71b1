// The machine's RAM: a frame allocator with reference counts over one WebAssembly memory.
// Which frames hold predecoded code is remembered here, because a write through any mapping must drop that code.

import { PAGE_SHIFT, PAGE_SIZE, RAM_BASE, RECORDS_BASE } from './layout.ts';
import { MemoryPool } from './memory-pool.ts';

/** Told before bytes of a frame that holds predecoded code change. */
export interface CodeListener {
  /** `frame` is the frame's byte address. Every record decoded from it must be dropped. */
  codeFrameWritten(frame: number): void;
}

/** What is made for a machine, and serves the next one of its size. */
interface Room {
  readonly memory: WebAssembly.Memory;
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly references: Uint32Array;
  readonly codeFrames: Uint8Array;
}

/** Frames in use at most, where a memory is cleared and kept: the host keeps what they take. */
const MOST_CLEARED = 4096;

/** That of this thread. */
export const rooms = new MemoryPool<Room>();

function newRoom(ramBytes: number): Room {
  const pages = (RAM_BASE + ramBytes) / 65536;
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  return {
    memory,
    bytes: new Uint8Array(memory.buffer),
    view: new DataView(memory.buffer),
    references: new Uint32Array(ramBytes >>> PAGE_SHIFT),
    codeFrames: new Uint8Array(ramBytes >>> PAGE_SHIFT),
  };
}

export class PhysicalMemory {
  /** Views and caches; the bytes of frames in use are hashed by hashState(). */
  static readonly transient = ['memory', 'bytes', 'view', 'codeFrames', 'listener'];
  /** Memory 0: CPU block, records, RAM. Never grows, so views stay valid. */
  readonly memory: WebAssembly.Memory;
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly ramBytes: number;
  /** References to each frame (page-table mappings and page-cache or kernel holds), by frame index. 0 = free. */
  readonly references: Uint32Array;
  /** 1 where a frame holds predecoded code. */
  readonly codeFrames: Uint8Array;
  /** Lowest index that was never allocated; below it free frames are in `freeList`, last freed first. */
  private nextFresh = 0;
  private readonly freeList: number[] = [];
  private listener: CodeListener | null = null;

  /** `ramBytes`: a multiple of 64 KiB, at most MAX_RAM_BYTES. */
  constructor(ramBytes: number) {
    const room = rooms.take(RAM_BASE + ramBytes) ?? newRoom(ramBytes);
    this.memory = room.memory;
    this.bytes = room.bytes;
    this.view = room.view;
    this.references = room.references;
    this.codeFrames = room.codeFrames;
    this.ramBytes = ramBytes;
  }

  /**
   * Its machine has ended, and nothing of that uses it any more; it holds no records (CodeCache.drop). Frames have been given out by
   * allocateFrame() alone.
   */
  release(): void {
    const { memory, bytes, view, references, codeFrames, nextFresh } = this;
    Object.assign(this, { bytes: new Uint8Array(0), view: new DataView(new ArrayBuffer(0)) });
    if (nextFresh > MOST_CLEARED) return;
    bytes.fill(0, 0, RECORDS_BASE);
    bytes.fill(0, RAM_BASE, this.frameAddress(nextFresh));
    references.fill(0, 0, nextFresh);
    codeFrames.fill(0, 0, nextFresh);
    rooms.give({ memory, bytes, view, references, codeFrames });
  }

  get frameCount(): number {
    return this.references.length;
  }

  get freeFrames(): number {
    return this.references.length - this.nextFresh + this.freeList.length;
  }

  setCodeListener(listener: CodeListener): void {
    this.listener = listener;
  }

  /** A zeroed frame with one reference, as its byte address; 0 when RAM is exhausted. */
  allocateFrame(): number {
    const recycled = this.freeList.pop();
    if (recycled !== undefined) {
      const frame = this.frameAddress(recycled);
      this.bytes.fill(0, frame, frame + PAGE_SIZE);
      this.references[recycled] = 1;
      return frame;
    }
    if (this.nextFresh === this.references.length) return 0;
    const index = this.nextFresh++;
    this.references[index] = 1;
    return this.frameAddress(index);
  }

  retainFrame(frame: number): void {
    const index = this.frameIndex(frame);
    this.references[index] = this.references[index]! + 1;
  }

  /** Gives one reference back; the last one frees the frame. */
  releaseFrame(frame: number): void {
    const index = this.frameIndex(frame);
    const left = this.references[index]! - 1;
    if (left < 0) throw new Error(`frame ${frame.toString(16)} released too often`);
    this.references[index] = left;
    if (left === 0) {
      this.noteWrite(frame);
      this.freeList.push(index);
    }
  }

  referenceCount(frame: number): number {
    return this.references[this.frameIndex(frame)]!;
  }

  frameIndex(frame: number): number {
    return (frame - RAM_BASE) >>> PAGE_SHIFT;
  }

  frameAddress(index: number): number {
    return RAM_BASE + index * PAGE_SIZE;
  }

  /** True if `address` (memory-0 offset) lies in RAM. */
  isRam(address: number): boolean {
    return address >= RAM_BASE && address < RAM_BASE + this.ramBytes;
  }

  isCode(frame: number): boolean {
    return this.codeFrames[this.frameIndex(frame)] === 1;
  }

  setCode(frame: number, holdsCode: boolean): void {
    this.codeFrames[this.frameIndex(frame)] = holdsCode ? 1 : 0;
  }

  /** Must be called before bytes of `frame` change by any way but generated code's fast path. */
  noteWrite(frame: number): void {
    if (this.isCode(frame)) this.listener?.codeFrameWritten(frame);
  }
}
