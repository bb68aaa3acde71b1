// Emits run(budget) -> budget left: the dispatch loop of the step executor. The hottest forms are arms of a br_table,
// all others are called through the table and return the next record. EXECUTED has the instructions started.

import { COUNT_BITS, COUNT_MASK } from '../region/meter.ts';
import { CPU_BASE } from '../../memory/layout.ts';
import {
  FORM,
  HEAT_LEFT,
  LENGTH,
  LINK,
  REFUSED,
  REGION_BUDGET,
  REGION_ENTRY,
  REGION_INDEX,
  REGION_TAG,
  SPECIAL,
  SPECIAL_COUNT,
} from '../decode/record.ts';
import { VECTOR } from '../exit.ts';
import {
  CURRENT,
  EXECUTED,
  EXECUTED_IN_REGIONS,
  NO_WINDOWS,
  REGION_ENTRIES,
  RFLAGS,
  RIP,
  SPACE_TAG,
  STOP,
  STOP_DETAIL,
  STOP_RECORD,
} from '../state.ts';
import type { FunctionBuilder, Label } from '../wasm/function-builder.ts';
import { emitPack, emitUnpack } from './flags.ts';
import type { BulkLocals } from './bulk-strings.ts';
import type { StepFunctions } from './step-context.ts';
import { FIRST_BEHIND, FIRST_SET, STOP_REASON } from './stop.ts';

/** What coming to a head costs besides, in instructions: entering and leaving a region next to it. */
const VISIT = 20;

/** Emits one hot form inside the loop: `locals.record` is to be read, and set before branching to `next`. */
export type InlineForm = (f: FunctionBuilder, locals: BulkLocals, next: Label) => void;

export function emitDispatchLoop(
  f: FunctionBuilder,
  functions: StepFunctions,
  types: { readonly handler: number; readonly region: number },
  inline: readonly InlineForm[],
): void {
  const budget = 0;
  const record = f.local('i32');
  const word = f.local('i32');
  const executed = f.local('i32');
  /** Instructions that heads have counted, or that ran in regions. */
  const counted = f.local('i32');
  const meter = f.local('i64');
  const inRegions = f.local('i32');
  const entries = f.local('i32');
  f.i32(0)
    .mem('i32.load', CPU_BASE + RFLAGS)
    .set(word);
  emitUnpack(f, word);
  f.i32(0)
    .mem('i64.load', CPU_BASE + RIP)
    .call(functions.lookup)
    .set(record);
  f.block((stop) => {
    f.loop((next) => {
      f.get(budget).i32(0).op('i32.le_s').brIf(stop);
      f.get(record).mem('i32.load', FORM).set(word);
      f.get(budget).get(word).i32(16).ops('i32.shr_u', 'i32.sub').set(budget);
      f.get(executed).i32(1).op('i32.add').set(executed);
      // What is no instruction.
      const uncount = (): FunctionBuilder => f.get(executed).i32(1).op('i32.sub').set(executed);
      const arms = SPECIAL_COUNT + inline.length;
      const labels: Label[] = [];
      const open = (n: number): void => {
        if (n < 0) {
          f.get(word).i32(0xffff).op('i32.and').brTable(labels.slice(1).reverse(), labels[0]!);
          return;
        }
        f.block((label) => {
          labels.push(label);
          open(n - 1);
        });
        emitArm(n);
      };
      // Blocks close innermost first: behind the innermost stands the arm of form 0, behind the outermost the default.
      const emitArm = (form: number): void => {
        if (form === SPECIAL.STOP) uncount().br(stop);
        else if (form === SPECIAL.LOOKUP) {
          uncount();
          emitRip(f, record);
          f.call(functions.lookup).set(record).br(next);
        } else if (form === SPECIAL.MISS || form === SPECIAL.STALE || form === SPECIAL.BREAK || form === SPECIAL.UNDEFINED) {
          if (form !== SPECIAL.UNDEFINED) uncount();
          emitStop(f, record, form === SPECIAL.UNDEFINED ? STOP_REASON.FAULT : STOP_REASON.MISS);
          f.i32(0)
            .i32(VECTOR.UD)
            .mem('i32.store', CPU_BASE + STOP_DETAIL);
          f.i32(CPU_BASE + STOP_RECORD)
            .set(record)
            .br(stop);
        } else if (form === SPECIAL.GOTO) uncount().get(record).mem('i32.load', LINK).set(record).br(next);
        else if (form === SPECIAL.HEAT) {
          uncount()
            .get(record)
            .get(record)
            .mem('i32.load', HEAT_LEFT)
            .get(executed)
            .get(counted)
            .ops('i32.sub', 'i32.sub')
            .i32(VISIT)
            .op('i32.sub');
          f.tee(word).mem('i32.store', HEAT_LEFT).get(executed).set(counted);
          f.get(word).i32(0).op('i32.gt_s');
          f.if(() => f.get(record).mem('i32.load', LINK).set(record).br(next));
          emitStop(f, record, STOP_REASON.HOT);
          f.i32(CPU_BASE + STOP_RECORD)
            .set(record)
            .br(stop);
        } else if (form === SPECIAL.REGION || form === SPECIAL.SPANNING) {
          uncount();
          if (form === SPECIAL.SPANNING) emitProveTag(f, record, stop);
          f.get(budget).get(record).mem('i32.load', REGION_BUDGET).op('i32.lt_s');
          f.i32(0)
            .mem('i32.load', CPU_BASE + NO_WINDOWS)
            .op('i32.or');
          f.if(() => f.get(record).mem('i32.load', LINK).set(record).br(next));
          f.get(budget)
            .op('i64.extend_i32_s')
            .i64(COUNT_BITS)
            .op('i64.shl')
            .get(record)
            .mem('i32.load', REGION_ENTRY)
            .get(record)
            .mem('i32.load', REGION_INDEX)
            .callIndirect(types.region)
            .set(meter)
            .set(word);
          f.get(word).i32(~REFUSED).op('i32.and').set(record);
          f.get(meter).i64(COUNT_BITS).ops('i64.shr_s', 'i32.wrap_i64').set(budget);
          f.get(meter).i64(COUNT_MASK).ops('i64.and', 'i32.wrap_i64');
          f.tee(counted).get(executed).op('i32.add').set(executed);
          f.get(inRegions).get(counted).op('i32.add').set(inRegions);
          f.get(executed).set(counted);
          f.get(entries).i32(1).op('i32.add').set(entries);
          f.get(word).i32(REFUSED).ops('i32.and', 'i32.eqz').brIf(next);
          emitStop(f, record, STOP_REASON.REFUSED);
          f.i32(CPU_BASE + STOP_RECORD)
            .set(record)
            .br(stop);
        } else if (form < arms) inline[form - SPECIAL_COUNT]!(f, { record, budget, executed }, next);
        else f.get(record).get(word).i32(0xffff).op('i32.and').callIndirect(types.handler).set(record).br(next);
      };
      open(arms);
    });
  });
  f.get(record)
    .i32(CPU_BASE + STOP_RECORD)
    .op('i32.ne');
  f.if(() => emitStop(f, record, STOP_REASON.DEADLINE));
  emitFinish(f, record, word);
  f.i32(0)
    .get(executed)
    .mem('i32.store', CPU_BASE + EXECUTED);
  f.i32(0)
    .get(inRegions)
    .mem('i32.store', CPU_BASE + EXECUTED_IN_REGIONS);
  f.i32(0)
    .get(entries)
    .mem('i32.store', CPU_BASE + REGION_ENTRIES);
  f.get(budget);
}

