// The x87 register stack in generated code, for instructions in the common case: their registers are not empty, a push has room, nothing is
// pending. Everything else leaves to the helper (cpu/x87), before anything has changed.

import { CPU_BASE } from '../../../memory/layout.ts';
import { FCW, FIP, FSW, FTW, X87, X87_RESULT } from '../../state.ts';
import { C1, ES, EXCEPTIONS } from '../../x87/control.ts';
import { Body, Expression, Variable, call, i32, loadAt } from '../../wasm/expression.ts';
import type { Context, OperandIndex } from '../context.ts';
import { STATUS_SHIFT } from './functions.ts';

/** Rounding, precision and masks of the control word, and what the functions round for: to nearest, to 64 bits, all masked. */
const CONTROL = { mask: 0xf00 | EXCEPTIONS, common: 0x300 | EXCEPTIONS };
const TOP = 0x3800;
const ONE_REGISTER = 0x800;
/** From TOP in the status word to bytes of registers. */
const TOP_TO_OFFSET = 7;
const OFFSETS = 0x70;
const REGISTER_BYTES = 16;

/** Significand, and word of sign and exponent, i64 both. */
export type Operand = readonly [significand: Expression, word: Expression];

export interface Ending {
  /** Bits of the status word that are set, i32, and those that are cleared before; C1 is always one of these. */
  readonly sets?: Expression;
  readonly clears?: number;
  /** Registers popped, or -1 for one that is pushed. */
  readonly pops?: number;
}

export class Stack {
  private readonly c: Context;
  private readonly helper: string;
  private readonly b: Body;
  private readonly status: Variable;

  /** For an instruction that `helper` runs where it is not common. */
  constructor(c: Context, helper: string) {
    this.c = c;
    this.helper = helper;
    this.b = new Body(c.f);
    this.status = this.hold(loadAt('i32.load16_u', CPU_BASE + FSW, 'i32'));
    this.leaveIf(this.status.and(ES));
  }

  /** In a local until the instruction ends. */
  hold(value: Expression): Variable {
    const variable = new Variable(value.type, this.c.temporary(value.type));
    this.b.assign(variable, value);
    return variable;
  }

  leaveIf(condition: Expression): void {
    this.c.rare(condition, () => this.c.leave(this.helper));
  }

  leaveUnlessCommonControl(): void {
    const control = loadAt('i32.load16_u', CPU_BASE + FCW, 'i32');
    this.leaveIf(control.and(CONTROL.mask).ne(CONTROL.common));
  }

  /** Place of ST(`n`), which is not empty. */
  numbered(n: number): Variable {
    return this.full(i32(n * REGISTER_BYTES));
  }

  /** Place of the register that operand `i` names, which is not empty. */
  named(i: OperandIndex): Variable {
    const slot = this.c.slot(i);
    return this.full(new Expression('i32', (f) => slot.emit(f)));
  }

  /** Place of what a push makes ST(0), which is empty. */
  room(): Variable {
    const place = this.hold(this.placeOf(i32(-REGISTER_BYTES)));
    this.leaveIf(this.tags.and(tagOf(place)));
    return place;
  }

  read(place: Expression): Operand {
    return [
      this.hold(new Expression('i64', (f) => (place.emit(f), f.mem('i64.load', CPU_BASE + X87)))),
      this.hold(new Expression('i64', (f) => (place.emit(f), f.mem('i64.load16_u', CPU_BASE + X87 + 8)))),
    ];
  }

  /** What a function of functions.ts answers, where that is no UNCOMMON. */
  ask(functionIndex: number, ...operands: readonly Expression[]): Variable {
    const answer = this.hold(call(functionIndex, 'i64', ...operands));
    this.leaveIf(answer.lts(0));
    return answer;
  }

  /** What it left besides. */
  get result(): Expression {
    return loadAt('i64.load', CPU_BASE + X87_RESULT, 'i64');
  }

  /** What an answer has of the status word, i32. */
  statusOf(answer: Expression): Expression {
    return answer.shr(STATUS_SHIFT).wrap();
  }

  write(place: Expression, [significand, word]: Operand): void {
    const { f } = this.c;
    place.emit(f);
    significand.emit(f);
    f.mem('i64.store', CPU_BASE + X87);
    place.emit(f);
    word.emit(f);
    f.mem('i64.store16', CPU_BASE + X87 + 8);
  }

  /** The end of an instruction that waits: also the pointer to it. */
  end({ sets = i32(0), clears = 0, pops = 0 }: Ending): void {
    const { b } = this;
    const { f } = this.c;
    if (pops !== 0) {
      const tags = this.hold(this.tags);
      for (let n = 0; n < pops; n++) b.assign(tags, tags.and(tagOf(this.placeOf(i32(n * REGISTER_BYTES))).xor(-1)));
      if (pops < 0) b.assign(tags, tags.or(tagOf(this.placeOf(i32(-REGISTER_BYTES)))));
      b.store('i32.store8', CPU_BASE + FTW, tags);
    }
    const top = this.status.add(pops * ONE_REGISTER).and(TOP);
    const others = this.status.and(~(C1 | clears | (pops === 0 ? 0 : TOP)));
    b.store('i32.store16', CPU_BASE + FSW, pops === 0 ? others.or(sets) : others.or(top).or(sets));
    f.i32(0);
    this.c.rip().emit(f);
    f.mem('i64.store', CPU_BASE + FIP);
  }

  private get tags(): Expression {
    return loadAt('i32.load8_u', CPU_BASE + FTW, 'i32');
  }

  /** `distance`: from ST(0), in bytes. */
  private placeOf(distance: Expression): Expression {
    return this.status.shr(TOP_TO_OFFSET).add(distance).and(OFFSETS);
  }

  private full(distance: Expression): Variable {
    const place = this.hold(this.placeOf(distance));
    this.leaveIf(this.tags.and(tagOf(place)).eqz());
    return place;
  }
}

/** The bit of the register at `place` in the tag word. */
function tagOf(place: Expression): Expression {
  return i32(1).shl(place.shr(4));
}
