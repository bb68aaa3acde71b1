// A journal is a folder of segments, 00000001.journal and so on. Each begins with a head that says whose it is and where its machine stood;
// a new one begins where the machine was saved, so that older ones can go.

import { MachineError } from '../errors.ts';
import type { FileLayer } from './file-layer.ts';
import { frame, frameAt, type JournalRecord } from './journal-record.ts';

export const FORMAT_VERSION = 1;
const MAGIC = Buffer.from('uintrd journal\n\0', 'latin1');

export interface SegmentHead {
  readonly format: number;
  readonly uid: string;
  readonly segment: number;
  readonly incarnation: number;
  /** Of the engine that wrote it: another one may do otherwise with the same inputs. */
  readonly engine: string;
  /** fresh: a machine as its spec says. saved: where the segment before ends. image: of what the machine was restored to. */
  readonly base: 'fresh' | 'saved' | 'image';
}

export interface ReadSegment {
  readonly head: SegmentHead;
  readonly records: readonly JournalRecord[];
  /** Bytes that are whole. */
  readonly length: number;
  /** Behind them: the rest of a record that was being written when the host stopped. */
  readonly torn: number;
}

export const segmentPath = (folder: string, segment: number): string => `${folder}/${String(segment).padStart(8, '0')}.journal`;

/** Numbers of the segments that are there, ascending. */
export function segmentsIn(files: FileLayer, folder: string): number[] {
  const numbers = files.list(folder).map((name) => Number(/^(\d{8})\.journal$/.exec(name)?.[1] ?? 0));
  return numbers.filter((number) => number > 0).sort((a, b) => a - b);
}

/** Durable, with its name; or it is not there and this throws. */
export function createSegment(files: FileLayer, folder: string, head: SegmentHead): { readonly file: number; readonly length: number } {
  const path = segmentPath(folder, head.segment);
  const file = files.create(path);
  const bytes = Buffer.concat([MAGIC, frame(head)]);
  try {
    files.write(file, bytes);
    files.sync(file);
    files.syncFolder(folder);
  } catch (error) {
    files.close(file);
    files.remove(path);
    throw error;
  }
  return { file, length: bytes.length };
}

/** Null if it was never whole: its head is torn, so nothing of it was ever relied on. Throws BAD_JOURNAL. */
export function readSegment(files: FileLayer, folder: string, segment: number): ReadSegment | null {
  const path = segmentPath(folder, segment);
  const bytes = Buffer.from(files.read(path));
  const refuse = (problem: string, at: number): never => {
    throw badJournal(path, `${problem} at byte ${at}`, at);
  };
  const isOurs = bytes.subarray(0, MAGIC.length).equals(MAGIC);
  const first = isOurs ? frameAt(bytes, MAGIC.length) : null;
  if (!first) {
    if (nextFrame(bytes, 1) >= 0 || (bytes.length > 4096 && !isOurs)) refuse('is damaged or no journal of uintrd,', 0);
    return null;
  }
  const head = first.content as SegmentHead;
  if (head.format !== FORMAT_VERSION)
    refuse(`has version ${head.format} of the format, and this version of uintrd reads ${FORMAT_VERSION},`, 0);
  const records: JournalRecord[] = [];
  let at = first.end;
  for (let next = frameAt(bytes, at); next; next = frameAt(bytes, at)) {
    records.push(next.content as JournalRecord);
    at = next.end;
  }
  // What was being written when the host stopped is the last. Whole records behind it mean that it was whole once, too.
  if (nextFrame(bytes, at + 1) >= 0) refuse('is damaged', at);
  return { head, records, length: at, torn: bytes.length - at };
}

/** `problem` continues a sentence that begins with the path. */
export function badJournal(path: string, problem: string, offset = 0): MachineError {
  const details = { path, state: 'damaged', offset: String(offset), problem, remedy: REMEDY };
  return new MachineError('BAD_JOURNAL', `${path} ${problem}: ${REMEDY}`, details);
}

const REMEDY = 'bring the data directory back from a backup, restore a snapshot of the machine, or reset it';

/** Where the next whole frame begins, -1 if there is none. */
function nextFrame(bytes: Buffer, from: number): number {
  for (let at = from; at < bytes.length - 8; at++) if (frameAt(bytes, at)) return at;
  return -1;
}
