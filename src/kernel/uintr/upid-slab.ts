// Kernel memory for UPIDs: frames cut into 64-byte pieces. A frame goes back when its last piece does.

import { PAGE_MASK, PAGE_SIZE } from '../../machine/memory/layout.ts';
import type { PhysicalMemory } from '../../machine/memory/physical-memory.ts';
import { UPID_BYTES } from '../../machine/uintr/upid.ts';

const PIECES = PAGE_SIZE / UPID_BYTES;
const ALL_USED = (1n << BigInt(PIECES)) - 1n;

interface Frame {
  readonly physical: number;
  /** Bit n: piece n is in use. */
  used: bigint;
}

export class UpidSlab {
  private readonly frames: Frame[] = [];

  /** Physical address of a zeroed UPID, or 0 when RAM is exhausted. */
  allocate(memory: PhysicalMemory): number {
    const frame = this.frames.find((candidate) => candidate.used !== ALL_USED) ?? this.grow(memory);
    if (!frame) return 0;
    let piece = 0;
    while ((frame.used >> BigInt(piece)) & 1n) piece++;
    frame.used |= 1n << BigInt(piece);
    const physical = frame.physical + piece * UPID_BYTES;
    memory.bytes.fill(0, physical, physical + UPID_BYTES);
    return physical;
  }

  free(memory: PhysicalMemory, physical: number): void {
    const at = this.frames.findIndex((frame) => frame.physical === (physical & ~PAGE_MASK) >>> 0);
    const frame = this.frames[at]!;
    frame.used &= ~(1n << BigInt((physical - frame.physical) / UPID_BYTES));
    if (frame.used !== 0n) return;
    this.frames.splice(at, 1);
    memory.releaseFrame(frame.physical);
  }

  private grow(memory: PhysicalMemory): Frame | null {
    const physical = memory.allocateFrame();
    if (physical === 0) return null;
    const frame = { physical, used: 0n };
    this.frames.push(frame);
    return frame;
  }
}
