// Short sequences that give an instruction what it needs: a divisor, a bit index, a string, a stack.

import { integer } from '../../../test/vectors/generate/values.ts';
import { DATA, HIGH, READ_ONLY, STACKS, UNMAPPED } from '../layout.ts';
import type { Part } from '../program.ts';
import { type Composite, POPPED, RAX, RBP, RBX, RCX, RDI, RDX, RSI, divisionBy, isReserved, matching, together } from './composite.ts';
import { floatControl, stateImage, x87Control } from './control-words.ts';
import { flags } from './flag-composites.ts';
import { formNamed, formsOf } from './forms.ts';
import { CLD, STD, int32, known, moveImmediate, part, storeImmediate } from './parts.ts';

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
    if (choice === 6) return random.pick(STACKS).base + 0x1480 + random.below(0x200);
    if (choice === 7) return HIGH.base + random.below(HIGH.bytes - Math.min(bytes, 0xf00));
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

const popFlags: Composite = ({ random }) => {
  const value = (random.next() & POPPED) | 2;
  return random.below(4) > 0
    ? [part([0x68, ...int32(value)]), known([0x9d])]
    : [part([0x66, 0x68, value & 0xff, (value >> 8) & 0xff]), known([0x66, 0x9d])];
};

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
  const start = moveImmediate(RBP, BigInt(random.pick(STACKS).base + 0x1480 + 8 * random.below(0x60)));
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
