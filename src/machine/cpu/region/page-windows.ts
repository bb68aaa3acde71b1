// Windows: the page that accesses by way of one base register were on last, so that the next one there takes a comparison instead of a look
// at the page table. A region has its windows in locals; the commonest are loaded from the CPU block on entry, where whoever opens one
// leaves it for the next region. Windows say nothing that the page table does not: they are closed before anything but generated code
// can change it.

import { PTE_READ, PTE_WRITE } from '../../memory/address-space.ts';
import { CPU_BASE, PAGE_MASK, PAGE_SIZE } from '../../memory/layout.ts';
import type { Value } from '../semantics/context.ts';
import { TABLE, WINDOW_OFFSETS, WINDOW_STARTS } from '../state.ts';
import type { FunctionBuilder, Label } from '../wasm/function-builder.ts';

/** Windows in the CPU block: by general register, for accesses near it; for loads, and again for where stores go. */
const REGISTERS = 16;
const WINDOWS = 2 * REGISTERS;
/** The ways of operands without a base register, and of those in another segment, which are not kept. */
export const NO_BASE = 16;
export const BY_SEGMENT = 17;
/** Half of no address is near it. */
const CLOSED = 3n << 62n;

/** How an operand is reached. */
export interface Way {
  /** Number of a general register, NO_BASE or BY_SEGMENT. */
  readonly base: number;
  readonly displacement: bigint;
}

interface Window {
  /** In the CPU block, -1 if it is not kept there. */
  readonly number: number;
  /**
   * i64 local: half of the page's address, or CLOSED. A guest can compute every address, so that with whole ones there would be one that
   * seems to be in a closed window.
   */
  readonly start: number;
  /** i32 local: what is added to an address in it, modulo 2^32, to get where it is in memory 0. */
  readonly offset: number;
  readonly forStores: boolean;
}

export class PageWindows {
  private readonly f: FunctionBuilder;
  private readonly stored: ReadonlySet<number>;
  private readonly windows = new Map<string, Window>();
  private readonly low: number;
  private readonly entry: number;

  /** Loads by bases in `stored`, which this region stores by as well, share the windows of stores. */
  constructor(f: FunctionBuilder, stored: ReadonlySet<number>) {
    this.f = f;
    this.stored = stored;
    this.low = f.freshLocal('i32');
    this.entry = f.freshLocal('i32');
  }

  /** Leaves the place in memory 0 of `width` bytes at `address` in the i32 local `place`; `address` has no effects. */
  emitLocate(way: Way, address: Value, width: number, stores: boolean, place: number, exit: Label): void {
    const { f } = this;
    const window = this.window(way, stores);
    address.emit(f);
    f.i64(1n).op('i64.shr_u').get(window.start).op('i64.sub');
    // Not the last place of the page where more than a byte ends with it: its half is that of one over the end.
    f.i64(BigInt((PAGE_SIZE - 1 - width) >> 1)).op('i64.gt_u');
    f.unlikely().if(() => this.emitOpen(window, address, width, stores, exit));
    address.emit(f);
    f.op('i32.wrap_i64').get(window.offset).op('i32.add').set(place);
  }

  /** Once all instructions are emitted. */
  emitLoads(): void {
    const { f } = this;
    for (const { number, start, offset } of this.windows.values()) {
      if (number < 0) {
        f.i64(CLOSED).set(start);
        continue;
      }
      f.i32(0)
        .mem('i64.load', CPU_BASE + WINDOW_STARTS + number * 8)
        .set(start);
      f.i32(0)
        .mem('i32.load', CPU_BASE + WINDOW_OFFSETS + number * 4)
        .set(offset);
    }
  }

  private emitOpen({ number, start, offset, forStores }: Window, address: Value, width: number, stores: boolean, exit: Label): void {
    const { f, low, entry } = this;
    address.emit(f);
    f.i64(32n).ops('i64.shr_u', 'i32.wrap_i64').unlikely().brIf(exit);
    address.emit(f);
    f.op('i32.wrap_i64').tee(low).i32(10).op('i32.shr_u').i32(-4).op('i32.and');
    f.i32(0)
      .mem('i32.load', CPU_BASE + TABLE)
      .op('i32.add')
      .mem('i32.load', 0, 1)
      .tee(entry);
    f.i32(stores ? PTE_WRITE : PTE_READ)
      .ops('i32.and', 'i32.eqz')
      .unlikely()
      .brIf(exit);
    if (width > 1) {
      f.get(low)
        .i32(PAGE_MASK)
        .op('i32.and')
        .i32(PAGE_SIZE - width)
        .op('i32.gt_u')
        .unlikely()
        .brIf(exit);
    }
    f.get(entry).i32(~PAGE_MASK).op('i32.and').get(low).i32(~PAGE_MASK).ops('i32.and', 'i32.sub').set(offset);
    f.get(low).i32(~PAGE_MASK).op('i32.and').i32(1).op('i32.shr_u').op('i64.extend_i32_u');
    // Over a page that only loads may go to, it stays closed.
    if (forStores && !stores) f.i64(CLOSED).get(entry).i32(PTE_WRITE).ops('i32.and', 'select');
    f.set(start);
    if (number < 0) return;
    f.i32(0)
      .get(start)
      .mem('i64.store', CPU_BASE + WINDOW_STARTS + number * 8);
    f.i32(0)
      .get(offset)
      .mem('i32.store', CPU_BASE + WINDOW_OFFSETS + number * 4);
  }

  /** Stores go by windows that are for stores, whatever `stored` says. */
  private window({ base, displacement }: Way, stores: boolean): Window {
    const distance = base === BY_SEGMENT ? 0 : Math.round(Number(displacement) / PAGE_SIZE);
    const forStores = stores || this.stored.has(base);
    const key = `${base} ${distance} ${forStores}`;
    let window = this.windows.get(key);
    if (!window) {
      const { f } = this;
      const isKept = base < REGISTERS && distance === 0;
      const number = isKept ? base + (forStores ? REGISTERS : 0) : -1;
      window = { number, start: f.freshLocal('i64'), offset: f.freshLocal('i32'), forStores };
      this.windows.set(key, window);
    }
    return window;
  }
}

/** Closes all windows. */
export function emitClose(f: FunctionBuilder): void {
  for (let number = 0; number < WINDOWS; number += 2)
    f.i32(0)
      .v128(CLOSED, CLOSED)
      .mem('v128.store', CPU_BASE + WINDOW_STARTS + number * 8);
}
