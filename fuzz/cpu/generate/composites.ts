// Short sequences that give an instruction what it needs: a divisor, a bit index, a string, a control word, an image of state.

import { integer } from '../../../test/vectors/generate/values.ts';
import type { Random } from '../../../test/vectors/random.ts';
import { CODE, DATA, HIGH, READ_ONLY, STACK, UNMAPPED } from '../layout.ts';
import type { Part } from '../program.ts';
import { type FuzzForm, FORMS, formNamed, formsOf } from './forms.ts';
import type { Maker } from './maker.ts';
import { CLD, STD, int32, known, moveImmediate, part, storeImmediate } from './parts.ts';

const RAX = 0,
  RCX = 1,
  RDX = 2,
  RBX = 3,
  RBP = 5,
  RSI = 6,
  RDI = 7;

type Composite = (maker: Maker) => readonly Part[] | null;

const together = (...groups: readonly (readonly Part[] | null | undefined)[]): readonly Part[] | null =>
  groups.some((group) => !group) ? null : groups.flatMap((group) => group!);

const isReserved = (maker: Maker, ...registers: readonly number[]): boolean => registers.some((n) => maker.reserved.has(n));

const matching = (pattern: RegExp): readonly FuzzForm[] => FORMS.filter(({ name }) => pattern.test(name));

/** A quotient that fits, most often. */
const divide: Composite = (maker) => {
  const { random } = maker;
  if (isReserved(maker, RAX, RDX)) return null;
  const form = random.pick(formsOf('divide'));
  const bits = form.operandSize || 8;
  const top = (1n << BigInt(bits - 1)) - 1n;
  const divisor = (integer(random, bits) & top) | 2n;
  const register = maker.free([RAX, RDX]);
  const dividend = integer(random, bits) & top;
  const wild = maker.percent(maker.bad);
  const high = wild ? integer(random, bits) : bits === 8 ? 0n : random.below(3) === 0 && form.mnemonic === 'Div' ? divisor - 1n : 0n;
  return [
    moveImmediate(RAX, bits === 8 ? dividend & 0xffn : dividend),
    moveImmediate(RDX, high),
    moveImmediate(register, random.below(3) === 0 ? BigInt.asUintN(64, -divisor) : divisor),
    known(divisionBy(form, register)),
  ];
};

function divisionBy(form: FuzzForm, register: number): number[] {
  const bits = form.operandSize || 8;
  const rex = (bits === 64 ? 8 : 0) | (register >= 8 ? 1 : 0);
  const needed = rex !== 0 || (bits === 8 && register >= 4);
  const digit = form.mnemonic === 'Div' ? 6 : 7;
  return [...(bits === 16 ? [0x66] : []), ...(needed ? [0x40 | rex] : []), bits === 8 ? 0xf6 : 0xf7, 0xc0 | (digit << 3) | (register & 7)];
}

const BIT_FORMS = matching(/^Bt[src]?_rm\d+_r\d/);
/** The index reaches beyond the operand: memory is addressed by it. */
const bitString: Composite = (maker) => {
  const { random } = maker;
  const form = random.pick(BIT_FORMS);
  if (random.below(2) === 0) return maker.instruction(form, { memory: false })?.parts ?? null;
  const index = maker.free();
  const before: Part[] = [moveImmediate(index, BigInt(random.below(8000) - 4000))];
  const base = maker.free([index]);
  before.push(moveImmediate(base, BigInt(DATA.base + 0x800 + random.below(0x1800))));
  const opcode = { Bt: 0xa3, Bts: 0xab, Btr: 0xb3, Btc: 0xbb }[form.mnemonic]!;
  const rex = (form.operandSize === 64 ? 8 : 0) | (index >= 8 ? 4 : 0) | (base >= 8 ? 1 : 0);
  const lock = form.mnemonic !== 'Bt' && random.below(5) === 0 ? [0xf0] : [];
  const size = form.operandSize === 16 ? [0x66] : [];
  return [
    ...before,
    known([
      ...lock,
      ...size,
      ...(rex ? [0x40 | rex] : []),
      0x0f,
      opcode,
      0x80 | ((index & 7) << 3) | (base & 7),
      ...((base & 7) === 4 ? [0x24] : []),
      0,
      0,
      0,
      0,
    ]),
  ];
};

