// Windows: the page that accesses by way of one base and index were on last, so that the next one there takes a comparison instead of a look
// at the page table. They are in the CPU block, where all regions find them: locals would be joined behind every access, and pushed about.
// Windows say nothing that the page table does not: where that has been changed, all are moved to one page that can be read and written before
// generated code is entered anew. None is ever closed: a guest can compute every address, so that there is none which a closed window could have.

import { PTE_READ, PTE_WRITE } from '../../memory/address-space.ts';
import { CPU_BASE, PAGE_MASK, PAGE_SIZE } from '../../memory/layout.ts';
import type { Value } from '../semantics/context.ts';
import { emitLowEntry } from '../step/low-entry.ts';
import { HIGH_MET, WINDOW_COUNT, WINDOW_PLACES, WINDOW_STARTS } from '../state.ts';
import type { FunctionBuilder, Label } from '../wasm/function-builder.ts';

/** Index of the function that regions import (step/high-entry.ts). */
export const HIGH_ENTRY = 0;

/** What takes the place of a general register's number: no base, and a segment's base. */
export const NO_BASE = 16;
export const BY_SEGMENT = 17;
const BASES = 18;
/** For accesses near their base by base, then those that all others share; half of all for loads, and again so many for where stores go. */
const WINDOWS = WINDOW_COUNT / 2;
const OTHERS = WINDOWS - BASES;

/** How an operand is reached. */
export interface Way {
  /** Number of a general register, NO_BASE or BY_SEGMENT. */
  readonly base: number;
  /** Number of a general register, -1: none. */
  readonly index: number;
  readonly displacement: bigint;
}

export class PageWindows {
  private readonly f: FunctionBuilder;
  private readonly stored: readonly number[];
  private readonly reachesHigh: boolean;
  private readonly low: number;
  private readonly entry: number;
  private readonly distance: number;

  /**
   * Loads in a way that is in `stored`, which this region stores by as well, share the windows of stores. Without `reachesHigh` accesses above 4 GiB
   * leave, and say so in HIGH_MET: a call that may be made there costs all others some time, as everything has to be kept over it.
   */
  constructor(f: FunctionBuilder, stored: readonly Way[], reachesHigh: boolean) {
    this.f = f;
    this.stored = stored.map(windowOf);
    this.reachesHigh = reachesHigh;
    this.low = f.freshLocal('i32');
    this.entry = f.freshLocal('i32');
    this.distance = f.freshLocal('i64');
  }

  /** Leaves the place in memory 0 of `width` bytes at `address` in the i32 local `place`; `address` has no effects. */
  emitLocate(way: Way, address: Value, width: number, stores: boolean, place: number, exit: Label): void {
    const { f, low, entry, distance } = this;
    const window = windowOf(way);
    const forStores = stores || this.stored.includes(window);
    const number = window + (forStores ? WINDOWS : 0);
    address.emit(f);
    f.i32(0)
      .mem('i64.load', CPU_BASE + WINDOW_STARTS + number * 8)
      .op('i64.sub')
      .tee(distance);
    f.i64(BigInt(PAGE_SIZE - width)).op('i64.gt_u');
    f.unlikely().if(
      () => {
        this.emitLook(address, width, stores, exit);
        this.emitOpen(number, address, forStores && !stores);
        f.get(entry).i32(~PAGE_MASK).op('i32.and').get(low).i32(PAGE_MASK).ops('i32.and', 'i32.or').set(place);
      },
      () =>
        f
          .get(distance)
          .op('i32.wrap_i64')
          .i32(0)
          .mem('i32.load', CPU_BASE + WINDOW_PLACES + number * 4)
          .op('i32.add')
          .set(place),
    );
  }

  /** Sets `low`, half of the address, and `entry`, its page's. */
  private emitLook(address: Value, width: number, stores: boolean, exit: Label): void {
    const { f, low, entry } = this;
    address.emit(f);
    f.op('i32.wrap_i64').set(low);
    address.emit(f);
    f.i64(32n)
      .ops('i64.shr_u', 'i64.eqz')
      .likely()
      .if(
        () => emitLowEntry(f.get(low)).set(entry),
        () => {
          if (this.reachesHigh) {
            address.emit(f);
            f.call(HIGH_ENTRY).set(entry);
            return;
          }
          f.i32(0)
            .i32(1)
            .mem('i32.store', CPU_BASE + HIGH_MET)
            .br(exit);
        },
      );
    f.get(entry);
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
  }

  /** `isLoad`: of a window for stores, which does not come to a page that only loads may go to. */
  private emitOpen(number: number, address: Value, isLoad: boolean): void {
    const { f, entry } = this;
    const open = (): void => {
      f.i32(0);
      address.emit(f);
      f.i64(BigInt(~PAGE_MASK))
        .op('i64.and')
        .mem('i64.store', CPU_BASE + WINDOW_STARTS + number * 8);
      f.i32(0)
        .get(entry)
        .i32(~PAGE_MASK)
        .op('i32.and')
        .mem('i32.store', CPU_BASE + WINDOW_PLACES + number * 4);
    };
    if (isLoad) f.get(entry).i32(PTE_WRITE).op('i32.and').if(open);
    else open();
  }
}

function windowOf({ base, index, displacement }: Way): number {
  const distance = base === BY_SEGMENT ? 0 : Math.round(Number(displacement) / PAGE_SIZE);
  if (distance === 0 && index < 0) return base;
  return BASES + ((((base + 7 * distance + 19 * (index + 1)) % OTHERS) + OTHERS) % OTHERS);
}
