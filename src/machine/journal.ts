// The one door for inputs. Everything from outside that changes a machine's state is stamped with the virtual time at which
// it was met and recorded here before it is applied; a machine of the same spec that is given the journal again ends in the same state.

import type { Place } from './control/stop-condition.ts';
import type { JournalRecord } from './durable/journal-record.ts';
import { type InputPieces, KeptInputs } from './durable/kept-inputs.ts';
import type { CommandFields } from './protocol.ts';

export const INPUT_KINDS = [
  'spawn_process',
  'write_stdin',
  'close_stdin',
  'resize_terminal',
  'signal_process',
  'write_file',
  'create_remote_thread',
  'remote_call',
  'pass_descriptor',
  'write_memory',
  'write_registers',
  'create_breakpoint',
  'delete_breakpoint',
] as const;
export type InputKind = (typeof INPUT_KINDS)[number];

export interface StoppedPlace extends Place {
  /** Execution was stopped right there; otherwise it went on from there until the entry's time. */
  readonly exact: boolean;
}

export type JournalEntry = {
  [K in InputKind]: {
    /** Everything before this virtual time, in cycles, had happened when the input was applied. */
    readonly time: number;
    /** Where execution stood, if the machine was stopped where no time of all vCPUs together says it. */
    readonly place?: StoppedPlace;
    readonly kind: K;
    readonly fields: CommandFields<K>;
  };
}[InputKind];

/** Bytes of a machine's inputs that are kept in memory, where nobody says otherwise. */
export const KEPT_BYTES = 16 << 20;

/** How far a journal has come, for another worker. */
export interface JournalLife {
  readonly kept: InputPieces;
  readonly count: number;
  readonly cutAt: number | null;
}

export class Journal {
  private readonly kept = new KeptInputs();
  private count = 0;
  /** Where entries go instead of being kept here: to a journal on disk, which also hears of changes of the machine's state. */
  sink: ((record: JournalRecord) => void) | null = null;
  /** Bytes that may be kept here. */
  limit = KEPT_BYTES;
  /** When there were more, in cycles: then all of them went, because a part leads nowhere. */
  cutAt: number | null = null;

  record(entry: JournalEntry): void {
    this.count++;
    if (this.sink) return this.sink({ kind: 'input', entry });
    if (this.cutAt !== null) return;
    this.kept.push(entry);
    if (this.kept.bytes <= this.limit) return;
    this.kept.clear();
    this.cutAt = Math.floor(entry.time);
  }

  get life(): JournalLife {
    return { kept: this.kept.state, count: this.count, cutAt: this.cutAt };
  }

  /** Goes on from one that was elsewhere. */
  goOn({ kept, count, cutAt }: JournalLife): void {
    this.kept.goOn(kept);
    this.count = count;
    this.cutAt = cutAt;
  }

  /** Those that are kept here. */
  get entries(): readonly JournalEntry[] {
    return this.kept.all();
  }

  /** What they take of memory. */
  get bytes(): number {
    return this.kept.bytes;
  }

  /** Of all entries. */
  get length(): number {
    return this.count;
  }
}
