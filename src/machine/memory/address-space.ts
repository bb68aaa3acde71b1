// One address space: page-table entries as generated code reads them.
// Below 4 GiB a flat table in memory 1 (4 bytes a page); above, chunks and a cache of them (high-pages.ts).
// The kernel owns policy (VMAs, demand paging, copy-on-write); this owns mechanism and the write-grant protocol.

import { HighPages, highTag } from './high-pages.ts';
import { PAGE_MASK, PAGE_SHIFT, PAGE_SIZE } from './layout.ts';
import { MemoryPool } from './memory-pool.ts';
import type { PhysicalMemory } from './physical-memory.ts';

/** Entry = frame byte address | flags. An entry of 0 is "not present". */
export const PTE_READ = 1;
/** Stores may use the fast path now: page is writable, dirty, and holds no predecoded code. */
export const PTE_WRITE = 2;
export const PTE_EXEC = 4;
/** The mapping permits stores; PTE_WRITE is granted by the first one. */
export const PTE_WRITABLE = 8;
/** Written since the kernel last cleared it. */
export const PTE_DIRTY = 16;
/** Someone wants to know of accesses to this page (reserved for pollers). */
export const PTE_WATCH = 32;

export type Access = 'read' | 'write' | 'execute';

/** Bytes of one flat table: 2^20 pages, 4 bytes each. */
export const TABLE_BYTES = 4 << 20;
const LOW_PAGES = 1 << 20;
/** Bytes that all tables together may have. */
const LARGEST = 65536 * 65536 - TABLE_BYTES;

/** Memory 1 of machines that have ended: at most so many bytes each. */
const LARGEST_KEPT = 64 << 20;
/** That of this thread. */
export const tableRooms = new MemoryPool<{ readonly memory: WebAssembly.Memory }>();

/** Memory 1: room for flat tables, recycled; a freed table is all zero. */
export class PageTableMemory {
  static readonly transient = ['memory', 'entries', 'spaces', 'changes'];
  readonly memory: WebAssembly.Memory;
  entries: Int32Array;
  private tables = 0;
  private readonly free: number[] = [];
  /** Those that have a table. */
  readonly spaces = new Set<AddressSpace>();
  /** Grows with each change of an entry of any of them. */
  changes = 0;

  constructor() {
    this.memory = tableRooms.take(0)?.memory ?? new WebAssembly.Memory({ initial: TABLE_BYTES / 65536, maximum: 65536 });
    this.entries = new Int32Array(this.memory.buffer);
  }

  /** Byte offset of a zeroed table in memory 1, or -1 when 1023 address spaces exist. */
  allocate(): number {
    const recycled = this.free.pop();
    if (recycled !== undefined) return recycled;
    const base = this.tables * TABLE_BYTES;
    if (base + TABLE_BYTES > LARGEST) return -1;
    this.grow(base + TABLE_BYTES);
    this.tables++;
    return base;
  }

  /** After the number of tables was read from a snapshot: there is room for them, all zero. */
  restored(): void {
    this.grow(this.tables * TABLE_BYTES);
  }

  /** The caller has zeroed every entry it set. */
  release(base: number): void {
    this.free.push(base);
  }

  /** Its machine has ended, and nothing of that uses it any more. */
  end(): void {
    for (const space of this.spaces) space.clear();
    this.spaces.clear();
    const { memory } = this;
    this.entries = new Int32Array(0);
    if (memory.buffer.byteLength <= LARGEST_KEPT) tableRooms.give({ memory });
  }

  private grow(needed: number): void {
    for (let size = this.memory.buffer.byteLength; size < needed; size = this.memory.buffer.byteLength)
      // Doubling: V8 takes each growth for an allocation of the whole buffer and collects garbage. Pages never touched cost nothing.
      this.memory.grow(Math.min(size, LARGEST - size) / 65536);
    if (this.entries.buffer !== this.memory.buffer) this.entries = new Int32Array(this.memory.buffer);
  }
}

/** Entries of a table that are looked after together: a page of the host. */
const CHUNK_SHIFT = 10;

