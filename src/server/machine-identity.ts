// Who a machine is, and where it can be.

import type { MachineSpec } from '../machine/machine-spec.ts';
import type { JournalFields, RestoredMachine } from '../machine/protocol.ts';
import type { WorkerPort } from './worker-port.ts';

export interface MachineIdentity {
  readonly name: string;
  readonly uid: string;
  /** Order of creation in this daemon. */
  readonly ordinal: number;
  readonly createTime: Date;
  readonly spec: MachineSpec;
}

/** Where a machine can be: a worker, and the number by which that knows it. */
export interface MachinePlace {
  readonly port: WorkerPort;
  readonly number: number;
  /** Of a machine that outlives the daemon. */
  readonly journal?: JournalFields;
}

/** What is told of a machine while it is parked. */
export type ParkedState = Pick<RestoredMachine, 'state' | 'reason' | 'cycle' | 'awaitingInput'>;
