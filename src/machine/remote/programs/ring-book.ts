// What the observer keeps of a ring that a client made: where its memory is, and which slices of the arena belong to which request.
// Known from what was submitted and completed through these programs, so a reset machine starts with empty books.

import { invalidField, MachineError } from '../../errors.ts';
import type { Arena, Slice } from './arena.ts';
import type { RingCompletion } from './commands.ts';
import { IORING_CQE_F_MORE, IOSQE_CQE_SKIP_SUCCESS, type Cqe, type RingParams } from './ring-layout.ts';
import type { EncodedEntry, EntryMemory } from './submission-entry.ts';

/** Buffers registered together; their slices are given back when they are unregistered and no request uses one. */
export interface BufferSet {
  readonly slices: readonly Slice[];
  readonly sizes: readonly number[];
  users: number;
  registered: boolean;
}

/** A request whose completion has not been taken off the ring, and that has memory. */
interface Holding {
  readonly slices: readonly Slice[];
  readonly buffers: BufferSet | null;
  readonly dataAddress: number;
  readonly skipsSuccess: boolean;
}

export interface RingAddresses {
  readonly sqRing: number;
  readonly cqRing: number;
  readonly sqes: number;
}

export class RingBook {
  readonly ring: number;
  readonly tid: number;
  readonly pid: number;
  readonly fd: number;
  readonly params: RingParams;
  readonly at: RingAddresses;
  /** Taken off the ring on the way to the completion of a CancelOps: WaitCompletions answers with these first. */
  taken: RingCompletion[] = [];
  buffers: BufferSet | null = null;
  private readonly arena: Arena;
  private readonly holdings = new Map<bigint, Holding>();
  /** How many requests without memory are out, by user_data. */
  private readonly plain = new Map<bigint, number>();

  constructor(identity: Pick<RingBook, 'ring' | 'tid' | 'pid' | 'fd'>, params: RingParams, at: RingAddresses, arena: Arena) {
    ({ ring: this.ring, tid: this.tid, pid: this.pid, fd: this.fd } = identity);
    this.params = params;
    this.at = at;
    this.arena = arena;
  }

  isOut(userData: bigint): boolean {
    return this.holdings.has(userData) || this.plain.has(userData);
  }

  /** Encodes a batch: all of its entries are out afterwards, or none and it throws. Returns them, and what takes it back. */
  enter(
    count: number,
    encode: (index: number, memory: EntryMemory) => EncodedEntry,
  ): { readonly entries: readonly EncodedEntry[]; readonly undo: () => void } {
    const entries: EncodedEntry[] = [];
    const undo = (): void => {
      for (const entry of entries) this.release(entry.userData);
    };
    let slices: Slice[] = [];
    try {
      for (let index = 0; index < count; index++) {
        slices = [];
        let buffers: BufferSet | null = null;
        const field = `entries[${index}]`;
        const entry = encode(index, {
          take: (length) => {
            const slice = this.takeSlice(length);
            slices.push(slice);
            return slice;
          },
          registered: (at, length) => {
            buffers = this.buffers;
            return this.registeredBuffer(field, at, length);
          },
        });
        this.note(field, entry, slices, buffers);
        slices = [];
        entries.push(entry);
      }
    } catch (error) {
      for (const slice of slices) this.arena.give(slice);
      undo();
      throw error;
    }
    return { entries, undo };
  }

  /** Where the bytes that a completion brings are, and what gives its memory up once they have been loaded. */
  complete({ userData, result, flags }: Cqe): { readonly dataAddress: number; readonly length: number; readonly done: () => void } {
    const holding = this.holdings.get(userData);
    const ends = (flags & IORING_CQE_F_MORE) === 0;
    const brings = holding !== undefined && holding.dataAddress !== 0 && result > 0;
    return {
      dataAddress: brings ? holding.dataAddress : 0,
      length: brings ? result : 0,
      done: () => {
        if (ends) this.release(userData);
      },
    };
  }

  /** Both queues are empty: what is not in flight has completed silently. */
  settleSilent(inFlight: ReadonlySet<bigint>): void {
    for (const [userData, holding] of [...this.holdings]) if (holding.skipsSuccess && !inFlight.has(userData)) this.release(userData);
    for (const userData of [...this.plain.keys()]) if (!inFlight.has(userData)) this.plain.delete(userData);
  }

  registerBuffers(sizes: readonly number[]): BufferSet {
    const slices: Slice[] = [];
    try {
      for (const size of sizes) slices.push(this.takeSlice(size));
    } catch (error) {
      for (const slice of slices) this.arena.give(slice);
      throw error;
    }
    return { slices, sizes, users: 0, registered: true };
  }

  unregisterBuffers(buffers: BufferSet): void {
    buffers.registered = false;
    if (this.buffers === buffers) this.buffers = null;
    this.settle(buffers);
  }

  /** The ring is gone: nothing writes to its memory any more. */
  close(): void {
    for (const userData of [...this.holdings.keys()]) this.release(userData);
    if (this.buffers) this.unregisterBuffers(this.buffers);
    this.plain.clear();
    this.taken = [];
  }

  private note(field: string, entry: EncodedEntry, slices: readonly Slice[], buffers: BufferSet | null): void {
    const { userData, flags, dataAddress } = entry;
    const skipsSuccess = (flags & IOSQE_CQE_SKIP_SUCCESS) !== 0;
    const holds = slices.length > 0 || buffers !== null;
    if (dataAddress !== 0 && skipsSuccess)
      throw invalidField(`${field}.flags`, 'CQE_SKIP_SUCCESS leaves out the completion that would bring what is read');
    if (this.holdings.has(userData) || (holds && this.plain.has(userData)))
      throw invalidField(
        `${field}.user_data`,
        `${userData} belongs to an entry whose completion has not been taken: what it reads or writes could not be told apart`,
      );
    if (holds) {
      this.holdings.set(userData, { slices, buffers, dataAddress, skipsSuccess });
      if (buffers) buffers.users++;
    } else this.plain.set(userData, (this.plain.get(userData) ?? 0) + 1);
  }

  private release(userData: bigint): void {
    const holding = this.holdings.get(userData);
    if (holding) {
      this.holdings.delete(userData);
      for (const slice of holding.slices) this.arena.give(slice);
      if (holding.buffers) {
        holding.buffers.users--;
        this.settle(holding.buffers);
      }
      return;
    }
    const count = this.plain.get(userData) ?? 0;
    if (count > 1) this.plain.set(userData, count - 1);
    else this.plain.delete(userData);
  }

  private settle(buffers: BufferSet): void {
    if (!buffers.registered && buffers.users === 0) for (const slice of buffers.slices) this.arena.give(slice);
  }

  private takeSlice(length: number): Slice {
    const slice = this.arena.take(length);
    if (slice) return slice;
    throw new MachineError(
      'LIMIT_EXCEEDED',
      `the ${this.arena.freeBytes} bytes that are left for the rings of thread ${this.tid} have no room for ${length}: take completions with WaitCompletions, or unregister buffers`,
      { subject: `ring ${this.ring}`, limit: 'data_area' },
    );
  }

  private registeredBuffer(field: string, index: number, length: number): Slice {
    const slice = this.buffers?.slices[index];
    const size = this.buffers?.sizes[index];
    if (!slice || size === undefined) throw invalidField(`${field}.buffer_index`, `no buffer ${index} was registered by RegisterResources`);
    if (length > size) throw invalidField(`${field}.buffer_index`, `buffer ${index} has ${size} bytes, fewer than ${length}`);
    return slice;
  }
}
