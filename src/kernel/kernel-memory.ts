// What the kernel keeps for guests outside of their RAM frames (queued events, locks, descriptors), in bytes by its own reckoning:
// a machine cannot make its host keep more than a quarter of its RAM in such things.

export class KernelMemory {
  used = 0;
  readonly limit: number;

  constructor(ramBytes: number) {
    this.limit = ramBytes >>> 2;
  }

  /** Counts `bytes` more; false, and nothing is counted, if there is no room. */
  charge(bytes: number): boolean {
    if (this.used + bytes > this.limit) return false;
    this.used += bytes;
    return true;
  }

  hasRoom(bytes: number): boolean {
    return this.used + bytes <= this.limit;
  }

  release(bytes: number): void {
    this.used -= bytes;
  }
}
