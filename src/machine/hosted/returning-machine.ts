// A machine on its way back from its journal: replayed a slice at a time, so that others on its worker have their turns.

import { type IsEnough, Recovery } from '../durable/recovery.ts';
import type { Machine } from '../machine.ts';
import type { CommandFields, JournalFields } from '../protocol.ts';
import { Durability } from './durability.ts';
import { badSnapshot } from './from-image.ts';
import { HostedMachine } from './hosted-machine.ts';
import { Outlet } from './outlet.ts';
import type { Surroundings } from './surroundings.ts';

export class ReturningMachine {
  readonly id: number;
  readonly account: number;
  private readonly around: Surroundings;
  private readonly outlet: Outlet;
  private readonly recovery: Recovery;
  private microseconds = 0;

  /** Throws BAD_SNAPSHOT, BAD_JOURNAL. */
  constructor(id: number, { spec, account, image }: CommandFields<'create_machine'>, journal: JournalFields, around: Surroundings) {
    const { segment, incarnation } = journal;
    this.id = id;
    this.account = account;
    this.around = around;
    this.outlet = new Outlet(id, around.post);
    try {
      this.recovery = new Recovery(around.files, journal, spec, around.stepModule, { image: image ?? null, segment, incarnation });
    } catch (error) {
      throw badSnapshot(error);
    }
  }

  get machine(): Machine {
    return this.recovery.machine;
  }

  /** Tells what it has told before. Returns whether there is more to replay. */
  step(isEnough: IsEnough): boolean {
    const more = this.recovery.step(isEnough);
    this.outlet.flush(this.machine);
    return more;
  }

  /** So much of a processor went into its replay. */
  worked(microseconds: number): void {
    this.microseconds += microseconds;
  }

  /** Exactly as it was. A daemon that dies again and again must not have more to replay each time: what was replayed counts. */
  finish(): HostedMachine {
    const { id, account, around, recovery, microseconds } = this;
    const { machine, journal, records, torn } = recovery.finish();
    const durability = new Durability(journal, around.files, machine, microseconds);
    const hosted = new HostedMachine(id, account, machine, durability, around, { records, torn });
    hosted.flush();
    return hosted;
  }

  /** It cannot come back. */
  giveUp(): void {
    this.recovery.abandon();
  }
}
