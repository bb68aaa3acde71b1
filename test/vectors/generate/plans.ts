// What single mnemonics want beyond ordinary operands: implicit registers, counts, dividends, stacks, branch targets.

import { CODE_BASE, DATA_BASE, HIGH_BASE, NON_CANONICAL, UNMAPPED } from '../layout.ts';
import type { Random } from '../random.ts';
import type { Draft } from './draft.ts';
import type { Form } from './forms.ts';
import { integer, littleEndian, type Lane } from './values.ts';

const RAX = 0,
  RCX = 1,
  RDX = 2,
  RBX = 3,
  RSP = 4,
  RBP = 5,
  RSI = 6,
  RDI = 7;

/** An explicit operand as the case builder has chosen it; `bits` is its width. */
export interface Operands {
  /** Value of operand i: given before it is placed, may be replaced. */
  readonly values: bigint[];
  readonly inMemory: boolean;
  /** Set where the plan wants the memory operand at an address of its own. */
  target: bigint | null;
  immediate: bigint | null;
  n: number;
}

export interface Plan {
  /** Registers that the instruction uses without naming them. */
  readonly implicit?: readonly number[];
  /** Cases for each of register and memory operand, where it is not the usual number. */
  readonly cases?: number;
  readonly prepare?: (draft: Draft, random: Random, form: Form, operands: Operands) => void;
}

const COUNTS = [0, 1, 2, 3, 5, 7, 8, 9, 10, 15, 16, 17, 18, 31, 32, 33, 34, 63, 64, 65, 127, 128, 255];

const shift: Plan = {
  implicit: [RCX],
  cases: 16,
  prepare(draft, random, form, operands) {
    const double = form.mnemonic === 'Shld' || form.mnemonic === 'Shrd';
    let count = operands.n < COUNTS.length && random.chance(2) ? COUNTS[operands.n]! : random.pick(COUNTS);
    // A double shift by more than its operand's width has no defined result.
    if (double && form.operandSize === 16 && (count & 31) > 16) count &= 15;
    operands.immediate = BigInt(count);
    draft.setPart(RCX, 8, BigInt(count));
  },
};

const multiply: Plan = {
  implicit: [RAX, RDX],
  prepare(draft, random) {
    draft.setRegister(RAX, integer(random, 64));
  },
};

const divide: Plan = {
  implicit: [RAX, RDX],
  cases: 18,
  prepare(draft, random, form, operands) {
    const bits = form.operandSize || 8;
    const signed = form.mnemonic === 'Idiv';
    const width = BigInt(bits);
    let divisor = integer(random, bits);
    if (operands.n === 1) divisor = 0n;
    operands.values[0] = divisor;
    let dividend: bigint;
    if (operands.n < 3 || random.chance(6)) dividend = random.bits64() * (1n << 64n) + random.bits64();
    else {
      // A quotient that fits, or nearly: chosen first.
      const extremes = [1n << (width - 1n), (1n << (width - 1n)) - 1n, (1n << width) - 1n, 0n, 1n];
      let quotient = random.chance(2) ? random.pick(extremes) : integer(random, bits);
      let by = divisor;
      if (signed) {
        quotient = BigInt.asIntN(bits, quotient) + (random.chance(5) ? 1n : 0n);
        by = BigInt.asIntN(bits, divisor);
      }
      const magnitude = by < 0n ? -by : by;
      const remainder = magnitude === 0n ? 0n : random.bits64() % magnitude;
      dividend = quotient * by;
      dividend += dividend < 0n ? -remainder : remainder;
    }
    dividend = BigInt.asUintN(bits * 2, dividend);
    if (bits === 8) draft.setPart(RAX, 16, dividend);
    else {
      draft.setPart(RAX, bits, dividend);
      draft.setPart(RDX, bits, dividend >> width);
    }
  },
};

const bitTest: Plan = {
  prepare(_draft, random, form, operands) {
    if (!operands.inMemory || form.operands.length < 2 || operands.immediate !== null) return;
    // The index reaches beyond the operand: bytes are addressed by it.
    operands.values[1] = BigInt.asUintN(form.operandSize, BigInt(random.below(12000) - 6000));
    operands.target = BigInt(DATA_BASE + 0x400 + random.below(0x400));
    if (operands.n === 12) operands.values[1] = BigInt.asUintN(form.operandSize, form.operandSize === 16 ? -0x7000n : 0x4000_0000n);
  },
};

const compareExchange: Plan = {
  implicit: [RAX],
  prepare(draft, random, form, operands) {
    const bits = form.operandSize || 8;
    draft.setPart(RAX, bits, random.chance(2) ? operands.values[0]! : integer(random, bits));
  },
};

