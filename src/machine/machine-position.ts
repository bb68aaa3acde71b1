// How far a machine has come, and how it stands: what is beside its board's state but must go on from where it was.

import type { StoppedPlace } from './journal.ts';
import type { MachineState } from './protocol.ts';

export interface MachinePosition {
  /** Everything before this virtual time has happened. */
  readonly time: number;
  /** Where execution stands, when it was stopped between the times that all vCPUs reach together. */
  readonly place: StoppedPlace | null;
  /** No vCPU had gone further when it was. */
  readonly raggedUntil: number;
  readonly state: MachineState;
  readonly reason: string;
  /** Events so far. */
  readonly emitted: number;
  /** Executed by the processor's engine. */
  readonly instructions: number;
}
