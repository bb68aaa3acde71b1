// The region executor's side of a definition: operands are constants and locals, flags are remembered instead of computed,
// and whatever is not the common case leaves the region before the instruction has done anything.

import { CPU_BASE } from '../../memory/layout.ts';
import type { Context, Doubts, FloatControl, Flags, OperandIndex, Value, Width } from '../semantics/context.ts';
import type { FloatFunctions } from '../semantics/float/functions.ts';
import { ALL, DOUBLE_0, SINGLE_0, SINGLE_1, lowLane } from '../semantics/float/regular.ts';
import { GPR, RCX, RFLAGS, RSI, RSP, X87, ZERO } from '../state.ts';
import { ARITHMETIC, emitCondition, emitPack, emitSetFlags } from '../step/flags.ts';
import type { FunctionBuilder, Label, ValueType } from '../wasm/function-builder.ts';
import { DEAD, type FlagSite, type FlagState, IN_MEMORY, emitSite, emitSiteCarry, emitSiteCondition } from './flag-state.ts';
import { type InstructionTraits, isSkipped } from './instruction-traits.ts';
import type { InstructionView } from './instruction-view.ts';
import type { PageWindows, Way } from './page-windows.ts';
import type { RegionExits } from './region-exits.ts';
import type { RegionFloats } from './region-floats.ts';
import type { RegionRegisters } from './registers.ts';

const LOADS: Readonly<Record<Width | 16, string>> = {
  1: 'i64.load8_u',
  2: 'i64.load16_u',
  4: 'i64.load32_u',
  8: 'i64.load',
  16: 'v128.load',
};
const STORES: Readonly<Record<Width | 16, string>> = {
  1: 'i64.store8',
  2: 'i64.store16',
  4: 'i64.store32',
  8: 'i64.store',
  16: 'v128.store',
};

const LOW_32 = 0xffff_ffffn;

/** What a definition works out itself: the operands of pushes and pops. */
export const TOP_OF_STACK: Way = { base: RSP, index: -1, displacement: 0n };
/** What string instructions load. */
const SOURCE: Way = { base: RSI, index: -1, displacement: 0n };

/** Iterations of a repeated string instruction at most; more are fewer steps than iterations. */
const MOST_ITERATIONS = 32n;

/** Sites that keep flags of others, one behind the other, at most. */
const MOST_KEPT = 3;

/** What the contexts of one region share. */
export interface RegionParts {
  readonly f: FunctionBuilder;
  readonly registers: RegionRegisters;
  readonly exits: RegionExits;
  readonly frames: readonly Frame[];
  readonly floats: RegionFloats;
  readonly windows: PageWindows;
}

/** Operands at RSP or RBP, which the region does not change: looked at once, on entry, and then at hand without a look. */
export interface Frame {
  /** Register number. */
  readonly base: number;
  /** i32 local: where in memory 0 the lowest of them is. */
  readonly start: number;
  /** Displacements, from the lowest to the highest, and 16 bytes. */
  readonly lowest: number;
  readonly end: number;
}

/** Where an access goes: the sum of a local and a constant. */
interface Located {
  readonly local: number;
  readonly offset: number;
}

/** How the instruction ended: what its block's edges are emitted from. */
export type Ending =
  | { readonly kind: 'next' }
  | { readonly kind: 'jump' }
  | { readonly kind: 'branch'; readonly condition: Value }
  | { readonly kind: 'indirect'; readonly target: Value };

/** Where in its block an instruction stands. */
export interface Place {
  readonly flags: FlagState;
  /** Other blocks may look at the flags that it sets. */
  readonly areLasting: boolean;
  /** The flags it sets nobody will see. */
  readonly areDead: boolean;
  /** What the meter gets back if the region is left before this instruction. */
  readonly refund: bigint;
  /** General registers to be stored if the region is left before this instruction, a bit each. */
  readonly written: number;
  /** Emits the way to what is behind the block. */
  readonly goBehind: (flags: FlagState) => void;
}

const depthOf = (site: FlagSite): number => (site.before ? 1 + depthOf(site.before) : 0);

