// Buffers that the kernel chooses from (IOSQE_BUFFER_SELECT): a list that IORING_OP_PROVIDE_BUFFERS fills, or a ring in memory that the
// program fills without a call (IORING_REGISTER_PBUF_RING). io_uring_register_buf_ring(3).

import type { RingMemory } from '../ring-memory.ts';

export interface ProvidedBuffer {
  readonly address: number;
  readonly length: number;
  /** The number that completions name it by. */
  readonly id: number;
}

/** First in, first chosen. */
export class BufferList {
  readonly kind = 'list';
  readonly buffers: ProvidedBuffer[] = [];
}

const ENTRY_BYTES = 16;
/** Overlaid on the reserved word of the first entry. */
const TAIL = 14;

/** The program writes entries and the tail, the kernel keeps the head to itself. */
export class BufferRing {
  readonly kind = 'ring';
  readonly memory: RingMemory;
  readonly entries: number;
  /** A buffer is used up piece by piece (IOU_PBUF_RING_INC). */
  readonly incremental: boolean;
  /** A buffer that is used piece by piece and has fewer bytes left than this counts as used up. */
  readonly leastLeft: number;
  head = 0;

  constructor(memory: RingMemory, entries: number, incremental: boolean, leastLeft: number) {
    this.memory = memory;
    this.entries = entries;
    this.incremental = incremental;
    this.leastLeft = Math.max(1, leastLeft);
  }

  /** Entries between head and tail; the program may have written nonsense, which the size of the ring bounds. */
  get available(): number {
    return Math.min((this.memory.read16(TAIL) - this.head) & 0xffff, this.entries);
  }

  /** The i-th entry behind the head. */
  peek(i: number): ProvidedBuffer {
    const at = this.place(i);
    const { memory } = this;
    return { address: Number(memory.read64(at)), length: memory.read32(at + 8), id: memory.read16(at + 12) };
  }

  /** `count` entries are used up. */
  pass(count: number): void {
    this.head = (this.head + count) & 0xffff;
  }

  /** The first entry begins `bytes` further on; true if enough of it is left. */
  consume(bytes: number): boolean {
    const at = this.place(0);
    const { address, length } = this.peek(0);
    const used = Math.min(bytes, length);
    const left = length - used;
    if (used === 0 || left >= this.leastLeft) {
      this.memory.write64(at, BigInt(address + used));
      this.memory.write32(at + 8, left);
      return true;
    }
    this.memory.write32(at + 8, 0);
    this.pass(1);
    return false;
  }

  private place(i: number): number {
    return ((this.head + i) & (this.entries - 1)) * ENTRY_BYTES;
  }
}

export type BufferGroup = BufferList | BufferRing;
