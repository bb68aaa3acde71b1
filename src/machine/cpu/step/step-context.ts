// The step executor's side of a definition: operands come from the record, registers from the CPU block.
// Emits either a whole function (record in, next record out) or the same body inside the dispatch loop.

import { CPU_BASE, RAM_BASE, RECORD_BYTES } from '../../memory/layout.ts';
import { BASE, DISPLACEMENT, IMMEDIATE, INDEX, LENGTH, LINK, SCALE, SHAPE, SLOT_0 } from '../decode/record.ts';
import type { CodeOperands, OperandPlace } from '../decode/operands.ts';
import { VECTOR } from '../exit.ts';
import type { Context, Doubts, Flags, Library, OperandIndex, Value, Width } from '../semantics/context.ts';
import type { FloatFunctions } from '../semantics/float/functions.ts';
import { CURRENT, GPR, RCX, RFLAGS, RSP, STOP, STOP_DETAIL, STOP_RECORD, X87, XMM } from '../state.ts';
import { Expression } from '../wasm/expression.ts';
import type { FunctionBuilder, Label, ValueType } from '../wasm/function-builder.ts';
import { ARITHMETIC, emitCarryFlag, emitCondition, emitPack, emitSetFlags } from './flags.ts';
import { STOP_REASON } from './stop.ts';
import { ACCESS_STACK, ACCESS_WRITE, emitTranslate } from './translation.ts';

/** Functions of the step module that bodies call. */
export interface StepFunctions {
  /** (record, address i64, access) -> offset in memory 0, or 0. */
  readonly slow: number;
  /** high-entry.ts */
  readonly high: number;
  /** Ends a store that went to CROSSING. */
  readonly commit: number;
  /** (rip i64) -> record, or the stop record with RIP set. */
  readonly lookup: number;
  /** Exact float functions of SSE. */
  readonly float: FloatFunctions;
  readonly library: Library;
}

/** Where control goes behind the instruction: out of the function, or round the dispatch loop. */
export type Continuation = { readonly kind: 'function' } | { readonly kind: 'inline'; readonly next: Label };

const LOADS: Readonly<Record<Width, string>> = { 1: 'i64.load8_u', 2: 'i64.load16_u', 4: 'i64.load32_u', 8: 'i64.load' };
const STORES: Readonly<Record<Width, string>> = { 1: 'i64.store8', 2: 'i64.store16', 4: 'i64.store32', 8: 'i64.store' };
const IMMEDIATES: Readonly<Record<Width, string>> = { 1: 'i64.load8_u', 2: 'i64.load16_u', 4: 'i64.load32_u', 8: 'i64.load32_s' };
const PLACE_OFFSET: Partial<Record<OperandPlace, number>> = {
  general: CPU_BASE + GPR,
  xmm: CPU_BASE + XMM,
  mmx: CPU_BASE + X87,
  x87: CPU_BASE + X87,
};
const SLOT_OF_OPERAND = [SLOT_0, SLOT_0 + 1, INDEX] as const;

export class StepContext implements Context {
  readonly f: FunctionBuilder;
  readonly float: FloatFunctions;
  readonly library: Library;
  readonly control = 'any';
  readonly repeatPrefix: 'none' | 'rep' | 'repne';
  readonly addressWidth: 4 | 8;
  private readonly functions: StepFunctions;
  private readonly helpers: string[];
  private readonly operands: CodeOperands;
  private readonly shape: number;
  private readonly record: number;
  private readonly continuation: Continuation;
  private readonly taken: number[] = [];
  private addressLocal = -1;
  private nesting = 0;
  private written = false;
  private ended = false;

  constructor(
    f: FunctionBuilder,
    record: number,
    operands: CodeOperands,
    shape: number,
    functions: StepFunctions,
    helpers: string[],
    continuation: Continuation,
  ) {
    this.f = f;
    this.record = record;
    this.operands = operands;
    this.shape = shape;
    this.functions = functions;
    this.float = functions.float;
    this.library = functions.library;
    this.helpers = helpers;
    this.continuation = continuation;
    const string = shape >= SHAPE.STRING ? shape - SHAPE.STRING : 0;
    this.repeatPrefix = (['none', 'rep', 'repne'] as const)[string % 3]!;
    this.addressWidth = string >= 3 ? 4 : 8;
  }

  /** Falls through to the following record, unless the definition ended otherwise; gives locals back. */
  finish(): void {
    if (!this.ended) this.goTo(() => this.f.get(this.record).i32(RECORD_BYTES).op('i32.add'));
    for (const local of this.taken) this.f.releaseLocal(local);
  }

