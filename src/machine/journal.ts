// The one door for inputs. Everything from outside that changes a machine's state is stamped with the virtual time at which
// it was met and recorded here before it is applied; a machine of the same spec that is given the journal again ends in the same state.

import type { CommandFields } from './protocol.ts';

export const INPUT_KINDS = [
  'spawn_process',
  'write_stdin',
  'close_stdin',
  'signal_process',
  'write_file',
  'create_remote_thread',
  'remote_call',
  'pass_descriptor',
] as const;
export type InputKind = (typeof INPUT_KINDS)[number];

export type JournalEntry = {
  [K in InputKind]: {
    /** Everything before this virtual time, in cycles, had happened when the input was applied. */
    readonly time: number;
    readonly kind: K;
    readonly fields: CommandFields<K>;
  };
}[InputKind];

export class Journal {
  private readonly recorded: JournalEntry[] = [];

  record(entry: JournalEntry): void {
    this.recorded.push(entry);
  }

  get entries(): readonly JournalEntry[] {
    return this.recorded;
  }
}
