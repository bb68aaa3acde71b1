// Machines that do nothing by themselves any more and that nobody uses: crashed, quiescent with no input awaited (also where a run ended with that), or at their virtual limit.
// Since when is kept with the machine, so that a restart of the daemon makes none of them younger.

import type { EndedState, MachineKeeper } from '../durable/machine-keeper.ts';
import type { Leases } from '../lease/leases.ts';
import type { LiveCalls } from '../live-calls.ts';
import type { MachineHandle } from '../machine-handle.ts';
import type { MachineRegistry } from '../machine-registry.ts';
import type { Item } from './choose.ts';
import type { Reason } from './removals.ts';

export interface EndedOptions {
  readonly machines: MachineRegistry;
  /** Null: nothing of them is on a disk. */
  readonly keeper: MachineKeeper | null;
  readonly leases: Leases;
  readonly live: LiveCalls;
}

export interface EndedMachine extends Item {
  remove(why: Reason): Promise<number | null>;
}

interface Seen {
  readonly lastUsed: number;
  readonly ended: EndedState;
}

/** Notes that are written in one look. */
const MOST_NOTES = 64;

/** Why it is paused. */
const FOR_GOOD = ['quiescent', 'virtual_limit'];

const hasEnded = ({ state, stateReason, awaitingInput }: MachineHandle): boolean =>
  state === 'crashed' || (!awaitingInput && (state === 'quiescent' || (state === 'paused' && FOR_GOOD.includes(stateReason))));

export class EndedMachines {
  private readonly options: EndedOptions;
  private readonly seen = new WeakMap<MachineHandle, Seen>();
  /** Bytes of a machine whose journal begins at this segment. */
  private readonly sizes = new WeakMap<MachineHandle, { readonly segment: number; readonly bytes: number }>();
  private notes = 0;

  constructor(options: EndedOptions) {
    this.options = options;
  }

  /** `isMeasured`: with what they take up together, else 0. */
  async look(now: number, isMeasured: boolean): Promise<{ readonly held: number; readonly items: readonly EndedMachine[] }> {
    this.notes = 0;
    const items: EndedMachine[] = [];
    let held = 0;
    for (const handle of this.options.machines.list()) {
      const ended = this.endedOf(handle, now);
      if (!ended) continue;
      const { lastUsed } = handle;
      if (isMeasured) held += await this.bytesOf(handle);
      items.push({
        name: handle.identity.name,
        time: ended.time,
        isNeeded: this.isNeeded(handle),
        remove: (why) => this.remove(handle, lastUsed, why),
      });
    }
    return { held, items };
  }

  /** Null: it has not, or it is not known yet. */
  private endedOf(handle: MachineHandle, now: number): EndedState | null {
    const { keeper } = this.options;
    const { uid } = handle.identity;
    if (handle.isRecovering || handle.deleted) return null;
    const noted = keeper?.get(uid).ended ?? null;
    if (!hasEnded(handle)) {
      this.seen.delete(handle);
      if (noted) this.note(uid, null);
      return null;
    }
    const { cycle, incarnation, lastUsed } = handle;
    const seen = this.seen.get(handle);
    // Of a daemon before, if nothing has happened in it since.
    const before = seen
      ? seen.lastUsed === lastUsed
        ? seen.ended
        : null
      : noted?.cycle === cycle && noted.incarnation === incarnation
        ? noted
        : null;
    const ended = before ?? { time: now - handle.idleMilliseconds, cycle, incarnation };
    if (keeper && ended !== noted && !this.note(uid, ended)) return null;
    this.seen.set(handle, { lastUsed, ended });
    return ended;
  }

  /** False: the next look does it. */
  private note(uid: string, ended: EndedState | null): boolean {
    if (this.notes++ >= MOST_NOTES) return false;
    this.options.keeper!.change(uid, { ended });
    return true;
  }

  private isNeeded({ identity: { name } }: MachineHandle): boolean {
    return this.options.leases.isLeased(name) || this.options.live.isOpen(name);
  }

  private async bytesOf(handle: MachineHandle): Promise<number> {
    const { keeper } = this.options;
    if (!keeper) return 0;
    const { segment } = keeper.get(handle.identity.uid);
    const known = this.sizes.get(handle);
    const bytes = known?.segment === segment ? known.bytes : await keeper.bytesOf(handle.identity.uid);
    this.sizes.set(handle, { segment, bytes });
    return bytes + handle.log.diskBytes;
  }

  private async remove(handle: MachineHandle, lastUsed: number, why: Reason): Promise<number | null> {
    const bytes = await this.bytesOf(handle);
    // Somebody may have come meanwhile.
    if (!hasEnded(handle) || handle.deleted || handle.lastUsed !== lastUsed || this.isNeeded(handle)) return null;
    await this.options.machines.delete(handle, why);
    return bytes;
  }
}