const compareExchange8: Plan = {
  implicit: [RAX, RCX, RDX, RBX],
  prepare(draft, random, _form, operands) {
    const value = operands.values[0]!;
    if (random.chance(3)) return;
    draft.setPart(RAX, 64, value & 0xffff_ffffn);
    draft.setPart(RDX, 64, (value >> 32n) ^ (random.chance(4) ? 1n : 0n));
  },
};

/** Every second time what memory holds is what is compared with; operands lie on their boundary. */
const compareExchange16: Plan = {
  implicit: [RAX, RBX, RCX, RDX],
  prepare(draft, random, _form, operands) {
    if (!operands.inMemory || !random.chance(2)) return;
    const address = DATA_BASE + 0x40 + (random.below(0xf00) & ~15);
    operands.target = BigInt(address);
    draft.setRegister(RAX, operands.values[0]!);
    draft.setQuad(address + 8, draft.register(RDX));
  },
};

const string: Plan = {
  implicit: [RSI, RDI, RCX],
  cases: 28,
  prepare(draft, random, form, operands) {
    const size = /b_|b$/.test(form.name.split('_')[0]!) ? 1 : form.operandSize ? form.operandSize / 8 : 1;
    const compares = /^(Cmps|Scas)/.test(form.name);
    const count = random.pick([0, 1, 2, 3, 5, 8, 17]);
    draft.rflags = (draft.rflags & ~0x400) | (random.chance(3) ? 0x400 : 0);
    if (operands.n >= 4) draft.prefixes = [compares && random.chance(2) ? 0xf2 : 0xf3];
    let source = DATA_BASE + 0x200 + random.below(0x400);
    let target = DATA_BASE + 0x900 + random.below(0x400);
    switch (operands.n) {
      case 20: // overlapping
        target = source + size;
        break;
      case 21: // over a page boundary
        source = DATA_BASE + 0x1000 - 2 * size - 1;
        break;
      case 22: // into the read-only page, a few elements in
        target = DATA_BASE + 0x2000 - 3 * size;
        draft.rflags &= ~0x400;
        break;
      case 23: // out of the window
        source = DATA_BASE + 0x3000 - 2 * size;
        draft.rflags &= ~0x400;
        break;
      case 24:
        target = UNMAPPED;
        break;
      case 25:
        target = HIGH_BASE + 0x200;
        source = HIGH_BASE + 0x600;
        break;
      case 26: // below the window, downwards
        target = DATA_BASE + size;
        draft.rflags |= 0x400;
        break;
    }
    draft.setRegister(RSI, BigInt(source));
    draft.setRegister(RDI, BigInt(target));
    draft.setRegister(RCX, BigInt(operands.n >= 20 && operands.n <= 26 ? 9 : count));
    if (compares) {
      // Equal for a few elements, then not.
      const run = random.below(10) * size;
      const bytes = random.bytes(run);
      const step = draft.rflags & 0x400 ? size - run : 0;
      if (form.name.startsWith('Cmps')) draft.setMemory(source + step, bytes);
      else {
        const pattern = littleEndian(draft.register(RAX), size);
        for (let i = 0; i < run; i++) bytes[i] = pattern[i % size]!;
        if (random.chance(3)) bytes.fill(0, 0, Math.max(0, run - size));
      }
      draft.setMemory(target + step, bytes);
    }
  },
};

/** Stack pointers at odd places, over page boundaries and outside of memory. */
function stackPlace(draft: Draft, random: Random, n: number): void {
  const places: Record<number, bigint> = {
    6: BigInt(DATA_BASE + 0x1003),
    7: BigInt(DATA_BASE),
    8: BigInt(DATA_BASE + 0x2000),
    9: BigInt(UNMAPPED),
    10: NON_CANONICAL,
    11: BigInt(HIGH_BASE + 0x800),
    12: BigInt(DATA_BASE + 0x2ffc),
  };
  const place = places[n];
  if (place !== undefined) draft.setRegister(RSP, place);
  else if (random.chance(3)) draft.setRegister(RSP, draft.register(RSP) - BigInt(random.below(64)));
}

const stack: Plan = {
  implicit: [RSP],
  cases: 14,
  prepare(draft, random, form, operands) {
    stackPlace(draft, random, operands.n);
    if (form.mnemonic.startsWith('Popf')) {
      // Any flags but TF, which would trap behind the next instruction.
      const at = Number(BigInt.asUintN(48, draft.register(RSP)));
      draft.setQuad(at, random.bits64() & ~0x100n);
    }
    if (form.mnemonic.startsWith('Pushf')) draft.rflags = (draft.rflags | (random.chance(2) ? 0x400 : 0)) >>> 0;
  },
};

