// The kernel's side of one user-interrupt target table: 256 entries in one RAM frame.

import { PAGE_SIZE } from '../../machine/memory/layout.ts';
import type { PhysicalMemory } from '../../machine/memory/physical-memory.ts';
import { encodeUitteLow, UITTE_BYTES } from '../../machine/uintr/uitt.ts';
import { directMap } from '../abi/layout.ts';
import type { Kernel } from '../kernel.ts';
import { UITT_ENTRIES } from './profile.ts';
import { putUpid, type UpidContext } from './upid-context.ts';

export class UittContext {
  readonly physical: number;
  /** Frames it occupies: a second one, all zero, stands behind the table where UITTSZ counts one entry too many. */
  readonly frames: number;
  /** Address spaces or tasks, uipi descriptors, and (profiles with a table a task) connections that hold it. */
  references = 1;
  /** By index: the UPID an allocated entry points to. */
  readonly receivers: (UpidContext | null)[] = Array.from({ length: UITT_ENTRIES }, () => null);

  constructor(physical: number, frames: number) {
    this.physical = physical;
    this.frames = frames;
  }

  get address(): bigint {
    return directMap(this.physical);
  }

  get isEmpty(): boolean {
    return this.receivers.every((receiver) => receiver === null);
  }

  /** Lowest free index, or -1. */
  freeIndex(): number {
    return this.receivers.indexOf(null);
  }
}

/** A zeroed table, or null when RAM is exhausted. */
export function allocateUitt(kernel: Kernel): UittContext | null {
  const frames = kernel.uintr.profile.uittsz < UITT_ENTRIES ? 1 : 2;
  const physical = allocateAdjacentFrames(kernel.hardware.physical, frames);
  return physical === 0 ? null : new UittContext(physical, frames);
}

/** Makes entry `index` point to a vector of a receiver; takes a reference of the UPID. */
export function connectEntry(kernel: Kernel, table: UittContext, index: number, vector: number, upid: UpidContext): void {
  const { view } = kernel.hardware.physical;
  upid.references++;
  table.receivers[index] = upid;
  view.setBigUint64(entryAddress(table, index) + 8, upid.address, true);
  view.setBigUint64(entryAddress(table, index), encodeUitteLow(vector), true);
}

/** V := 0: SENDUIPI of this entry faults from now on, the entry stays allocated. */
export function invalidateEntry(kernel: Kernel, table: UittContext, index: number): void {
  const { bytes } = kernel.hardware.physical;
  bytes[entryAddress(table, index)]! &= ~1;
}

/** Frees the entry and its reference of the UPID. */
export function freeEntry(kernel: Kernel, table: UittContext, index: number): void {
  const upid = table.receivers[index];
  if (!upid) return;
  const address = entryAddress(table, index);
  kernel.hardware.physical.bytes.fill(0, address, address + UITTE_BYTES);
  table.receivers[index] = null;
  putUpid(kernel, upid);
}

/** Gives one reference back; the last one frees entries and memory. */
export function putUitt(kernel: Kernel, table: UittContext): void {
  if (--table.references > 0) return;
  for (let index = 0; index < UITT_ENTRIES; index++) freeEntry(kernel, table, index);
  for (let i = 0; i < table.frames; i++) kernel.hardware.physical.releaseFrame(table.physical + i * PAGE_SIZE);
}

function entryAddress(table: UittContext, index: number): number {
  return table.physical + index * UITTE_BYTES;
}

/** `count` (1 or 2) zeroed frames in a row, or 0. Frames that do not fit are given back in the order they came. */
function allocateAdjacentFrames(memory: PhysicalMemory, count: number): number {
  const held: number[] = [];
  let found = 0;
  for (;;) {
    const frame = memory.allocateFrame();
    if (frame === 0) break;
    held.push(frame);
    if (count === 1) found = frame;
    else if (held.includes(frame - PAGE_SIZE)) found = frame - PAGE_SIZE;
    else if (held.includes(frame + PAGE_SIZE)) found = frame;
    if (found !== 0) break;
  }
  for (const frame of held) if (found === 0 || frame < found || frame >= found + count * PAGE_SIZE) memory.releaseFrame(frame);
  return found;
}