/** CMPXCHG8B and CMPXCHG16B, equal now and then. */
const wideExchange: Composite = (maker) => {
  const { random } = maker;
  const wide = random.below(2) === 0;
  const address = wide && !maker.percent(maker.misaligned) ? DATA.base + 16 * random.below(0x280) : DATA.base + random.below(0x2e00);
  const made = maker.instruction(formNamed(wide ? 'Cmpxchg16b_m128' : 'Cmpxchg8b_m64'), { target: address });
  if (!made) return null;
  const equal = random.below(2) === 0 ? [moveImmediate(RAX, 0x1234n), moveImmediate(RDX, 0x77n)] : [];
  const stored =
    equal.length > 0
      ? [
          storeImmediate(address, 0x1234),
          storeImmediate(address + 4, wide ? 0 : 0x77),
          ...(wide ? [storeImmediate(address + 8, 0x77), storeImmediate(address + 12, 0)] : []),
        ]
      : [];
  return [...stored, ...equal, ...made.parts];
};

const translate: Composite = (maker) => {
  if (isReserved(maker, RBX, RAX)) return null;
  return [moveImmediate(RBX, BigInt(DATA.base + maker.random.below(0x2000))), known([0xd7])];
};

const maskedMove: Composite = (maker) => {
  if (isReserved(maker, RDI)) return null;
  const made = maker.instruction(formNamed(maker.random.below(2) === 0 ? 'Maskmovdqu_rDI_xmm_xmm' : 'Maskmovq_rDI_mm_mm'));
  return made && [moveImmediate(RDI, BigInt(DATA.base + maker.random.below(0x2e00))), ...made.parts];
};

/** Strings of a few elements to a few hundred bytes: overlapping, over page ends, into what is not there. */
const string: Composite = (maker) => {
  const { random } = maker;
  const form = random.pick(formsOf('string'));
  if (maker.clobbers(form) || isReserved(maker, RSI, RDI, RCX)) return null;
  const size = 1 << 'bwdq'.indexOf(form.name.split('_')[0]!.at(-1)!);
  const down = random.below(3) === 0;
  const prefix = random.below(5) === 0 ? [] : /^(Cmps|Scas)/.test(form.name) && random.below(2) === 0 ? [0xf2] : [0xf3];
  const count = random.below(12) === 0 ? 0 : random.below(5) === 0 ? random.below(200) : 1 + random.below(24);
  const bytes = Math.max(count, 1) * size;
  const place = (): number => {
    // Where the lowest byte lies.
    const choice = random.below(10);
    if (choice < 4) return DATA.base + random.below(DATA.bytes - bytes);
    if (choice < 6) return DATA.base + 0x1000 * (1 + random.below(2)) - 1 - random.below(Math.min(bytes, 0x800));
    if (choice === 6) return STACK.base + 0x1480 + random.below(0x200);
    if (choice === 7) return HIGH.base + random.below(0x1000 - Math.min(bytes, 0xf00));
    if (choice === 8) return DATA.base + random.below(0x1000);
    if (!maker.percent(maker.bad * 20)) return DATA.base + random.below(0x400);
    return (
      random.pick([READ_ONLY.base, READ_ONLY.base + READ_ONLY.bytes, HIGH.base + HIGH.bytes, DATA.base, UNMAPPED]) - random.below(bytes + 1)
    );
  };
  const source = place();
  const low = random.below(3) === 0 ? source + random.below(2 * bytes + 1) - bytes : place();
  const limit = DATA.base;
  const target = low < limit && !maker.percent(maker.bad * 20) ? limit : low;
  const last = down ? (Math.max(count, 1) - 1) * size : 0;
  const narrow = source < UNMAPPED * 2 && target < UNMAPPED * 2 && random.below(6) === 0;
  const above = narrow ? BigInt(random.next()) << 32n : 0n;
  return [
    down ? STD : CLD,
    moveImmediate(RSI, BigInt(source + last) | above),
    moveImmediate(RDI, BigInt(target + last) | above),
    // Without an iteration, makers differ on the upper half.
    moveImmediate(RCX, BigInt(count) | (count > 0 ? above : 0n)),
    known([...(narrow ? [0x67] : []), ...prefix, ...(size === 2 ? [0x66] : []), ...(size === 8 ? [0x48] : []), form.opcode]),
  ];
};

