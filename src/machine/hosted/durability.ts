// What makes a machine outlive its host: a journal on the disk, in it the horizon before which everything happened that has been told, and
// the wish to be saved where a replay would take long.

import type { StepModule } from '../cpu/step/step-module.ts';
import type { FileLayer } from '../durable/file-layer.ts';
import { unshared } from '../durable/journal-record.ts';
import { MachineJournal } from '../durable/machine-journal.ts';
import { ending, type Recording, recordingOf } from '../durable/recording.ts';
import { readAll } from '../durable/recovery.ts';
import { booksToBytes } from '../durable/ring-books-bytes.ts';
import type { MachineLife } from '../life.ts';
import { Machine } from '../machine.ts';
import type { MachineImage } from '../protocol.ts';
import { capture } from '../snapshot/image.ts';

/** A replay takes a processor about as long as what it does again took: so many microseconds of that, and the machine should be saved. */
export const REPLAY_MICROSECONDS = 400_000;
/** One that it takes long to save is saved more rarely: that should take a tenth of its time at most, but a replay no more than this. */
const LONGEST_REPLAY = 1_000_000;
const SAVING_SHARE = 10;
/** Likewise of the journal, which has to be read. */
export const REPLAY_BYTES = 8 << 20;

export class Durability {
  private readonly journal: MachineJournal;
  private readonly files: FileLayer;
  /** The last horizon. */
  private shown: Machine['moment'] = { time: -1 };
  /** Programs have acted since then: they may have changed the books of rings. */
  programsActed = false;
  /** Microseconds of a processor that a replay would take. */
  private replay = 0;
  /** Those that it took to save it last. */
  private saving = 0;
  private saveWanted = false;
  /** How far the machine was at the last look. */
  private seen = { time: 0, inputs: 0 };

  /** `replay`: what has been replayed up to here, in microseconds. */
  constructor(journal: MachineJournal, files: FileLayer, machine: Machine, replay = 0) {
    this.journal = journal;
    this.files = files;
    this.connect(machine);
    this.replay = replay;
  }

  /** Of a machine that comes from another worker. */
  static goOn(life: NonNullable<MachineLife['journal']>, files: FileLayer, machine: Machine): Durability {
    const { place, segment, incarnation, length, shown, replay, saveWanted } = life;
    const durability = new Durability(MachineJournal.reopen(files, place, segment, incarnation, length), files, machine, replay);
    Object.assign(durability, { shown, saveWanted });
    return durability;
  }

  get segment(): number {
    return this.journal.segment;
  }

  get incarnation(): number {
    return this.journal.incarnation;
  }

  /** The machine is put back, to its spec or to an image: what is recorded from now on begins there. Then the new one is connected. */
  beginAnew(base: 'fresh' | 'image'): void {
    this.journal.rotate(base, this.journal.incarnation + 1);
  }

  /** What happens to `machine` is recorded from now on. */
  connect(machine: Machine): void {
    machine.journal.sink = (record) => this.journal.record(unshared(record));
    machine.board.remoteObserver.told = [];
    this.shown = { time: -1 };
    this.replay = 0;
    this.saveWanted = false;
    this.look(machine);
  }

  /** Its whole state, where a new segment begins. */
  save(machine: Machine): { readonly image: MachineImage; readonly segment: number } {
    const image = capture(machine);
    this.journal.rotate('saved');
    this.replay = 0;
    this.saveWanted = false;
    this.look(machine);
    return { image, segment: this.journal.segment };
  }

  /** It took so many microseconds to save it. */
  saved(microseconds: number): void {
    this.saving = microseconds;
  }

  /** Work for the machine took so many microseconds. True if it should be saved, once until it is. */
  worked(machine: Machine, microseconds: number): boolean {
    // Whatever only looked at it is not done again.
    if (this.look(machine)) this.replay += microseconds;
    const longest = Math.min(LONGEST_REPLAY, Math.max(REPLAY_MICROSECONDS, this.saving * SAVING_SHARE));
    if (this.saveWanted || (this.replay < longest && this.journal.bytes < REPLAY_BYTES)) return false;
    return (this.saveWanted = true);
  }

  /** The journal that must be durable before what has been said may go out; null if it is already. */
  commit(machine: Machine): MachineJournal | null {
    this.recordHorizon(machine);
    return this.journal.hasGathered ? this.journal : null;
  }

  /** From where its journal begins, which is at `segment` on the disk. */
  record(machine: Machine, stepModule: StepModule, segment: number): Recording {
    this.journal.sync();
    const segments = readAll(this.files, this.journal.place, segment);
    const start = Math.max(
      0,
      segments.findLastIndex(({ head }) => head.base === 'fresh'),
    );
    const image = segments[start]?.head.base === 'fresh' ? capture(new Machine(machine.spec, stepModule)) : null;
    const records = segments.slice(start).flatMap(({ records: its }) => its);
    return { image, ...ending(machine, records) };
  }

  /** For another worker. Everything that it has told is durable. */
  leave(machine: Machine): NonNullable<MachineLife['journal']> {
    this.recordHorizon(machine);
    this.journal.sync();
    const { journal, shown, replay, saveWanted } = this;
    const { place, segment, incarnation, bytes: length } = journal;
    return { place, segment, incarnation, length, shown, replay, saveWanted };
  }

  close(): void {
    this.journal.close();
  }

  private recordHorizon(machine: Machine): void {
    const { journal, programsActed, shown } = this;
    const { remoteObserver } = machine.board;
    const told = remoteObserver.told ?? [];
    const { moment } = machine;
    const isShown = moment.time === shown.time && moment.place === shown.place;
    if (isShown && told.length === 0 && !programsActed && !journal.hasGathered) return;
    this.shown = moment;
    this.programsActed = false;
    remoteObserver.told = [];
    const books = programsActed && machine.ringBooks.byRing.size > 0 ? booksToBytes(machine) : null;
    journal.record({ kind: 'horizon', ...moment, ...(told.length > 0 ? { told } : {}), ...(books ? { books } : {}) });
  }

  /** Whether it has gone on since the last look. */
  private look({ time, journal }: Machine): boolean {
    const { seen } = this;
    this.seen = { time, inputs: journal.length };
    return seen.time !== time || seen.inputs !== journal.length;
  }
}

/** A recording of a machine, from where its journal begins: on the disk at `segment`, or in memory. */
export function recordMachine(machine: Machine, durability: Durability | null, stepModule: StepModule, segment: number): Recording {
  return durability ? durability.record(machine, stepModule, segment) : recordingOf(machine, stepModule);
}
