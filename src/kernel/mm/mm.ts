// The memory of a process: its mapped ranges over one AddressSpace, demand paging and copy-on-write.
// Not modelled: swap, huge pages, NUMA. Frames are shared by reference counts; a page is writable only where its frame is its own or the mapping is shared.

import {
  AddressSpace,
  PTE_DIRTY,
  PTE_EXEC,
  PTE_READ,
  PTE_WRITABLE,
  type Access,
  type PageTableMemory,
  type WriteGrants,
} from '../../machine/memory/address-space.ts';
import { PAGE_MASK, PAGE_SIZE } from '../../machine/memory/layout.ts';
import type { PhysicalMemory } from '../../machine/memory/physical-memory.ts';
import { MMAP_MIN, STACK_LIMIT, TASK_SIZE } from '../abi/layout.ts';
import type { UittContext } from '../uintr/uitt-context.ts';
import { PAGE_STATE } from '../block/page-states.ts';
import type { Inode, PageMapper } from '../vfs/inode.ts';
import { findGap } from './gap.ts';
import { dropSource, holdSource, type PageSource } from './page-source.ts';
import { RangeTree, STACK_GUARD_GAP } from './range-tree.ts';
import { UserMemory } from './user-memory.ts';
import { PROT_EXEC, PROT_READ, PROT_WRITE, type Vma } from './vma.ts';

/** ok, or why the access fails: nothing mapped, not permitted, behind the end of the file, RAM exhausted. */
export type FaultOutcome = 'ok' | 'unmapped' | 'forbidden' | 'bus' | 'no-memory';

/** vm.max_map_count. */
const MOST_RANGES = 65_530;

/** Ranges of all address spaces of a machine, and at most; without a limit if absent. */
export interface RangeCount {
  count: number;
  readonly limit: number;
}

/** What every address space of a machine draws on. */
export interface MemoryHardware {
  readonly physical: PhysicalMemory;
  readonly tables: PageTableMemory;
  readonly grants: WriteGrants;
  readonly ranges?: RangeCount;
}

const frameOf = (entry: number): number => (entry & ~PAGE_MASK) >>> 0;

export class Mm implements PageMapper {
  static readonly transient = ['hardware'];

  readonly hardware: MemoryHardware;
  readonly space: AddressSpace;
  readonly user: UserMemory;
  /** Disjoint. */
  readonly vmas = new RangeTree();
  /** Tasks that use it; the last one tears it down. */
  users = 1;
  brkStart = 0;
  brk = 0;
  /** Where the kernel put things, for /proc. */
  codeStart = 0;
  codeEnd = 0;
  dataStart = 0;
  dataEnd = 0;
  stackStart = 0;
  argumentsStart = 0;
  argumentsEnd = 0;
  environmentEnd = 0;
  auxiliary = new Uint8Array(0);
  /** Soft RLIMIT_STACK: how far a stack may grow. */
  stackLimit = STACK_LIMIT;
  lockFuture = false;
  /** What has been registered with membarrier(2). */
  barriers = 0;
  /** Present pages now, and at most. */
  residentPages = 0;
  peakPages = 0;
  minorFaults = 0;
  /** Number in futex keys, 0 until one is needed. */
  futexSpace = 0;
  /** The process's UITT; the user-interrupt code owns it. */
  uitt: UittContext | null = null;
  /** The file it executes, which nobody may write meanwhile. */
  private program: Inode | null = null;
  /** A page could not be had: the task that needed it must be killed. */
  outOfMemory = false;

  static create(hardware: MemoryHardware): Mm | null {
    const space = AddressSpace.create(hardware.physical, hardware.tables, hardware.grants);
    return space ? new Mm(hardware, space) : null;
  }

  private constructor(hardware: MemoryHardware, space: AddressSpace) {
    this.hardware = hardware;
    this.space = space;
    this.user = new UserMemory(this);
  }

  // Ranges

  find(address: number): Vma | null {
    const vma = this.vmas.above(address);
    return vma && vma.start <= address ? vma : null;
  }

  overlaps(start: number, end: number): boolean {
    const vma = this.vmas.above(start);
    return vma !== null && vma.start < end;
  }

  /** Highest gap of `length` bytes below MMAP_TOP; above 4 GiB if there is none; -1 if the whole space is full. */
  findGap(length: number): number {
    return findGap(this.vmas, length);
  }

