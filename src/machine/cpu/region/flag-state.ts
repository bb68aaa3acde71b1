// Where the arithmetic flags are while a region runs. An operation that sets all of them is remembered with its operands
// (a site) and computes nothing until somebody asks; "memory" is the step executor's format (step/flags.ts).

import type { Flags, Value, Width } from '../semantics/context.ts';
import { emitCondition, emitSetFlags } from '../step/flags.ts';
import type { FunctionBuilder } from '../wasm/function-builder.ts';

export interface FlagSite {
  readonly flags: Flags;
  /** Where the flags come from that it keeps; absent, from memory. */
  readonly before?: FlagSite;
  /** Locals that must keep their values while this site is the state. */
  readonly held: readonly number[];
  /** Other blocks and exits may name the site: its locals are its own for good. */
  readonly isLasting: boolean;
}

export type FlagState =
  | { readonly kind: 'memory' }
  | { readonly kind: 'site'; readonly site: FlagSite }
  /** What the region's FlagOperands have. */
  | { readonly kind: 'dynamic' }
  /** Nobody will look before they are set again. */
  | { readonly kind: 'dead' };

export const IN_MEMORY: FlagState = { kind: 'memory' };
export const DYNAMIC: FlagState = { kind: 'dynamic' };
export const DEAD: FlagState = { kind: 'dead' };

/** Brings a site's flags into the step executor's format. */
export function emitSite(f: FunctionBuilder, site: FlagSite): void {
  if (site.before) emitSite(f, site.before);
  emitSetFlags(f, site.flags);
}

const UNSIGNED = { 2: 'lt_u', 3: 'ge_u', 6: 'le_u', 7: 'gt_u' } as const;
const SIGNED = { 12: 'lt_s', 13: 'ge_s', 14: 'le_s', 15: 'gt_s' } as const;

/** Pushes condition code `code` of a site without its flags, if that can be done. */
export function emitSiteCondition(f: FunctionBuilder, site: FlagSite, code: number): boolean {
  const { flags } = site;
  if (flags.kind === 'explicit') {
    emitBitsCondition(f, flags.bits, code);
    return true;
  }
  if (flags.kind === 'carries') {
    if (code !== 2 && code !== 3) return false;
    flags.carry.emit(f);
    if (code === 3) f.op('i32.eqz');
    return true;
  }
  if (code === 4 || code === 5) {
    if (flags.kind === 'sub' && !flags.carryIn) compare(f, flags.x, flags.y, code === 4 ? 'eq' : 'ne');
    else {
      flags.result.emit(f);
      if (code === 4) f.op('i64.eqz');
      else f.i64(0n).op('i64.ne');
    }
    return true;
  }
  if (code === 8 || code === 9) {
    emitSigned(f, flags.result, flags.width);
    f.i64(0n).op(code === 8 ? 'i64.lt_s' : 'i64.ge_s');
    return true;
  }
  if (flags.kind === 'sub' && !flags.carryIn) {
    const unsigned = UNSIGNED[code as keyof typeof UNSIGNED];
    if (unsigned) {
      compare(f, flags.x, flags.y, unsigned);
      return true;
    }
    const signed = SIGNED[code as keyof typeof SIGNED];
    if (!signed) return false;
    emitSigned(f, flags.x, flags.width);
    emitSigned(f, flags.y, flags.width);
    f.op(`i64.${signed}`);
    return true;
  }
  if (flags.kind === 'logic') {
    const signed = SIGNED[code as keyof typeof SIGNED];
    if (signed) {
      emitSigned(f, flags.result, flags.width);
      f.i64(0n).op(`i64.${signed}`);
      return true;
    }
    if (code === 2 || code === 3) {
      f.i32(code === 2 ? 0 : 1);
      return true;
    }
    if (code === 6 || code === 7) {
      flags.result.emit(f);
      if (code === 6) f.op('i64.eqz');
      else f.i64(0n).op('i64.ne');
      return true;
    }
    return false;
  }
  const carry = code === 2 || code === 3 ? carryOf(site) : null;
  if (!carry) return false;
  carry(f);
  if (code === 3) f.op('i32.eqz');
  return true;
}

/** Bits of RFLAGS of which one must be set, by condition code / 2; 12 and 14 look at SF != OF besides. */
const TESTED = [0x800, 0x1, 0x40, 0x41, 0x80, 0x4, 0, 0x40];

function emitBitsCondition(f: FunctionBuilder, bits: Value, code: number): void {
  const pair = code >> 1;
  bits.emit(f);
  f.i32(TESTED[pair]!).op('i32.and');
  if (pair >= 6) {
    bits.emit(f);
    f.i32(7).op('i32.shr_u');
    bits.emit(f);
    f.i32(11).ops('i32.shr_u', 'i32.xor').i32(1).ops('i32.and', 'i32.or');
  }
  f.op('i32.eqz');
  if (!(code & 1)) f.op('i32.eqz');
}

/** How CF of a site is pushed as i32, null where it takes the whole format. */
function carryOf(site: FlagSite): ((f: FunctionBuilder) => void) | null {
  const { flags } = site;
  switch (flags.kind) {
    case 'sub':
      return flags.carryIn ? null : (f) => compare(f, flags.x, flags.y, 'lt_u');
    case 'add':
      return flags.carryIn ? null : (f) => compare(f, flags.result, flags.x, 'lt_u');
    case 'logic':
      return (f) => void f.i32(0);
    case 'increment':
    case 'decrement':
      return site.before ? carryOf(site.before) : (f) => emitCondition(f, 2);
    case 'carries':
      return (f) => flags.carry.emit(f);
    case 'explicit':
      return (f) => emitBitsCondition(f, flags.bits, 2);
    case 'result':
      return flags.carry ? (f) => flags.carry!.emit(f) : (f) => void f.i32(0);
    default:
      return null;
  }
}

/** Pushes CF of a site as i32. Where that takes the whole format, the site is in memory afterwards: the answer is then true. */
export function emitSiteCarry(f: FunctionBuilder, site: FlagSite): boolean {
  const carry = carryOf(site);
  if (carry) {
    carry(f);
    return false;
  }
  emitSite(f, site);
  emitCondition(f, 2);
  return true;
}

function compare(f: FunctionBuilder, x: Value, y: Value, relation: string): void {
  x.emit(f);
  y.emit(f);
  f.op(`i64.${relation}`);
}

function emitSigned(f: FunctionBuilder, value: Value, width: Width): void {
  value.emit(f);
  if (width < 8) f.op(`i64.extend${width * 8}_s`);
}
