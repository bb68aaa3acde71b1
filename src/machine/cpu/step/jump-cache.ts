// The indirect-jump cache in memory 0: direct-mapped, keyed by RIP and the tag of the address space.
// Entry: i64 key (tag in bits 63:48), u32 record. Generated code reads it; TypeScript fills it.

import { CPU_BASE, JUMP_CACHE_BASE, JUMP_CACHE_ENTRIES } from '../../memory/layout.ts';
import { RIP, SPACE_TAG, STOP, STOP_RECORD } from '../state.ts';
import type { FunctionBuilder } from '../wasm/function-builder.ts';
import { STOP_REASON } from './stop.ts';

const ENTRY_SHIFT = 4;
const ENTRY_RECORD = 8;
const MASK = JUMP_CACHE_ENTRIES - 1;
const SPREAD = 0x9e5;

/** Offset in memory 0 of the entry for a RIP (its low 32 bits) in the space of this tag. */
export function jumpCacheEntry(low: number, tag: number): number {
  return JUMP_CACHE_BASE + (((low ^ (low >>> 11) ^ Math.imul(tag, SPREAD)) & MASK) << ENTRY_SHIFT);
}

export function fillJumpCache(view: DataView, rip: number, tag: number, record: number): void {
  const entry = jumpCacheEntry(rip | 0, tag);
  view.setUint32(entry, rip >>> 0, true);
  view.setUint32(entry + 4, (Math.floor(rip / 0x1_0000_0000) | (tag << 16)) >>> 0, true);
  view.setUint32(entry + ENTRY_RECORD, record, true);
}

export function clearJumpCache(bytes: Uint8Array): void {
  bytes.fill(0, JUMP_CACHE_BASE, JUMP_CACHE_BASE + (JUMP_CACHE_ENTRIES << ENTRY_SHIFT));
}

/** Body of lookup(rip i64) -> record. A miss sets RIP and answers the stop record. */
export function emitLookup(f: FunctionBuilder): void {
  const rip = 0;
  const low = f.local('i32');
  const entry = f.local('i32');
  f.get(rip).op('i32.wrap_i64').tee(low);
  f.get(low).i32(11).ops('i32.shr_u', 'i32.xor');
  f.i32(0).mem('i32.load16_u', CPU_BASE + SPACE_TAG + 6).i32(SPREAD).ops('i32.mul', 'i32.xor');
  f.i32(MASK).op('i32.and').i32(ENTRY_SHIFT).op('i32.shl').tee(entry);
  f.mem('i64.load', JUMP_CACHE_BASE).get(rip).i32(0).mem('i64.load', CPU_BASE + SPACE_TAG).ops('i64.or', 'i64.eq');
  f.get(rip).i64(47n).ops('i64.shr_u', 'i64.eqz', 'i32.and');
  f.if(() => f.get(entry).mem('i32.load', JUMP_CACHE_BASE + ENTRY_RECORD).return());
  f.i32(0).get(rip).mem('i64.store', CPU_BASE + RIP);
  f.i32(0).i32(STOP_REASON.JUMP).mem('i32.store', CPU_BASE + STOP);
  f.i32(CPU_BASE + STOP_RECORD);
}
