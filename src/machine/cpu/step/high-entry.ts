// Emits the function that finds the page-table entry of an address above 4 GiB in the cache of them (memory/high-pages.ts).

import { HIGH_SET_BITS } from '../../memory/high-pages.ts';
import { CPU_BASE, HIGH_CACHE_BASE, HIGH_CACHE_SLOTS, PAGE_SHIFT } from '../../memory/layout.ts';
import { HIGH_TAG } from '../state.ts';
import type { FunctionBuilder, ValueType } from '../wasm/function-builder.ts';

/** An address; its page's entry, 0 where that is not in the cache, or the address is not one of the user half. */
export const HIGH_ENTRY_PARAMETERS: readonly ValueType[] = ['i64'];
export const HIGH_ENTRY_RESULTS: readonly ValueType[] = ['i32'];

const SET_SHIFT = PAGE_SHIFT + Math.log2(HIGH_CACHE_SLOTS);

/** `f` has the type above. */
export function emitHighEntry(f: FunctionBuilder): void {
  const address = 0;
  const set = f.local('i32');
  const slot = f.local('i64');
  f.get(address).i64(BigInt(SET_SHIFT)).op('i64.shr_u').tee(slot);
  f.i64(BigInt(HIGH_SET_BITS)).ops('i64.shr_u', 'i64.eqz', 'i32.eqz');
  f.if(() => f.i32(0).return());
  f.get(slot).op('i32.wrap_i64').tee(set);
  f.get(address)
    .i64(BigInt(PAGE_SHIFT))
    .ops('i64.shr_u', 'i32.wrap_i64', 'i32.xor')
    .i32(HIGH_CACHE_SLOTS - 1)
    .op('i32.and')
    .i32(3)
    .op('i32.shl')
    .mem('i64.load', HIGH_CACHE_BASE)
    .tee(slot)
    .op('i32.wrap_i64');
  f.i32(0);
  f.get(slot)
    .i64(32n)
    .ops('i64.shr_u', 'i32.wrap_i64')
    .get(set)
    .i32(0)
    .mem('i32.load', CPU_BASE + HIGH_TAG)
    .ops('i32.or', 'i32.eq', 'select');
}
