// Parks machines that nobody uses: their state goes to the data directory, the memory is given back, and the next call that needs one
// brings it back. Who streams its events or is attached to its consoles stays, and is told before.

import { MachineError } from '../../machine/errors.ts';
import type { Logger } from 'pino';
import type { MachineHandle } from '../machine-handle.ts';

/** A machine says so many seconds before, or when half of the time is over. */
const WARNING_SECONDS = 60;
const MOST_MILLISECONDS_BETWEEN_LOOKS = 5000;

export interface ParkingOptions {
  readonly machines: () => readonly MachineHandle[];
  /** Saves it and gives it up. */
  readonly park: (handle: MachineHandle, idleSeconds: number) => Promise<void>;
  /** It could not be saved, and will be tried again elsewhere. */
  readonly isFailing: (handle: MachineHandle) => boolean;
  /** 0: never. */
  readonly afterSeconds: number;
  readonly log: Logger;
}

export class Parking {
  /** Machines parked so far. */
  parked = 0;
  private readonly options: ParkingOptions;
  private readonly timer: NodeJS.Timeout | undefined;
  /** When its machine was last used, of those that have warned since. */
  private readonly warned = new WeakMap<MachineHandle, number>();
  private looking = false;

  constructor(options: ParkingOptions) {
    this.options = options;
    const { afterSeconds } = options;
    if (afterSeconds === 0) return;
    this.timer = setInterval(() => void this.look(), Math.min(MOST_MILLISECONDS_BETWEEN_LOOKS, afterSeconds * 100)).unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** Throws WRONG_STATE, MACHINE_BUSY, and what keeps it from being saved. */
  async park(handle: MachineHandle): Promise<void> {
    if (handle.isParked) return;
    await this.options.park(handle, Math.floor(handle.idleMilliseconds / 1000));
    this.parked++;
  }

  /** One after the other: to save one takes the disk's time. */
  private async look(): Promise<void> {
    if (this.looking) return;
    this.looking = true;
    for (const handle of this.options.machines()) await this.lookAt(handle);
    this.looking = false;
  }

  private async lookAt(handle: MachineHandle): Promise<void> {
    const { afterSeconds, log } = this.options;
    if (!handle.isIdle) {
      // Also while a call takes long.
      handle.lastUsed = performance.now();
      return;
    }
    const idle = handle.idleMilliseconds / 1000;
    try {
      if (this.options.isFailing(handle)) return;
      if (idle >= afterSeconds) await this.park(handle);
      else if (idle >= afterSeconds - Math.min(WARNING_SECONDS, afterSeconds / 2) && this.warned.get(handle) !== handle.lastUsed) {
        this.warned.set(handle, handle.lastUsed);
        await handle.announceParking(Math.floor(idle), Math.ceil(afterSeconds - idle));
      }
    } catch (error) {
      // Somebody came in between.
      if (error instanceof MachineError && (error.code === 'MACHINE_BUSY' || error.code === 'MACHINE_NOT_FOUND')) return;
      log.warn({ machine: handle.identity.name, err: error }, 'could not be parked');
    }
  }
}