  get(i: OperandIndex, width: Width): Value {
    const place = this.place(i);
    switch (place) {
      case 'immediate':
        return this.expression((f) => f.get(this.record).mem(IMMEDIATES[width], this.secondImmediate(i) ? DISPLACEMENT : IMMEDIATE));
      case 'immediate64':
        return this.expression((f) => f.get(this.record).mem('i64.load', DISPLACEMENT));
      case 'cl':
        return this.register(RCX, width);
      case 'one':
        return this.constant(1n);
      case 'memory':
        return this.load(width, this.address(), false);
      case 'xmm':
      case 'mmx':
      case 'x87':
      case 'general':
        return this.bind(
          this.expression((f) => f.get(this.record).mem('i32.load8_u', SLOT_OF_OPERAND[i]).mem(LOADS[width], PLACE_OFFSET[place]!)),
        );
      default:
        throw new Error(`operand ${i} cannot be read: ${place}`);
    }
  }

  set(i: OperandIndex, width: Width, value: Value): void {
    const place = this.place(i);
    if (place === 'memory') return this.store(width, this.address(), value);
    const offset = PLACE_OFFSET[place];
    if (offset === undefined) throw new Error(`operand ${i} cannot be written: ${place}`);
    this.written = true;
    this.f.get(this.record).mem('i32.load8_u', SLOT_OF_OPERAND[i]);
    this.emitRegisterStore(width, value, offset, place === 'general');
    if (place === 'mmx')
      this.f
        .get(this.record)
        .mem('i32.load8_u', SLOT_OF_OPERAND[i])
        .i32(0xffff)
        .mem('i32.store16', offset + 8);
  }

  modify(i: OperandIndex, width: Width, change: (old: Value) => Value): void {
    if (this.place(i) !== 'memory') {
      const value = this.bind(change(this.get(i, width)));
      this.set(i, width, value);
      return;
    }
    this.modifyAt(this.address(), width, change);
  }

  modifyAt(address: Value, width: Width | 16, change: (old: Value) => Value): void {
    const physical = this.translate(address, width, ACCESS_WRITE);
    const type = width === 16 ? 'v128' : 'i64';
    const old = this.bind(
      this.expression((f) => f.get(physical).mem(width === 16 ? 'v128.load' : LOADS[width])),
      type,
    );
    const value = this.bind(change(old), type);
    this.storePhysical(physical, width, value);
  }

  getVector(i: OperandIndex, aligned: boolean): Value {
    const place = this.place(i);
    if (place === 'memory') {
      const address = this.address();
      if (aligned) this.checkAligned(address);
      return this.load(16, address);
    }
    if (place !== 'xmm') throw new Error(`operand ${i} is no vector: ${place}`);
    return this.bind(
      this.expression((f) =>
        f
          .get(this.record)
          .mem('i32.load8_u', SLOT_OF_OPERAND[i])
          .mem('v128.load', CPU_BASE + XMM),
      ),
      'v128',
    );
  }

  setVector(i: OperandIndex, value: Value, aligned = false): void {
    const place = this.place(i);
    if (place === 'memory') {
      const address = this.address();
      if (aligned) this.checkAligned(address);
      this.store(16, address, value);
      return;
    }
    if (place !== 'xmm') throw new Error(`operand ${i} is no vector: ${place}`);
    this.written = true;
    this.f.get(this.record).mem('i32.load8_u', SLOT_OF_OPERAND[i]);
    value.emit(this.f);
    this.f.mem('v128.store', CPU_BASE + XMM);
  }

  getLow(i: OperandIndex, width: 4 | 8): Value {
    return this.get(i, width);
  }

  getFloat(i: OperandIndex, width: 4 | 8): Value {
    const [type, load] = width === 8 ? (['f64', 'f64.load'] as const) : (['f32', 'f32.load'] as const);
    return this.bind(this.emitLow(i, width, load), type);
  }

  getLowVector(i: OperandIndex, width: 4 | 8): Value {
    return this.bind(this.emitLow(i, width, width === 8 ? 'v128.load64_zero' : 'v128.load32_zero'), 'v128');
  }

  learn(): void {}

  areSame(): boolean {
    return false;
  }

  isMemory(i: OperandIndex): boolean {
    return this.place(i) === 'memory';
  }

  register(n: number, width: Width): Value {
    return this.field(GPR + n * 8, width);
  }

