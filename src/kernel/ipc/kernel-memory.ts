// What guests make the kernel keep for them outside their own pages: messages, semaphores. Linux would take it from RAM, so that
// RAM bounds it; here a share of RAM does.

/** Part of RAM that may be kept: 1 / SHARE. */
const SHARE = 4;

export class KernelMemory {
  readonly limit: number;
  used = 0;

  constructor(ramBytes: number) {
    this.limit = Math.floor(ramBytes / SHARE);
  }

  /** False if it cannot be had: ENOMEM. */
  take(bytes: number): boolean {
    if (this.used + bytes > this.limit) return false;
    this.used += bytes;
    return true;
  }

  give(bytes: number): void {
    this.used -= bytes;
  }
}