const loaded = (local: number, width: Width | 16, offset: number): Value => ({
  emit: (f) => void f.get(local).mem(LOADS[width], offset),
  ...(width < 8 && { bits: width * 8 }),
});

export class RegionContext implements Context {
  readonly f: FunctionBuilder;
  readonly repeatPrefix: Context['repeatPrefix'];
  readonly addressWidth: 4 | 8;
  ending: Ending = { kind: 'next' };
  flags: FlagState;
  private readonly parts: RegionParts;
  private readonly view: InstructionView;
  private readonly refund: bigint;
  private readonly written: number;
  private readonly areLasting: boolean;
  private readonly areDead: boolean;
  private readonly goBehind: Place['goBehind'];
  private readonly skips: boolean;
  private readonly taken = new Set<number>();
  private addressValue: Value | null = null;
  private nesting = 0;

  constructor(parts: RegionParts, view: InstructionView, traits: InstructionTraits, place: Place) {
    this.f = parts.f;
    this.parts = parts;
    this.view = view;
    this.flags = place.flags;
    this.refund = place.refund;
    this.written = place.written;
    this.areLasting = place.areLasting;
    this.areDead = place.areDead;
    this.goBehind = place.goBehind;
    this.skips = isSkipped(traits);
    this.repeatPrefix = view.repeatPrefix;
    this.addressWidth = view.addressWidth;
    // What sets flags under a condition works on them in memory.
    if (traits.setsFlagsUnderCondition && !this.areDead) this.settleFlags();
    if (traits.flow === 'repeat') this.leaveMany();
  }

  /** Gives locals back, but for those that the flags are remembered in. */
  finish(): void {
    const held = this.flags.kind === 'site' ? this.flags.site.held : [];
    for (const local of this.taken) if (!held.includes(local)) this.f.releaseLocal(local);
  }

  /** The exact functions are called by the step executor alone. */
  readonly library = null;

  get float(): FloatFunctions {
    throw new Error('a region calls no exact float function');
  }

  get control(): FloatControl {
    return this.parts.floats.useControl();
  }

  get(i: OperandIndex, width: Width): Value {
    const place = this.view.place(i);
    switch (place) {
      case 'immediate':
        return this.constant(BigInt.asUintN(width * 8, this.view.immediate(i)));
      case 'immediate64':
        return this.constant(this.view.displacement);
      case 'one':
        return this.constant(1n);
      case 'cl':
        return this.register(RCX, width);
      case 'memory':
        return this.load(width, this.address());
      case 'general':
        return this.bind(this.parts.registers.value(this.view.slot(i), width));
      case 'xmm':
        return this.bind({ emit: () => this.parts.registers.emitVectorBits(this.view.slot(i), width), bits: width * 8 });
      case 'mmx':
      case 'x87':
        return this.bind(this.expression((f) => f.i32(0).mem(LOADS[width], CPU_BASE + X87 + this.view.slot(i))));
      default:
        throw new Error(`operand ${i} cannot be read: ${place}`);
    }
  }

  set(i: OperandIndex, width: Width, value: Value): void {
    const place = this.view.place(i);
    if (place === 'memory') return this.store(width, this.address(), value);
    const slot = this.view.slot(i);
    if (place === 'general') return this.parts.registers.setGeneral(slot, width, value);
    if (place === 'xmm') {
      this.parts.registers.setVectorBits(slot, width, value);
      return this.note(slot >> 4, 0);
    }
    if (place !== 'mmx' && place !== 'x87') throw new Error(`operand ${i} cannot be written: ${place}`);
    this.f.i32(0);
    value.emit(this.f);
    this.f.mem(STORES[width], CPU_BASE + X87 + slot);
    if (place === 'mmx')
      this.f
        .i32(0)
        .i32(0xffff)
        .mem('i32.store16', CPU_BASE + X87 + slot + 8);
  }