  setRegister(n: number, width: Width, value: Value): void {
    this.written = true;
    this.f.i32(0);
    this.emitRegisterStore(width, value, CPU_BASE + GPR + n * 8, true);
  }

  xmm(n: number): Value {
    return this.bind(
      this.expression((f) => f.i32(0).mem('v128.load', CPU_BASE + XMM + n * 16)),
      'v128',
    );
  }

  address(lea = false): Value {
    if (!lea && this.addressLocal >= 0) return this.fromLocal(this.addressLocal);
    const value = this.bind(this.expression(() => this.emitAddress(lea)));
    if (!lea && this.nesting === 0) this.addressLocal = this.taken.at(-1)!;
    return value;
  }

  addressBeyond(offset: Value): Value {
    return this.bind(this.expression(() => this.emitAddress(false, offset)));
  }

  addressBehindPop(width: Width): Value {
    const address = this.address();
    return this.bind(
      this.expression((f) => {
        address.emit(f);
        f.i64(BigInt(width))
          .i64(0n)
          .get(this.record)
          .mem('i32.load8_u', BASE)
          .i32(GPR + RSP * 8)
          .ops('i32.eq', 'select', 'i64.add');
      }),
    );
  }

  segmentBase(): Value {
    return this.bind(this.expression((f) => f.get(this.record).mem('i32.load8_u', BASE).mem('i64.load', CPU_BASE)));
  }

  load(width: Width | 16, address: Value, stack = false): Value {
    const physical = this.translate(address, width, stack ? ACCESS_STACK : 0);
    return this.bind(
      this.expression((f) => f.get(physical).mem(width === 16 ? 'v128.load' : LOADS[width])),
      width === 16 ? 'v128' : 'i64',
    );
  }

  store(width: Width | 16, address: Value, value: Value, stack = false): void {
    const bound = this.bind(value, width === 16 ? 'v128' : 'i64');
    const physical = this.translate(address, width, ACCESS_WRITE | (stack ? ACCESS_STACK : 0));
    this.storePhysical(physical, width, bound);
  }

  constant(value: bigint): Value {
    return { emit: (f) => void f.i64(value), constant: value };
  }

  vectorConstant(low: bigint, high: bigint): Value {
    return { emit: (f) => void f.v128(low, high) };
  }

  expression(emit: (f: FunctionBuilder) => void): Value {
    return { emit };
  }

  bind(value: Value, type: ValueType = 'i64'): Value {
    if (value.constant !== undefined) return value;
    value.emit(this.f);
    const local = this.temporary(type);
    this.f.set(local);
    return this.fromLocal(local);
  }

  temporary(type: ValueType): number {
    const local = this.f.local(type);
    this.taken.push(local);
    return local;
  }

  rare(condition: Value | Doubts, body: () => void): void {
    if ('emit' in condition) return this.when(condition, body);
    const all = condition.map((conditions) =>
      conditions.map((one) => new Expression('i32', (f) => one.emit(f))).reduce((x, y) => x.andAlso(y)),
    );
    if (all.length > 0)
      this.when(
        all.reduce((x, y) => x.orElse(y)),
        body,
      );
  }

  when(condition: Value, body: () => void, otherwise?: () => void): void {
    if (condition.constant !== undefined) {
      (condition.constant !== 0n ? body : otherwise)?.();
      return;
    }
    const before = this.written;
    let after = before;
    const arm = (emit: () => void): void => {
      this.written = before;
      this.nesting++;
      emit();
      this.nesting--;
      if (!this.ended) after ||= this.written;
      this.ended = false;
    };
    condition.emit(this.f);
    this.f.if(() => arm(body), otherwise && (() => arm(otherwise)));
    this.written = after;
  }

  setFlags(flags: Flags): void {
    this.written = true;
    emitSetFlags(this.f, flags);
  }

  condition(code: number): Value {
    return this.bind(
      this.expression((f) => emitCondition(f, code)),
      'i32',
    );
  }

  carry(): Value {
    return this.bind(this.expression(emitCarryFlag), 'i32');
  }

  rflags(): Value {
    return this.bind(this.expression(emitPack), 'i32');
  }

  setRflags(value: Value, mask: number): void {
    this.written = true;
    const bits = this.bind(value, 'i32');
    const arithmetic = mask & ARITHMETIC;
    if (arithmetic) emitSetFlags(this.f, { kind: 'explicit', bits, keep: ARITHMETIC & ~mask });
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
    this.written = true;
    this.f.i32(0);
    value.emit(this.f);
    this.f.mem(STORES[width], CPU_BASE + offset);
  }

