// REP MOVS and REP STOS many iterations at once: as many as lie in the pages, the budget and the count, and where source and destination
// overlap so that an iteration reads what another has written, as many as do not. State, time and counts are those of single iterations.
// REPNE SCASB and REPE CMPSB go over what does not end them; the iteration behind that is a single one, and sets the flags.

import { PTE_READ, PTE_WRITE } from '../../memory/address-space.ts';
import { CPU_BASE, PAGE_MASK, PAGE_SIZE, RECORD_BYTES } from '../../memory/layout.ts';
import { BASE, COST } from '../decode/record.ts';
import { DF, GPR, RAX, RCX, RDI, RFLAGS, RSI } from '../state.ts';
import type { FunctionBuilder, Label } from '../wasm/function-builder.ts';
import { emitLowEntry } from './low-entry.ts';

export interface BulkString {
  readonly moves: boolean;
  /** Logarithm of the bytes of an iteration. */
  readonly shift: 0 | 1 | 2 | 3;
}

/** By name of the form. */
export const BULK_STRINGS: ReadonlyMap<string, BulkString> = new Map<string, BulkString>([
  ['Movsb_m8_m8:rep', { moves: true, shift: 0 }],
  ['Movsw_m16_m16:rep', { moves: true, shift: 1 }],
  ['Movsd_m32_m32:rep', { moves: true, shift: 2 }],
  ['Movsq_m64_m64:rep', { moves: true, shift: 3 }],
  ['Stosb_m8_AL:rep', { moves: false, shift: 0 }],
  ['Stosw_m16_AX:rep', { moves: false, shift: 1 }],
  ['Stosd_m32_EAX:rep', { moves: false, shift: 2 }],
  ['Stosq_m64_RAX:rep', { moves: false, shift: 3 }],
]);

/** Locals of the dispatch loop, i32. One iteration has been charged and counted already. */
export interface BulkLocals {
  readonly record: number;
  readonly budget: number;
  readonly executed: number;
}

const REGISTERS = CPU_BASE + GPR;
const STORES = ['i32.store8', 'i32.store16', 'i32.store', 'i64.store'] as const;

/** Goes to `next` behind two iterations or more; falls through where there is to be one, or none. */
export function emitBulkString(
  f: FunctionBuilder,
  { moves, shift }: BulkString,
  { record, budget, executed }: BulkLocals,
  high: number,
  next: Label,
): void {
  const cost = f.local('i32');
  const count = f.local('i32');
  const other = f.local('i32');
  const destination = f.local('i32');
  const source = f.local('i32');
  const bytes = f.local('i32');
  const wide = f.local('i64');
  f.block((one) => {
    emitMayBulk(f, moves, record, budget, cost, one);
    emitPlace(f, high, RDI, PTE_WRITE, shift, destination, count, one);
    if (moves) {
      emitPlace(f, high, RSI, PTE_READ, shift, source, other, one);
      emitLeast(f, count, other);
      f.get(destination).get(source).op('i32.gt_u');
      f.if(() => {
        f.get(destination).get(source).op('i32.sub').i32(shift).op('i32.shr_u').set(other);
        emitLeast(f, count, other);
      });
    }
    emitAffordable(f, { budget, cost, count, other, wide }, one);
    f.get(count).i32(shift).op('i32.shl').set(bytes);
    if (moves) f.get(destination).get(source).get(bytes).memoryCopy();
    else emitFill(f, shift, { destination, bytes, other, wide });
    emitAdd(f, RCX, () => f.i64(0n).get(count).ops('i64.extend_i32_u', 'i64.sub'));
    emitAdd(f, RDI, () => f.get(bytes).op('i64.extend_i32_u'));
    if (moves) emitAdd(f, RSI, () => f.get(bytes).op('i64.extend_i32_u'));
    f.get(count).i32(1).op('i32.sub').tee(count).get(executed).op('i32.add').set(executed);
    f.get(budget).get(count).get(cost).ops('i32.mul', 'i32.sub').set(budget);
    f.get(record).get(record).i32(RECORD_BYTES).op('i32.add');
    f.i32(0)
      .mem('i64.load', REGISTERS + RCX * 8)
      .ops('i64.eqz', 'i32.eqz', 'select')
      .set(record)
      .br(next);
  });
  for (const local of [cost, count, other, destination, source, bytes, wide]) f.releaseLocal(local);
}