  modify(i: OperandIndex, width: Width, change: (old: Value) => Value): void {
    if (this.view.place(i) === 'memory') return this.modifyAt(this.address(), width, change);
    const value = this.bind(change(this.get(i, width)));
    this.set(i, width, value);
  }

  modifyAt(address: Value, width: Width | 16, change: (old: Value) => Value): void {
    const type = width === 16 ? 'v128' : 'i64';
    const { local, offset } = this.locate(address, width, true);
    const old = this.bind(loaded(local, width, offset), type);
    const value = this.bind(change(old), type);
    this.f.get(local);
    value.emit(this.f);
    this.f.mem(STORES[width], offset);
  }

  getVector(i: OperandIndex, aligned: boolean): Value {
    if (this.view.place(i) === 'memory') {
      const address = this.address();
      if (aligned) this.leaveUnlessAligned(address);
      return this.load(16, address);
    }
    return this.xmm(this.view.slot(i) >> 4);
  }

  setVector(i: OperandIndex, value: Value, aligned = false): void {
    if (this.view.place(i) === 'memory') {
      const address = this.address();
      if (aligned) this.leaveUnlessAligned(address);
      this.store(16, address, value);
      return;
    }
    value.emit(this.f);
    this.f.set(this.parts.registers.writeVector(this.view.slot(i) >> 4));
    this.note(this.view.slot(i) >> 4, value.regular ?? 0);
  }

  /** What is known of a register that is written, perhaps under a condition. */
  private note(n: number, regular: number): void {
    const { lanes } = this.parts.floats;
    lanes[n] = this.nesting > 0 ? lanes[n]! & regular : regular;
  }

  learn(i: OperandIndex, regular: number): void {
    if (this.nesting === 0 && this.view.place(i) === 'xmm') this.parts.floats.lanes[this.view.slot(i) >> 4]! |= regular;
  }

  areSame(i: OperandIndex, j: OperandIndex): boolean {
    return this.view.place(i) === this.view.place(j) && this.view.slot(i) === this.view.slot(j) && !this.isMemory(i);
  }

  getFloat(i: OperandIndex, width: 4 | 8): Value {
    const type = width === 8 ? 'f64' : 'f32';
    if (this.isMemory(i)) {
      const { local, offset } = this.locate(this.address(), width, false);
      return this.bind(
        this.expression((f) => f.get(local).mem(`${type}.load`, offset)),
        type,
      );
    }
    const vector = this.xmm(this.view.slot(i) >> 4);
    const emit = (f: FunctionBuilder): void => {
      vector.emit(f);
      f.lane(width === 8 ? 'f64x2.extract_lane' : 'f32x4.extract_lane', 0);
    };
    return this.bind({ emit, regular: vector.regular! & lowLane(width) ? 1 : 0 }, type);
  }

  getLowVector(i: OperandIndex, width: 4 | 8): Value {
    const zeros = ALL & ~(width === 8 ? DOUBLE_0 | SINGLE_0 | SINGLE_1 : DOUBLE_0 | SINGLE_0);
    // A single below zeros is a denormal double, whatever it was before.
    const kept = width === 8 ? DOUBLE_0 | SINGLE_0 | SINGLE_1 : SINGLE_0;
    if (this.isMemory(i)) {
      const { local, offset } = this.locate(this.address(), width, false);
      return this.bind(
        { emit: (f) => void f.get(local).mem(width === 8 ? 'v128.load64_zero' : 'v128.load32_zero', offset), regular: zeros },
        'v128',
      );
    }
    const vector = this.xmm(this.view.slot(i) >> 4);
    const emit = (f: FunctionBuilder): void => {
      f.v128(0n, 0n);
      vector.emit(f);
      if (width === 8) f.lane('f64x2.extract_lane', 0).lane('f64x2.replace_lane', 0);
      else f.lane('f32x4.extract_lane', 0).lane('f32x4.replace_lane', 0);
    };
    return this.bind({ emit, regular: zeros | (vector.regular! & kept) }, 'v128');
  }

  getLow(i: OperandIndex, width: 4 | 8): Value {
    return this.get(i, width);
  }

