// The instructions whose definitions have doubts (semantics/sse/doubts.ts), and the numbers at which a doubt begins or ends: zeros,
// both sides of the smallest normal number, of the integers that are exact, and of the largest of every width.

export interface FloatOperation {
  readonly name: string;
  /** Without ModRM and immediate. */
  readonly opcode: string;
  readonly immediate?: number;
  /** What the operands are made of; i64 is a general register. */
  readonly from: 'f32' | 'f64' | 'i32' | 'i64';
  readonly operands: 1 | 2;
  /** The same in all lanes, or the lowest alone. */
  readonly packed: boolean;
  /** Where the answer is: XMM0, a general register, the flags. */
  readonly to: 'xmm' | 'general' | 'flags';
}

const ARITHMETIC = { ADD: '58', MUL: '59', SUB: '5c', DIV: '5e', MIN: '5d', MAX: '5f', SQRT: '51' };
const FORMS = [
  ['PS', '0f', 'f32', true],
  ['PD', '660f', 'f64', true],
  ['SS', 'f30f', 'f32', false],
  ['SD', 'f20f', 'f64', false],
] as const;
const PREDICATES = ['EQ', 'LT', 'LE', 'UNORD', 'NEQ', 'NLT', 'NLE', 'ORD'];
/** To nearest, down, up, towards zero, by MXCSR; and without PE. */
const ROUNDINGS = [0, 1, 2, 3, 4, 8, 9, 12];

const forms = (
  each: (suffix: string, prefix: string, from: 'f32' | 'f64', packed: boolean) => readonly FloatOperation[],
): FloatOperation[] => FORMS.flatMap(([suffix, prefix, from, packed]) => each(suffix, prefix, from, packed));

const conversions: readonly (readonly [name: string, opcode: string, from: FloatOperation['from'], packed: boolean, to?: 'general'])[] = [
  ['CVTSD2SS', 'f20f5a', 'f64', false],
  ['CVTSS2SD', 'f30f5a', 'f32', false],
  ['CVTPD2PS', '660f5a', 'f64', true],
  ['CVTPS2PD', '0f5a', 'f32', true],
  ['CVTPS2DQ', '660f5b', 'f32', true],
  ['CVTTPS2DQ', 'f30f5b', 'f32', true],
  ['CVTPD2DQ', 'f20fe6', 'f64', true],
  ['CVTTPD2DQ', '660fe6', 'f64', true],
  ['CVTDQ2PS', '0f5b', 'i32', true],
  ['CVTDQ2PD', 'f30fe6', 'i32', true],
  ['CVTSI2SS', 'f30f2a', 'i32', false],
  ['CVTSI2SD', 'f20f2a', 'i32', false],
  ['CVTSI2SS (64)', 'f3480f2a', 'i64', false],
  ['CVTSI2SD (64)', 'f2480f2a', 'i64', false],
  ['CVTSS2SI', 'f30f2d', 'f32', false, 'general'],
  ['CVTSS2SI (64)', 'f3480f2d', 'f32', false, 'general'],
  ['CVTSD2SI', 'f20f2d', 'f64', false, 'general'],
  ['CVTSD2SI (64)', 'f2480f2d', 'f64', false, 'general'],
  ['CVTTSS2SI', 'f30f2c', 'f32', false, 'general'],
  ['CVTTSS2SI (64)', 'f3480f2c', 'f32', false, 'general'],
  ['CVTTSD2SI', 'f20f2c', 'f64', false, 'general'],
  ['CVTTSD2SI (64)', 'f2480f2c', 'f64', false, 'general'],
];

