// Moves machines between workers: by itself where one has more to do than another, and when an administrator says so.

import { invalidField, MachineError } from '../../machine/errors.ts';
import type { Logger } from 'pino';
import type { CpuAccounts } from '../../machine/cpu-accounts.ts';
import type { MachineHandle } from '../machine-handle.ts';
import type { WorkerPool } from '../worker-pool.ts';
import type { WorkerPort } from '../worker-port.ts';
import { bestMove, type Load } from './balance.ts';

/** A machine that is busy is asked again after so many milliseconds, so often. */
const BUSY_MILLISECONDS = 10;
const ATTEMPTS = 200;
/** A LOCKSTEP machine has something to do while a call is in flight; it counts where it has had so much of a processor since the last look. */
const LEAST_USE = 0.02;
/** It stays for so many times as long as it stood still to be moved, at least; so moving takes little of its time. */
const STAYS = 20;

export interface MoverOptions {
  readonly pool: WorkerPool;
  readonly machines: () => readonly MachineHandle[];
  readonly accounts: CpuAccounts;
  /** Between two looks at the loads; 0: never. */
  readonly milliseconds: number;
  readonly log: Logger;
}

export class Mover {
  /** Machines moved so far. */
  moves = 0;
  private readonly options: MoverOptions;
  private readonly timer: NodeJS.Timeout | undefined;
  /** Until when, by performance.now(). */
  private readonly stays = new WeakMap<MachineHandle, number>();
  /** What each has used up to the last look. */
  private used = new Map<MachineHandle, number>();
  private looked = performance.now();
  private moving = false;

  constructor(options: MoverOptions) {
    this.options = options;
    const { milliseconds } = options;
    if (milliseconds > 0) this.timer = setInterval(() => void this.balance(), milliseconds).unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** Throws INVALID_FIELD, MACHINE_BUSY. */
  async move(handle: MachineHandle, index: number): Promise<void> {
    const port = this.options.pool.port(index);
    if (!port) {
      const there = this.options.pool.indexes().join(', ');
      throw invalidField('worker', `there is no worker ${index}: there are ${there}`);
    }
    for (let left = ATTEMPTS; handle.port !== port; left--)
      try {
        await this.transfer(handle, port);
      } catch (error) {
        if (!(error instanceof MachineError) || error.code !== 'MACHINE_BUSY' || left === 0) throw error;
        await new Promise((resolve) => setTimeout(resolve, BUSY_MILLISECONDS));
      }
  }

  /** One machine at a time. */
  private async balance(): Promise<void> {
    const { pool, accounts, log } = this.options;
    const loads = this.moving ? [] : this.loads();
    const move = loads.length > 1 ? bestMove(pool.threads, loads, (account) => accounts.spentBy(account)) : null;
    const port = move && pool.port(pool.indexes()[move.worker]!);
    if (!port) return;
    this.moving = true;
    try {
      await this.transfer(move.machine, port);
    } catch (error) {
      if (!(error instanceof MachineError && error.code === 'MACHINE_BUSY'))
        log.warn({ machine: move.machine.identity.name, worker: port.index, err: error }, 'could not be moved');
    }
    this.moving = false;
  }

  private loads(): Load<MachineHandle>[] {
    const { pool, accounts } = this.options;
    const now = performance.now();
    const places = pool.indexes();
    const loads: Load<MachineHandle>[] = [];
    const before = this.used;
    const least = (now - this.looked) * 1000 * LEAST_USE;
    this.used = new Map();
    this.looked = now;
    for (const machine of this.options.machines()) {
      const worker = places.indexOf(machine.worker);
      if (machine.identity.spec.time_mode === 'LOCKSTEP' && machine.place) {
        // Of many machines with a short call now and then some are always in one: to move them would be all that they do.
        const used = accounts.useOf(machine.place.number);
        this.used.set(machine, used);
        if (((used - (before.get(machine) ?? used)) | 0) < least) continue;
      }
      if (!machine.isActive || worker < 0) continue;
      const { cpu: account } = machine.share;
      loads.push({ machine, worker, account, shares: accounts.sharesOf(account), isMovable: (this.stays.get(machine) ?? 0) < now });
    }
    return loads;
  }

  private async transfer(handle: MachineHandle, port: WorkerPort): Promise<void> {
    const start = performance.now();
    await handle.moveTo(port);
    const end = performance.now();
    this.moves++;
    this.stays.set(handle, end + (end - start) * STAYS);
    const { log } = this.options;
    log.debug({ machine: handle.identity.name, worker: port.index, milliseconds: Math.round(end - start) }, 'moved');
  }
}
