// A machine's whole state in three arrays, which threads can hand to each other without a copy.

import type { MachinePosition } from '../machine-position.ts';

export interface MachineImage {
  /** All objects (graph-format.ts). */
  readonly graph: Uint8Array;
  /** Indexes of the frames of RAM that are in use, ascending. */
  readonly frames: Uint32Array;
  /** The content of each, in that order. */
  readonly pages: Uint8Array;
  readonly position: MachinePosition;
  /** Of the classes and fields that it may contain: a machine of another layout cannot be made from it. */
  readonly layout: string;
}

/** For a message that hands them over. Each array has a buffer of its own. */
export function imageBuffers({ graph, frames, pages }: MachineImage): ArrayBuffer[] {
  return [graph, frames, pages].map(({ buffer }) => buffer as ArrayBuffer);
}