export const operations: readonly FloatOperation[] = [
  ...forms((suffix, prefix, from, packed) =>
    Object.entries(ARITHMETIC).map(([name, opcode]) => ({
      name: name + suffix,
      opcode: prefix + opcode,
      from,
      operands: name === 'SQRT' ? 1 : 2,
      packed,
      to: 'xmm',
    })),
  ),
  ...forms((suffix, prefix, from, packed) =>
    PREDICATES.map((predicate, immediate) => ({
      name: `CMP${predicate}${suffix}`,
      opcode: `${prefix}c2`,
      immediate,
      from,
      operands: 2,
      packed,
      to: 'xmm',
    })),
  ),
  ...(['PS', 'PD', 'SS', 'SD'] as const).flatMap((suffix, n) =>
    ROUNDINGS.map(
      (immediate): FloatOperation => ({
        name: `ROUND${suffix} ${immediate}`,
        opcode: `660f3a0${'89ab'[n]}`,
        immediate,
        from: suffix.endsWith('S') ? 'f32' : 'f64',
        operands: 1,
        packed: n < 2,
        to: 'xmm',
      }),
    ),
  ),
  ...(['f32', 'f64'] as const).flatMap((from): FloatOperation[] => {
    const [suffix, prefix] = from === 'f32' ? ['S', ''] : ['D', '66'];
    const horizontal = from === 'f32' ? 'f2' : '66';
    return [
      { name: `UCOMIS${suffix}`, opcode: `${prefix}0f2e`, from, operands: 2, packed: false, to: 'flags' },
      { name: `COMIS${suffix}`, opcode: `${prefix}0f2f`, from, operands: 2, packed: false, to: 'flags' },
      { name: `HADDP${suffix}`, opcode: `${horizontal}0f7c`, from, operands: 2, packed: true, to: 'xmm' },
      { name: `HSUBP${suffix}`, opcode: `${horizontal}0f7d`, from, operands: 2, packed: true, to: 'xmm' },
      { name: `ADDSUBP${suffix}`, opcode: `${horizontal}0fd0`, from, operands: 2, packed: true, to: 'xmm' },
    ];
  }),
  ...conversions.map(([name, opcode, from, packed, to]): FloatOperation => ({ name, opcode, from, operands: 1, packed, to: to ?? 'xmm' })),
];

type Numbers = Readonly<Record<FloatOperation['from'], readonly bigint[]>>;

/** Operands by bits, each with each: what a doubt asks of an operand or a result changes between two of these or what they make. */
export const PAIRED: Numbers = {
  f64: [
    0n,
    0x8000_0000_0000_0000n,
    0x0000_0000_0000_0001n, // the smallest denormal number
    0x800f_ffff_ffff_ffffn, // the largest
    0x0010_0000_0000_0000n, // the smallest normal one
    0x8010_0000_0000_0001n,
    0x3ff0_0000_0000_0000n, // 1
    0x3fef_ffff_ffff_ffffn, // just below: times the smallest normal number is tiny, and rounds to it
    0xc008_0000_0000_0000n, // -3
    0x7fef_ffff_ffff_ffffn, // the largest
    0xfff0_0000_0000_0000n,
    0x7ff8_0000_0000_0001n,
    0xfff0_0000_0000_0001n, // signals
  ],
  f32: [
    0n,
    0x8000_0000n,
    0x0000_0001n,
    0x807f_ffffn,
    0x0080_0000n,
    0x8080_0001n,
    0x3f80_0000n,
    0x3f7f_ffffn,
    0xc040_0000n,
    0x7f7f_ffffn,
    0xff80_0000n,
    0x7fc0_0001n,
    0xff80_0001n,
  ],
  i32: [],
  i64: [],
};