  isMemory(i: OperandIndex): boolean {
    return this.view.place(i) === 'memory';
  }

  register(n: number, width: Width): Value {
    return this.bind(this.parts.registers.value(n * 8, width));
  }

  setRegister(n: number, width: Width, value: Value): void {
    this.parts.registers.setGeneral(n * 8, width, value);
  }

  xmm(n: number): Value {
    const local = this.parts.registers.readVector(n);
    return this.bind({ emit: (f) => void f.get(local), regular: this.parts.floats.lanes[n]! }, 'v128');
  }

  address(lea = false): Value {
    if (this.addressValue && !lea) return this.addressValue;
    const value = this.effectiveAddress(lea);
    if (!lea && this.nesting === 0) this.addressValue = value;
    return value;
  }

  addressBeyond(offset: Value): Value {
    return this.effectiveAddress(false, offset);
  }

  addressBehindPop(width: Width): Value {
    const address = this.address();
    if (this.view.base !== GPR + RSP * 8) return address;
    return this.bind(
      this.expression((f) => {
        address.emit(f);
        f.i64(BigInt(width)).op('i64.add');
      }),
    );
  }

  segmentBase(): Value {
    const slot = this.view.base;
    return slot === ZERO ? this.constant(0n) : this.bind(this.expression((f) => f.i32(0).mem('i64.load', CPU_BASE + slot)));
  }

  load(width: Width | 16, address: Value): Value {
    const { local, offset } = this.locate(address, width, false);
    return this.bind(loaded(local, width, offset), width === 16 ? 'v128' : 'i64');
  }

  store(width: Width | 16, address: Value, value: Value): void {
    const bound = this.bind(value, width === 16 ? 'v128' : 'i64');
    const { local, offset } = this.locate(address, width, true);
    this.f.get(local);
    bound.emit(this.f);
    this.f.mem(STORES[width], offset);
  }

  constant(value: bigint): Value {
    return { emit: (f) => void f.i64(value), constant: value };
  }

  vectorConstant(low: bigint, high: bigint): Value {
    const local = this.parts.floats.constant(low, high);
    return { emit: (f) => void f.get(local) };
  }

  expression(emit: (f: FunctionBuilder) => void): Value {
    return { emit };
  }

  bind(value: Value, type: ValueType = 'i64'): Value {
    if (value.constant !== undefined) return value;
    value.emit(this.f);
    const local = this.temporary(type);
    this.f.set(local);
    return { emit: (f) => void f.get(local), regular: value.regular ?? 0, ...(value.bits !== undefined && { bits: value.bits }) };
  }

  temporary(type: ValueType): number {
    const local = this.areLasting ? this.f.freshLocal(type) : this.f.local(type);
    this.taken.add(local);
    return local;
  }

  when(condition: Value, body: () => void, otherwise?: () => void): void {
    if (condition.constant !== undefined) {
      (condition.constant !== 0n ? body : otherwise)?.();
      return;
    }
    // An arm may bring the flags into memory for itself; they stay where they were.
    const { flags } = this;
    const { registers } = this.parts;
    const before = registers.known();
    let behind = otherwise ? null : before;
    const arm = (emit: () => void): void => {
      registers.restore(before);
      this.nesting++;
      emit();
      this.nesting--;
      this.flags = flags;
      if (behind) registers.meet(behind);
      behind = registers.known();
    };
    condition.emit(this.f);
    this.f.if(() => arm(body), otherwise && (() => arm(otherwise)));
  }

  rare(condition: Value | Doubts): void {
    const { f } = this;
    const leave = (conditions: readonly Value[]): void => {
      const [first, ...others] = conditions;
      first!.emit(f);
      f.unlikely();
      if (others.length === 0) f.brIf(this.exit());
      else f.if(() => leave(others));
    };
    for (const conditions of 'emit' in condition ? [[condition]] : condition) leave(conditions);
  }

