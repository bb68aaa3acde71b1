// The upper half of a remote thread's data area, in slices that live as long as the requests of its rings that use them.
// Kept by the observer: the machine sees addresses alone.

export interface Slice {
  readonly address: number;
  readonly length: number;
}

const ALIGNMENT = 64;

export class Arena {
  /** Ascending, never adjacent. */
  private free: { address: number; length: number }[];

  constructor(address: number, length: number) {
    this.free = [{ address, length }];
  }

  /** First fit; null if there is no room. */
  take(length: number): Slice | null {
    const rounded = Math.ceil(Math.max(length, 1) / ALIGNMENT) * ALIGNMENT;
    const hole = this.free.find((candidate) => candidate.length >= rounded);
    if (!hole) return null;
    const slice = { address: hole.address, length: rounded };
    hole.address += rounded;
    hole.length -= rounded;
    if (hole.length === 0) this.free = this.free.filter((candidate) => candidate !== hole);
    return slice;
  }

  give(slice: Slice): void {
    const at = this.free.findIndex((hole) => hole.address > slice.address);
    const index = at === -1 ? this.free.length : at;
    const before = this.free[index - 1];
    const after = this.free[index];
    const hole = { ...slice };
    if (after && hole.address + hole.length === after.address) {
      hole.length += after.length;
      this.free.splice(index, 1);
    }
    if (before && before.address + before.length === hole.address) before.length += hole.length;
    else this.free.splice(index, 0, hole);
  }

  get freeBytes(): number {
    return this.free.reduce((sum, hole) => sum + hole.length, 0);
  }
}