  slot(i: OperandIndex): Value {
    return this.expression((f) => f.get(this.record).mem('i32.load8_u', SLOT_OF_OPERAND[i]));
  }

  rip(): Value {
    return this.expression((f) => f.get(this.record).mem('i64.load', LENGTH).i64(16n).op('i64.shr_u'));
  }

  nextRip(): Value {
    return this.expression((f) =>
      f.get(this.record).mem('i64.load', LENGTH).i64(16n).op('i64.shr_u').get(this.record).mem('i64.load8_u', LENGTH).op('i64.add'),
    );
  }

  jump(): void {
    this.goTo(() => this.f.get(this.record).mem('i32.load', LINK));
  }

  branch(condition: Value): void {
    this.goTo(() => {
      this.f.get(this.record).mem('i32.load', LINK).get(this.record).i32(RECORD_BYTES).op('i32.add');
      condition.emit(this.f);
      this.f.op('select');
    });
  }

  jumpTo(target: Value, effects?: () => void): void {
    const rip = this.bind(target);
    this.computed(rip, () => {
      effects?.();
      this.noteTarget(rip);
    });
  }

  returnTo(target: Value, effects: () => void): void {
    this.computed(this.bind(target), effects);
  }

  /** In the record, for the region that may be made of it: where it led last, and how often that was another place than before. */
  private noteTarget(rip: Value): void {
    const { f, record } = this;
    f.get(record);
    f.get(record).mem('i32.load', IMMEDIATE);
    rip.emit(f);
    f.op('i32.wrap_i64').get(record).mem('i32.load', LINK).ops('i32.ne', 'i32.add').mem('i32.store', IMMEDIATE);
    f.get(record);
    rip.emit(f);
    f.op('i32.wrap_i64').mem('i32.store', LINK);
  }

  private computed(rip: Value, effects: () => void): void {
    this.f.block((canonical) => {
      rip.emit(this.f);
      this.f
        .i64(1n << 47n)
        .ops('i64.add')
        .i64(48n)
        .ops('i64.shr_u', 'i64.eqz')
        .brIf(canonical);
      this.fault(VECTOR.GP);
    });
    this.ended = false;
    effects();
    this.goTo(() => {
      rip.emit(this.f);
      this.f.call(this.functions.lookup);
    });
  }

  skip(): void {
    this.goTo(() => this.f.get(this.record).i32(RECORD_BYTES).op('i32.add'));
  }

  repeat(condition: Value): void {
    this.goTo(() => {
      this.f.get(this.record).get(this.record).i32(RECORD_BYTES).op('i32.add');
      condition.emit(this.f);
      this.f.op('select');
    });
  }

  fault(vector: number, errorCode = 0): void {
    this.mayFault();
    this.stop(STOP_REASON.FAULT, vector | (errorCode << 8));
  }

  trap(vector: number): void {
    this.stop(STOP_REASON.TRAP, vector);
  }

  enterKernel(): void {
    this.stop(STOP_REASON.SYSCALL, 0);
  }

  recheck(): void {
    this.stop(STOP_REASON.RECHECK, 0);
  }

  leave(helper: string): void {
    this.mayFault();
    let number = this.helpers.indexOf(helper);
    if (number < 0) number = this.helpers.push(helper) - 1;
    this.stop(STOP_REASON.HELPER, number);
  }

  /** How operand `i` is reached in this shape. */
  private place(i: OperandIndex): OperandPlace {
    const place = this.operands.places[i] ?? 'other';
    if (this.shape !== SHAPE.REGISTER) return place.startsWith('either') ? 'memory' : place;
    return place === 'either-general' ? 'general' : place === 'either-xmm' ? 'xmm' : place === 'either-mmx' ? 'mmx' : place;
  }

  /** Loads of a register or memory operand. */
  private emitLow(i: OperandIndex, width: 4 | 8, load: string): Value {
    const place = this.place(i);
    if (place === 'memory') {
      const physical = this.translate(this.address(), width, 0);
      return { emit: (f) => void f.get(physical).mem(load) };
    }
    if (place !== 'xmm') throw new Error(`operand ${i} is no float: ${place}`);
    return {
      emit: (f) =>
        void f
          .get(this.record)
          .mem('i32.load8_u', SLOT_OF_OPERAND[i])
          .mem(load, CPU_BASE + XMM),
    };
  }

  private secondImmediate(i: number): boolean {
    return this.operands.places.slice(0, i).includes('immediate');
  }

  private fromLocal(local: number): Value {
    return { emit: (f) => void f.get(local) };
  }

