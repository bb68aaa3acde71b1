// How much all pipes together may hold (pipe(7), "/proc/sys/fs/pipe-user-pages-soft"): beyond the soft limit new pipes are small.
// Linux lets privileged users pass it; here it binds everybody, because what is in pipes is not in the machine's RAM.

import { PAGE_SIZE } from '../../machine/memory/layout.ts';
import type { Kernel } from '../kernel.ts';

export const PIPE_SLOTS = 16;
/** Slots of a pipe made beyond the limit. */
const FEWEST_SLOTS = 2;
/** Slots of all pipes, until pipes become small: Linux's default for a user, or a fourth of RAM. */
const PIPE_PAGES_SOFT = 16_384;

export class PipeBuffers {
  private slots = 0;
  private readonly soft: number;

  constructor(ramPages: number) {
    this.soft = Math.min(PIPE_PAGES_SOFT, ramPages >>> 2);
  }

  /** Slots for a pipe that comes into use. */
  open(): number {
    const given = this.slots + PIPE_SLOTS > this.soft ? FEWEST_SLOTS : PIPE_SLOTS;
    this.slots += given;
    return given;
  }

  /** Another size for a pipe; false if the kernel has no memory for it. */
  change(kernel: Kernel, from: number, to: number): boolean {
    const more = Math.max(to, PIPE_SLOTS) - Math.max(from, PIPE_SLOTS);
    if (more > 0 && !kernel.memory.charge(more * PAGE_SIZE)) return false;
    if (more < 0) kernel.memory.release(-more * PAGE_SIZE);
    this.slots += to - from;
    return true;
  }

  /** A pipe goes out of use. */
  close(kernel: Kernel, slots: number): void {
    this.change(kernel, slots, PIPE_SLOTS);
    this.slots -= PIPE_SLOTS;
  }
}
