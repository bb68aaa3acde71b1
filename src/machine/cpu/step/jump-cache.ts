// The indirect-jump cache in memory 0: sets of two entries, keyed by RIP and the tag of the address space.
// Entry: i64 key (tag in bits 63:48), u32 record. Generated code reads it; TypeScript fills it, the newer entry first.

import { CPU_BASE, JUMP_CACHE_BASE, JUMP_CACHE_SETS } from '../../memory/layout.ts';
import { JUMP_SPREAD, RIP, SPACE_TAG, STOP, STOP_RECORD } from '../state.ts';
import type { Value } from '../semantics/context.ts';
import type { FunctionBuilder } from '../wasm/function-builder.ts';
import { STOP_REASON } from './stop.ts';

const ENTRY_BYTES = 16;
const ENTRY_RECORD = 8;
const SET_SHIFT = 5;
const MASK = JUMP_CACHE_SETS - 1;
const SPREAD = 0x9e5;

/** What JUMP_SPREAD is for a tag. */
export function spreadOf(tag: number): number {
  return Math.imul(tag, SPREAD) >>> 0;
}

/** Offset in memory 0 of the set for a RIP (its low 32 bits) in the space of this tag. */
function jumpCacheSet(low: number, tag: number): number {
  return JUMP_CACHE_BASE + (((low ^ (low >>> 11) ^ spreadOf(tag)) & MASK) << SET_SHIFT);
}

export function fillJumpCache(view: DataView, rip: number, tag: number, record: number): void {
  const first = jumpCacheSet(rip | 0, tag);
  const low = rip >>> 0;
  const high = (Math.floor(rip / 0x1_0000_0000) | (tag << 16)) >>> 0;
  if (view.getUint32(first, true) !== low || view.getUint32(first + 4, true) !== high) {
    for (let at = first; at < first + ENTRY_RECORD + 4; at += 4) view.setUint32(at + ENTRY_BYTES, view.getUint32(at, true), true);
    view.setUint32(first, low, true);
    view.setUint32(first + 4, high, true);
  }
  view.setUint32(first + ENTRY_RECORD, record, true);
}

export function clearJumpCache(bytes: Uint8Array): void {
  bytes.fill(0, JUMP_CACHE_BASE, JUMP_CACHE_BASE + (JUMP_CACHE_SETS << SET_SHIFT));
}

/** Locals of a function that looks records up itself. */
export interface JumpLocals {
  /** i32: the address space's part of the hash. */
  readonly spread: number;
  /** i64: the tag's part of the key. */
  readonly tag: number;
  /** i32: scratch. */
  readonly set: number;
}

/** Sets the locals of the address space in use. */
export function emitJumpLocals(f: FunctionBuilder, { spread, tag }: JumpLocals): void {
  f.i32(0)
    .mem('i32.load', CPU_BASE + JUMP_SPREAD)
    .set(spread);
  f.i32(0)
    .mem('i64.load', CPU_BASE + SPACE_TAG)
    .set(tag);
}

/** Leaves the record of a canonical address in local `record`, 0 if it is not known. */
export function emitFindRecord(f: FunctionBuilder, { spread, tag, set }: JumpLocals, rip: Value, record: number): void {
  rip.emit(f);
  f.op('i32.wrap_i64').tee(set).get(set).i32(11).ops('i32.shr_u', 'i32.xor').get(spread).op('i32.xor');
  f.i32(MASK).op('i32.and').i32(SET_SHIFT).op('i32.shl').set(set);
  const entry = (at: number): void => {
    f.get(set)
      .mem('i64.load', JUMP_CACHE_BASE + at)
      .get(tag);
    rip.emit(f);
    f.ops('i64.or', 'i64.eq');
  };
  const load = (at: number): void =>
    void f
      .get(set)
      .mem('i32.load', JUMP_CACHE_BASE + at + ENTRY_RECORD)
      .set(record);
  entry(0);
  f.likely().if(
    () => load(0),
    () => {
      entry(ENTRY_BYTES);
      f.if(
        () => load(ENTRY_BYTES),
        () => f.i32(0).set(record),
      );
    },
  );
}

/** Body of lookup(rip i64) -> record. A miss sets RIP and answers the stop record. */
export function emitLookup(f: FunctionBuilder): void {
  const rip = 0;
  const low = f.local('i32');
  const set = f.local('i32');
  const key = f.local('i64');
  f.get(rip).op('i32.wrap_i64').tee(low);
  f.get(low).i32(11).ops('i32.shr_u', 'i32.xor');
  f.i32(0)
    .mem('i32.load', CPU_BASE + JUMP_SPREAD)
    .op('i32.xor');
  f.i32(MASK).op('i32.and').i32(SET_SHIFT).op('i32.shl').set(set);
  f.get(rip)
    .i32(0)
    .mem('i64.load', CPU_BASE + SPACE_TAG)
    .op('i64.or')
    .set(key);
  f.block((miss) => {
    f.get(rip).i64(47n).ops('i64.shr_u', 'i32.wrap_i64').brIf(miss);
    for (const entry of [0, ENTRY_BYTES]) {
      f.get(set)
        .mem('i64.load', JUMP_CACHE_BASE + entry)
        .get(key)
        .op('i64.eq');
      f.if(() =>
        f
          .get(set)
          .mem('i32.load', JUMP_CACHE_BASE + entry + ENTRY_RECORD)
          .return(),
      );
    }
  });
  f.i32(0)
    .get(rip)
    .mem('i64.store', CPU_BASE + RIP);
  f.i32(0)
    .i32(STOP_REASON.JUMP)
    .mem('i32.store', CPU_BASE + STOP);
  f.i32(CPU_BASE + STOP_RECORD);
}
