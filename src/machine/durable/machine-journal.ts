// The journal of one machine as it is written: records gather until the worker is about to tell something, then they are made durable.

import type { FileLayer } from './file-layer.ts';
import { frame, type JournalRecord } from './journal-record.ts';
import { createSegment, FORMAT_VERSION, type SegmentHead, segmentPath, segmentsIn } from './journal-segment.ts';

/** Where a machine's journal is, and whose. */
export interface JournalPlace {
  readonly folder: string;
  readonly uid: string;
  readonly engine: string;
}

export class MachineJournal {
  readonly place: JournalPlace;
  segment: number;
  incarnation: number;
  private readonly files: FileLayer;
  private file: number;
  private written: number;
  private gathered: Uint8Array[] = [];
  /** Of each file, syncs that the host has not finished. */
  private readonly syncing = new Map<number, number>();
  private closed = false;

  private constructor(files: FileLayer, place: JournalPlace, at: { segment: number; incarnation: number; file: number; length: number }) {
    this.files = files;
    this.place = place;
    this.segment = at.segment;
    this.incarnation = at.incarnation;
    this.file = at.file;
    this.written = at.length;
  }

  /** The first segment that counts: what may be behind it is of a past that was given up. */
  static create(files: FileLayer, place: JournalPlace, segment: number, incarnation: number, base: SegmentHead['base']): MachineJournal {
    files.makeFolder(place.folder);
    for (const later of segmentsIn(files, place.folder).reverse()) if (later > segment) files.remove(segmentPath(place.folder, later));
    const made = createSegment(files, place.folder, headOf(place, segment, incarnation, base));
    return new MachineJournal(files, place, { segment, incarnation, ...made });
  }

  /** Goes on behind the first `length` bytes of a segment. */
  static reopen(files: FileLayer, place: JournalPlace, segment: number, incarnation: number, length: number): MachineJournal {
    const file = files.reopen(segmentPath(place.folder, segment), length);
    return new MachineJournal(files, place, { segment, incarnation, file, length });
  }

  /** Of the present segment. */
  get bytes(): number {
    return this.written + this.gathered.reduce((sum, { length }) => sum + length, 0);
  }

  get hasGathered(): boolean {
    return this.gathered.length > 0;
  }

  record(record: JournalRecord): void {
    this.gathered.push(frame(record));
  }

  /** Hands what has gathered to the host; durable after a sync. Throws what the host says, and then nothing of it is there. */
  write(): void {
    const { gathered } = this;
    if (gathered.length === 0) return;
    const bytes = gathered.length === 1 ? gathered[0]! : Buffer.concat(gathered);
    try {
      this.files.write(this.file, bytes);
    } catch (error) {
      this.leaveFile();
      this.file = this.files.reopen(segmentPath(this.place.folder, this.segment), this.written);
      throw error;
    }
    this.gathered = [];
    this.written += bytes.length;
  }

  sync(): void {
    this.write();
    this.files.sync(this.file);
  }

  syncLater(done: (error: Error | null) => void): void {
    // Closing has made it durable.
    if (this.closed) return done(null);
    this.write();
    const { file, syncing } = this;
    syncing.set(file, (syncing.get(file) ?? 0) + 1);
    this.files.syncLater(file, (error) => {
      const left = syncing.get(file)! - 1;
      if (left > 0) syncing.set(file, left);
      else {
        syncing.delete(file);
        if (this.closed || file !== this.file) this.files.close(file);
      }
      done(error);
    });
  }

  /** A new segment begins here. Throws what the host says, and this one goes on. */
  rotate(base: SegmentHead['base'], incarnation = this.incarnation): void {
    this.sync();
    const segment = this.segment + 1;
    const made = createSegment(this.files, this.place.folder, headOf(this.place, segment, incarnation, base));
    this.leaveFile();
    this.segment = segment;
    this.incarnation = incarnation;
    this.file = made.file;
    this.written = made.length;
  }

  close(): void {
    this.sync();
    this.leaveFile();
    this.closed = true;
  }

  /** It is closed when the host has done with it. */
  private leaveFile(): void {
    if (!this.syncing.has(this.file)) this.files.close(this.file);
  }
}

const headOf = (place: JournalPlace, segment: number, incarnation: number, base: SegmentHead['base']): SegmentHead => ({
  format: FORMAT_VERSION,
  uid: place.uid,
  segment,
  incarnation,
  engine: place.engine,
  base,
});
