// The one door for inputs. Everything from outside that changes a machine's state is stamped with the virtual time at which
// it was met and recorded here before it is applied; a machine of the same spec that is given the journal again ends in the same state.

import type { Place } from './control/stop-condition.ts';
import type { JournalRecord } from './durable/journal-record.ts';
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

export class Journal {
  private recorded: JournalEntry[] = [];
  private count = 0;
  /** Where entries go instead of being kept here: to a journal on disk, which also hears of changes of the machine's state. */
  sink: ((record: JournalRecord) => void) | null = null;

  record(entry: JournalEntry): void {
    this.count++;
    if (this.sink) this.sink({ kind: 'input', entry });
    else this.recorded.push(entry);
  }

  /** Goes on from one that was kept elsewhere. */
  goOn(entries: readonly JournalEntry[], count: number): void {
    this.recorded = [...entries];
    this.count = count;
  }

  /** Those that are kept here. */
  get entries(): readonly JournalEntry[] {
    return this.recorded;
  }

  /** Of all entries. */
  get length(): number {
    return this.count;
  }
}