const MXCSRS = [0x1f80, 0x3f80, 0x5f80, 0x7f80, 0x9f80, 0x1fc0, 0x9fc0, 0xbfc0, 0xdf80, 0xff80, 0x1fbf, 0x7fff];

/** An MXCSR of any rounding, DAZ and FTZ; with exceptions unmasked only where faults are wanted. */
export function mxcsr(random: Random, unmasked: boolean): number {
  const value = random.below(3) === 0 ? random.pick(MXCSRS) : (random.next() & 0xe07f) | 0x1f80;
  return unmasked ? value & ~(random.next() & 0x1f80 & random.next()) & ~0x3f : value;
}

/** An x87 control word of any rounding and precision. */
export function controlWord(random: Random, unmasked: boolean): number {
  const value = random.pick([0x37f, 0x27f, 0x07f, 0xf7f, 0xb7f, 0x77f]);
  return unmasked ? value & ~(random.next() & random.next() & 0x3f) : value;
}

const floatControl: Composite = (maker) => {
  const { random } = maker;
  const address = DATA.base + random.below(0x2e00);
  return together(
    [storeImmediate(address, mxcsr(random, maker.percent(maker.bad * 2)))],
    maker.instruction(formNamed('Ldmxcsr_m32'), { target: address })?.parts,
  );
};

const x87Control: Composite = (maker) => {
  const { random } = maker;
  const address = DATA.base + random.below(0x2e00);
  return together(
    [storeImmediate(address, controlWord(random, maker.percent(maker.bad * 2)))],
    maker.instruction(formNamed('Fldcw_m2byte'), { target: address })?.parts,
  );
};

type Range = readonly [from: number, to: number];
/** Where stored images hold instruction and operand pointers: makers differ on them. In FXSAVE's, MXCSR_MASK says what the model has. */
const POINTERS: Readonly<Record<string, readonly Range[]>> = {
  Fnstenv_m28byte: [[12, 28]],
  Fnsave_m108byte: [[12, 28]],
  Fnstenv_m14byte: [[6, 14]],
  Fnsave_m94byte: [[6, 14]],
  Fxsave_m512byte: [
    [5, 24],
    [28, 32],
  ],
  Fxsave64_m512byte: [
    [5, 24],
    [28, 32],
  ],
};
const STORED = Object.keys(POINTERS);
const RESTORING: Readonly<Record<string, string>> = {
  Fnstenv_m28byte: 'Fldenv_m28byte',
  Fnsave_m108byte: 'Frstor_m108byte',
  Fnstenv_m14byte: 'Fldenv_m14byte',
  Fnsave_m94byte: 'Frstor_m94byte',
  Fxsave_m512byte: 'Fxrstor_m512byte',
  Fxsave64_m512byte: 'Fxrstor64_m512byte',
};

function clear(address: number, [from, to]: Range): Part[] {
  const parts: Part[] = [];
  for (let at = from; at < to; at += at + 4 <= to ? 4 : 1) {
    parts.push(at + 4 <= to ? storeImmediate(address + at, 0) : part([0xc6, 0x04, 0x25, ...int32(address + at), 0]));
  }
  return parts;
}

