// Jumps, calls, returns, loops, the stack, and the ways into the kernel.

import { PAGE_SHIFT } from '../../../memory/layout.ts';
import { VECTOR } from '../../exit.ts';
import { R11, RBP, RCX, RSP } from '../../state.ts';
import type { Context, Definition, Value, Width } from '../context.ts';
import { CONDITIONS, type Rows, row, rows } from './forms.ts';
import { add, and, isZero, nonZero, plus, shr, sub, truncate, widen, xor } from './values.ts';

/** Bits POPF changes at CPL 3 with IOPL 0: CF PF AF ZF SF TF DF OF NT AC ID. IF and IOPL stay. */
const POPF_MASK = 0x24_4dd5;
/** PUSHF stores RF and VM as zero. */
const PUSHF_MASK = 0xfcffffn;

function push(c: Context, width: Width, value: Value): void {
  const top = c.bind(plus(c, c.register(RSP, 8), -width));
  c.store(width, top, value, true);
  c.setRegister(RSP, 8, top);
}

function pop(c: Context, width: Width): { value: Value; top: Value } {
  const old = c.register(RSP, 8);
  return { value: c.load(width, old, true), top: c.bind(plus(c, old, width)) };
}

const pushOperand =
  (width: Width): Definition =>
  (c) =>
    push(c, width, c.get(0, width));

const popRegister =
  (width: Width): Definition =>
  (c) => {
    const { value, top } = pop(c, width);
    c.setRegister(RSP, 8, top);
    c.set(0, width, value);
  };

/** A destination based on RSP is addressed with RSP already incremented. */
const popOperand =
  (width: Width): Definition =>
  (c) => {
    if (!c.isMemory(0)) return popRegister(width)(c);
    const { value, top } = pop(c, width);
    c.store(width, c.addressBehindPop(width), value);
    c.setRegister(RSP, 8, top);
  };

const call: Definition = (c) => {
  push(c, 8, c.nextRip());
  c.jump();
};

const callTo: Definition = (c) => {
  const target = c.get(0, 8);
  c.jumpTo(target, () => push(c, 8, c.nextRip()));
};

const returnNear =
  (extra: boolean): Definition =>
  (c) => {
    const { value, top } = pop(c, 8);
    c.returnTo(value, () => c.setRegister(RSP, 8, extra ? add(c, top, c.get(0, 2)) : top));
  };

const popFlags =
  (width: 2 | 8): Definition =>
  (c) => {
    const { value, top } = pop(c, width);
    c.setRegister(RSP, 8, top);
    c.setRflags(
      c.expression((f) => {
        value.emit(f);
        f.op('i32.wrap_i64');
      }),
      width === 2 ? POPF_MASK & 0xffff : POPF_MASK,
    );
    c.recheck();
  };

const pushFlags =
  (width: 2 | 8): Definition =>
  (c) =>
    push(c, width, and(c, widen(c, c.rflags()), c.constant(PUSHF_MASK)));

/** Nesting levels above 0, and frames that reach over a page's end, are left to a helper. */
const enter: Definition = (c) => {
  const level = c.get(1, 1);
  c.when(nonZero(c, and(c, level, c.constant(31n))), () => c.leave('enter'));
  const frame = c.bind(plus(c, c.register(RSP, 8), -8));
  const top = c.bind(sub(c, frame, c.get(0, 2)));
  c.when(nonZero(c, shr(c, xor(c, frame, top), c.constant(BigInt(PAGE_SHIFT)))), () => c.leave('enter'));
  c.store(8, frame, c.register(RBP, 8), true);
  c.setRegister(RBP, 8, frame);
  c.setRegister(RSP, 8, top);
};

const leaveFrame =
  (width: 2 | 8): Definition =>
  (c) => {
    const frame = c.register(RBP, 8);
    const value = c.load(width, frame, true);
    c.setRegister(RSP, 8, plus(c, frame, width));
    c.setRegister(RBP, width, value);
  };

