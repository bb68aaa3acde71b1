// What ends a case in the middle, by an exception.

import { CODE, DATA, HIGH, READ_ONLY, UNMAPPED } from '../layout.ts';
import type { Part } from '../program.ts';
import { type Composite, POPPED, RAX, RCX, RDI, RDX, RSI, divisionBy, isReserved } from './composite.ts';
import { FORMS, type Group, formNamed, formsOf } from './forms.ts';
import type { Maker } from './maker.ts';
import { CLD, STD, int32, known, moveImmediate, part, storeImmediate } from './parts.ts';

const ALIGNED = FORMS.filter((form) => form.aligned && (form.set === 'float' || form.set === 'vector'));
const REACHING = FORMS.filter(
  ({ set, memory, aligned }) => memory >= 0 && !aligned && ['integer', 'float', 'vector', 'x87', 'stack', 'mmx'].includes(set),
);

/** Not instructions of 64-bit mode, LOCK where it may not be, too long by one byte. */
const INVALID = [
  [0x06],
  [0x27],
  [0xd6],
  [0xf0, 0x90],
  [0xf0, 0x01, 0xc0],
  [0x0f, 0xff, 0xc0],
  [0x0f, 0xb9, 0xc0],
  [0x3e, 0x3e, 0x3e, 0x3e, 0x3e, 0x3e, 0x3e, 0x3e, 0x3e, 0x3e, 0x3e, 0x3e, 0x3e, 0x3e, 0x01, 0xc0],
];
/** What CPL 3 may not do. */
const FORBIDDEN = [
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
];
const TRAPS = [[0xcc], [0xcd, 3], [0xcd, 4]];
const TARGETS = [
  BigInt(DATA.base),
  BigInt(UNMAPPED),
  0x8000_0000_0000_0000n,
  BigInt(CODE.base + CODE.bytes + 64),
  0n,
  BigInt(HIGH.base),
  0x7fff_ffff_fff0n,
];

const byZero: Composite = (maker) => {
  const register = maker.free([RAX, RDX]);
  return [moveImmediate(register, 0n), known(divisionBy(maker.random.pick(formsOf('divide')), register))];
};

const overflow: Composite = (maker) => {
  const { random } = maker;
  const register = maker.free([RAX, RDX]);
  if (isReserved(maker, RAX, RDX)) return null;
  return [
    moveImmediate(RAX, random.bits64()),
    moveImmediate(RDX, random.bits64()),
    moveImmediate(register, BigInt(1 + random.below(9))),
    known(divisionBy(random.pick(formsOf('divide')), register)),
  ];
};

const misaligned: Composite = (maker) => {
  maker.misaligned = 100;
  try {
    return maker.instruction(maker.random.pick(ALIGNED), { memory: true })?.parts ?? null;
  } finally {
    maker.misaligned = 0;
  }
};

/** A control word that unmasks exceptions, loaded by `form`, and operations that may raise them. */
function unmasked(maker: Maker, form: string, word: () => number, set: Group): Part[] {
  const { random } = maker;
  const address = DATA.base + random.below(0x2e00);
  const control = [storeImmediate(address, word()), ...(maker.instruction(formNamed(form), { target: address })?.parts ?? [])];
  const operations = Array.from({ length: 6 }, () => maker.instruction(random.pick(formsOf(set)))?.parts ?? []);
  return [...control, ...operations.flat()];
}

const jump: Composite = (maker) => {
  const { random } = maker;
  const target = random.pick(TARGETS);
  const register = maker.free();
  const high = register >= 8 ? [0x41] : [];
  return [moveImmediate(register, target), known([...high, 0xff, (random.below(2) === 0 ? 0xe0 : 0xd0) | (register & 7)])];
};

const trap: Composite = (maker) => {
  const { random } = maker;
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
      return [known(random.pick(TRAPS))];
  }
};

const badAddress: Composite = (maker) => {
  const { bad } = maker;
  maker.bad = 100;
  try {
    return maker.instruction(maker.random.pick(REACHING), { memory: true })?.parts ?? null;
  } finally {
    maker.bad = bad;
  }
};

const BIT_OPCODES = [0xa3, 0xa3, 0xab, 0xb3, 0xbb];

/** Loads and stores by one base: that a page may be read does not say that it may be written. Code may be, where there is leave. */
const writtenWhereRead: Composite = (maker) => {
  const { random } = maker;
  const register = maker.free([RAX, 1, RDX, 3, 6, 7]);
  const base = maker.scratchCode && random.below(3) === 0 ? CODE.base : READ_ONLY.base + random.below(0x800);
  const access = (): readonly Part[] => {
    if (random.below(4) === 0) {
      const index = maker.free([register]);
      const rex = 0x40 | (index >= 8 ? 4 : 0) | (register >= 8 ? 1 : 0);
      const operand = [0x40 | ((index & 7) << 3) | (register & 7), ...((register & 7) === 4 ? [0x24] : []), 0];
      return [moveImmediate(index, BigInt(random.below(256))), known([rex, 0x0f, random.pick(BIT_OPCODES), ...operand])];
    }
    const form = random.pick(formsOf(random.pick(['integer', 'integer', 'vector', 'stack'] as const)));
    return maker.instruction(form, { memory: true, target: base + 16 * random.below(3) })?.parts ?? [];
  };
  return maker.through({ register, value: BigInt(base) }, () => [
    moveImmediate(register, BigInt(base)),
    ...Array.from({ length: 3 + random.below(4) }, access).flat(),
  ]);
};

/** More iterations than there is memory: a repeated string instruction that faults in the middle (or finds what it looks for). */
const endlessString: Composite = (maker) => {
  const { random } = maker;
  const form = random.pick(formsOf('string'));
  if (maker.clobbers(form) || isReserved(maker, RSI, RDI, RCX)) return null;
  const down = random.below(3) === 0;
  const size = 1 << 'bwdq'.indexOf(form.name.split('_')[0]!.at(-1)!);
  const prefix = /^(Cmps|Scas)/.test(form.name) && random.below(2) === 0 ? 0xf2 : 0xf3;
  const distance = random.below(random.pick([64, 0x400]));
  const place = (): bigint => BigInt(down ? DATA.base + distance : random.pick([READ_ONLY.base, DATA.base + 0x2000]) - distance);
  const count = random.pick([0xffff_ffffn, 1n << 32n, (1n << 32n) + 5n, 1n << 63n, -1n]);
  return [
    down ? STD : CLD,
    moveImmediate(RSI, place() + BigInt(random.below(32))),
    moveImmediate(RDI, place()),
    moveImmediate(RCX, count),
    known([prefix, ...(size === 2 ? [0x66] : []), ...(size === 8 ? [0x48] : []), form.opcode]),
  ];
};

const FAULTS: readonly Composite[] = [
  endlessString,
  () => [known([0x0f, 0x0b])],
  ({ random }) => [part(random.pick(INVALID))],
  ({ random }) => [part(random.pick(FORBIDDEN))],
  byZero,
  overflow,
  misaligned,
  misaligned,
  (maker) => unmasked(maker, 'Ldmxcsr_m32', () => 0x1f80 & ~(0x80 << maker.random.below(6)) & ~(0x80 << maker.random.below(6)), 'float'),
  (maker) => unmasked(maker, 'Fldcw_m2byte', () => 0x340 | (0x3f & ~(1 << maker.random.below(6))), 'x87'),
  jump,
  trap,
  badAddress,
  writtenWhereRead,
  writtenWhereRead,
];

export const fault: Composite = (maker) => maker.random.pick(FAULTS)(maker);
