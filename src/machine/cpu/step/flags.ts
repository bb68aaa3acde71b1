// Arithmetic flags of the step executor, kept so that neither setting nor testing needs to know which operation came last:
// FLAG_RESULT gives ZF, SF and PF; FLAG_CARRIES has CF in bit 63 and CF ^ OF in bit 62 (the two topmost carries of an addition);
// FLAG_DELTA holds AF, and inverts SF and PF where they do not follow from a result (POPF, SAHF, ...).

import { CPU_BASE } from '../../memory/layout.ts';
import type { Flags, Value, Width } from '../semantics/context.ts';
import { AF, CF, FLAG_CARRIES, FLAG_DELTA, FLAG_RESULT, OF, PF, RFLAGS, SF, ZF } from '../state.ts';
import type { FunctionBuilder } from '../wasm/function-builder.ts';

export const ARITHMETIC = CF | PF | AF | ZF | SF | OF;
const RESULT = CPU_BASE + FLAG_RESULT;
const CARRIES = CPU_BASE + FLAG_CARRIES;
const DELTA = CPU_BASE + FLAG_DELTA;
const SIGN_EXTEND: Readonly<Record<Width, string | null>> = { 1: 'i64.extend8_s', 2: 'i64.extend16_s', 4: 'i64.extend32_s', 8: null };

export function emitSetFlags(f: FunctionBuilder, flags: Flags): void {
  switch (flags.kind) {
    case 'add':
    case 'sub':
      return emitSum(f, flags);
    case 'logic':
      emitResult(f, flags.width, flags.result);
      f.i32(0).i64(0n).mem('i64.store', CARRIES);
      f.i32(0).i32(0).mem('i32.store8', DELTA);
      return;
    case 'increment':
    case 'decrement':
      return emitStep(f, flags.kind === 'increment', flags.width, flags.result);
    case 'result':
      emitResult(f, flags.width, flags.result);
      emitCarries(f, flags.carry, flags.overflow);
      f.i32(0);
      if (flags.adjust) {
        flags.adjust.emit(f);
        f.i32(4).op('i32.shl');
      } else f.i32(0);
      f.mem('i32.store8', DELTA);
      return;
    case 'carries':
      if (flags.overflow) return emitCarries(f, flags.carry, flags.overflow);
      f.i32(0);
      flags.carry.emit(f);
      f.op('i64.extend_i32_u').i64(3n).op('i64.mul');
      emitOverflow(f);
      f.ops('i64.extend_i32_u', 'i64.xor').i64(62n).op('i64.shl').mem('i64.store', CARRIES);
      return;
    case 'explicit': {
      const bits = f.local('i32');
      if (flags.keep) {
        emitPack(f);
        f.i32(flags.keep).op('i32.and');
        flags.bits.emit(f);
        f.i32(~flags.keep).ops('i32.and', 'i32.or').set(bits);
      } else {
        flags.bits.emit(f);
        f.set(bits);
      }
      emitUnpack(f, bits);
      f.releaseLocal(bits);
    }
  }
}

function emitResult(f: FunctionBuilder, width: Width, result: Value): void {
  f.i32(0);
  result.emit(f);
  const extend = SIGN_EXTEND[width];
  if (extend) f.op(extend);
  f.mem('i64.store', RESULT);
}

/** Addition and subtraction: the carries into each bit are x ^ y ^ sum; the topmost two give CF and OF. */
function emitSum(f: FunctionBuilder, flags: Flags & { kind: 'add' | 'sub' }): void {
  const { kind, width, x, y, result, carryIn } = flags;
  if (width === 8) {
    emitResult(f, 8, result);
    f.i32(0);
    x.emit(f);
    if (kind === 'sub') f.i64(-1n).op('i64.xor');
    y.emit(f);
    f.op('i64.and');
    x.emit(f);
    y.emit(f);
    if (kind === 'add') {
      f.op('i64.or');
      result.emit(f);
      f.i64(-1n).ops('i64.xor', 'i64.and');
    } else {
      f.op('i64.xor').i64(-1n).op('i64.xor');
      result.emit(f);
      f.op('i64.and');
    }
    f.op('i64.or').mem('i64.store', CARRIES);
    f.i32(0);
    x.emit(f);
    y.emit(f);
    f.op('i64.xor');
    result.emit(f);
    f.op('i64.xor').i64(16n).op('i64.and').mem('i64.store8', DELTA);
    return;
  }
  const sum = f.local('i64');
  const carries = f.local('i64');
  x.emit(f);
  y.emit(f);
  f.op(`i64.${kind}`);
  if (carryIn) {
    carryIn.emit(f);
    f.ops('i64.extend_i32_u', `i64.${kind}`);
  }
  f.set(sum);
  f.i32(0).get(sum).op(SIGN_EXTEND[width]!).mem('i64.store', RESULT);
  x.emit(f);
  y.emit(f);
  f.op('i64.xor').get(sum).op('i64.xor').set(carries);
  f.i32(0)
    .get(carries)
    .i64(BigInt(63 - width * 8))
    .op('i64.shl')
    .mem('i64.store', CARRIES);
  f.i32(0).get(carries).i64(16n).op('i64.and').mem('i64.store8', DELTA);
  f.releaseLocal(sum);
  f.releaseLocal(carries);
}

