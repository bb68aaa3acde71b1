// A machine as its journal leaves it: from where it was saved, or its spec, every input again at its virtual time, up to the last horizon.
// Everything it has ever told is then in it, and what it tells from there on follows without a gap or a repeat.

import type { StepModule } from '../cpu/step/step-module.ts';
import { MachineError } from '../errors.ts';
import { FIRST_PIECE, LARGEST_PIECE, Machine } from '../machine.ts';
import type { MachineSpec } from '../machine-spec.ts';
import { restore } from '../snapshot/image.ts';
import type { MachineImage } from '../snapshot/machine-image.ts';
import type { FileLayer } from './file-layer.ts';
import type { JournalRecord } from './journal-record.ts';
import { badJournal, type ReadSegment, readSegment, segmentPath, segmentsIn } from './journal-segment.ts';
import { type JournalPlace, MachineJournal } from './machine-journal.ts';
import { booksFromBytes } from './ring-books-bytes.ts';

export interface Recovered {
  readonly machine: Machine;
  readonly journal: MachineJournal;
  /** Records that were replayed. */
  readonly records: number;
  /** Bytes of a record that was being written when the host stopped. */
  readonly torn: number;
}

interface Saved {
  /** Null: its spec. */
  readonly image: MachineImage | null;
  /** The segment that begins there. */
  readonly segment: number;
  readonly incarnation: number;
}

export class Recovery {
  readonly machine: Machine;
  private readonly journal: MachineJournal;
  private readonly records: readonly JournalRecord[];
  private readonly torn: number;
  /** Another engine has written the last head. */
  private readonly isOfAnother: boolean;
  private at = 0;

  /** Throws BAD_JOURNAL, or GraphError for the image. */
  constructor(files: FileLayer, place: JournalPlace, spec: MachineSpec, stepModule: StepModule, saved: Saved) {
    files.makeFolder(place.folder);
    const all = readAll(files, place, saved.segment);
    // The last fresh start makes everything before it history.
    const segments = all.slice(
      Math.max(
        0,
        all.findLastIndex(({ head }) => head.base === 'fresh'),
      ),
    );
    for (const { records, head } of segments)
      if (records.length > 0 && head.engine !== place.engine)
        throw badJournal(
          segmentPath(place.folder, head.segment),
          `was recorded by engine ${head.engine}, and this is engine ${place.engine}, which may do otherwise (start that version once and let it stop in order)`,
        );
    const isFresh = segments[0]?.head.base === 'fresh';
    this.machine = saved.image && !isFresh ? restore(spec, stepModule, saved.image) : new Machine(spec, stepModule);
    this.records = segments.flatMap(({ records }) => records);
    const last = segments.at(-1);
    const incarnation = last?.head.incarnation ?? saved.incarnation;
    this.torn = last?.torn ?? 0;
    this.isOfAnother = last !== undefined && last.head.engine !== place.engine;
    this.journal = last
      ? MachineJournal.reopen(files, place, last.head.segment, incarnation, last.length)
      : MachineJournal.create(files, place, saved.segment, incarnation, saved.image ? 'image' : 'fresh');
    // What a killed daemon had written and not synced is told again from here on.
    this.journal.sync();
  }

  /** A record, or of the time until the next as much as is enough. Returns whether there is more to do. */
  step(isEnough: IsEnough): boolean {
    const { machine, records } = this;
    const record = records[this.at];
    if (!record) return false;
    if (!approach(machine, record, timeOf(record), isEnough)) return true;
    replay(machine, record);
    return ++this.at < records.length;
  }

  /** When step() has nothing more to do. */
  finish(): Recovered {
    const { machine, journal, records, torn } = this;
    // Calls that nobody waits for any more have no outcome to be told.
    machine.board.remoteObserver.ended = [];
    // Its head says which engine has written it.
    if (this.isOfAnother) journal.rotate('saved');
    return { machine, journal, records: records.length, torn };
  }

  /** It has failed: the journal stays as it is. */
  abandon(): void {
    this.journal.close();
  }
}

/** From where the machine was saved on, in order and whole. */
export function readAll(files: FileLayer, place: Pick<JournalPlace, 'folder' | 'uid'>, from: number): ReadSegment[] {
  const numbers = segmentsIn(files, place.folder).filter((number) => number >= from);
  const segments: ReadSegment[] = [];
  for (const [at, number] of numbers.entries()) {
    const path = segmentPath(place.folder, number);
    const isLast = at === numbers.length - 1;
    const segment = readSegment(files, place.folder, number);
    if (number !== from + at) throw badJournal(path, `follows a segment that is missing, ${segmentPath(place.folder, from + at)}`);
    if (!segment) {
      if (!isLast) throw badJournal(path, 'is damaged at byte 0');
      files.remove(path);
      break;
    }
    if (segment.head.uid !== place.uid || segment.head.segment !== number)
      throw badJournal(path, `is of another machine (${segment.head.uid})`);
    if (segment.torn > 0 && !isLast) throw badJournal(path, `is damaged at byte ${segment.length}`, segment.length);
    // It was put back, and nobody was told: what it was put back to is not kept yet.
    if (segment.head.base === 'image' && at > 0) {
      for (const later of numbers.slice(at)) files.remove(segmentPath(place.folder, later));
      break;
    }
    segments.push(segment);
  }
  return segments;
}

export function replay(machine: Machine, record: JournalRecord): void {
  if (record.kind === 'input') {
    const { entry } = record;
    machine.advanceTo(entry.time, entry.place);
    try {
      machine.apply(entry.kind, entry.fields);
    } catch (error) {
      // It was refused then, too, after it had been recorded.
      if (!(error instanceof MachineError)) throw error;
    }
    return;
  }
  machine.advanceTo(record.time, record.place);
  if (record.kind === 'state') return machine.setState(record.state, record.reason);
  if (record.kind === 'parking') return machine.announceParking(record.idleSeconds, record.inSeconds);
  for (const tid of record.told ?? []) machine.board.remoteObserver.taken.get(tid)?.shift();
  if (record.books) booksFromBytes(machine, record.books);
}

export const timeOf = (record: JournalRecord): number => (record.kind === 'input' ? record.entry.time : record.time);

/** Whether the host has given a replay enough for now, so that others have their turns; asked again and again. */
export type IsEnough = () => boolean;

/** A place where execution stood is less than an interleaving quantum before its time. */
const PLACE_QUANTA = 2;

/**
 * On the way to `record`, and to `time` at most, in pieces as a slice has them: however long a cycle takes on the host, it is not long from one
 * question to the next. True once the rest is so short that it may be gone at once.
 */
export function approach(machine: Machine, record: JournalRecord, time: number, isEnough: IsEnough): boolean {
  const goal = placeOf(record) ? time - PLACE_QUANTA * machine.board.quantum : time;
  for (let piece = FIRST_PIECE; ; piece = Math.min(LARGEST_PIECE, piece * 2)) {
    // Where nothing happens until then, no time is needed either.
    const next = Math.max(machine.time, machine.board.nextTime()) + piece;
    if (!(next < goal)) return true;
    machine.advanceTo(next);
    if (isEnough()) return false;
  }
}

const placeOf = (record: JournalRecord): Machine['moment']['place'] => (record.kind === 'input' ? record.entry.place : record.place);