/** An image of the x87 or SSE state, its pointers cleared; loaded again now and then. */
const stateImage: Composite = (maker) => {
  const { random } = maker;
  const name = random.pick(STORED);
  const fx = name.startsWith('Fx');
  const address = DATA.base + (fx ? 16 * random.below(0x2c0 - 0x20) : random.below(0x2d00));
  const stored = maker.instruction(formNamed(name), { target: address });
  const cleared = POINTERS[name]!.flatMap((range) => clear(address, range));
  const restored = random.below(2) === 0 ? maker.instruction(formNamed(RESTORING[name]!), { target: address })?.parts : [];
  return together(stored?.parts, cleared, restored);
};

/** CF PF AF ZF SF DF OF NT ID: what POPF may set without further effect. */
const POPPED = 0x204cd5;
const popFlags: Composite = ({ random }) => {
  const value = (random.next() & POPPED) | 2;
  return random.below(4) > 0
    ? [part([0x68, ...int32(value)]), known([0x9d])]
    : [part([0x66, 0x68, value & 0xff, (value >> 8) & 0xff]), known([0x66, 0x9d])];
};

const SETTING = matching(
  /^(Add|Sub|Cmp|Adc|Sbb|And|Or|Xor|Test|Inc|Dec|Neg|Imul|Shl|Shr|Sar|Rol|Ror|Rcl|Rcr|Bt|Bts|Btr|Btc|Shld|Shrd|Xadd|Cmpxchg|Popcnt|Bsf|Bsr|Ptest|(Uc|C)omis[sd])_|^(Sahf|Clc|Stc|Cmc)$/,
);
const RARELY_SETTING = SETTING.filter(({ name }) => /^(Ptest|U?comi|Sahf)/i.test(name));
const USING = matching(/^(Set[a-z]+_rm8|Cmov[a-z]+_r|Adc_|Sbb_|Rcl_|Rcr_|Pushf|Lahf|Cmc|Inc_|Dec_|Fcmov)/);
const EDGES = [0n, 1n, -1n, 0x7fn, 0x80n, 0x7fffn, 0x8000n, 0x7fff_ffffn, 0x8000_0000n, 0x7fff_ffff_ffff_ffffn, 0x8000_0000_0000_0000n];
/** Operands that make flags what they rarely are by chance, an operation on them, and instructions that look. */
const flags: Composite = (maker) => {
  const { random } = maker;
  const small = random.pick(EDGES);
  const [first, second] = [maker.free(), maker.free()];
  const before = [moveImmediate(first, small), moveImmediate(second, random.below(2) === 0 ? small : random.pick(EDGES))];
  const form = random.pick(random.below(4) === 0 ? RARELY_SETTING : SETTING);
  const set = random.below(3) === 0 ? maker.instruction(form)?.parts : [known(between(random, first, second))];
  const used = Array.from({ length: 1 + random.below(3) }, () => maker.instruction(random.pick(USING))?.parts ?? []);
  return together(before, set, ...used);
};

/** An operation of the first two registers, of any width: ADD OR ADC SBB AND SUB XOR CMP, TEST, XADD, IMUL. */
function between(random: Random, x: number, y: number): number[] {
  const wide = random.pick([0, 0, 8]);
  const rex = 0x40 | wide | (x >= 8 ? 4 : 0) | (y >= 8 ? 1 : 0);
  const size = wide === 0 && random.below(3) === 0 ? [0x66] : [];
  const narrow = size.length === 0 && wide === 0 && random.below(3) === 0 ? 0 : 1;
  const choice = random.below(14);
  const modrm = 0xc0 | ((x & 7) << 3) | (y & 7);
  if (choice < 10) return [...size, rex, ((choice % 8) << 3) | narrow, modrm];
  if (choice < 12) return [...size, rex, 0x84 | narrow, modrm];
  return choice === 12 ? [...size, rex, 0x0f, 0xc0 | narrow, modrm] : [...size, rex, 0x0f, 0xaf, modrm];
}

