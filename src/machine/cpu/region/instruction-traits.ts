// What the region executor must know of an instruction before it emits it: learnt by running its definition against a
// context that emits nothing worth having. Remembered by form and, where it matters, by the immediate.

import { Code } from 'iced-x86';
import type { Context, Doubts, Flags, OperandIndex, Value, Width } from '../semantics/context.ts';
import type { FloatFunctions } from '../semantics/float/functions.ts';
import { GPR, RCX, RFLAGS, RIP, XMM } from '../state.ts';
import { FunctionBuilder, type ValueType } from '../wasm/function-builder.ts';
import { ModuleBuilder } from '../wasm/module-builder.ts';
import { ARITHMETIC } from '../step/flags.ts';
import type { InstructionView } from './instruction-view.ts';

export interface InstructionTraits {
  /** Where it goes on; repeat: at itself or behind it. An unsupported one is left to the step executor. */
  readonly flow: 'next' | 'jump' | 'branch' | 'repeat' | 'indirect' | 'unsupported';
  /** CALL: what follows is come back to. RET comes back. */
  readonly calls: boolean;
  readonly returns: boolean;
  /** May leave the region before it has done anything. */
  readonly leaves: boolean;
  /** Writes its memory operand; writes elsewhere in memory, as a push does. */
  readonly stores: boolean;
  readonly pushes: boolean;
  /** Looks at arithmetic flags for more than to keep them. */
  readonly usesFlags: boolean;
  /** Keeps some of the flags, or all under a condition. */
  readonly keepsFlags: boolean;
  /** all: sets all six, whatever happens; some: sets some, or under a condition. */
  readonly setsFlags: 'none' | 'all' | 'some';
  readonly setsFlagsUnderCondition: boolean;
  /** Operands and general registers that it changes. */
  readonly writesOperands: readonly number[];
  readonly writesRegisters: readonly number[];
  /** Those that it looks at, or may keep some of. */
  readonly readsOperands: readonly number[];
  readonly readsRegisters: readonly number[];
}

/** Numbers of the general registers that an instruction changes. */
export function writesOf(view: InstructionView, { writesOperands, writesRegisters }: InstructionTraits): number[] {
  return [...writesRegisters, ...writesOperands.filter((i) => view.place(i) === 'general').map((i) => view.slot(i) >> 3)];
}

/** Numbers of the general registers that an instruction looks at, those of a memory operand's address included. */
export function readsOf(view: InstructionView, { readsOperands, readsRegisters }: InstructionTraits): number[] {
  const operands = readsOperands.filter((i) => view.place(i) === 'general').map((i) => view.slot(i) >> 3);
  return [...readsRegisters, ...operands, ...[view.base, view.index].filter((slot) => slot < GPR + 128).map((slot) => slot >> 3)];
}

/** Goes on behind it, inside the region, if it has no iteration to do. What compares keeps all flags then, and leaves. */
export const isSkipped = ({ flow, setsFlags }: InstructionTraits): boolean => flow === 'repeat' && setsFlags === 'none';

const UNSUPPORTED: InstructionTraits = {
  flow: 'unsupported',
  calls: false,
  returns: false,
  leaves: true,
  stores: false,
  pushes: false,
  usesFlags: true,
  keepsFlags: true,
  setsFlags: 'none',
  setsFlagsUnderCondition: false,
  writesOperands: [],
  writesRegisters: [],
  readsOperands: [],
  readsRegisters: [],
};
const CALLS = [Code.Call_rel32_64, Code.Call_rm64];
const RETURNS = [Code.Retnq, Code.Retnq_imm16];
const LOCAL = 0;

/** Thrown through a definition that a region cannot hold. */
class Unsupported extends Error {}

export class TraitTable {
  private readonly known = new Map<number, InstructionTraits>();
  private readonly scratch = new ModuleBuilder();

  of(view: InstructionView): InstructionTraits {
    const immediate = view.operands.places.indexOf('immediate');
    const key = view.form * 64 + (immediate < 0 ? 0 : Number(view.immediate(immediate) & 63n));
    let traits = this.known.get(key);
    if (!traits) {
      traits = this.probe(view);
      this.known.set(key, traits);
    }
    return traits;
  }