export interface BulkSearch {
  /** CMPSB: two places; else SCASB: a place and AL. */
  readonly compares: boolean;
}

/** By name of the form. */
export const BULK_SEARCHES: ReadonlyMap<string, BulkSearch> = new Map<string, BulkSearch>([
  ['Cmpsb_m8_m8:rep', { compares: true }],
  ['Scasb_AL_m8:repne', { compares: false }],
]);

const STEP = 16;

/** Goes over iterations that do not end the search, and falls through to another one, which does not fault. */
export function emitBulkSearch(f: FunctionBuilder, { compares }: BulkSearch, { record, budget, executed }: BulkLocals, high: number): void {
  const cost = f.local('i32');
  const count = f.local('i32');
  const other = f.local('i32');
  const destination = f.local('i32');
  const source = f.local('i32');
  const over = f.local('i32');
  const wide = f.local('i64');
  f.block((one) => {
    emitMayBulk(f, compares, record, budget, cost, one);
    emitPlace(f, high, RDI, PTE_READ, 0, destination, count, one);
    if (compares) {
      emitPlace(f, high, RSI, PTE_READ, 0, source, other, one);
      emitLeast(f, count, other);
    }
    emitAffordable(f, { budget, cost, count, other, wide }, one);
    f.i32(0).set(over);
    f.block((ended) => {
      f.loop((again) => {
        f.get(over).i32(STEP).op('i32.add').get(count).op('i32.gt_u').brIf(ended);
        f.get(destination).get(over).op('i32.add').mem('v128.load', 0);
        if (compares) f.get(source).get(over).op('i32.add').mem('v128.load', 0).ops('i8x16.ne', 'i8x16.bitmask');
        else
          f.i32(0)
            .mem('i32.load8_u', REGISTERS + RAX * 8)
            .ops('i8x16.splat', 'i8x16.eq', 'i8x16.bitmask');
        f.tee(other);
        f.if(() => f.get(other).op('i32.ctz').get(over).op('i32.add').set(over).br(ended));
        f.get(over).i32(STEP).op('i32.add').set(over).br(again);
      });
    });
    f.get(count).i32(1).op('i32.sub').set(other);
    emitLeast(f, over, other);
    emitAdd(f, RCX, () => f.i64(0n).get(over).ops('i64.extend_i32_u', 'i64.sub'));
    for (const register of compares ? [RDI, RSI] : [RDI]) emitAdd(f, register, () => f.get(over).op('i64.extend_i32_u'));
    f.get(executed).get(over).op('i32.add').set(executed);
    f.get(budget).get(over).get(cost).ops('i32.mul', 'i32.sub').set(budget);
  });
  for (const local of [cost, count, other, destination, source, over, wide]) f.releaseLocal(local);
}

/** Goes to `one` where only one iteration can be; else sets `cost`. */
function emitMayBulk(f: FunctionBuilder, hasSource: boolean, record: number, budget: number, cost: number, one: Label): void {
  f.get(budget).i32(0).op('i32.le_s').brIf(one);
  // What costs nothing would have no end.
  f.get(record).mem('i32.load16_u', COST).tee(cost).op('i32.eqz').brIf(one);
  f.i32(0)
    .mem('i32.load', CPU_BASE + RFLAGS)
    .i32(DF)
    .op('i32.and')
    .brIf(one);
  if (hasSource) f.get(record).mem('i32.load8_u', BASE).mem('i64.load', CPU_BASE).ops('i64.eqz', 'i32.eqz').brIf(one);
}