  /** Adds a range where nothing is mapped, merging with its neighbours. */
  insert(vma: Vma): void {
    const before = this.vmas.below(vma.start);
    const after = this.vmas.above(vma.start);
    if (before?.continuesIn(vma)) {
      before.end = vma.end;
      if (after && before.continuesIn(after)) this.join(before, after);
      else this.vmas.changed(before);
    } else if (after && vma.continuesIn(after)) {
      after.start = vma.start;
      after.offset = vma.offset;
      this.vmas.changed(after);
    } else this.add(vma);
  }

  private add(vma: Vma): void {
    holdSource(vma.source, this);
    this.vmas.add(vma);
    this.countRanges(1);
  }

  private remove(vma: Vma): void {
    this.vmas.remove(vma);
    this.countRanges(-1);
    dropSource(vma.source, this);
  }

  /** `before` goes on where `after` did. */
  private join(before: Vma, after: Vma): void {
    this.remove(after);
    before.end = after.end;
    this.vmas.changed(before);
  }

  /** Cuts ranges at `address` so that one begins there. */
  splitAt(address: number): void {
    const vma = this.find(address);
    if (!vma || vma.start === address) return;
    const upper = vma.slice(address, vma.end);
    vma.end = address;
    this.vmas.changed(vma);
    this.add(upper);
  }

  /** The ranges inside [start, end), cut to fit. */
  isolate(start: number, end: number): Vma[] {
    this.splitAt(start);
    this.splitAt(end);
    return this.within(start, end);
  }

  /** Those that have something of [start, end), ascending. */
  within(start: number, end: number): Vma[] {
    const found: Vma[] = [];
    for (const vma of this.vmas.from(start)) {
      if (vma.start >= end) break;
      found.push(vma);
    }
    return found;
  }

  /** True if [start, end) is mapped without holes. */
  covers(start: number, end: number): boolean {
    let at = start;
    for (const vma of this.vmas.from(start)) {
      if (vma.start > at || at >= end) break;
      at = vma.end;
    }
    return at >= end;
  }

  unmap(start: number, end: number): void {
    for (const vma of this.isolate(start, end)) {
      if (vma.shared && vma.source?.states)
        for (const index of this.takeDirtyOf(vma)) vma.source.states.add(index, index + 1, PAGE_STATE.DIRTY);
      this.dropPages(vma.start, vma.end);
      this.remove(vma);
    }
  }

  /** Gives neighbours that are alike one range again, after isolate(). */
  mergeAround(start: number, end: number): void {
    let before = this.vmas.below(start);
    for (const vma of this.within(start, end + 1)) {
      if (before?.continuesIn(vma)) this.join(before, vma);
      else before = vma;
    }
  }

  protect(start: number, end: number, protection: number): void {
    for (const vma of this.isolate(start, end)) {
      vma.protection = protection;
      this.vmas.changed(vma);
      for (const page of this.space.pages(vma.start / PAGE_SIZE, vma.end / PAGE_SIZE)) {
        const entry = this.space.entry(page);
        this.space.protect(page, this.pageFlags(vma, frameOf(entry), (entry & PTE_WRITABLE) !== 0));
      }
    }
    this.mergeAround(start, end);
  }

  /** Present pages of [start, end) go; what they held comes anew from the source, or as zeroes. */
  dropPages(start: number, end: number): void {
    for (const page of this.space.pages(start / PAGE_SIZE, end / PAGE_SIZE)) this.dropPage(page);
  }

  dropPage(page: number): void {
    const entry = this.space.unmap(page);
    if (entry === 0) return;
    this.residentPages--;
    this.hardware.physical.releaseFrame(frameOf(entry));
  }

  /** A source loses pages: mappings of them fault from now on. */
  dropSourcePages(source: PageSource, first: number, end: number): void {
    for (const vma of this.vmas) {
      if (vma.source !== source) continue;
      const pages = (vma.end - vma.start) / PAGE_SIZE;
      const from = Math.max(0, first - vma.offset);
      const to = Math.min(pages, end - vma.offset);
      if (from < to) this.dropPages(vma.start + from * PAGE_SIZE, vma.start + to * PAGE_SIZE);
    }
  }

  takeDirty(source: PageSource): number[] {
    return [...this.vmas].filter((vma) => vma.shared && vma.source === source).flatMap((vma) => this.takeDirtyOf(vma));
  }

