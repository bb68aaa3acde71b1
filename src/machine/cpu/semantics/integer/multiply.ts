// MUL IMUL DIV IDIV. SF, ZF, AF and PF are undefined behind a multiplication, all flags behind a division.

import { VECTOR } from '../../exit.ts';
import { RAX, RDX } from '../../state.ts';
import { Body, Expression } from '../../wasm/expression.ts';
import type { Context, Definition, Value, Width } from '../context.ts';
import { RM, type Rows, rows } from './forms.ts';
import { add, and, binary, extend, isZero, or, sar, shl, shr, sub, truncate } from './values.ts';
import { divideWide } from './wide-division.ts';

const mul = (c: Context, x: Value, y: Value): Value => binary(c, 'i64.mul', x, y);
const differ = (c: Context, x: Value, y: Value): Value => binary(c, 'i64.ne', x, y);

/** Upper 64 bits of the unsigned product, by 32-bit halves. */
function highUnsigned(c: Context, x: Value, y: Value): Value {
  const half = c.constant(32n);
  const low = c.constant(0xffff_ffffn);
  const [x0, x1, y0, y1] = [and(c, x, low), shr(c, x, half), and(c, y, low), shr(c, y, half)].map((v) => c.bind(v)) as [
    Value,
    Value,
    Value,
    Value,
  ];
  const middle = c.bind(add(c, mul(c, x1, y0), shr(c, mul(c, x0, y0), half)));
  const other = c.bind(add(c, mul(c, x0, y1), and(c, middle, low)));
  return c.bind(add(c, add(c, mul(c, x1, y1), shr(c, middle, half)), shr(c, other, half)));
}

/** Upper 64 bits of the signed product. */
function highSigned(c: Context, x: Value, y: Value): Value {
  const sign = c.constant(63n);
  const correction = add(c, and(c, sar(c, x, sign), y), and(c, sar(c, y, sign), x));
  return c.bind(sub(c, highUnsigned(c, x, y), correction));
}

/** Bits of doubles: 2^63 less and more than any error of a product of two rounded factors. */
const SURELY_FITS = 0x43df_ffff_ffff_ff00n;
const SURELY_OVERFLOWS = 0x43e0_0000_0000_0100n;

/** Whether a signed 64-bit product overflows: decided by its magnitude as a double, exactly only where that is close to 2^63. */
function overflows64(c: Context, x: Value, y: Value, product: Value): Value {
  const magnitude = c.bind(
    c.expression((f) => {
      x.emit(f);
      f.op('f64.convert_i64_s');
      y.emit(f);
      f.ops('f64.convert_i64_s', 'f64.mul', 'f64.abs');
    }),
    'f64',
  );
  const compare = (op: string, bits: bigint): Value =>
    c.expression((f) => {
      magnitude.emit(f);
      f.f64Bits(bits).op(op);
    });
  return c.expression((f) => {
    compare('f64.lt', SURELY_FITS).emit(f);
    f.if(
      () => f.i32(0),
      () => {
        compare('f64.gt', SURELY_OVERFLOWS).emit(f);
        f.if(
          () => f.i32(1),
          () => differ(c, highSigned(c, x, y), sar(c, product, c.constant(63n))).emit(f),
          'i32',
        );
      },
      'i32',
    );
  });
}

/** Two- and three-operand IMUL: truncated product, CF = OF = it does not fit. */
const imul =
  (sources: readonly [0 | 1, 1 | 2]) =>
  (width: Width): Definition =>
  (c) => {
    const x = c.bind(extend(c, width, c.get(sources[0], width)));
    const y = c.bind(extend(c, width, c.get(sources[1], width)));
    const product = c.bind(mul(c, x, y));
    const result = c.bind(truncate(c, width, product));
    const overflow = c.bind(width === 8 ? overflows64(c, x, y, product) : differ(c, extend(c, width, product), product), 'i32');
    c.setFlags({ kind: 'result', width, result, carry: overflow, overflow });
    c.set(0, width, result);
  };

/** One-operand forms: rDX:rAX (AX for bytes) = rAX * operand. */
const widening =
  (signed: boolean) =>
  (width: Width): Definition =>
  (c) => {
    const operand = c.get(0, width);
    const accumulator = c.register(RAX, width);
    const x = signed ? c.bind(extend(c, width, accumulator)) : accumulator;
    const y = signed ? c.bind(extend(c, width, operand)) : operand;
    const product = c.bind(mul(c, x, y));
    const low = c.bind(truncate(c, width, product));
    const high =
      width === 8
        ? signed
          ? highSigned(c, x, y)
          : highUnsigned(c, x, y)
        : c.bind(truncate(c, width, shr(c, product, c.constant(BigInt(width * 8)))));
    const expected = signed ? truncate(c, width, sar(c, extend(c, width, low), c.constant(63n))) : c.constant(0n);
    const overflow = c.bind(differ(c, high, expected), 'i32');
    c.setFlags({ kind: 'result', width, result: low, carry: overflow, overflow });
    if (width === 1) return c.setRegister(RAX, 2, truncate(c, 2, product));
    c.setRegister(RAX, width, low);
    c.setRegister(RDX, width, high);
  };

