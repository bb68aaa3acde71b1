// The segments of events that a machine's record names: whole, without a gap, up to where it was saved. What was written later is told again by
// its journal, and other generations are of no use.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KeptMachine } from '../durable/machine-keeper.ts';
import { segmentName, segmentsIn } from '../events/event-files.ts';
import { decodeSegment, SegmentError, segmentHead } from '../events/event-segment.ts';
import { type Finding, REMOVE } from './finding.ts';

export interface CheckedEvents {
  /** Sequence of the oldest event from which on all are whole; 0 if there is none. */
  readonly oldestEvent: number;
  readonly eventBytes: number;
  readonly findings: readonly Finding[];
}

/** Of the events that a record names: paths below the data directory, ascending. */
export function eventPaths(base: string, { uid, events, saved }: KeptMachine): string[] {
  if (!events || !saved) return [];
  const below = `events/${uid}/${events}`;
  return segmentsIn(join(base, below))
    .filter((first) => first <= saved.position.emitted)
    .map((first) => `${below}/${segmentName(first)}`);
}

/** `base`: the data directory. */
export function checkEvents(base: string, machine: KeptMachine): CheckedEvents {
  const { name, uid, events, saved } = machine;
  const findings: Finding[] = [];
  const paths = eventPaths(base, machine);
  const next = (saved?.position.emitted ?? 0) + 1;
  let [oldestEvent, eventBytes] = [0, 0];
  const find = (path: string, problem: string, offset: number | null): void => {
    const remedy =
      'bring the data directory back from a backup, or do without the events up to there: the machine comes back, and later ones are read';
    findings.push({ kind: 'damaged', owner: name, path, offset, problem, remedy });
    oldestEvent = 0;
  };
  for (const [at, path] of paths.entries()) {
    const first = Number.parseInt(path.slice(-23), 10);
    const end = at === paths.length - 1 ? next : Number.parseInt(paths[at + 1]!.slice(-23), 10);
    try {
      const file = readFileSync(join(base, path));
      eventBytes += file.length;
      const head = segmentHead(file);
      if (head.uid !== uid) find(path, `is of another machine (${head.uid})`, 56);
      else if (decodeSegment(file).firstSequence !== first) find(path, `has the events from ${head.first} on`, 24);
      else if (first + head.events < end)
        find(path, `ends with event ${first + head.events - 1}, and what follows begins with ${end}`, null);
      else if (oldestEvent === 0) oldestEvent = first;
    } catch (error) {
      find(
        path,
        error instanceof SegmentError ? error.message : `cannot be read: ${(error as Error).message}`,
        (error as Partial<SegmentError>).offset ?? null,
      );
    }
  }
  const folder = join(base, 'events', uid);
  for (const generation of existsSync(folder) ? readdirSync(folder).sort() : [])
    if (saved && generation !== events)
      findings.push({
        kind: 'leftover',
        owner: '',
        path: `events/${uid}/${generation}`,
        offset: null,
        problem: 'has events from before the machine was reset or put back',
        remedy: REMOVE,
      });
  return { oldestEvent, eventBytes, findings };
}
