// ADD, SUB, MUL, DIV, SQRT, MIN, MAX in their packed and scalar forms. Where there is no doubt (doubts.ts) WebAssembly's operation
// has the same result and no flag changes; all else takes the exact functions.

import { Code } from 'iced-x86';
import { CPU_BASE } from '../../../memory/layout.ts';
import { VECTOR } from '../../exit.ts';
import { FLOAT_FLAGS } from '../../state.ts';
import { type Expression, call, loadAt } from '../../wasm/expression.ts';
import type { Context, Definition } from '../context.ts';
import { F32, F64, type Format, vectorShape } from '../float/format.ts';
import type { PairOperation } from '../float/functions.ts';
import { bitsOf, number } from '../float/native.ts';
import { lanesOfFormat, lowLane } from '../float/regular.ts';
import { packedPairDoubts, packedRootDoubts, pairDoubts, rootDoubts, wild, wildVectors } from './doubts.ts';
import {
  type Rows,
  assign,
  binary,
  bind,
  float,
  laneBits,
  lanesOf,
  local,
  low,
  lowFloat,
  lowVector,
  replaceBits,
  replaceFloat,
  replaceLow,
  row,
  shuffle,
  unary,
  vector,
  widthOf,
} from './emit.ts';

type Pair = 'add' | 'sub' | 'mul' | 'div';

/** Commits flags that the exact functions gathered, if any; raises #XM. */
export function settle(c: Context): void {
  c.when(loadAt('i32.load', CPU_BASE + FLOAT_FLAGS, 'i32'), () => {
    c.when(call(c.float.settle, 'i32'), () => c.fault(VECTOR.XM));
  });
}

const scalarPair =
  (op: Pair, t: Format): Definition =>
  (c) => {
    const y = float(c, 1, t);
    const destination = vector(c, 0);
    const x = bind(c, lowFloat(destination, t), t.name);
    const result = local(c, t.name);
    assign(c, result, x.with(`${t.name}.${op}`, y, t.name));
    c.rare(pairDoubts(c, op, t, x, y, result), () => {
      assign(c, result, number(call(c.float[t.name][op], 'i64', bitsOf(x, t), bitsOf(y, t)), t));
      settle(c);
    });
    c.learn(1, lowLane(widthOf(t)));
    c.setVector(0, replaceFloat(destination, t, result.known(1)));
  };

const scalarRoot =
  (t: Format): Definition =>
  (c) => {
    const x = float(c, 1, t);
    const result = local(c, t.name);
    assign(c, result, x.unary(`${t.name}.sqrt`, t.name));
    c.rare(rootDoubts(c, t, x, result), () => {
      assign(c, result, number(call(c.float[t.name].sqrt, 'i64', bitsOf(x, t)), t));
      settle(c);
    });
    c.learn(1, lowLane(widthOf(t)));
    c.setVector(0, replaceFloat(vector(c, 0), t, result.known(1)));
  };

/** The second operand's place is PMIN's first: both of x86 and WebAssembly keep that one unless the other is strictly beyond it. */
const scalarExtreme =
  (op: 'min' | 'max', t: Format): Definition =>
  (c) => {
    const y = lowVector(c, 1, widthOf(t));
    const destination = vector(c, 0);
    const [p, q] = [lowFloat(destination, t), lowFloat(y, t)];
    const result = local(c, 'v128');
    assign(c, result, binary(`${vectorShape(t)}.p${op}`, y, destination));
    c.rare(wild(t, p, q), () => {
      const exact = call(c.float[t.name][op], 'i64', laneBits(destination, widthOf(t), 0), laneBits(y, widthOf(t), 0));
      assign(c, result, replaceBits(result, widthOf(t), 0, exact));
      settle(c);
    });
    c.setVector(0, replaceLow(destination, widthOf(t), result.known(destination.regular & y.regular)));
  };

const pairs = (t: Format): number[] => (t === F64 ? [0, 2] : [0, 2, 4, 6]);

/** Operands of HADDPS and HSUBPS come from both registers' pairs; elsewhere they are the registers. */
export const packedPair =
  (op: Pair, t: Format, horizontal = false): Definition =>
  (c) => {
    const second = vector(c, 1),
      first = vector(c, 0);
    const pick = (odd: 0 | 1): Expression => bind(c, shuffle(first, second, lanesOf(t.width / 8, ...pairs(t).map((n) => n + odd))), 'v128');
    const x = horizontal ? pick(0) : first,
      y = horizontal ? pick(1) : second;
    const shape = vectorShape(t);
    const result = local(c, 'v128');
    assign(c, result, binary(`${shape}.${op}`, x, y));
    c.rare(packedPairDoubts(c, op, t, x, y, result), () => {
      assign(c, result, call(c.float[shape][op], 'v128', x, y));
      settle(c);
    });
    c.learn(1, lanesOfFormat(t));
    c.setVector(0, result.known(lanesOfFormat(t)));
  };