  private takeDirtyOf(vma: Vma): number[] {
    const first = vma.start / PAGE_SIZE;
    const dirty = [...this.space.pages(first, vma.end / PAGE_SIZE)].filter((page) => this.space.clearDirty(page));
    return dirty.map((page) => vma.offset + page - first);
  }

  writesTo(source: PageSource): boolean {
    return this.vmas.from(0).some((vma) => vma.source === source && vma.shared && vma.mayWrite);
  }

  /** May [start, end) be cut out of its neighbours? */
  mayCut(start: number, end: number): boolean {
    const cuts = Number(this.cutsAt(start)) + Number(this.cutsAt(end));
    return cuts === 0 || this.hasRoomFor(cuts);
  }

  /** May [start, end) go? A hole in the middle of a range makes two of it. */
  mayPunch(start: number, end: number): boolean {
    const vma = this.find(start);
    return this.hasRoomFor(1) || !vma || vma.start === start || vma.end <= end;
  }

  /** May there be so many ranges more? */
  hasRoomFor(more: number): boolean {
    const { ranges } = this.hardware;
    return this.vmas.size + more <= MOST_RANGES && (!ranges || ranges.count + more <= ranges.limit);
  }

  private countRanges(more: number): void {
    if (this.hardware.ranges) this.hardware.ranges.count += more;
  }

  private cutsAt(address: number): boolean {
    const vma = this.find(address);
    return vma !== null && vma.start < address;
  }

  isSealed(start: number, end: number): boolean {
    return this.within(start, end).some((vma) => vma.sealed);
  }

  // Faults

  /** Makes an access to `address` possible, or says why it is not. */
  fault(address: number, access: Access): FaultOutcome {
    if (!(address >= 0 && address < TASK_SIZE)) return 'unmapped';
    const vma = this.find(address) ?? this.growStack(address);
    if (!vma) return 'unmapped';
    const needed = access === 'write' ? PROT_WRITE : access === 'read' ? PROT_READ | PROT_WRITE | PROT_EXEC : PROT_EXEC;
    if ((vma.protection & needed) === 0) return 'forbidden';
    const page = Math.floor(address / PAGE_SIZE);
    const entry = this.space.entry(page);
    this.minorFaults++;
    if (entry === 0) return this.bringIn(vma, page, access === 'write');
    if (access === 'write' && !(entry & PTE_WRITABLE)) return this.breakSharing(vma, page, entry);
    this.space.protect(page, this.pageFlags(vma, frameOf(entry), (entry & PTE_WRITABLE) !== 0));
    return 'ok';
  }

  private bringIn(vma: Vma, page: number, write: boolean): FaultOutcome {
    const { physical } = this.hardware;
    let frame: number;
    if (vma.source) {
      const index = vma.offset + (page - vma.start / PAGE_SIZE);
      if (index * PAGE_SIZE >= vma.source.size) return 'bus';
      frame = vma.source.pageFrame(index, true);
      // With RAM left it is the file system that is full.
      if (frame === 0) return physical.freeFrames > 0 ? 'bus' : this.exhausted();
      physical.retainFrame(frame);
      if (write && !vma.shared) {
        const copy = this.copyFrame(frame);
        physical.releaseFrame(frame);
        if (copy === 0) return this.exhausted();
        frame = copy;
      }
    } else {
      frame = physical.allocateFrame();
      if (frame === 0) return this.exhausted();
    }
    this.space.map(page, frame, this.pageFlags(vma, frame, vma.shared || write || vma.source === null));
    this.countPage();
    return 'ok';
  }

  private breakSharing(vma: Vma, page: number, entry: number): FaultOutcome {
    const { physical } = this.hardware;
    const frame = frameOf(entry);
    if (vma.shared || physical.referenceCount(frame) === 1) {
      this.space.protect(page, this.pageFlags(vma, frame, true));
      return 'ok';
    }
    const copy = this.copyFrame(frame);
    if (copy === 0) return this.exhausted();
    this.space.map(page, copy, this.pageFlags(vma, copy, true));
    physical.releaseFrame(frame);
    return 'ok';
  }

  /** Page-table flags for a frame in a range; `own`: stores need no copy first. */
  private pageFlags(vma: Vma, _frame: number, own: boolean): number {
    const readable = vma.protection !== 0 ? PTE_READ : 0;
    const executable = vma.protection & PROT_EXEC ? PTE_EXEC : 0;
    const writable = vma.protection & PROT_WRITE && own ? PTE_WRITABLE : 0;
    return readable | executable | writable;
  }