const PUSHES = matching(/^Push/);
const POPS = matching(/^Pop_r/);
/** A push and a pop of the same size. */
const pushAndPop: Composite = (maker) => {
  const { random } = maker;
  const push = random.pick(PUSHES);
  const size = /w_|16|Pushfw/.test(push.name) ? 16 : 64;
  const pop = random.pick(POPS.filter((form) => form.operandSize === size));
  return together(maker.instruction(push)?.parts, maker.instruction(pop)?.parts);
};

const loneStack: Composite = (maker) => {
  const { random } = maker;
  if (random.below(4) === 0) return [part([0x48, 0x8d, 0x64, 0x24, (8 * (random.below(9) - 4)) & 0xff])];
  return maker.instruction(random.pick(formsOf('stack')))?.parts ?? null;
};

const frame: Composite = (maker) => {
  const { random } = maker;
  if (isReserved(maker, RBP)) return null;
  const level = random.below(3) === 0 ? random.pick([1, 2, 3, 5, 31]) : 0;
  const narrow = random.below(5) === 0 ? [0x66] : [];
  const enter = known([...narrow, 0xc8, 8 * random.below(16), 0, level]);
  const start = moveImmediate(RBP, BigInt(STACK.base + 0x1480 + 8 * random.below(0x60)));
  return [start, enter, ...(narrow.length === 0 || random.below(2) === 0 ? [known([...narrow, 0xc9])] : [])];
};

const OWN = formsOf('own').filter(({ name }) => !/^(Uiret|Senduipi|Testui|Clui|Stui|Pop|Mov_Sreg)/.test(name));
/** What only executors are compared by. */
export const ownInstruction: Composite = (maker) => {
  const form = maker.random.pick(OWN);
  if (!form.name.startsWith('X') || form.name === 'Xgetbv') {
    const leaf = /^(Cpuid|Xgetbv)/.test(form.name);
    return together(
      leaf ? [moveImmediate(RAX, BigInt(maker.random.below(0x20))), moveImmediate(RCX, BigInt(maker.random.below(2)))] : [],
      maker.instruction(form)?.parts,
    );
  }
  if (isReserved(maker, RAX, RDX)) return null;
  const address = DATA.base + 64 * maker.random.below(0x80);
  const masks = [moveImmediate(RAX, BigInt(maker.random.below(8))), moveImmediate(RDX, 0n)];
  const saved = form.name.startsWith('Xrstor')
    ? maker.instruction(formNamed(form.name.replace('rstor', 'save')), { target: address })?.parts
    : [];
  return together(masks, saved, masks, maker.instruction(form, { target: address })?.parts);
};

const ALIGNED = FORMS.filter((form) => form.aligned && (form.set === 'float' || form.set === 'vector'));
const REACHING = FORMS.filter(
  ({ set, memory, aligned }) => memory >= 0 && !aligned && ['integer', 'float', 'vector', 'x87', 'stack', 'mmx'].includes(set),
);