export class AddressSpace {
  static readonly transient = ['physical', 'tables', 'grants', 'generation', 'high', 'touched', 'lastGranted'];
  readonly physical: PhysicalMemory;
  readonly tables: PageTableMemory;
  /** Byte offset of the flat table in memory 1. */
  readonly tableBase: number;
  /** Grows with every change that could make a cached translation of an executable page stale. */
  generation = 0;
  private readonly high: HighPages;
  /** By chunk of the table: 1 where an entry has ever been set. */
  private readonly touched = new Uint8Array(LOW_PAGES >>> CHUNK_SHIFT);
  private readonly grants: WriteGrants;
  /** The page that was granted PTE_WRITE last, -1 if none was. It may have been taken away since. */
  lastGranted = -1;

  /** Returns null when no more address spaces can exist (the kernel answers ENOMEM). */
  static create(physical: PhysicalMemory, tables: PageTableMemory, grants: WriteGrants): AddressSpace | null {
    const base = tables.allocate();
    return base < 0 ? null : new AddressSpace(physical, tables, grants, base);
  }

  private constructor(physical: PhysicalMemory, tables: PageTableMemory, grants: WriteGrants, base: number) {
    this.physical = physical;
    this.tables = tables;
    this.grants = grants;
    this.tableBase = base;
    this.high = new HighPages(physical.view, this.number);
    tables.spaces.add(this);
  }

  /** Of the address spaces that exist now no other has it. */
  private get number(): number {
    return this.tableBase / TABLE_BYTES;
  }

  /** What generated code recognises its pages above 4 GiB by. */
  get highTag(): number {
    return highTag(this.number);
  }

  /** Generated code is to find `page` at once, if that is above 4 GiB. */
  show(page: number): void {
    if (page >= LOW_PAGES) this.high.show(page);
  }

  /** The raw entry of virtual page number `page` (address / 4096, up to 2^35); 0 if absent. */
  entry(page: number): number {
    if (page < LOW_PAGES) return this.tables.entries[(this.tableBase >>> 2) + page]! >>> 0;
    return this.high.entry(page);
  }

  /**
   * Maps a page. `flags` is any of PTE_READ, PTE_WRITABLE, PTE_EXEC; PTE_WRITE is never set here.
   * Reference counts are the caller's business.
   */
  map(page: number, frame: number, flags: number): void {
    this.unmap(page);
    this.set(page, frame + flags);
  }

  /** Removes a mapping and returns its old entry (0 if there was none); does not touch reference counts. */
  unmap(page: number): number {
    const old = this.entry(page);
    if (old === 0) return 0;
    if (old & PTE_WRITE) this.grants.forget(old & ~PAGE_MASK, this, page);
    if (old & PTE_EXEC) this.generation++;
    this.set(page, 0);
    return old;
  }

  /** Changes permissions of a present page, keeping frame and PTE_DIRTY; revokes PTE_WRITE. */
  protect(page: number, flags: number): void {
    const old = this.unmap(page);
    if (old !== 0) this.set(page, (old & ~PAGE_MASK) >>> 0, flags | (old & PTE_DIRTY));
  }

  /** Takes PTE_DIRTY and PTE_WRITE away, so that the next store is noticed again. Returns whether it was dirty. */
  clearDirty(page: number): boolean {
    const old = this.entry(page);
    if (old & PTE_WRITE) this.grants.forget(old & ~PAGE_MASK, this, page);
    this.set(page, (old & ~(PTE_DIRTY | PTE_WRITE)) >>> 0);
    return (old & PTE_DIRTY) !== 0;
  }

  /** Called by WriteGrants when the frame begins to hold code. */
  revokeWrite(page: number): void {
    this.set(page, (this.entry(page) & ~PTE_WRITE) >>> 0);
  }

  /**
   * Physical address of `address` for an access, or -1 on a page fault.
   * `address` is a non-negative integer below 2^47. A write access grants PTE_WRITE and drops predecoded code.
   */
  translate(address: number, access: Access): number {
    const page = Math.floor(address / PAGE_SIZE);
    const entry = this.entry(page);
    const offset = address % PAGE_SIZE;
    if (access === 'write') {
      if (!(entry & PTE_WRITABLE)) return -1;
      if (!(entry & PTE_WRITE)) this.grantWrite(page, entry);
    } else if (!(entry & (access === 'read' ? PTE_READ : PTE_EXEC))) return -1;
    return ((entry & ~PAGE_MASK) >>> 0) + offset;
  }