  private copyFrame(frame: number): number {
    const { physical } = this.hardware;
    const copy = physical.allocateFrame();
    if (copy !== 0) physical.bytes.copyWithin(copy, frame, frame + PAGE_SIZE);
    return copy;
  }

  private exhausted(): FaultOutcome {
    this.outOfMemory = true;
    return 'no-memory';
  }

  private countPage(): void {
    this.residentPages++;
    this.peakPages = Math.max(this.peakPages, this.residentPages);
  }

  private growStack(address: number): Vma | null {
    const vma = this.vmas.above(address);
    if (!vma?.growsDown) return null;
    const start = address - (address % PAGE_SIZE);
    if (start < MMAP_MIN || vma.end - start > this.stackLimit) return null;
    const below = this.vmas.below(vma.start);
    if (below && !below.growsDown && below.protection !== 0 && start - below.end < STACK_GUARD_GAP) return null;
    vma.start = start;
    this.vmas.changed(vma);
    return vma;
  }

  /** Brings in every page of [start, end) (MAP_POPULATE, mlock); stops at the first that fails. */
  populate(start: number, end: number, access?: Access): FaultOutcome {
    for (let address = start; address < end; address += PAGE_SIZE) {
      const vma = this.find(address);
      if (!vma || vma.protection === 0) continue;
      const wanted: Access = access ?? (vma.protection & PROT_WRITE && !vma.shared ? 'write' : 'read');
      if (this.space.translate(address, wanted) >= 0) continue;
      const outcome = this.fault(address, wanted);
      if (outcome !== 'ok') return outcome;
    }
    return 'ok';
  }

  // Life

  /** A copy for fork: private pages are shared until one side writes. Null when no address space or RAM is left. */
  fork(): Mm | null {
    const { ranges } = this.hardware;
    if (ranges && ranges.count + this.vmas.size > ranges.limit) return null;
    const child = Mm.create(this.hardware);
    if (!child) return null;
    for (const key of COPIED_FIELDS) child[key] = this[key];
    child.auxiliary = this.auxiliary;
    child.setProgram(this.program);
    for (const vma of this.vmas) {
      if (vma.dontFork) continue;
      const copy = vma.slice(vma.start, vma.end);
      copy.locked = false;
      child.add(copy);
      if (!vma.wipeOnFork) this.sharePages(vma, child);
    }
    return child;
  }

  private sharePages(vma: Vma, child: Mm): void {
    for (const page of this.space.pages(vma.start / PAGE_SIZE, vma.end / PAGE_SIZE)) {
      const entry = this.space.entry(page);
      const frame = frameOf(entry);
      const flags = this.pageFlags(vma, frame, vma.shared);
      if (!vma.shared && entry & PTE_WRITABLE) this.space.protect(page, flags);
      this.hardware.physical.retainFrame(frame);
      child.space.map(page, frame, flags);
      child.countPage();
    }
  }

  /** A task stops using it. */
  release(): void {
    if (--this.users > 0) return;
    this.unmap(0, this.vmas.end);
    this.setProgram(null);
    this.space.destroy();
  }

  setProgram(program: Inode | null): void {
    if (program) program.programs++;
    if (this.program) this.program.programs--;
    this.program = program;
  }

  /** Moves present pages of a range elsewhere (mremap); the ranges themselves are the caller's business. */
  movePages(from: number, to: number, length: number): void {
    const distance = (to - from) / PAGE_SIZE;
    for (const page of [...this.space.pages(from / PAGE_SIZE, (from + length) / PAGE_SIZE)]) {
      const entry = this.space.unmap(page);
      this.space.map(page + distance, frameOf(entry), entry & (PTE_READ | PTE_EXEC | PTE_WRITABLE | PTE_DIRTY));
    }
  }

  get mappedPages(): number {
    return this.vmas.pages;
  }

  get dataPages(): number {
    return this.vmas.dataPages;
  }

  get lockedPages(): number {
    return this.vmas.lockedPages;
  }
}

const COPIED_FIELDS = [
  'brkStart',
  'barriers',
  'brk',
  'codeStart',
  'codeEnd',
  'dataStart',
  'dataEnd',
  'stackStart',
  'argumentsStart',
  'argumentsEnd',
  'environmentEnd',
  'stackLimit',
] as const;