  private emitRegisterStore(width: Width, value: Value, offset: number, general: boolean): void {
    value.emit(this.f);
    if (width === 4 && general) this.f.i64(0xffff_ffffn).op('i64.and').mem('i64.store', offset);
    else this.f.mem(STORES[width], offset);
  }

  private emitAddress(lea: boolean, offset?: Value): void {
    const f = this.f;
    if (this.shape >= SHAPE.STRING) return this.emitStringAddress();
    f.get(this.record).mem('i32.load8_u', BASE).mem('i64.load', CPU_BASE);
    if (this.shape !== SHAPE.BASE) {
      f.get(this.record).mem('i32.load8_u', INDEX).mem('i64.load', CPU_BASE);
      f.get(this.record).mem('i64.load8_u', SCALE).ops('i64.shl', 'i64.add');
    }
    f.get(this.record).mem('i64.load', DISPLACEMENT).op('i64.add');
    if (offset) {
      offset.emit(f);
      f.op('i64.add');
    }
    if (this.shape !== SHAPE.FULL) return;
    // ADDRESS_32, bit 7 of SCALE.
    f.i64(-1n).i64(0xffff_ffffn).get(this.record).mem('i32.load8_u', SCALE).i32(7).ops('i32.shr_u', 'i32.eqz', 'select', 'i64.and');
    if (!lea)
      f.get(this.record)
        .mem('i32.load8_u', SLOT_0 + this.operands.memory)
        .mem('i64.load', CPU_BASE)
        .op('i64.add');
  }

  /** XLAT's [rBX + AL] and MASKMOV's [rDI]. */
  private emitStringAddress(): void {
    const f = this.f;
    const xlat = this.operands.places.length === 1;
    f.i32(0).mem('i64.load', CPU_BASE + GPR + (xlat ? 3 : 7) * 8);
    if (xlat)
      f.i32(0)
        .mem('i64.load8_u', CPU_BASE + GPR)
        .op('i64.add');
    if (this.addressWidth === 4) f.i64(0xffff_ffffn).op('i64.and');
    f.get(this.record).mem('i32.load8_u', BASE).mem('i64.load', CPU_BASE).op('i64.add');
  }

  /** Physical offset in an i32 local; stops where the access faults. */
  private translate(address: Value, width: number, flags: number): number {
    this.mayFault();
    const linear = this.temporary('i64');
    address.emit(this.f);
    this.f.set(linear);
    const physical = this.temporary('i32');
    emitTranslate(this.f, this.functions.slow, this.record, linear, physical, width, flags);
    this.f.get(physical).op('i32.eqz');
    this.f.if(() => this.goTo(() => this.f.i32(CPU_BASE + STOP_RECORD)));
    this.ended = false;
    return physical;
  }

  private storePhysical(physical: number, width: Width | 16, value: Value): void {
    this.written = true;
    this.f.get(physical);
    value.emit(this.f);
    this.f.mem(width === 16 ? 'v128.store' : STORES[width]);
    if (width > 1) {
      this.f.get(physical).i32(RAM_BASE).op('i32.lt_u');
      this.f.if(() => this.f.call(this.functions.commit));
    }
  }

  /** A non-canonical address is left to the translation, which knows #SS from #GP. */
  private checkAligned(address: Value): void {
    address.emit(this.f);
    this.f.op('i32.wrap_i64').i32(15).op('i32.and');
    this.f.if(() => {
      address.emit(this.f);
      this.f
        .i64(1n << 47n)
        .ops('i64.add')
        .i64(48n)
        .ops('i64.shr_u', 'i64.eqz');
      this.f.if(() => this.fault(VECTOR.GP));
    });
    this.ended = false;
  }

  private stop(reason: number, detail: number): void {
    this.f
      .i32(0)
      .get(this.record)
      .mem('i32.store', CPU_BASE + CURRENT);
    this.f
      .i32(0)
      .i32(reason)
      .mem('i32.store', CPU_BASE + STOP);
    this.f
      .i32(0)
      .i32(detail)
      .mem('i32.store', CPU_BASE + STOP_DETAIL);
    this.goTo(() => this.f.i32(CPU_BASE + STOP_RECORD));
  }

  private goTo(push: () => void): void {
    push();
    if (this.continuation.kind === 'inline') this.f.set(this.record).br(this.continuation.next);
    else this.f.return();
    this.ended = true;
  }

  private mayFault(): void {
    if (this.written) throw new Error('a definition may fault behind its first write');
  }
}
