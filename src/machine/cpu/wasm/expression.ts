// Typed expressions and statements over FunctionBuilder, for functions that are arithmetic rather than instruction glue.
// An expression is a tree that pushes its value; a Body emits statements in order.

import type { FunctionBuilder, Label, ValueType } from './function-builder.ts';

/** An operand: an expression, or a constant of the other operand's type. */
export type Operand = Expression | number | bigint;

export class Expression {
  readonly type: ValueType;
  readonly emit: (f: FunctionBuilder) => void;
  /** Lanes that are known to be zero or normal floats (semantics/float/regular.ts). */
  readonly regular: number;

  constructor(type: ValueType, emit: (f: FunctionBuilder) => void, regular = 0) {
    this.type = type;
    this.emit = emit;
    this.regular = regular;
  }

  /** The same value, of which it is known that these lanes are regular. */
  known(regular: number): Expression {
    return new Expression(this.type, this.emit, this.regular | regular);
  }

  add(y: Operand): Expression {
    return this.binary('add', y);
  }
  sub(y: Operand): Expression {
    return this.binary('sub', y);
  }
  mul(y: Operand): Expression {
    return this.binary('mul', y);
  }
  and(y: Operand): Expression {
    return this.binary('and', y);
  }
  or(y: Operand): Expression {
    return this.binary('or', y);
  }
  xor(y: Operand): Expression {
    return this.binary('xor', y);
  }
  shl(y: Operand): Expression {
    return this.binary('shl', y);
  }
  /** Logical right shift. */
  shr(y: Operand): Expression {
    return this.binary('shr_u', y);
  }
  /** Arithmetic right shift. */
  sar(y: Operand): Expression {
    return this.binary('shr_s', y);
  }
  eq(y: Operand): Expression {
    return this.compare('eq', y);
  }
  ne(y: Operand): Expression {
    return this.compare('ne', y);
  }
  /** Comparisons: u unsigned, s signed. */
  ltu(y: Operand): Expression {
    return this.compare('lt_u', y);
  }
  leu(y: Operand): Expression {
    return this.compare('le_u', y);
  }
  gtu(y: Operand): Expression {
    return this.compare('gt_u', y);
  }
  geu(y: Operand): Expression {
    return this.compare('ge_u', y);
  }
  lts(y: Operand): Expression {
    return this.compare('lt_s', y);
  }
  les(y: Operand): Expression {
    return this.compare('le_s', y);
  }
  gts(y: Operand): Expression {
    return this.compare('gt_s', y);
  }
  ges(y: Operand): Expression {
    return this.compare('ge_s', y);
  }
  /** This i32 condition and the other, which is evaluated only where this one holds. */
  andAlso(y: Expression): Expression {
    return new Expression('i32', (f) => {
      this.emit(f);
      f.if(
        () => y.emit(f),
        () => f.i32(0),
        'i32',
      );
    });
  }
  /** This i32 condition, or the other, which is evaluated only where this one does not hold. */
  orElse(y: Expression): Expression {
    return new Expression('i32', (f) => {
      this.emit(f);
      f.if(
        () => f.i32(1),
        () => y.emit(f),
        'i32',
      );
    });
  }
  eqz(): Expression {
    return this.unary(`${this.type}.eqz`, 'i32');
  }
  nez(): Expression {
    return this.ne(0);
  }
  clz(): Expression {
    return this.unary(`${this.type}.clz`, this.type);
  }
  ctz(): Expression {
    return this.unary(`${this.type}.ctz`, this.type);
  }
  /** i64 to i32. */
  wrap(): Expression {
    return this.unary('i32.wrap_i64', 'i32');
  }
  /** i32 to i64. */
  extend(): Expression {
    return this.unary('i64.extend_i32_u', 'i64');
  }
  /** This condition's choice between two values of one type. Both are evaluated. */
  choose(x: Expression, y: Operand): Expression {
    const other = operand(x.type, y);
    return new Expression(x.type, (f) => {
      x.emit(f);
      other.emit(f);
      this.emit(f);
      f.op('select');
    });
  }

  /** Any instruction of one operand. */
  unary(op: string, type: ValueType): Expression {
    return new Expression(type, (f) => {
      this.emit(f);
      f.op(op);
    });
  }
  /** Any instruction of two operands. */
  with(op: string, y: Expression, type: ValueType): Expression {
    return new Expression(type, (f) => {
      this.emit(f);
      y.emit(f);
      f.op(op);
    });
  }

  private binary(op: string, y: Operand): Expression {
    return this.with(`${this.type}.${op}`, operand(this.type, y), this.type);
  }
  private compare(op: string, y: Operand): Expression {
    return this.with(`${this.type}.${op}`, operand(this.type, y), 'i32');
  }
}

/** A local of the function. */
export class Variable extends Expression {
  readonly local: number;
  constructor(type: ValueType, local: number) {
    super(type, (f) => f.get(local));
    this.local = local;
  }
}

function operand(type: ValueType, value: Operand): Expression {
  if (value instanceof Expression) return value;
  return type === 'i32' ? i32(Number(value)) : i64(BigInt(value));
}

export const i32 = (value: number): Expression => new Expression('i32', (f) => f.i32(value));
export const i64 = (value: bigint): Expression => new Expression('i64', (f) => f.i64(value));

export function call(functionIndex: number, result: ValueType, ...args: readonly Expression[]): Expression {
  return new Expression(result, (f) => {
    for (const a of args) a.emit(f);
    f.call(functionIndex);
  });
}

/** Load from a fixed address of memory 0. */
export function loadAt(instruction: string, address: number, type: ValueType): Expression {
  return new Expression(type, (f) => f.i32(0).mem(instruction, address));
}

/** Statements of one function. */
export class Body {
  readonly f: FunctionBuilder;
  constructor(f: FunctionBuilder) {
    this.f = f;
  }

  parameter(index: number, type: ValueType): Variable {
    return new Variable(type, index);
  }
  /** A new variable holding `initial`. */
  variable(initial: Expression): Variable {
    const v = new Variable(initial.type, this.f.local(initial.type));
    this.assign(v, initial);
    return v;
  }
  assign(v: Variable, value: Expression): void {
    value.emit(this.f);
    this.f.set(v.local);
  }
  when(condition: Expression, then: () => void, otherwise?: () => void): void {
    condition.emit(this.f);
    this.f.if(then, otherwise);
  }
  /** Runs the body `count` times. */
  times(count: number, body: () => void): void {
    const left = this.variable(i32(count));
    this.f.loop((again: Label) => {
      body();
      this.assign(left, left.sub(1));
      left.emit(this.f);
      this.f.brIf(again);
    });
    this.f.releaseLocal(left.local);
  }
  store(instruction: string, address: number, value: Expression): void {
    this.f.i32(0);
    value.emit(this.f);
    this.f.mem(instruction, address);
  }
  return(value: Expression): void {
    value.emit(this.f);
    this.f.return();
  }
}
