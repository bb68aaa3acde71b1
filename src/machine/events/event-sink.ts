// The door through which the inside of a machine reports what happens. Implemented by the board.

import type { EventFields, EventKind, EventPlace } from './schema.ts';

export interface EventSink {
  /** Events so far: the sequence of the last one. Absent where nobody numbers them. */
  readonly emitted?: number;
  /** False if this kind is masked out: callers may then skip gathering costly fields. */
  wants(kind: EventKind): boolean;
  emit<K extends EventKind>(kind: K, place: EventPlace, fields: EventFields<K>): void;
}
