// What the kernel as a whole keeps for remote threads, and whom it tells how their calls end.

import type { RemoteOutcome } from '../../machine/remote/remote-call.ts';

/** Outside the machine: nothing in it depends on what a listener does. */
export interface RemoteListener {
  /** At virtual time `cycle`. */
  callEnded(outcome: RemoteOutcome, cycle: number): void;
  threadEnded(tid: number, cycle: number): void;
}

export class Remotes {
  static readonly transient = ['listener'];
  /** Number of the next call. */
  nextCall = 1;
  listener: RemoteListener | null = null;
}