  setFlags(flags: Flags): void {
    if (this.areDead) return this.forget();
    if (flags.kind === 'explicit' && !flags.keep) return this.remember({ ...flags, bits: this.bind(flags.bits, 'i32') });
    if (flags.kind === 'explicit' || this.nesting > 0) {
      this.settleFlags();
      emitSetFlags(this.f, flags);
      return;
    }
    this.remember(flags);
  }

  condition(code: number): Value {
    return this.bind(
      this.expression((f) => {
        if (this.flags.kind === 'site' && emitSiteCondition(f, this.flags.site, code)) return;
        this.settleFlags();
        emitCondition(f, code);
      }),
      'i32',
    );
  }

  carry(): Value {
    return this.bind(
      this.expression((f) => {
        if (this.flags.kind !== 'site') {
          this.settleFlags();
          emitCondition(f, 2);
        } else if (emitSiteCarry(f, this.flags.site)) this.inMemory();
      }),
      'i32',
    );
  }

  rflags(): Value {
    this.settleFlags();
    return this.bind(this.expression(emitPack), 'i32');
  }

  setRflags(value: Value, mask: number): void {
    const bits = this.bind(value, 'i32');
    if (mask & ARITHMETIC) this.setFlags({ kind: 'explicit', bits, keep: ARITHMETIC & ~mask });
    const others = mask & ~ARITHMETIC;
    if (!others) return;
    this.f
      .i32(0)
      .i32(0)
      .mem('i32.load', CPU_BASE + RFLAGS)
      .i32(~others)
      .op('i32.and');
    bits.emit(this.f);
    this.f
      .i32(others)
      .ops('i32.and', 'i32.or')
      .mem('i32.store', CPU_BASE + RFLAGS);
  }

  field(offset: number, width: Width): Value {
    return this.bind(this.expression((f) => f.i32(0).mem(LOADS[width], CPU_BASE + offset)));
  }

  setField(offset: number, width: Width, value: Value): void {
    this.f.i32(0);
    value.emit(this.f);
    this.f.mem(STORES[width], CPU_BASE + offset);
  }

  slot(i: OperandIndex): Value {
    const slot = this.view.slot(i);
    return this.expression((f) => f.i32(slot));
  }

  rip(): Value {
    return this.constant(BigInt(this.view.rip));
  }

  nextRip(): Value {
    return this.constant(BigInt(this.view.nextRip));
  }

  jump(): void {
    this.ending = { kind: 'jump' };
  }

  branch(condition: Value): void {
    this.ending = { kind: 'branch', condition: this.bind(condition, 'i32') };
  }

  jumpTo(target: Value, effects?: () => void): void {
    const rip = this.bind(target);
    this.rare(
      this.expression((f) => {
        rip.emit(f);
        // The upper half is not for users, and records have 48 bits for addresses.
        f.i64(47n).ops('i64.shr_u', 'i64.eqz', 'i32.eqz');
      }),
    );
    effects?.();
    this.ending = { kind: 'indirect', target: rip };
  }

  returnTo(target: Value, effects: () => void): void {
    this.jumpTo(target, effects);
  }

  fault(): void {
    this.leave();
  }

  leave(): void {
    this.f.br(this.exit());
  }

  skip(): void {
    if (this.skips) this.goBehind(this.flags);
    else this.leave();
  }

  repeat(condition: Value): void {
    this.ending = { kind: 'branch', condition: this.bind(condition, 'i32') };
  }
  trap(): void {
    throw new Error('a region holds no trap');
  }
  enterKernel(): void {
    throw new Error('a region holds no system call');
  }
  recheck(): void {
    throw new Error('a region holds no instruction behind which TF is looked at');
  }

  /** Has the flags in the step executor's format from here on. */
  settleFlags(): void {
    if (this.flags.kind === 'memory') return;
    if (this.flags.kind !== 'site') throw new Error(`flags are read that are ${this.flags.kind}`);
    emitSite(this.f, this.flags.site);
    this.inMemory();
  }

  private inMemory(): void {
    if (this.flags.kind === 'site') this.hold(this.flags.site);
    this.flags = IN_MEMORY;
  }

