// x87 instructions in the common case, by iced's Code name. What each does in all others is in cpu/x87.

import { CF, FCW, FSW, PF, RAX, ZF } from '../../state.ts';
import { C0, C1, C2, C3, EXCEPTIONS, NEAREST, TRUNCATE } from '../../x87/control.ts';
import { BIAS, INTEGER_BIT } from '../../x87/float80.ts';
import { Expression, i64 } from '../../wasm/expression.ts';
import type { Context, OperandIndex, Value, Width } from '../context.ts';
import type { X87Functions } from './functions.ts';
import { type Operand, Stack } from './stack.ts';

/** Emits the instruction; `helper` runs it where it is not common. */
export type CommonDefinition = (c: Context, functions: X87Functions, helper: string) => void;

const expression = (type: 'i32' | 'i64', value: Value): Expression => new Expression(type, (f) => value.emit(f));
const negated = ([significand, word]: Operand): Operand => [significand, word.xor(0x8000n)];
const asOperand = (stack: Stack, answer: Expression): Operand => [stack.result, answer];

/** A memory operand, by the end of the Code's name. */
interface MemoryFormat {
  readonly width: Width;
  readonly from: 'fromSingle' | 'fromDouble' | 'fromInteger';
  readonly extend?: string;
}
const FORMATS: Readonly<Record<string, MemoryFormat>> = {
  m32fp: { width: 4, from: 'fromSingle' },
  m64fp: { width: 8, from: 'fromDouble' },
  m16int: { width: 2, from: 'fromInteger', extend: 'i64.extend16_s' },
  m32int: { width: 4, from: 'fromInteger', extend: 'i64.extend32_s' },
  m64int: { width: 8, from: 'fromInteger' },
};

/** The value of the memory operand, held. */
function readMemory(c: Context, functions: X87Functions, stack: Stack, { width, from, extend }: MemoryFormat): Operand {
  const bits = expression('i64', c.get(0, width));
  const word = stack.ask(functions[from], extend ? bits.unary(extend, 'i64') : bits);
  return [stack.hold(stack.result), word];
}

type Arithmetic = (functions: X87Functions, a: Operand, b: Operand) => readonly [functionIndex: number, a: Operand, b: Operand];

/** By name within the Code's, as the operation of the destination and the other operand. */
const ARITHMETIC: Readonly<Record<string, Arithmetic>> = {
  add: ({ add }, a, b) => [add, a, b],
  mul: ({ multiply }, a, b) => [multiply, a, b],
  sub: ({ add }, a, b) => [add, a, negated(b)],
  subr: ({ add }, a, b) => [add, b, negated(a)],
  div: ({ divide }, a, b) => [divide, a, b],
  divr: ({ divide }, a, b) => [divide, b, a],
};

function arithmeticRegisters(operation: Arithmetic, pops: number): CommonDefinition {
  return (c, functions, helper) => {
    const stack = new Stack(c, helper);
    stack.leaveUnlessCommonControl();
    const first = stack.named(0);
    const second = stack.named(1);
    const [index, a, b] = operation(functions, stack.read(first), stack.read(second));
    const answer = stack.ask(index, ...a, ...b);
    stack.write(first, asOperand(stack, answer));
    stack.end({ sets: stack.statusOf(answer), pops });
  };
}

function arithmeticMemory(operation: Arithmetic, format: MemoryFormat): CommonDefinition {
  return (c, functions, helper) => {
    const stack = new Stack(c, helper);
    stack.leaveUnlessCommonControl();
    const place = stack.numbered(0);
    const operand = readMemory(c, functions, stack, format);
    const [index, a, b] = operation(functions, stack.read(place), operand);
    const answer = stack.ask(index, ...a, ...b);
    stack.write(place, asOperand(stack, answer));
    stack.end({ sets: stack.statusOf(answer) });
  };
}

function arithmeticForms([name, operation]: [string, Arithmetic]): Record<string, CommonDefinition> {
  return {
    [`F${name}_st0_sti`]: arithmeticRegisters(operation, 0),
    [`F${name}_sti_st0`]: arithmeticRegisters(operation, 0),
    [`F${name}p_sti_st0`]: arithmeticRegisters(operation, 1),
    [`F${name}_m32fp`]: arithmeticMemory(operation, FORMATS['m32fp']!),
    [`F${name}_m64fp`]: arithmeticMemory(operation, FORMATS['m64fp']!),
    [`Fi${name}_m16int`]: arithmeticMemory(operation, FORMATS['m16int']!),
    [`Fi${name}_m32int`]: arithmeticMemory(operation, FORMATS['m32int']!),
  };
}

/** `value`: what is pushed. */
function pushing(value: (stack: Stack, c: Context, functions: X87Functions) => Operand): CommonDefinition {
  return (c, functions, helper) => {
    const stack = new Stack(c, helper);
    const room = stack.room();
    stack.write(room, value(stack, c, functions));
    stack.end({ pops: -1 });
  };
}

