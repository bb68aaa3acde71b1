// The operand generator of generate.c, number for number.

const MASK = 0xffff_ffff_ffff_ffffn;

export const OPERATIONS = [
  'add',
  'sub',
  'mul',
  'div',
  'min',
  'max',
  'sqrt',
  'less',
  'equal',
  'to32',
  'to64',
  'truncate32',
  'truncate64',
  'from32',
  'from64',
  'resize',
] as const;
export type Operation = (typeof OPERATIONS)[number];
export const CASES_PER_OPERATION = 1500;

export interface FloatCase {
  readonly format: 'f32' | 'f64';
  readonly operation: Operation;
  readonly x: bigint;
  readonly y: bigint;
  readonly mxcsr: number;
}

interface Shape {
  readonly width: bigint;
  readonly fraction: bigint;
  readonly bias: bigint;
  readonly infinity: bigint;
}
const F32: Shape = { width: 32n, fraction: 23n, bias: 127n, infinity: 0x7f80_0000n };
const F64: Shape = { width: 64n, fraction: 52n, bias: 1023n, infinity: 0x7ff0_0000_0000_0000n };

let state = 0n;
function next(): bigint {
  state ^= (state << 13n) & MASK;
  state ^= state >> 7n;
  state ^= (state << 17n) & MASK;
  return state;
}

function operand(t: Shape): bigint {
  const one = 1n << t.fraction,
    ones = one - 1n,
    unit = t.bias << t.fraction,
    quiet = one >> 1n;
  const edges = [
    0n,
    1n,
    ones,
    one,
    one + 1n,
    unit,
    unit + 1n,
    unit - 1n,
    t.infinity - 1n,
    t.infinity,
    t.infinity | quiet,
    t.infinity | quiet | 5n,
    t.infinity | 1n,
    t.infinity | (quiet - 1n),
    unit + 31n * one,
    unit + 31n * one - 1n,
    unit + 30n * one,
    unit + 63n * one,
    unit + 63n * one - 1n,
    unit + 31n * one + 1n,
    unit - one,
    unit - one - 1n,
    unit + quiet,
    unit + one + (quiet >> 1n),
    quiet,
    unit + one,
  ];
  const kind = next() & 7n,
    x = next(),
    y = next(),
    fraction = x & ones;
  const kinds = [
    () => edges[Number(x % BigInt(edges.length))]!,
    () => x & ((1n << (t.width - 1n)) - 1n),
    () => unit + (y % 9n) * one - 4n * one + fraction,
    () => unit + (y % 5n) * one - 2n * one + (fraction & y & next()),
    () => fraction >> (y % t.fraction),
    () => (1n + (y % (t.fraction + 3n))) * one + fraction,
    () => t.infinity - (1n + (y % 4n)) * one + fraction,
    () => unit + (y % 66n) * one + (fraction & ~((1n << (next() % t.fraction)) - 1n)),
  ];
  const value = kinds[Number(kind)]!();
  return value | ((next() & 1n) << (t.width - 1n));
}

function control(): number {
  const x = next();
  const masks = (x & 7n) !== 0n ? 0x1f80 : Number((x >> 8n) & 0x1f80n);
  const bit = (shift: bigint, value: number): number => (((x >> shift) & 7n) === 0n ? value : 0);
  return masks | (Number((x >> 24n) & 3n) << 13) | bit(28n, 0x40) | bit(32n, 0x8000);
}

export function* floatCases(): Generator<FloatCase> {
  state = 0x9e3779b97f4a7c15n;
  for (const format of ['f32', 'f64'] as const) {
    const t = format === 'f32' ? F32 : F64;
    for (const operation of OPERATIONS) {
      for (let i = 0; i < CASES_PER_OPERATION; i++) {
        let x: bigint;
        let y: bigint;
        if (operation === 'from32' || operation === 'from64') {
          x = next();
          y = next();
          x = (BigInt.asIntN(64, x) >> (y & 63n)) & MASK;
          if ((y & 64n) !== 0n) x &= MASK ^ ((1n << ((y >> 8n) & 63n)) - 1n);
        } else {
          x = operand(t);
          y = operand(t);
          const pair = next() & 15n,
            z = next(),
            one = 1n << t.fraction,
            unit = t.bias << t.fraction;
          const near = unit - 4n + ((z >> 8n) & 7n);
          if (pair === 0n) y = x ^ (z & 3n);
          if (pair === 1n) [x, y] = [one - 2n + (z & 7n), near];
          if (pair === 2n) [x, y] = [t.infinity - 1n - (z & 7n), near];
          if (pair === 3n) [x, y] = [2n * one - 4n + (z & 7n), unit - one - 2n + ((z >> 8n) & 3n)];
        }
        yield { format, operation, x, y, mxcsr: control() };
      }
    }
  }
}