/** INC and DEC: CF stays, so bit 62 is CF ^ OF of the new result. */
function emitStep(f: FunctionBuilder, up: boolean, width: Width, result: Value): void {
  const limit = up ? 1n << BigInt(width * 8 - 1) : (1n << BigInt(width * 8 - 1)) - 1n;
  emitResult(f, width, result);
  f.i32(0)
    .i32(0)
    .mem('i64.load', CARRIES)
    .i64(1n)
    .op('i64.shr_s')
    .i64(3n << 62n)
    .op('i64.and');
  result.emit(f);
  f.i64(limit).ops('i64.eq', 'i64.extend_i32_u').i64(62n).ops('i64.shl', 'i64.xor').mem('i64.store', CARRIES);
  f.i32(0);
  result.emit(f);
  result.emit(f);
  f.i64(up ? -1n : 1n)
    .ops('i64.add', 'i64.xor')
    .i64(16n)
    .op('i64.and')
    .mem('i64.store8', DELTA);
}

function emitCarries(f: FunctionBuilder, carry: Value | undefined, overflow: Value | undefined): void {
  f.i32(0);
  if (!carry && !overflow) {
    f.i64(0n).mem('i64.store', CARRIES);
    return;
  }
  if (carry) {
    carry.emit(f);
    f.op('i64.extend_i32_u').i64(3n).op('i64.mul');
  } else f.i64(0n);
  if (overflow) {
    overflow.emit(f);
    f.ops('i64.extend_i32_u', 'i64.xor');
  }
  f.i64(62n).op('i64.shl').mem('i64.store', CARRIES);
}

/** Pushes the six arithmetic flags as an i32 in RFLAGS positions, with the other bits of RFLAGS. */
export function emitPack(f: FunctionBuilder): void {
  f.i32(0)
    .mem('i32.load', CPU_BASE + RFLAGS)
    .i32(~ARITHMETIC)
    .op('i32.and');
  emitCarryFlag(f);
  f.op('i32.or');
  emitParity(f);
  f.i32(2).ops('i32.shl', 'i32.or');
  f.i32(0).mem('i32.load8_u', DELTA).i32(AF).ops('i32.and', 'i32.or');
  emitZero(f);
  f.i32(6).ops('i32.shl', 'i32.or');
  emitSign(f);
  f.i32(7).ops('i32.shl', 'i32.or');
  emitOverflow(f);
  f.i32(11).ops('i32.shl', 'i32.or');
}

/** Takes the six flags from an i32 local in RFLAGS positions. */
export function emitUnpack(f: FunctionBuilder, bits: number): void {
  const zero = f.local('i32');
  f.get(bits).i32(6).op('i32.shr_u').i32(1).op('i32.and').set(zero);
  f.i32(0).get(zero).i32(1).ops('i32.xor', 'i64.extend_i32_u').mem('i64.store', RESULT);
  f.i32(0).get(bits).i32(1).ops('i32.and', 'i64.extend_i32_u').i64(3n).op('i64.mul');
  f.get(bits).i32(11).op('i32.shr_u').i32(1).ops('i32.and', 'i64.extend_i32_u', 'i64.xor').i64(62n).op('i64.shl').mem('i64.store', CARRIES);
  f.i32(0).get(bits).i32(AF).op('i32.and');
  f.get(bits).i32(7).op('i32.shr_u').i32(1).ops('i32.and', 'i32.or');
  f.get(bits).get(zero).i32(2).ops('i32.shl', 'i32.xor').i32(PF).ops('i32.and', 'i32.or').mem('i32.store8', DELTA);
  f.releaseLocal(zero);
}

export function emitCarryFlag(f: FunctionBuilder): void {
  f.i32(0).mem('i64.load', CARRIES).i64(63n).ops('i64.shr_u', 'i32.wrap_i64');
}
function emitZero(f: FunctionBuilder): void {
  f.i32(0).mem('i64.load', RESULT).op('i64.eqz');
}
/** Bit 63 of the pushed i64 is SF. */
function emitSignWord(f: FunctionBuilder): void {
  f.i32(0).mem('i64.load', RESULT).i32(0).mem('i64.load8_u', DELTA).i64(63n).ops('i64.shl', 'i64.xor');
}
function emitSign(f: FunctionBuilder): void {
  emitSignWord(f);
  f.i64(63n).ops('i64.shr_u', 'i32.wrap_i64');
}
/** Bit 63 of the pushed i64 is OF. */
function emitOverflowWord(f: FunctionBuilder): void {
  f.i32(0).mem('i64.load', CARRIES).i32(0).mem('i64.load', CARRIES).i64(1n).ops('i64.shl', 'i64.xor');
}
function emitOverflow(f: FunctionBuilder): void {
  emitOverflowWord(f);
  f.i64(63n).ops('i64.shr_u', 'i32.wrap_i64');
}
function emitParity(f: FunctionBuilder): void {
  f.i32(0).mem('i32.load8_u', RESULT).op('i32.popcnt').i32(-1).op('i32.xor');
  f.i32(0).mem('i32.load8_u', DELTA).i32(2).ops('i32.shr_u', 'i32.xor').i32(1).op('i32.and');
}
function emitLess(f: FunctionBuilder): void {
  emitSignWord(f);
  emitOverflowWord(f);
  f.op('i64.xor').i64(0n).op('i64.lt_s');
}

const CONDITIONS: readonly ((f: FunctionBuilder) => void)[] = [
  emitOverflow,
  emitCarryFlag,
  emitZero,
  (f) => {
    emitCarryFlag(f);
    emitZero(f);
    f.op('i32.or');
  },
  emitSign,
  emitParity,
  emitLess,
  (f) => {
    emitLess(f);
    emitZero(f);
    f.op('i32.or');
  },
];

/** Pushes condition code 0..15 as in Jcc, an i32 of 0 or 1. */
export function emitCondition(f: FunctionBuilder, code: number): void {
  CONDITIONS[code >> 1]!(f);
  if (code & 1) f.op('i32.eqz');
}