  private remember(flags: Flags): void {
    const before = this.keptBy(flags);
    const held = [...this.taken, ...(before && !before.isLasting ? before.held : [])];
    if (this.flags.kind === 'site') this.hold(this.flags.site);
    this.flags = { kind: 'site', site: { flags, ...(before && { before }), held, isLasting: this.areLasting } };
  }

  /** The site whose flags an operation keeps some of; null if that is memory, or it keeps none. */
  private keptBy({ kind }: Flags): FlagSite | null {
    const isStep = kind === 'increment' || kind === 'decrement';
    if (!isStep && kind !== 'carries') return null;
    if (this.flags.kind === 'site' && depthOf(this.flags.site) < MOST_KEPT) return this.flags.site;
    this.settleFlags();
    return null;
  }

  /** The flags are nothing until they are set again. */
  private forget(): void {
    if (this.nesting > 0) return;
    if (this.flags.kind === 'site') this.hold(this.flags.site);
    this.flags = DEAD;
  }

  /** Locals of a site that is the state no longer are this instruction's to give back, unless another block knows them. */
  private hold(site: FlagSite): void {
    if (site.isLasting) return;
    for (const local of site.held) this.taken.add(local);
  }

  /** The way out before this instruction. */
  private exit(): Label {
    return this.parts.exits.to(this.view.record, this.refund, this.flags, this.written);
  }

  private effectiveAddress(lea: boolean, offset?: Value): Value {
    const { view } = this;
    const hasBase = view.base !== ZERO;
    const hasIndex = view.index !== ZERO && view.shape !== 1;
    const segment = lea || view.shape !== 3 ? ZERO : view.segment;
    const narrow = view.shape === 3 && view.isAddress32;
    if (!hasBase && !hasIndex && segment === ZERO && !offset) {
      return this.constant(narrow ? BigInt.asUintN(32, view.displacement) : view.displacement);
    }
    return this.bind(
      this.expression((f) => {
        let terms = 0;
        const sum = (): void => {
          if (terms++ > 0) f.op('i64.add');
        };
        if (hasBase) {
          f.get(this.parts.registers.read(view.base >> 3));
          sum();
        }
        if (hasIndex) {
          f.get(this.parts.registers.read(view.index >> 3));
          if (view.shift > 0) f.i64(BigInt(view.shift)).op('i64.shl');
          sum();
        }
        if (view.displacement !== 0n || terms === 0) {
          f.i64(view.displacement);
          sum();
        }
        if (offset) {
          offset.emit(f);
          sum();
        }
        if (narrow) f.i64(LOW_32).op('i64.and');
        if (segment === ZERO) return;
        f.i32(0)
          .mem('i64.load', CPU_BASE + segment)
          .op('i64.add');
      }),
    );
  }

  private locate(address: Value, width: Width | 16, stores: boolean): Located {
    if (address === this.addressValue && this.view.isByFrame) {
      const frame = this.parts.frames.find(({ base }) => base === this.view.base >> 3);
      if (frame) return { local: frame.start, offset: Number(this.view.displacement) - frame.lowest };
    }
    const bound = this.bind(address);
    const way = this.wayOf(address, stores);
    const local = this.temporary('i32');
    this.parts.windows.emitLocate(way, bound, width, stores, local, this.exit());
    return { local, offset: 0 };
  }

  /** What the step executor does many at a time. */
  private leaveMany(): void {
    const count = this.register(RCX, 8);
    this.rare(
      this.expression((f) => {
        count.emit(f);
        f.i64(MOST_ITERATIONS).op('i64.gt_u');
      }),
    );
  }

  private wayOf(address: Value, stores: boolean): Way {
    if (this.view.isString) return stores ? this.view.way : SOURCE;
    return address === this.addressValue ? this.view.way : TOP_OF_STACK;
  }

  /** A non-canonical address is left to the step executor like one that is not aligned. */
  private leaveUnlessAligned(address: Value): void {
    this.rare(
      this.expression((f) => {
        address.emit(f);
        f.op('i32.wrap_i64').i32(15).op('i32.and');
      }),
    );
  }
}
