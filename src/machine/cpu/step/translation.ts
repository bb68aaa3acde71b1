// Emits the translation of a guest address to an offset in memory 0. Three branches on the fast path: below 4 GiB,
// permitted by the flat table's entry, inside one page. Everything else goes to the slow path, which answers with an
// offset too (that of CROSSING for an access over a page end), or 0 when it has raised a fault.

import { PAGE_MASK, PAGE_SIZE } from '../../memory/layout.ts';
import { PTE_READ, PTE_WRITE } from '../../memory/address-space.ts';
import type { FunctionBuilder, ValueType } from '../wasm/function-builder.ts';
import { emitLowEntry } from './low-entry.ts';

/** The slow path's `access` argument: width in bits 7:0. */
export const ACCESS_WRITE = 0x100;
export const ACCESS_STACK = 0x200;

export const SLOW_PARAMETERS: readonly ValueType[] = ['i32', 'i64', 'i32'];

/** The way that is not the fast one: pages above 4 GiB that are in the cache of them, and `imported` (TypeScript) for all else. */
export function emitSlow(f: FunctionBuilder, high: number, imported: number): void {
  const [record, address, access] = [0, 1, 2];
  const entry = f.local('i32');
  f.get(address).i64(32n).ops('i64.shr_u', 'i64.eqz', 'i32.eqz');
  f.if(() => {
    f.get(address).call(high).tee(entry);
    f.i32(PTE_WRITE).i32(PTE_READ).get(access).i32(ACCESS_WRITE).ops('i32.and', 'select', 'i32.and');
    f.if(() => {
      const offset = (): FunctionBuilder => f.get(address).op('i32.wrap_i64').i32(PAGE_MASK).op('i32.and');
      offset().i32(PAGE_SIZE).get(access).i32(0xff).ops('i32.and', 'i32.sub', 'i32.le_u');
      f.if(() => {
        f.get(entry).i32(~PAGE_MASK).op('i32.and');
        offset().op('i32.or').return();
      });
    });
  });
  f.get(record).get(address).op('i32.wrap_i64').get(address).i64(32n).ops('i64.shr_u', 'i32.wrap_i64').get(access).call(imported);
}

/** Leaves the physical offset in local `physical` (i32), or 0 there. `address` is an i64 local, `record` an i32 one. */
export function emitTranslate(
  f: FunctionBuilder,
  slow: number,
  record: number,
  address: number,
  physical: number,
  width: number,
  flags: number,
): void {
  const low = f.local('i32');
  f.block((done) => {
    f.block((miss) => {
      f.get(address).i64(32n).ops('i64.shr_u', 'i32.wrap_i64').brIf(miss);
      f.get(address).op('i32.wrap_i64').tee(low);
      emitLowEntry(f).tee(physical);
      f.i32(flags & ACCESS_WRITE ? PTE_WRITE : PTE_READ)
        .ops('i32.and', 'i32.eqz')
        .brIf(miss);
      f.get(low).i32(PAGE_MASK).op('i32.and').tee(low);
      if (width > 1)
        f.i32(PAGE_SIZE - width)
          .op('i32.gt_u')
          .brIf(miss);
      else f.op('drop');
      f.get(physical).i32(~PAGE_MASK).op('i32.and').get(low).op('i32.or').set(physical);
      f.br(done);
    });
    f.get(record)
      .get(address)
      .i32(width | flags)
      .call(slow)
      .set(physical);
  });
  f.releaseLocal(low);
}