function divideError(c: Context, condition: Value): void {
  c.when(condition, () => c.fault(VECTOR.DE));
}

/** The dividend: AX, or rDX:rAX of up to 64 bits. */
function dividend(c: Context, width: 1 | 2 | 4): Value {
  if (width === 1) return c.register(RAX, 2);
  return c.bind(or(c, shl(c, c.register(RDX, width), c.constant(BigInt(width * 8))), c.register(RAX, width)));
}

function storeQuotient(c: Context, width: Width, quotient: Value, remainder: Value): void {
  const q = c.bind(truncate(c, width, quotient));
  const r = c.bind(truncate(c, width, remainder));
  if (width === 1) return c.setRegister(RAX, 2, or(c, q, shl(c, r, c.constant(8n))));
  c.setRegister(RAX, width, q);
  c.setRegister(RDX, width, r);
}

const divide =
  (width: Width): Definition =>
  (c) => {
    const divisor = c.get(0, width);
    divideError(c, isZero(c, divisor));
    if (width === 8) {
      const high = c.register(RDX, 8);
      const x = c.register(RAX, 8);
      const isWide = binary(c, 'i64.ne', high, c.constant(0n));
      return c.when(
        isWide,
        () => {
          divideError(c, binary(c, 'i64.ge_u', high, divisor));
          const word = (value: Value): Expression => new Expression('i64', (f) => value.emit(f));
          const { quotient, remainder } = divideWide(new Body(c.f), word(high), word(x), word(divisor));
          storeQuotient(c, 8, quotient, remainder);
        },
        () => storeQuotient(c, 8, c.bind(binary(c, 'i64.div_u', x, divisor)), c.bind(binary(c, 'i64.rem_u', x, divisor))),
      );
    }
    const x = dividend(c, width);
    const quotient = c.bind(binary(c, 'i64.div_u', x, divisor));
    divideError(c, differ(c, quotient, truncate(c, width, quotient)));
    storeQuotient(c, width, quotient, binary(c, 'i64.rem_u', x, divisor));
  };

const divideSigned =
  (width: Width): Definition =>
  (c) => {
    const operand = c.get(0, width);
    divideError(c, isZero(c, operand));
    const divisor = c.bind(extend(c, width, operand));
    let x: Value;
    if (width === 8) {
      x = c.register(RAX, 8);
      c.when(differ(c, c.register(RDX, 8), sar(c, x, c.constant(63n))), () => c.leave('idiv128'));
    } else x = c.bind(extend(c, (width * 2) as Width, dividend(c, width)));
    // WebAssembly traps where the quotient is 2^63; here it is #DE.
    const lowest = binary(c, 'i64.eq', x, c.constant(-(1n << 63n)));
    const minusOne = binary(c, 'i64.eq', divisor, c.constant(-1n));
    divideError(
      c,
      c.expression((f) => {
        lowest.emit(f);
        minusOne.emit(f);
        f.op('i32.and');
      }),
    );
    const quotient = c.bind(binary(c, 'i64.div_s', x, divisor));
    if (width < 8) divideError(c, differ(c, quotient, extend(c, width, quotient)));
    storeQuotient(c, width, quotient, c.bind(binary(c, 'i64.rem_s', x, divisor)));
  };

export const multiplyRows: Rows = [
  ...rows(
    'Imul',
    [
      ['r16_rm16', 2],
      ['r32_rm32', 4],
      ['r64_rm64', 8],
    ],
    imul([0, 1]),
  ),
  ...rows(
    'Imul',
    [
      ['r16_rm16_imm16', 2],
      ['r32_rm32_imm32', 4],
      ['r64_rm64_imm32', 8],
    ],
    imul([1, 2]),
  ),
  ...rows(
    'Imul',
    [
      ['r16_rm16_imm8', 2],
      ['r32_rm32_imm8', 4],
      ['r64_rm64_imm8', 8],
    ],
    imul([1, 2]),
  ),
  ...rows('Mul', RM, widening(false)),
  ...rows('Imul', RM, widening(true)),
  ...rows('Div', RM, divide),
  ...rows('Idiv', RM, divideSigned),
];