const load = (format: MemoryFormat): CommonDefinition => pushing((stack, c, functions) => readMemory(c, functions, stack, format));
const constant = (significand: bigint, word: bigint): CommonDefinition => pushing(() => [i64(significand), i64(word)]);

/** Bytes of a page behind which 16 do not fit. */
const LAST_WHOLE = 4096 - 16;

/** The address of the memory operand of ten bytes, which 16 are looked at for: leaves where they do not lie in one page. */
function wideAddress(c: Context, stack: Stack): Value {
  const address = c.bind(c.address());
  stack.leaveIf(expression('i64', address).wrap().and(4095).gtu(LAST_WHOLE));
  return address;
}

const loadExtended = pushing((stack, c) => {
  const loaded = c.bind(c.load(16, wideAddress(c, stack)), 'v128');
  const lane = (type: 'i32' | 'i64', op: string, number: number): Expression =>
    new Expression(type, (f) => (loaded.emit(f), f.lane(op, number)));
  return [lane('i64', 'i64x2.extract_lane', 0), lane('i32', 'i16x8.extract_lane_u', 4).extend()];
});

const storeExtended: CommonDefinition = (c, _functions, helper) => {
  const stack = new Stack(c, helper);
  const [significand, word] = stack.read(stack.numbered(0));
  c.modifyAt(wideAddress(c, stack), 16, (old) =>
    c.expression((f) => {
      old.emit(f);
      significand.emit(f);
      f.lane('i64x2.replace_lane', 0);
      word.wrap().emit(f);
      f.lane('i16x8.replace_lane', 4);
    }),
  );
  stack.end({ pops: 1 });
};

function store(width: 4 | 8, pops: number): CommonDefinition {
  return (c, functions, helper) => {
    const stack = new Stack(c, helper);
    stack.leaveUnlessCommonControl();
    const answer = stack.ask(width === 4 ? functions.toSingle : functions.toDouble, ...stack.read(stack.numbered(0)));
    c.set(0, width, stack.hold(stack.result));
    stack.end({ sets: stack.statusOf(answer), pops });
  };
}

const ROUNDING_SHIFT = 10;

/** `truncates`: always, else as the control word says. */
function storeInteger(width: 2 | 4 | 8, pops: number, truncates: boolean): CommonDefinition {
  return (c, functions, helper) => {
    const stack = new Stack(c, helper);
    const control = stack.hold(expression('i64', c.field(FCW, 2)).wrap());
    stack.leaveIf(control.and(EXCEPTIONS).ne(EXCEPTIONS));
    const rounding = stack.hold(control.shr(ROUNDING_SHIFT).and(3));
    if (!truncates) stack.leaveIf(rounding.ne(NEAREST).and(rounding.ne(TRUNCATE)));
    const cuts = truncates ? i64(1n) : rounding.nez().extend();
    const answer = stack.ask(functions.toInteger, ...stack.read(stack.numbered(0)), cuts, i64(BigInt(width * 8 - 1)));
    c.set(0, width, stack.hold(stack.result));
    stack.end({ sets: stack.statusOf(answer), pops });
  };
}

const loadRegister = pushing((stack) => stack.read(stack.named(0)));

/** An empty register is written by the helper. */
function storeRegister(pops: number): CommonDefinition {
  return (c, _functions, helper) => {
    const stack = new Stack(c, helper);
    const first = stack.numbered(0);
    stack.write(stack.named(0), stack.read(first));
    stack.end({ pops });
  };
}

const exchange: CommonDefinition = (c, _functions, helper) => {
  const stack = new Stack(c, helper);
  const [first, second] = [stack.numbered(0), stack.named(1)];
  const [x, y] = [stack.read(first), stack.read(second)];
  stack.write(first, y);
  stack.write(second, x);
  stack.end({});
};

function changeSign(change: (word: Expression) => Expression): CommonDefinition {
  return (c, _functions, helper) => {
    const stack = new Stack(c, helper);
    const place = stack.numbered(0);
    const [significand, word] = stack.read(place);
    stack.write(place, [significand, change(word)]);
    stack.end({});
  };
}

const CONDITIONS = C0 | C2 | C3;

/** `other`: what ST(0) is compared with. */
function compareToStatus(other: (stack: Stack, c: Context, functions: X87Functions) => Operand, pops: number): CommonDefinition {
  return (c, functions, helper) => {
    const stack = new Stack(c, helper);
    const first = stack.read(stack.numbered(0));
    const answer = stack.ask(functions.compare, ...first, ...other(stack, c, functions));
    stack.end({ sets: answer.wrap(), clears: CONDITIONS, pops });
  };
}

const registerNamed = (i: OperandIndex) => (stack: Stack) => stack.read(stack.named(i));
const inMemory = (format: string) => (stack: Stack, c: Context, functions: X87Functions) =>
  readMemory(c, functions, stack, FORMATS[format]!);