/** Pairs beyond those: differences that are denormal, quotients that are tiny and round to the smallest normal number. */
export const PAIRS: Readonly<Record<FloatOperation['from'], readonly (readonly [bigint, bigint])[]>> = {
  f64: [
    [0x0010_0000_0000_0000n, 0x0010_0000_0000_0001n],
    [0x0010_0000_0000_0001n, 0x0010_0000_0000_0000n],
    [0x001f_ffff_ffff_ffffn, 0x4000_0000_0000_0000n],
    [0x3ff0_0000_0000_0000n, 0x4008_0000_0000_0000n],
    [0x3ff0_0000_0000_0001n, 0x3ff0_0000_0000_0001n],
  ],
  f32: [
    [0x0080_0000n, 0x0080_0001n],
    [0x0080_0001n, 0x0080_0000n],
    [0x00ff_ffffn, 0x4000_0000n],
    [0x3f80_0000n, 0x4040_0000n],
    [0x3f80_0001n, 0x3f80_0001n],
  ],
  i32: [],
  i64: [],
};

/** More operands of those that have only one. */
export const ALONE: Numbers = {
  f64: [
    ...[0x3fe0, 0x3ff8, 0x4004, 0xbfe0, 0xc004, 0x4010, 0x4000].map((upper) => BigInt(upper) << 48n), // 0.5, 1.5, 2.5, -0.5, -2.5, 4, 2
    0x3fdf_ffff_ffff_ffffn,
    0x0020_0000_0000_0000n,
    0x41df_ffff_ffc0_0000n, // 2^31 - 1
    0x41df_ffff_ffe0_0000n,
    0x41e0_0000_0000_0000n,
    0xc1e0_0000_0000_0000n, // -2^31
    0xc1e0_0000_0010_0000n,
    0xc1e0_0000_0020_0000n,
    0x43df_ffff_ffff_ffffn, // below 2^63
    0x43e0_0000_0000_0000n,
    0xc3e0_0000_0000_0000n,
    0xc3e0_0000_0000_0001n,
    0x7fd0_0000_0000_0000n,
    0x380f_ffff_ffff_ffffn, // single: below the smallest normal number, and rounds to it
    0x380f_ffff_e000_0000n,
    0x3810_0000_0000_0000n,
    0x3810_0000_0000_0001n,
    0x381f_ffff_ffff_ffffn,
    0x3820_0000_0000_0000n, // 2^-125
    0x3820_0000_1000_0000n,
    0x3690_0000_0000_0000n, // less than half of the smallest denormal single
    0x47df_ffff_ffff_ffffn, // below 2^127
    0x47e0_0000_0000_0000n,
    0x47ef_ffff_e000_0000n, // the largest single
    0x47ef_ffff_efff_ffffn,
    0x47ef_ffff_f000_0000n, // the smallest that rounds to infinity
    0x47f0_0000_0000_0000n,
  ],
  f32: [
    ...[0x3f00, 0x3fc0, 0x4020, 0xbf00, 0xc020, 0x4080, 0x4000].map((upper) => BigInt(upper) << 16n),
    0x3eff_ffffn,
    0x0100_0000n,
    0x4b7f_ffffn, // 2^24 - 1
    0x4eff_ffffn, // below 2^31
    0x4f00_0000n,
    0xcf00_0000n,
    0xcf00_0001n,
    0x5eff_ffffn, // below 2^63
    0x5f00_0000n,
    0xdf00_0000n,
    0xdf00_0001n,
    0x7e80_0000n,
  ],
  i32: [
    0n,
    1n,
    -1n,
    0xff_ffffn,
    0x100_0000n,
    0x100_0001n,
    0x200_0001n,
    -0x100_0000n,
    -0x100_0001n,
    0x7fff_ffffn,
    0x4000_0001n,
    -0x8000_0000n,
  ].map((n) => BigInt.asUintN(32, n)),
  i64: [
    ...[0n, 1n, -1n, 1n << 24n, (1n << 24n) + 1n, -(1n << 24n), -(1n << 24n) - 1n, 1n << 53n, (1n << 53n) + 1n, -(1n << 53n)],
    ...[-(1n << 53n) - 1n, (1n << 53n) - 1n, (1n << 63n) - 1n, -(1n << 63n), (1n << 32n) + 5n],
  ].map((n) => BigInt.asUintN(64, n)),
};