const frame: Plan = {
  implicit: [RSP, RBP],
  cases: 14,
  prepare(draft, random, form, operands) {
    if (form.mnemonic.startsWith('Enter')) {
      const levels = operands.n < 6 ? 0 : random.pick([0, 1, 2, 3, 5, 31, 33]);
      const size = random.pick([0, 8, 0x10, 0x7f, 0x200]);
      operands.immediate = BigInt(size) | (BigInt(levels) << 16n);
      draft.setRegister(RBP, BigInt(DATA_BASE + 0x1900 + random.below(0x80)));
      if (operands.n === 9) draft.setRegister(RBP, BigInt(UNMAPPED));
    } else {
      draft.setRegister(RBP, BigInt(DATA_BASE + 0x1880 + random.below(0x100)));
      if (operands.n === 9) draft.setRegister(RBP, BigInt(UNMAPPED));
      if (operands.n === 10) draft.setRegister(RBP, NON_CANONICAL);
    }
    if (operands.n >= 11) stackPlace(draft, random, operands.n - 5);
  },
};

function codeTarget(random: Random): bigint {
  return BigInt(CODE_BASE + 0x100 + random.below(0x600));
}

const indirect: Plan = {
  implicit: [RSP],
  cases: 14,
  prepare(draft, random, form, operands) {
    const targets: Record<number, bigint> = { 4: NON_CANONICAL, 5: BigInt(UNMAPPED), 13: 0x0000_7fff_ffff_f000n };
    operands.values[0] = targets[operands.n] ?? codeTarget(random);
    if (form.mnemonic === 'Call') stackPlace(draft, random, operands.n);
  },
};

const returns: Plan = {
  implicit: [RSP],
  cases: 14,
  prepare(draft, random, _form, operands) {
    stackPlace(draft, random, operands.n);
    const targets: Record<number, bigint> = { 4: NON_CANONICAL, 5: BigInt(UNMAPPED) };
    draft.setQuad(Number(BigInt.asUintN(48, draft.register(RSP))), targets[operands.n] ?? codeTarget(random));
    operands.immediate = BigInt(random.pick([0, 8, 16, 0x7f, 0xfff8, 0xffff]));
  },
};

const relative: Plan = {
  implicit: [RSP, RCX],
  cases: 12,
  prepare(draft, random, form, operands) {
    // Never onto itself; targets are INT3 anyway.
    operands.immediate = BigInt(random.chance(2) ? 1 + random.below(0x70) : -0x40 - random.below(0x30));
    if (form.mnemonic.startsWith('Loop') || form.mnemonic.endsWith('cxz')) {
      draft.setRegister(RCX, random.pick([0n, 1n, 2n, -1n, 0x1_0000_0000n, 0x1_0000_0001n, 0xffff_ffffn, random.bits64()]));
    }
    if (form.mnemonic === 'Call') stackPlace(draft, random, operands.n);
  },
};

const absolute: Plan = {
  implicit: [RAX],
  cases: 12,
  prepare(_draft, random, form, operands) {
    const size = Math.max(form.operandSize / 8, 1);
    const places = [
      DATA_BASE + 0x10 + random.below(0xf00),
      DATA_BASE + 0x1000 - random.below(size),
      HIGH_BASE + random.below(0xf00),
      UNMAPPED,
      DATA_BASE + 0x2000 - random.below(size),
    ];
    operands.immediate = operands.n === 7 ? NON_CANONICAL : BigInt(places[operands.n < 8 ? operands.n % 5 : 0]!);
  },
};

const translate: Plan = {
  cases: 10,
  prepare(draft, random, _form, operands) {
    const bases = [
      BigInt(DATA_BASE + random.below(0xe00)),
      BigInt(DATA_BASE + 0x2f80),
      BigInt(HIGH_BASE + 0x40),
      BigInt(UNMAPPED),
      NON_CANONICAL,
    ];
    draft.setRegister(RBX, bases[operands.n >= 5 ? 0 : operands.n]!);
    draft.setPart(RAX, 8, integer(random, 8));
  },
};

const control: Plan = {
  cases: 14,
  prepare(_draft, random, _form, operands) {
    // Bit 17 exists on some processors only.
    const valid = BigInt(random.next() & 0xffff);
    operands.values[0] = operands.n >= 8 ? valid | (1n << BigInt(random.pick([16, 18, 24, 31]))) : valid;
  },
};