/** C0, C2 and C3 are where CF, PF and ZF are, so many bits up. */
const CODES_TO_FLAGS = 8n;

/** C1 stays. */
function compareToFlags(pops: number): CommonDefinition {
  return (c, functions, helper) => {
    const stack = new Stack(c, helper);
    const first = stack.read(stack.numbered(0));
    const answer = stack.ask(functions.compare, ...first, ...stack.read(stack.named(1)));
    const kept = stack.hold(expression('i64', c.field(FSW, 2)).wrap().and(C1));
    const codes = answer.shr(CODES_TO_FLAGS).and(BigInt(CF | PF | ZF));
    c.setFlags({ kind: 'explicit', bits: c.bind(codes.wrap(), 'i32') });
    stack.end({ sets: kept, pops });
  };
}

const loadControl: CommonDefinition = (c, _functions, helper) => {
  const stack = new Stack(c, helper);
  const control = stack.hold(expression('i64', c.get(0, 2)).wrap());
  // What is pending would have to follow.
  stack.leaveIf(expression('i64', c.field(FSW, 2)).wrap().and(control.xor(-1)).and(EXCEPTIONS));
  c.setField(FCW, 2, control.and(0x1f3f).or(0x40).extend());
};

const storeWord =
  (field: number): CommonDefinition =>
  (c) =>
    c.set(0, 2, c.field(field, 2));

export const COMMON: Readonly<Record<string, CommonDefinition>> = {
  ...Object.fromEntries(Object.entries(ARITHMETIC).flatMap((entry) => Object.entries(arithmeticForms(entry)))),
  ...Object.fromEntries(
    Object.entries(FORMATS).map(([name, format]) => [name.endsWith('fp') ? `Fld_${name}` : `Fild_${name}`, load(format)]),
  ),
  Fld_m80fp: loadExtended,
  Fld_sti: loadRegister,
  Fld1: constant(INTEGER_BIT, BigInt(BIAS)),
  Fldz: constant(0n, 0n),
  Fst_m32fp: store(4, 0),
  Fstp_m32fp: store(4, 1),
  Fst_m64fp: store(8, 0),
  Fstp_m64fp: store(8, 1),
  Fstp_m80fp: storeExtended,
  Fist_m16int: storeInteger(2, 0, false),
  Fistp_m16int: storeInteger(2, 1, false),
  Fist_m32int: storeInteger(4, 0, false),
  Fistp_m32int: storeInteger(4, 1, false),
  Fistp_m64int: storeInteger(8, 1, false),
  Fisttp_m16int: storeInteger(2, 1, true),
  Fisttp_m32int: storeInteger(4, 1, true),
  Fisttp_m64int: storeInteger(8, 1, true),
  Fst_sti: storeRegister(0),
  Fstp_sti: storeRegister(1),
  Fxch_st0_sti: exchange,
  Fabs: changeSign((word) => word.and(0x7fffn)),
  Fchs: changeSign((word) => word.xor(0x8000n)),
  Fcom_st0_sti: compareToStatus(registerNamed(1), 0),
  Fcomp_st0_sti: compareToStatus(registerNamed(1), 1),
  Fcompp: compareToStatus((stack) => stack.read(stack.numbered(1)), 2),
  Fucom_st0_sti: compareToStatus(registerNamed(1), 0),
  Fucomp_st0_sti: compareToStatus(registerNamed(1), 1),
  Fucompp: compareToStatus((stack) => stack.read(stack.numbered(1)), 2),
  Fcom_m32fp: compareToStatus(inMemory('m32fp'), 0),
  Fcomp_m32fp: compareToStatus(inMemory('m32fp'), 1),
  Fcom_m64fp: compareToStatus(inMemory('m64fp'), 0),
  Fcomp_m64fp: compareToStatus(inMemory('m64fp'), 1),
  Ficom_m16int: compareToStatus(inMemory('m16int'), 0),
  Ficomp_m16int: compareToStatus(inMemory('m16int'), 1),
  Ficom_m32int: compareToStatus(inMemory('m32int'), 0),
  Ficomp_m32int: compareToStatus(inMemory('m32int'), 1),
  Ftst: compareToStatus(() => [i64(0n), i64(0n)], 0),
  Fcomi_st0_sti: compareToFlags(0),
  Fcomip_st0_sti: compareToFlags(1),
  Fucomi_st0_sti: compareToFlags(0),
  Fucomip_st0_sti: compareToFlags(1),
  Fldcw_m2byte: loadControl,
  Fnstcw_m2byte: storeWord(FCW),
  Fnstsw_m2byte: storeWord(FSW),
  Fnstsw_AX: (c) => c.setRegister(RAX, 2, c.field(FSW, 2)),
  Wait: (c, _functions, helper) => void new Stack(c, helper),
};
