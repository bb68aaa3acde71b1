// A recording: where a machine began, every input since with its virtual time, and where it has come to. Whoever runs it again ends in the
// same state.

import type { StepModule } from '../cpu/step/step-module.ts';
import { MachineError } from '../errors.ts';
import { Machine } from '../machine.ts';
import { capture } from '../snapshot/image.ts';
import type { MachineImage } from '../snapshot/machine-image.ts';
import { frame, frameAt, type JournalRecord, unshared } from './journal-record.ts';
import { approach, type IsEnough, replay, timeOf } from './recovery.ts';

export interface Recording {
  /** Null: where the machine was saved, which whoever asked has. */
  readonly image: MachineImage | null;
  /** Records as in a journal. */
  readonly records: Uint8Array;
  /** Of the machine at its end. */
  readonly hash: string;
  readonly cycle: number;
}

/** Of a machine that has its journal in memory, from its spec on. */
export function recordingOf(machine: Machine, stepModule: StepModule): Recording {
  if (machine.wasRestored)
    throw new MachineError(
      'WRONG_STATE',
      'this machine was made from a snapshot, and what led to that is not known: record the one that was captured',
      {
        state: machine.state,
        allowed: '',
      },
    );
  const { cutAt, limit } = machine.journal;
  if (cutAt !== null)
    throw new MachineError(
      'LIMIT_EXCEEDED',
      `at cycle ${cutAt} the inputs of this machine were more than journal-bytes, ${limit}, and were let go: what led to its present state is not known. Record sooner, start uintrd with a larger --journal-bytes, or with --data-dir, which keeps them on the disk`,
      { subject: 'journal-bytes', limit: String(limit) },
    );
  const records = machine.journal.entries.map((entry): JournalRecord => ({ kind: 'input', entry: unshared(entry) }));
  return { image: capture(new Machine(machine.spec, stepModule)), ...ending(machine, records) };
}

/** `records` and a horizon where the machine is now. */
export function ending(machine: Machine, records: readonly JournalRecord[]): Omit<Recording, 'image'> {
  const end: JournalRecord = { kind: 'horizon', ...machine.moment };
  return { records: Uint8Array.from(Buffer.concat([...records, end].map(frame))), hash: machine.hash(), cycle: machine.cycle };
}

/** Runs records on a machine that is where they begin, a slice of time at once, so that others on its worker have their turns. */
export class Player {
  private readonly bytes: Buffer;
  private readonly toCycle: number;
  private at = 0;
  /** It stopped before the end, at the cycle that was asked for. */
  stoppedEarly = false;

  /** `toCycle`: how far; Infinity for all. */
  constructor(records: Uint8Array, toCycle: number) {
    this.bytes = Buffer.from(records.buffer, records.byteOffset, records.length);
    this.toCycle = toCycle;
  }

  /** A record, or of the time until the next as much as is enough. Returns whether there is more to do. Throws BAD_SNAPSHOT. */
  step(machine: Machine, isEnough: IsEnough): boolean {
    if (this.at >= this.bytes.length) return false;
    const next = frameAt(this.bytes, this.at);
    if (!next) throw new MachineError('BAD_SNAPSHOT', `the recording is damaged at byte ${this.at} of its inputs`, { state: 'damaged' });
    const record = next.content as JournalRecord;
    const time = timeOf(record);
    if (!approach(machine, record, Math.min(time, this.toCycle), isEnough)) return true;
    if (time > this.toCycle) {
      machine.advanceTo(this.toCycle);
      this.stoppedEarly = true;
      return false;
    }
    replay(machine, record);
    this.at = next.end;
    return this.at < this.bytes.length;
  }
}
