// What is beside the state of a machine and must go along when it goes on in another worker, so that nobody notices: who waits for what,
// and how far that has come. Plain data.

import type { JournalPlace } from './durable/machine-journal.ts';
import type { JournalLife, StoppedPlace } from './journal.ts';
import type { CommandFields } from './protocol.ts';
import type { RemoteProgramKind } from './remote/programs/commands.ts';
import type { Awaited } from './remote/program-runner.ts';
import type { EndedCall } from './remote/remote-observer.ts';
import type { RemoteAnswer } from './remote/remote-program.ts';

/** A command that answers later. */
export interface Wait {
  readonly request: number;
  readonly pid: number;
  readonly untilQuiescent: boolean;
}

/** A RunMachine or StepMachine, from its beginning up to now. */
export type RunLife =
  | {
      readonly command: 'run_machine';
      readonly request: number;
      readonly fields: CommandFields<'run_machine'>;
      /** Absolute virtual time at which it ends. */
      readonly until: number;
      /** Instructions that the machine had executed before. */
      readonly from: number;
    }
  | {
      readonly command: 'step_machine';
      readonly request: number;
      readonly fields: CommandFields<'step_machine'>;
      /** Instructions that it has counted. */
      readonly done: number;
    };

/** A program on remote threads that can begin again, and what it has been answered. */
export interface ProgramLife {
  readonly request: number;
  readonly kind: RemoteProgramKind;
  readonly fields: CommandFields<RemoteProgramKind>;
  readonly answers: readonly RemoteAnswer[];
  readonly awaits: Awaited;
}

export interface MachineLife {
  readonly held: boolean;
  readonly halted: boolean;
  readonly sliceCycles: number;
  readonly waits: readonly Wait[];
  readonly run: RunLife | null;
  readonly programs: readonly ProgramLife[];
  /** Of remote calls, not yet fetched. */
  readonly ended: readonly EndedCall[];
  /** Of remote threads, that time has not yet passed. */
  readonly news: readonly number[];
  /** Inputs that are kept in memory, and whether they begin at the spec. */
  readonly inputs: JournalLife & { readonly wasRestored: boolean };
  /** Where its journal goes on; null without one. */
  readonly journal: {
    readonly place: JournalPlace;
    readonly segment: number;
    readonly incarnation: number;
    /** Of the segment, in bytes. */
    readonly length: number;
    readonly shown: { readonly time: number; readonly place?: StoppedPlace };
    /** Microseconds that a replay would take, and whether it should be saved because of that. */
    readonly replay: number;
    readonly saveWanted: boolean;
  } | null;
}
