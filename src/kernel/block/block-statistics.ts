// What a block device has done, for /proc/diskstats (Documentation/admin-guide/iostats.rst). Times in cycles; commands are what it counts.

import type { Direction } from './block-request.ts';

interface Count {
  commands: number;
  sectors: number;
  /** From command to interrupt, summed. */
  cycles: number;
}

export class BlockStatistics {
  readonly counts: Readonly<Record<Direction, Count>> = {
    read: { commands: 0, sectors: 0, cycles: 0 },
    write: { commands: 0, sectors: 0, cycles: 0 },
  };
  /** During which there was a command in flight, and the same weighted by how many. */
  busy = 0;
  weighted = 0;
  private since = 0;

  commandIssued(now: number, before: number): void {
    this.advance(now, before);
  }

  commandDone(now: number, direction: Direction, sectors: number, cycles: number, left: number): void {
    this.advance(now, left + 1);
    const count = this.counts[direction];
    count.commands++;
    count.sectors += Math.ceil(sectors);
    count.cycles += cycles;
  }

  private advance(now: number, inFlight: number): void {
    const passed = Math.max(0, now - this.since);
    if (inFlight > 0) this.busy += passed;
    this.weighted += passed * inFlight;
    this.since = Math.max(this.since, now);
  }
}
