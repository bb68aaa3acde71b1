// What a machine's owner must know of one that was made from an image or has come back from its journal.

import type { Recovered } from '../durable/recovery.ts';
import type { Machine } from '../machine.ts';
import type { RestoredMachine } from '../protocol.ts';
import type { Durability } from './durability.ts';

/** Of a replay: how much that was. */
export type Replayed = Pick<Recovered, 'records' | 'torn'>;

export function restoredReport(
  { state, reason, cycle, events, consoles }: Machine,
  durability: Durability | null,
  { records, torn }: Replayed,
): RestoredMachine {
  return {
    state,
    reason,
    cycle,
    nextSequence: events.emitted - events.waitingEvents + 1,
    awaitingInput: consoles.awaitsInput(),
    consoles: consoles.report(),
    segment: durability?.segment ?? 0,
    incarnation: durability?.incarnation ?? 1,
    replayed: records,
    torn,
  };
}