const loop =
  (width: 4 | 8, condition?: number): Definition =>
  (c) => {
    const count = c.bind(truncate(c, width, plus(c, c.register(RCX, width), -1)));
    const more = nonZero(c, count);
    const holds = condition === undefined ? more : bothOf(c, more, c.condition(condition));
    c.setRegister(RCX, width, count);
    c.branch(holds);
  };

function bothOf(c: Context, x: Value, y: Value): Value {
  return c.expression((f) => {
    x.emit(f);
    y.emit(f);
    f.op('i32.and');
  });
}

const systemCall: Definition = (c) => {
  c.setRegister(RCX, 8, c.nextRip());
  c.setRegister(R11, 8, widen(c, c.rflags()));
  c.enterKernel();
};

const NOT_EQUAL = 5;
const EQUAL = 4;

export const controlRows: Rows = [
  ...CONDITIONS.flatMap((name, code) =>
    ['rel8_64', 'rel32_64'].flatMap((form) => row(`J${name}_${form}`, (c) => c.branch(c.condition(code)))),
  ),
  ...row('Jmp_rel8_64', (c) => c.jump()),
  ...row('Jmp_rel32_64', (c) => c.jump()),
  ...row('Jmp_rm64', (c) => c.jumpTo(c.get(0, 8))),
  ...row('Call_rel32_64', call),
  ...row('Call_rm64', callTo),
  ...row('Retnq', returnNear(false)),
  ...row('Retnq_imm16', returnNear(true)),
  ...row('Jecxz_rel8_64', (c) => c.branch(isZero(c, c.register(RCX, 4)))),
  ...row('Jrcxz_rel8_64', (c) => c.branch(isZero(c, c.register(RCX, 8)))),
  ...row('Loop_rel8_64_ECX', loop(4)),
  ...row('Loop_rel8_64_RCX', loop(8)),
  ...row('Loope_rel8_64_ECX', loop(4, EQUAL)),
  ...row('Loope_rel8_64_RCX', loop(8, EQUAL)),
  ...row('Loopne_rel8_64_ECX', loop(4, NOT_EQUAL)),
  ...row('Loopne_rel8_64_RCX', loop(8, NOT_EQUAL)),
  ...rows(
    'Push',
    [
      ['r16', 2],
      ['r64', 8],
      ['rm16', 2],
      ['rm64', 8],
      ['imm16', 2],
    ],
    pushOperand,
  ),
  ...row('Pushq_imm32', pushOperand(8)),
  ...row('Pushw_imm8', pushOperand(2)),
  ...row('Pushq_imm8', pushOperand(8)),
  ...rows(
    'Pop',
    [
      ['r16', 2],
      ['r64', 8],
    ],
    popRegister,
  ),
  ...rows(
    'Pop',
    [
      ['rm16', 2],
      ['rm64', 8],
    ],
    popOperand,
  ),
  ...row('Pushfw', pushFlags(2)),
  ...row('Pushfq', pushFlags(8)),
  ...row('Popfw', popFlags(2)),
  ...row('Popfq', popFlags(8)),
  ...['FS', 'GS'].flatMap((segment) => [
    ...row(`Pushw_${segment}`, (c) => c.leave('push_segment')),
    ...row(`Pushq_${segment}`, (c) => c.leave('push_segment')),
    ...row(`Popw_${segment}`, (c) => c.leave('pop_segment')),
    ...row(`Popq_${segment}`, (c) => c.leave('pop_segment')),
  ]),
  ...row('Enterw_imm16_imm8', (c) => c.leave('enter')),
  ...row('Enterq_imm16_imm8', enter),
  ...row('Leavew', leaveFrame(2)),
  ...row('Leaveq', leaveFrame(8)),
  ...row('Syscall', systemCall),
  ...row('Int3', (c) => c.trap(VECTOR.BP)),
  ...row('Int1', (c) => c.trap(VECTOR.DB)),
  ...row('Int_imm8', (c) => c.leave('int')),
  ...['Ud2', 'Ud0', 'Ud0_r16_rm16', 'Ud0_r32_rm32', 'Ud0_r64_rm64', 'Ud1_r16_rm16', 'Ud1_r32_rm32', 'Ud1_r64_rm64'].flatMap((name) =>
    row(name, (c) => c.fault(VECTOR.UD)),
  ),
];
