// Where predecoded records are: the arena in memory 0, and per frame what was decoded from it, keyed by virtual RIP.
// Records are never moved or freed one by one. A write to a frame stamps its records with the STALE form, so that any
// pointer to them leads back here; a full arena is dropped as a whole.

import { PAGE_SHIFT, RECORDS_BASE, RECORDS_BYTES, RECORD_BYTES } from '../../memory/layout.ts';
import type { WriteGrants } from '../../memory/address-space.ts';
import type { CodeListener, PhysicalMemory } from '../../memory/physical-memory.ts';
import type { DecodedPage } from './decoded-page.ts';
import { COST, FORM, RECORD_WORDS, SPECIAL } from './record.ts';

/** A run of records that came from one frame (or from two, for an instruction across a page end). */
interface Run {
  readonly start: number;
  readonly end: number;
}

interface FrameCode {
  /** Record of an instruction that lies wholly in this frame, by RIP. */
  readonly records: Map<number, number>;
  /** Records of instructions that begin in this frame and end in another, by RIP, then by the other frame. */
  readonly crossing: Map<number, Map<number, number>>;
  readonly runs: Run[];
  /** What is known of its bytes, by the address at which it is mapped. */
  readonly pages: Map<number, DecodedPage>;
  /** HEAT and REGION records. */
  readonly heads: number[];
}

/** Room that must be left before a block is decoded: one page of one-byte instructions, each with a link record. */
const HEADROOM = 3 * 4096 * RECORD_BYTES;

/** Writes to a frame's code behind which more are expected. */
const RESTLESS = 4;

export class CodeCache implements CodeListener {
  private readonly physical: PhysicalMemory;
  private readonly words: Int32Array;
  private readonly grants: WriteGrants;
  private readonly frames = new Map<number, FrameCode>();
  /** By frame: how often its code has been written to. */
  private readonly writes = new Map<number, number>();
  private top = RECORDS_BASE;
  /** Told of frames whose code is gone, and of everything having gone. */
  listener: { frameDropped(frame: number): void; allDropped(): void } | null = null;
  /** Times the arena was dropped. */
  drops = 0;

  constructor(physical: PhysicalMemory, grants: WriteGrants) {
    this.physical = physical;
    this.words = new Int32Array(physical.memory.buffer);
    this.grants = grants;
  }

  /** Record of the instruction at `rip` in `frame`, 0 if none. */
  find(frame: number, rip: number): number {
    return this.frames.get(frame >>> PAGE_SHIFT)?.records.get(rip) ?? 0;
  }

  findCrossing(frame: number, second: number, rip: number): number {
    const record =
      this.frames
        .get(frame >>> PAGE_SHIFT)
        ?.crossing.get(rip)
        ?.get(second) ?? 0;
    return record !== 0 && this.physical.view.getUint16(record + FORM, true) === SPECIAL.STALE ? 0 : record;
  }

  /** True if a block might not fit; the caller then calls drop() where no generated code is running. */
  get full(): boolean {
    return this.top + HEADROOM > RECORDS_BASE + RECORDS_BYTES;
  }

  /** Address of a fresh record, which is clear: so is all of the arena that is not in use. */
  allocate(): number {
    const record = this.top;
    this.top += RECORD_BYTES;
    return record;
  }

  /** Address of a fresh record, a copy of the words from `from` on. */
  allocateCopy(words: Int32Array, from: number): number {
    const record = this.top;
    this.top += RECORD_BYTES;
    const to = record >>> 2;
    for (let word = 0; word < RECORD_WORDS; word++) this.words[to + word] = words[from + word]!;
    return record;
  }

  get nextRecord(): number {
    return this.top;
  }

  note(frame: number, rip: number, record: number): void {
    this.code(frame).records.set(rip, record);
  }

  noteCrossing(frame: number, second: number, rip: number, record: number): void {
    const byFrame = this.code(frame).crossing;
    const found = byFrame.get(rip);
    if (found) found.set(second, record);
    else byFrame.set(rip, new Map([[second, record]]));
  }

  page(frame: number, address: number): DecodedPage | undefined {
    return this.frames.get(frame >>> PAGE_SHIFT)?.pages.get(address);
  }

  notePage(frame: number, page: DecodedPage): void {
    this.code(frame).pages.set(page.address, page);
  }

  /** Its code has been written to so often that it will be again. */
  isRestless(frame: number): boolean {
    return (this.writes.get(frame >>> PAGE_SHIFT) ?? 0) >= RESTLESS;
  }

  /** Declares that the records from `start` up to the arena's top came from `frame`. */
  noteRun(frame: number, start: number): void {
    this.code(frame).runs.push({ start, end: this.top });
  }

  noteHead(frame: number, head: number): void {
    this.code(frame).heads.push(head);
  }

  /** HEAT and REGION records of a frame, in the order in which they were made. */
  heads(frame: number): readonly number[] {
    return this.frames.get(frame >>> PAGE_SHIFT)?.heads ?? [];
  }

  /** Those of all frames. */
  *allHeads(): Iterable<number> {
    for (const { heads } of this.frames.values()) yield* heads;
  }

  codeFrameWritten(frame: number): void {
    const code = this.frames.get(frame >>> PAGE_SHIFT);
    this.physical.setCode(frame, false);
    if (!code) return;
    this.frames.delete(frame >>> PAGE_SHIFT);
    this.writes.set(frame >>> PAGE_SHIFT, (this.writes.get(frame >>> PAGE_SHIFT) ?? 0) + 1);
    this.listener?.frameDropped(frame);
    const view = this.physical.view;
    for (const { start, end } of code.runs) {
      for (let record = start; record < end; record += RECORD_BYTES) {
        view.setUint16(record + FORM, SPECIAL.STALE, true);
        view.setUint16(record + COST, 0, true);
      }
    }
  }

  /** Forgets everything. No pointer to a record may be in use, and the jump cache must be cleared too. */
  drop(): void {
    for (const index of this.frames.keys()) this.physical.setCode((index << PAGE_SHIFT) >>> 0, false);
    this.frames.clear();
    this.writes.clear();
    this.listener?.allDropped();
    this.physical.bytes.fill(0, RECORDS_BASE, this.top);
    this.top = RECORDS_BASE;
    this.drops++;
  }

  private code(frame: number): FrameCode {
    const found = this.frames.get(frame >>> PAGE_SHIFT);
    if (found) return found;
    const code: FrameCode = { records: new Map(), crossing: new Map(), runs: [], pages: new Map(), heads: [] };
    this.frames.set(frame >>> PAGE_SHIFT, code);
    this.physical.setCode(frame, true);
    this.grants.revoke(frame);
    return code;
  }
}