/** Stops unless a SPANNING record was proven in this address space. */
function emitProveTag(f: FunctionBuilder, record: number, stop: Label): void {
  f.get(record)
    .mem('i32.load16_u', REGION_TAG)
    .i32(0)
    .mem('i32.load16_u', CPU_BASE + SPACE_TAG + 6)
    .op('i32.ne');
  f.if(() => {
    emitStop(f, record, STOP_REASON.UNPROVEN);
    f.i32(CPU_BASE + STOP_RECORD)
      .set(record)
      .br(stop);
  });
}

function emitStop(f: FunctionBuilder, record: number, reason: number): void {
  f.i32(0)
    .get(record)
    .mem('i32.store', CPU_BASE + CURRENT);
  f.i32(0)
    .i32(reason)
    .mem('i32.store', CPU_BASE + STOP);
}

/** RIP from CURRENT as the reason says; RFLAGS whole. */
function emitFinish(f: FunctionBuilder, record: number, word: number): void {
  f.i32(0)
    .mem('i32.load', CPU_BASE + STOP)
    .tee(word)
    .i32(FIRST_SET)
    .op('i32.lt_u');
  f.if(() => {
    f.i32(0)
      .mem('i32.load', CPU_BASE + CURRENT)
      .set(record);
    f.i32(0);
    emitRip(f, record);
    f.get(record)
      .mem('i64.load8_u', LENGTH)
      .i64(0n)
      .get(word)
      .i32(FIRST_BEHIND)
      .ops('i32.ge_u', 'select', 'i64.add')
      .mem('i64.store', CPU_BASE + RIP);
  });
  f.i32(0);
  emitPack(f);
  f.mem('i32.store', CPU_BASE + RFLAGS);
}

function emitRip(f: FunctionBuilder, record: number): void {
  f.get(record).mem('i64.load', LENGTH).i64(16n).op('i64.shr_u');
}