/** What ends a case in the middle, by an exception. */
export const fault: Composite = (maker) => {
  const { random } = maker;
  const bad = maker.bad;
  switch (random.below(12)) {
    case 0:
      return [known([0x0f, 0x0b])];
    case 1:
      // Not instructions of 64-bit mode, LOCK where it may not be, too long by one byte.
      return [
        part(
          random.pick([
            [0x06],
            [0x27],
            [0xd6],
            [0xf0, 0x90],
            [0xf0, 0x01, 0xc0],
            [0x0f, 0xff, 0xc0],
            [0x0f, 0xb9, 0xc0],
            [0x3e, 0x3e, 0x3e, 0x3e, 0x3e, 0x3e, 0x3e, 0x3e, 0x3e, 0x3e, 0x3e, 0x3e, 0x3e, 0x3e, 0x01, 0xc0],
          ]),
        ),
      ];
    case 2:
      return [
        part(
          random.pick([
            [0xf4],
            [0xfa],
            [0xfb],
            [0xe4, 0x10],
            [0xee],
            [0x0f, 0x06],
            [0x0f, 0x20, 0xc0],
            [0x0f, 0x30],
            [0x0f, 0x32],
            [0xcd, 0x20],
            [0xcd, 0x0d],
            [0x0f, 0x01, 0xf8],
          ]),
        ),
      ];
    case 3: {
      const register = maker.free([RAX, RDX]);
      return [moveImmediate(register, 0n), known(divisionBy(random.pick(formsOf('divide')), register))];
    }
    case 4: {
      const register = maker.free([RAX, RDX]);
      if (isReserved(maker, RAX, RDX)) return null;
      return [
        moveImmediate(RAX, random.bits64()),
        moveImmediate(RDX, random.bits64()),
        moveImmediate(register, BigInt(1 + random.below(9))),
        known(divisionBy(random.pick(formsOf('divide')), register)),
      ];
    }
    case 5:
    case 6:
      maker.misaligned = 100;
      try {
        return maker.instruction(random.pick(ALIGNED), { memory: true })?.parts ?? null;
      } finally {
        maker.misaligned = 0;
      }
    case 7: {
      // Every SSE exception unmasked.
      const address = DATA.base + random.below(0x2e00);
      const control = [
        storeImmediate(address, 0x1f80 & ~(0x80 << random.below(6)) & ~(0x80 << random.below(6))),
        ...(maker.instruction(formNamed('Ldmxcsr_m32'), { target: address })?.parts ?? []),
      ];
      const operations = Array.from({ length: 6 }, () => maker.instruction(random.pick(formsOf('float')))?.parts ?? []);
      return [...control, ...operations.flat()];
    }
    case 8: {
      const address = DATA.base + random.below(0x2e00);
      const control = [
        storeImmediate(address, 0x340 | (0x3f & ~(1 << random.below(6)))),
        ...(maker.instruction(formNamed('Fldcw_m2byte'), { target: address })?.parts ?? []),
      ];
      const operations = Array.from({ length: 6 }, () => maker.instruction(random.pick(formsOf('x87')))?.parts ?? []);
      return [...control, ...operations.flat()];
    }
    case 9: {
      const target = random.pick([
        BigInt(DATA.base),
        BigInt(UNMAPPED),
        0x8000_0000_0000_0000n,
        BigInt(CODE.base + CODE.bytes + 64),
        0n,
        BigInt(HIGH.base),
        0x7fff_ffff_fff0n,
      ]);
      const register = maker.free();
      const high = register >= 8 ? [0x41] : [];
      return [moveImmediate(register, target), known([...high, 0xff, (random.below(2) === 0 ? 0xe0 : 0xd0) | (register & 7)])];
    }
    case 10:
      switch (random.below(4)) {
        case 0:
          // A step: #DB behind the next instruction.
          return [part([0x68, ...int32(0x102 | (random.next() & POPPED))]), known([0x9d])];
        case 1: {
          // Alignment checks: most of what comes behind faults soon.
          const target = DATA.base + random.below(0x2e00);
          const access = maker.instruction(random.pick(REACHING), { memory: true, target })?.parts ?? [];
          return [part([0x68, ...int32(0x40002)]), known([0x9d]), ...access];
        }
        default:
          return [known(random.pick([[0xcc], [0xcd, 3], [0xcd, 4]]))];
      }
    default:
      maker.bad = 100;
      try {
        return maker.instruction(random.pick(REACHING), { memory: true })?.parts ?? null;
      } finally {
        maker.bad = bad;
      }
  }
};

export const COMPOSITES = {
  flags,
  divide,
  bitString,
  wideExchange,
  translate,
  maskedMove,
  string,
  floatControl,
  x87Control,
  stateImage,
  popFlags,
  pushAndPop,
  loneStack,
  frame,
} as const;
export type CompositeName = keyof typeof COMPOSITES;