  private probe(view: InstructionView): InstructionTraits {
    if (view.isString && view.addressWidth === 4) return UNSUPPORTED;
    const context = new ProbeContext(new FunctionBuilder(this.scratch, -1, ['i64'], []), view);
    try {
      view.source.row.definition(context);
    } catch (error) {
      if (error instanceof Unsupported) return UNSUPPORTED;
      throw error;
    }
    const { code } = view.source;
    return { ...context.traits(), calls: CALLS.includes(code), returns: RETURNS.includes(code) };
  }
}

class ProbeContext implements Context {
  readonly f: FunctionBuilder;
  readonly repeatPrefix: Context['repeatPrefix'];
  readonly control = 'any';
  readonly library = null;
  readonly addressWidth: 4 | 8;
  private readonly view: InstructionView;
  private flow: InstructionTraits['flow'] = 'next';
  private leaves = false;
  private stores = false;
  private pushes = false;
  private readonly operandAddress = this.some();
  private uses = false;
  private keeps = false;
  private setsUnderCondition = false;
  private sets: InstructionTraits['setsFlags'] = 'none';
  private nesting = 0;
  /** It has changed something: the region can no longer be left before it. */
  private hasActed = false;
  private readonly writesOperands: number[] = [];
  private readonly writesRegisters: number[] = [];
  private readonly readsOperands: number[] = [];
  private readonly readsRegisters: number[] = [];

  constructor(f: FunctionBuilder, view: InstructionView) {
    this.f = f;
    this.view = view;
    this.repeatPrefix = view.repeatPrefix;
    this.addressWidth = view.addressWidth;
  }

  traits(): Omit<InstructionTraits, 'calls' | 'returns'> {
    const { flow, leaves, stores, pushes, writesOperands, writesRegisters, readsOperands, readsRegisters } = this;
    const flags = { usesFlags: this.uses, keepsFlags: this.keeps, setsFlags: this.sets, setsFlagsUnderCondition: this.setsUnderCondition };
    return { flow, leaves, stores, pushes, ...flags, writesOperands, writesRegisters, readsOperands, readsRegisters };
  }

  /** Calls of the exact functions are behind rare(); a definition that calls them otherwise stays with the step executor. */
  get float(): FloatFunctions {
    throw new Unsupported();
  }