  /** Present pages in ascending order of page number, low part first. For teardown, fork and hashing. */
  *pages(from = 0, to = Number.MAX_SAFE_INTEGER): Generator<number> {
    const words = this.tables.entries;
    const start = this.tableBase >>> 2;
    const end = Math.min(to, LOW_PAGES);
    for (let page = from; page < end; page++) {
      if (this.touched[page >>> CHUNK_SHIFT] === 0) page |= (1 << CHUNK_SHIFT) - 1;
      else if (words[start + page] !== 0) yield page;
    }
    yield* this.high.pages(Math.max(from, LOW_PAGES), to);
  }

  /** What a state hash sees: the architectural part of every present entry. */
  *entries(): Generator<[page: number, entry: number]> {
    for (const page of this.pages()) yield [page, (this.entry(page) & ~PTE_WRITE) >>> 0];
  }

  /** Page and entry of all that entries() gives, in turn. */
  pairs(): Float64Array {
    const pairs: number[] = [];
    for (const page of this.pages()) pairs.push(page, (this.entry(page) & ~PTE_WRITE) >>> 0);
    return Float64Array.from(pairs);
  }

  /** After its other fields were read from a snapshot. `pairs` as pairs() gives them. */
  restored(physical: PhysicalMemory, tables: PageTableMemory, grants: WriteGrants, pairs: ArrayLike<number>): void {
    Object.assign(this, { physical, tables, grants, generation: 0, high: new HighPages(physical.view, this.number) });
    Object.assign(this, { touched: new Uint8Array(LOW_PAGES >>> CHUNK_SHIFT), lastGranted: -1 });
    tables.spaces.add(this);
    for (let at = 0; at < pairs.length; at += 2) this.set(pairs[at]!, pairs[at + 1]!);
  }

  /** Gives the table back. Every page must have been unmapped. */
  destroy(): void {
    this.tables.spaces.delete(this);
    this.tables.release(this.tableBase);
  }

  /** Takes all pages away, of a machine that has ended. */
  clear(): void {
    const { entries } = this.tables;
    const start = this.tableBase >>> 2;
    for (const [chunk, isTouched] of this.touched.entries())
      if (isTouched) entries.fill(0, start + (chunk << CHUNK_SHIFT), start + ((chunk + 1) << CHUNK_SHIFT));
  }

  private grantWrite(page: number, entry: number): void {
    const frame = (entry & ~PAGE_MASK) >>> 0;
    this.physical.noteWrite(frame);
    this.set(page, (entry | PTE_WRITE | PTE_DIRTY) >>> 0);
    this.grants.add(frame, this, page);
    this.lastGranted = page;
  }

  private set(page: number, frame: number, flags = 0): void {
    const entry = frame + flags;
    this.tables.changes++;
    if (page < LOW_PAGES) {
      this.tables.entries[(this.tableBase >>> 2) + page] = entry;
      this.touched[page >>> CHUNK_SHIFT] = 1;
    } else this.high.set(page, entry);
  }
}

/** Which entries hold PTE_WRITE for a frame, so that all can be revoked when code is decoded from it. */
export class WriteGrants {
  static readonly transient = ['holders'];
  private readonly holders = new Map<number, { space: AddressSpace; page: number }[]>();

  add(frame: number, space: AddressSpace, page: number): void {
    const list = this.holders.get(frame >>> PAGE_SHIFT);
    if (list) list.push({ space, page });
    else this.holders.set(frame >>> PAGE_SHIFT, [{ space, page }]);
  }

  forget(frame: number, space: AddressSpace, page: number): void {
    const list = this.holders.get(frame >>> PAGE_SHIFT);
    if (!list) return;
    const at = list.findIndex((g) => g.space === space && g.page === page);
    if (at >= 0) list.splice(at, 1);
    if (list.length === 0) this.holders.delete(frame >>> PAGE_SHIFT);
  }

  /** Revokes every fast-path write permission to `frame`; called when code is decoded from it. */
  revoke(frame: number): void {
    const list = this.holders.get(frame >>> PAGE_SHIFT);
    if (!list) return;
    for (const { space, page } of list) space.revokeWrite(page);
    this.holders.delete(frame >>> PAGE_SHIFT);
  }
}