/** Cuts `count` to the budget and to RCX; goes to `one` if it is less than two. */
function emitAffordable(
  f: FunctionBuilder,
  locals: { readonly budget: number; readonly cost: number; readonly count: number; readonly other: number; readonly wide: number },
  one: Label,
): void {
  const { budget, cost, count, other, wide } = locals;
  // An iteration starts as long as there is a budget; the first has.
  f.get(budget).get(cost).op('i32.add').i32(1).op('i32.sub').get(cost).op('i32.div_u').i32(1).op('i32.add').set(other);
  emitLeast(f, count, other);
  f.i32(0)
    .mem('i64.load', REGISTERS + RCX * 8)
    .tee(wide)
    .get(count)
    .ops('i64.extend_i32_u', 'i64.lt_u');
  f.if(() => f.get(wide).op('i32.wrap_i64').set(count));
  f.get(count).i32(2).op('i32.lt_u').brIf(one);
}

/** Sets `physical` to where a register points, and `room` to the iterations from there to the end of its page. */
function emitPlace(
  f: FunctionBuilder,
  high: number,
  register: number,
  permission: number,
  shift: number,
  physical: number,
  room: number,
  one: Label,
): void {
  const place = REGISTERS + register * 8;
  f.i32(0).mem('i32.load', place).set(room);
  f.i32(0)
    .mem('i32.load', place + 4)
    .if(
      () => f.i32(0).mem('i64.load', place).call(high).set(physical),
      () => emitLowEntry(f.get(room)).set(physical),
    );
  f.get(physical).i32(permission).ops('i32.and', 'i32.eqz').brIf(one);
  f.get(room).i32(PAGE_MASK).op('i32.and').set(room);
  f.get(physical).i32(~PAGE_MASK).op('i32.and').get(room).op('i32.or').set(physical);
  f.i32(PAGE_SIZE).get(room).op('i32.sub').i32(shift).op('i32.shr_u').set(room);
}

/** `least` becomes `other` if that is less. */
function emitLeast(f: FunctionBuilder, least: number, other: number): void {
  f.get(other).get(least).get(other).get(least).ops('i32.lt_u', 'select').set(least);
}

function emitAdd(f: FunctionBuilder, register: number, amount: () => void): void {
  f.i32(0)
    .i32(0)
    .mem('i64.load', REGISTERS + register * 8);
  amount();
  f.op('i64.add').mem('i64.store', REGISTERS + register * 8);
}

/** Fills by bytes where all of the value's are the same, else value by value. */
function emitFill(
  f: FunctionBuilder,
  shift: BulkString['shift'],
  locals: { readonly destination: number; readonly bytes: number; readonly other: number; readonly wide: number },
): void {
  const { destination, bytes, other, wide } = locals;
  const fill = (): void =>
    void f
      .get(destination)
      .i32(0)
      .mem('i32.load8_u', REGISTERS + RAX * 8)
      .get(bytes)
      .memoryFill();
  if (shift === 0) return fill();
  const unused = 64 - (8 << shift);
  f.i32(0)
    .mem('i64.load', REGISTERS + RAX * 8)
    .tee(wide)
    .i64(8n)
    .op('i64.rotr')
    .get(wide)
    .op('i64.xor');
  // A value of one byte again and again is the same when it is turned by a byte; of a narrow one, as far as it goes.
  if (unused > 0) f.i64((1n << BigInt((8 << shift) - 8)) - 1n).op('i64.and');
  f.op('i64.eqz');
  f.if(fill, () => {
    f.get(destination).get(bytes).op('i32.add').set(other);
    f.loop((again) => {
      f.get(destination).get(wide);
      if (shift < 3) f.op('i32.wrap_i64');
      f.mem(STORES[shift], 0);
      f.get(destination)
        .i32(1 << shift)
        .op('i32.add')
        .tee(destination)
        .get(other)
        .op('i32.lt_u')
        .brIf(again);
    });
  });
}