  get(i: OperandIndex, width: Width): Value {
    const place = this.view.place(i);
    if (place === 'immediate') return this.constant(BigInt.asUintN(width * 8, this.view.immediate(i)));
    if (place === 'one') return this.constant(1n);
    if (place === 'memory') this.mayLeave();
    if (place === 'cl') this.readsRegisters.push(RCX);
    this.readsOperands.push(i);
    return this.some();
  }
  set(i: OperandIndex, width: Width = 8): void {
    this.writesOperands.push(i);
    if (width < 4 || this.nesting > 0) this.readsOperands.push(i);
    if (this.view.place(i) === 'memory') {
      this.mayLeave();
      this.stores = true;
    }
    this.hasActed = true;
  }
  modify(i: OperandIndex, width: Width, change: (old: Value) => Value): void {
    if (this.view.place(i) === 'memory') return this.modifyAt(this.operandAddress, width, change);
    change(this.get(i, width));
    this.set(i, width);
  }
  modifyAt(_address: Value, _width: Width | 16, change: (old: Value) => Value): void {
    this.mayLeave();
    change(this.some());
    this.stores = this.hasActed = true;
  }
  getVector(i: OperandIndex): Value {
    return this.get(i, 8);
  }
  setVector(i: OperandIndex): void {
    this.set(i);
  }
  getLow(i: OperandIndex, width: 4 | 8): Value {
    return this.get(i, width);
  }
  getFloat(i: OperandIndex, width: 4 | 8): Value {
    return this.get(i, width);
  }
  getLowVector(i: OperandIndex, width: 4 | 8): Value {
    return this.get(i, width);
  }
  learn(): void {}
  areSame(): boolean {
    return false;
  }
  vectorConstant(): Value {
    return this.some();
  }
  isMemory(i: OperandIndex): boolean {
    return this.view.place(i) === 'memory';
  }
  register(n: number): Value {
    this.readsRegisters.push(n);
    return this.some();
  }
  setRegister(n: number, width: Width): void {
    this.writesRegisters.push(n);
    if (width < 4 || this.nesting > 0) this.readsRegisters.push(n);
    this.hasActed = true;
  }
  xmm(): Value {
    return this.some();
  }
  address(): Value {
    if (this.view.isString) throw new Unsupported();
    return this.operandAddress;
  }
  addressBeyond(): Value {
    return this.some();
  }
  addressBehindPop(): Value {
    return this.some();
  }
  segmentBase(): Value {
    return this.some();
  }
  load(): Value {
    this.mayLeave();
    return this.some();
  }
  store(_width: Width | 16, address: Value): void {
    this.mayLeave();
    this.hasActed = true;
    if (address === this.operandAddress || this.view.isString) this.stores = true;
    else this.pushes = true;
  }
  constant(value: bigint): Value {
    return { emit: (f) => void f.i64(value), constant: value };
  }
  expression(emit: (f: FunctionBuilder) => void): Value {
    return { emit };
  }
  bind(value: Value): Value {
    return value.constant === undefined ? this.some() : value;
  }
  temporary(_type: ValueType): number {
    return LOCAL;
  }
  when(condition: Value, body: () => void, otherwise?: () => void): void {
    if (condition.constant !== undefined) {
      (condition.constant !== 0n ? body : otherwise)?.();
      return;
    }
    this.nesting++;
    const { hasActed } = this;
    body();
    const hasBodyActed = this.hasActed;
    this.hasActed = hasActed;
    otherwise?.();
    this.hasActed ||= hasBodyActed;
    this.nesting--;
  }
  rare(_condition: Value | Doubts): void {
    this.mayLeave();
  }
  setFlags(flags: Flags): void {
    this.hasActed = true;
    if (flags.kind === 'increment' || flags.kind === 'decrement') this.keeps = true;
    if (this.nesting > 0) this.setsUnderCondition = true;
    const isAll = this.nesting === 0 && flags.kind !== 'carries' && !(flags.kind === 'explicit' && flags.keep);
    if (isAll) this.sets = 'all';
    else {
      this.keeps = true;
      if (this.sets === 'none') this.sets = 'some';
    }
  }
  condition(): Value {
    this.uses = true;
    return this.some();
  }
  carry(): Value {
    this.uses = true;
    return this.some();
  }
  rflags(): Value {
    this.uses = true;
    return this.some();
  }
  setRflags(_value: Value, mask: number): void {
    this.hasActed = true;
    if ((mask & ARITHMETIC) === 0) return;
    this.uses = true;
    this.sets = 'some';
  }
  field(offset: number): Value {
    if (offset < RIP || (offset >= XMM && offset < XMM + 256)) throw new Unsupported();
    return this.some();
  }
  setField(offset: number): void {
    if (offset <= RFLAGS || (offset >= XMM && offset < XMM + 256)) throw new Unsupported();
    this.hasActed = true;
  }
  slot(): Value {
    return this.some();
  }

  rip(): Value {
    return this.some();
  }

  nextRip(): Value {
    return this.some();
  }
  jump(): void {
    this.flow = 'jump';
  }
  branch(): void {
    this.flow = 'branch';
  }
  jumpTo(_target: Value, effects?: () => void): void {
    this.mayLeave();
    this.flow = 'indirect';
    effects?.();
  }
  returnTo(target: Value, effects: () => void): void {
    this.jumpTo(target, effects);
  }
  skip(): void {
    this.mayLeave();
  }
  repeat(): void {
    this.flow = 'repeat';
  }
  fault(): void {
    this.leave();
  }
  leave(): void {
    if (this.nesting === 0) throw new Unsupported();
    this.mayLeave();
  }
  trap(): void {
    throw new Unsupported();
  }
  enterKernel(): void {
    throw new Unsupported();
  }
  recheck(): void {
    throw new Unsupported();
  }

  /** What is left is done again from its beginning by the step executor. */
  private mayLeave(): void {
    if (this.hasActed) throw new Unsupported();
    this.leaves = true;
  }

  private some(): Value {
    return { emit: (f) => void f.get(LOCAL) };
  }
}