const maskedMove: Plan = {
  implicit: [RDI],
  cases: 14,
  prepare(draft, random, _form, operands) {
    const places: Record<number, bigint> = {
      6: BigInt(DATA_BASE + 0xff9),
      7: BigInt(DATA_BASE + 0x1ff8),
      8: BigInt(DATA_BASE + 0x2040),
      9: BigInt(UNMAPPED),
      10: BigInt(HIGH_BASE + 0x41),
      11: NON_CANONICAL,
    };
    draft.setRegister(RDI, places[operands.n] ?? BigInt(DATA_BASE + 0x100 + random.below(0x800)));
  },
};

const accumulator: Plan = {
  prepare(draft, random) {
    draft.setRegister(RAX, integer(random, 64));
  },
};

const explicitLengths: Plan = {
  implicit: [RAX, RCX, RDX],
  cases: 40,
  prepare(draft, random) {
    for (const register of [RAX, RDX]) {
      draft.setRegister(register, random.chance(5) ? integer(random, 64) : BigInt.asUintN(64, BigInt(random.below(40) - 20)));
    }
  },
};

const privileged: Plan = { cases: 2 };

function spread(names: string, plan: Plan): [string, Plan][] {
  return names.split(' ').map((name) => [name, plan]);
}

const PLANS: ReadonlyMap<string, Plan> = new Map<string, Plan>([
  ...spread('Rol Ror Rcl Rcr Shl Shr Sal Sar Shld Shrd', shift),
  ...spread('Mul Imul', multiply),
  ...spread('Div Idiv', divide),
  ...spread('Bt Bts Btr Btc', bitTest),
  ['Cmpxchg', compareExchange],
  ['Cmpxchg8b', compareExchange8],
  ['Cmpxchg16b', compareExchange16],
  ...spread('Push Pop Pushf Popf Pushfq Popfq', stack),
  ...spread('Enter Leave', frame),
  ['Ret', returns],
  ['Xlatb', translate],
  ['Popcnt', {}],
  ['Ldmxcsr', control],
  ['Maskmovdqu', maskedMove],
  ...spread('Pcmpestri Pcmpestrm Pcmpestri64 Pcmpestrm64', explicitLengths),
  ...spread('Cbw Cwd Cwde Cdq Cdqe Cqo Sahf Lahf', accumulator),
]);

export function planFor(form: Form): Plan {
  if (form.privileged) return privileged;
  if (/^(Movs|Cmps|Stos|Lods|Scas)[bwdq]_(m|AL|AX|EAX|RAX)/.test(form.name)) return string;
  if (/_moffs/.test(form.name)) return absolute;
  if (/_rel\d/.test(form.name)) return relative;
  if (/^(Call|Jmp)_rm/.test(form.name)) return indirect;
  const exact = PLANS.get(form.mnemonic);
  if (exact) return exact;
  for (const [name, plan] of PLANS) if (/^(Push|Pop|Enter|Leave|Ret|Xlat)/.test(name) && form.name.startsWith(name)) return plan;
  return {};
}

const FLOAT = /^(Add|Sub|Mul|Div|Min|Max|Sqrt|Cmp|Rcp|Rsqrt|Ucomi|Comi|Hadd|Hsub|Addsub|Round|Dp)(ps|ss|pd|sd)_xmm/;

/** How the lanes of XMM and memory operands of a form are best filled; floating-point forms also vary MXCSR. */
export function laneOf(form: Form): { lane: Lane; float: boolean } {
  const arithmetic = FLOAT.exec(form.name);
  if (arithmetic) return { lane: arithmetic[2]!.endsWith('s') ? 'f32' : 'f64', float: true };
  const convert = /^Cvtt?(ps|ss|pd|sd|dq|si)2/.exec(form.name);
  if (convert) {
    const source = convert[1]!;
    const lane: Lane =
      source === 'ps' || source === 'ss'
        ? 'f32'
        : source === 'pd' || source === 'sd'
          ? 'f64'
          : source === 'si' && form.operandSize === 64
            ? 'i64'
            : 'i32';
    return { lane, float: true };
  }
  if (/b_xmm|bw_xmm|wb_xmm/.test(form.name)) return { lane: 'i8', float: false };
  if (/w_xmm|wd_xmm|dw_xmm/.test(form.name)) return { lane: 'i16', float: false };
  if (/d_xmm|dq_xmm/.test(form.name)) return { lane: 'i32', float: false };
  return { lane: 'i64', float: false };
}