const packedRoot =
  (t: Format): Definition =>
  (c) => {
    const x = vector(c, 1);
    const shape = vectorShape(t);
    const result = local(c, 'v128');
    assign(c, result, unary(`${shape}.sqrt`, x));
    c.rare(packedRootDoubts(c, t, x, result), () => {
      assign(c, result, call(c.float[shape].sqrt, 'v128', x));
      settle(c);
    });
    c.learn(1, lanesOfFormat(t));
    c.setVector(0, result.known(lanesOfFormat(t)));
  };

const packedExtreme =
  (op: 'min' | 'max', t: Format): Definition =>
  (c) => {
    const y = vector(c, 1),
      x = vector(c, 0);
    const shape = vectorShape(t);
    const result = local(c, 'v128');
    assign(c, result, binary(`${shape}.p${op}`, y, x));
    c.rare(wildVectors(c, t, x, y), () => {
      assign(c, result, call(c.float[shape][op], 'v128', x, y));
      settle(c);
    });
    c.setVector(0, result.known(x.regular & y.regular));
  };

const scalarApproximation =
  (name: 'reciprocal' | 'reciprocalRoot'): Definition =>
  (c) => {
    const result = bind(c, call(c.float.approximations[name], 'i64', low(c, 1, 4)), 'i64');
    c.setVector(0, replaceBits(vector(c, 0), 4, 0, result));
  };
const packedApproximation =
  (name: 'reciprocal' | 'reciprocalRoot'): Definition =>
  (c) =>
    c.setVector(0, bind(c, call(c.float.approximations.packed[name], 'v128', vector(c, 1)), 'v128'));

const CODES: Record<PairOperation | 'sqrt', readonly [ps: Code, pd: Code, ss: Code, sd: Code]> = {
  add: [Code.Addps_xmm_xmmm128, Code.Addpd_xmm_xmmm128, Code.Addss_xmm_xmmm32, Code.Addsd_xmm_xmmm64],
  sub: [Code.Subps_xmm_xmmm128, Code.Subpd_xmm_xmmm128, Code.Subss_xmm_xmmm32, Code.Subsd_xmm_xmmm64],
  mul: [Code.Mulps_xmm_xmmm128, Code.Mulpd_xmm_xmmm128, Code.Mulss_xmm_xmmm32, Code.Mulsd_xmm_xmmm64],
  div: [Code.Divps_xmm_xmmm128, Code.Divpd_xmm_xmmm128, Code.Divss_xmm_xmmm32, Code.Divsd_xmm_xmmm64],
  min: [Code.Minps_xmm_xmmm128, Code.Minpd_xmm_xmmm128, Code.Minss_xmm_xmmm32, Code.Minsd_xmm_xmmm64],
  max: [Code.Maxps_xmm_xmmm128, Code.Maxpd_xmm_xmmm128, Code.Maxss_xmm_xmmm32, Code.Maxsd_xmm_xmmm64],
  sqrt: [Code.Sqrtps_xmm_xmmm128, Code.Sqrtpd_xmm_xmmm128, Code.Sqrtss_xmm_xmmm32, Code.Sqrtsd_xmm_xmmm64],
};

const four = (codes: readonly Code[], packed: (t: Format) => Definition, scalar: (t: Format) => Definition): Rows => [
  row(codes[0]!, packed(F32)),
  row(codes[1]!, packed(F64)),
  row(codes[2]!, scalar(F32)),
  row(codes[3]!, scalar(F64)),
];

export const arithmeticRows: Rows = [
  ...(['add', 'sub', 'mul', 'div'] as const).flatMap((op) =>
    four(
      CODES[op],
      (t) => packedPair(op, t),
      (t) => scalarPair(op, t),
    ),
  ),
  ...(['min', 'max'] as const).flatMap((op) =>
    four(
      CODES[op],
      (t) => packedExtreme(op, t),
      (t) => scalarExtreme(op, t),
    ),
  ),
  ...four(CODES.sqrt, packedRoot, scalarRoot),
  row(Code.Rcpss_xmm_xmmm32, scalarApproximation('reciprocal')),
  row(Code.Rcpps_xmm_xmmm128, packedApproximation('reciprocal')),
  row(Code.Rsqrtss_xmm_xmmm32, scalarApproximation('reciprocalRoot')),
  row(Code.Rsqrtps_xmm_xmmm128, packedApproximation('reciprocalRoot')),
];
