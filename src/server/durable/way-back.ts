// The way of machines back to a worker: after a start of the daemon, when their worker was lost, and when somebody needs one that is parked.

import { MachineError } from '../../machine/errors.ts';
import type { RestoredMachine } from '../../machine/protocol.ts';
import type { MachineHandle } from '../machine-handle.ts';
import type { MachinePlace } from '../machine-identity.ts';
import type { KeptMachine, MachineKeeper } from './machine-keeper.ts';
import type { Recoveries } from './recoveries.ts';
import type { Tails } from './tails.ts';

/** Workers on which a machine's replay may end with the worker. */
const MOST_TRIES = 2;
/** One that has lost its worker, and loses the next within so many milliseconds, may be what brings them down. */
const BETWEEN_LOSSES = 10 * 60_000;

export class WayBack {
  private readonly keeper: MachineKeeper;
  private readonly recoveries: Recoveries;
  private readonly place: () => MachinePlace;
  /** When machines last lost their workers. */
  private readonly lost = new WeakMap<MachineHandle, number>();
  /** Hears of each machine that is back, or refused. */
  told: (handle: MachineHandle, outcome: RestoredMachine | Error) => void = () => {};
  /** Parked machines that came back. */
  wakes = 0;

  /** `place`: for one more machine. */
  constructor(keeper: MachineKeeper, recoveries: Recoveries, place: () => MachinePlace) {
    this.keeper = keeper;
    this.recoveries = recoveries;
    this.place = place;
  }

  /** `isKnown`: its worker was lost, and what it has told by now is here. */
  async recover(handle: MachineHandle, kept: KeptMachine, isKnown: boolean): Promise<void> {
    const { keeper } = this;
    try {
      const [next, generation] = [(kept.saved?.position.emitted ?? 0) + 1, kept.saved ? (kept.events ?? null) : null];
      if (kept.parked) return handle.expect(await keeper.tails(kept), next, generation);
      const restored = await this.replay(handle, kept, (tails) => {
        if (!isKnown) handle.expect(tails, next, generation);
      });
      const { log } = handle;
      handle.recovered(restored);
      this.told(handle, restored);
      // What was written behind where it was saved has been told again.
      if (!isKnown && log === handle.log) await log.history?.tidy();
    } catch (error) {
      handle.refused((error as Error).message);
      this.told(handle, error as Error);
    }
  }

  /** Where it is replayed, it or another one may bring down the worker: then it has a second try on another. */
  private async replay(handle: MachineHandle, kept: KeptMachine, expect: (tails: Tails) => void): Promise<RestoredMachine> {
    for (let tries = 1; ; tries++) {
      // Its arrays go to the worker.
      const { spec, image, tails } = await this.keeper.load(kept);
      if (tries === 1) expect(tails);
      else handle.repeats();
      try {
        return await handle.recover({ ...this.place(), journal: this.keeper.journal(kept, true) }, spec, image);
      } catch (error) {
        if (!(error instanceof MachineError) || error.code !== 'WORKER_LOST') throw error;
        if (tries === MOST_TRIES)
          throw new MachineError('WORKER_LOST', `its replay ended with the worker, ${tries} times, the last time so: ${error.message}`);
        await handle.port.gone;
      }
    }
  }

  /**
   * A machine whose worker was lost comes back from its journal, on another, unless that has happened shortly before. `isKnown`: what it has
   * told by now is here.
   */
  comesBack(handle: MachineHandle, isKnown: boolean): boolean {
    const now = performance.now();
    if (now - (this.lost.get(handle) ?? Number.NEGATIVE_INFINITY) < BETWEEN_LOSSES) return false;
    this.lost.set(handle, now);
    this.bringBack(handle, isKnown);
    return true;
  }

  bringBack(handle: MachineHandle, isKnown: boolean): void {
    const { port, identity } = handle;
    this.recoveries.add(identity.name, async () => {
      // Its worker writes the journal no more.
      await port.gone;
      await handle.settled();
      await this.recover(handle, this.keeper.get(identity.uid), isKnown);
    });
  }

  /** A parked machine to a worker, as it was; refused if that cannot be. */
  async wake(handle: MachineHandle): Promise<void> {
    const { keeper } = this;
    const { uid } = handle.identity;
    try {
      const kept = keeper.get(uid);
      const { spec, image } = await keeper.load(kept);
      const restored = await handle.recover({ ...this.place(), journal: keeper.journal(kept, true) }, spec, image);
      keeper.change(uid, { parked: null });
      handle.recovered(restored);
      this.wakes++;
    } catch (error) {
      // Another worker, the next time.
      if (error instanceof MachineError && (error.code === 'WORKER_LOST' || error.code === 'DRAINING')) throw error;
      handle.refused((error as Error).message);
    }
  }
}
