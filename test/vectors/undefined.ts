// What the SDM (vol. 2) leaves undefined, and therefore is not compared with the processor: flags by mnemonic and count,
// and destinations without a defined value. Everything else must be equal.

import { Code, type Instruction, Mnemonic, OpKind } from 'iced-x86';
import { backgrounds } from './background.ts';
import type { Case } from './vector.ts';

const CF = 1,
  PF = 4,
  AF = 0x10,
  ZF = 0x40,
  SF = 0x80,
  DF = 0x400,
  OF = 0x800,
  NT = 0x4000,
  AC = 0x40000,
  ID = 0x200000;

/** Flags that are ever compared: RF depends on how the state was captured, IF and IOPL belong to the system. */
export const COMPARED_FLAGS = CF | PF | AF | ZF | SF | DF | OF | NT | AC | ID;

const ALWAYS: Readonly<Record<number, number>> = {
  [Mnemonic.Mul]: SF | ZF | AF | PF,
  [Mnemonic.Imul]: SF | ZF | AF | PF,
  [Mnemonic.Div]: CF | OF | SF | ZF | AF | PF,
  [Mnemonic.Idiv]: CF | OF | SF | ZF | AF | PF,
  [Mnemonic.And]: AF,
  [Mnemonic.Or]: AF,
  [Mnemonic.Xor]: AF,
  [Mnemonic.Test]: AF,
  [Mnemonic.Bt]: OF | SF | AF | PF,
  [Mnemonic.Bts]: OF | SF | AF | PF,
  [Mnemonic.Btr]: OF | SF | AF | PF,
  [Mnemonic.Btc]: OF | SF | AF | PF,
  [Mnemonic.Bsf]: CF | OF | SF | AF | PF,
  [Mnemonic.Bsr]: CF | OF | SF | AF | PF,
};

const SHIFTS = new Set([Mnemonic.Shl, Mnemonic.Sal, Mnemonic.Shr, Mnemonic.Sar]);
const DOUBLE = new Set([Mnemonic.Shld, Mnemonic.Shrd]);
const ROTATES = new Set([Mnemonic.Rol, Mnemonic.Ror, Mnemonic.Rcl, Mnemonic.Rcr]);

/** `bits` is the operand width, `count` the unmasked shift count. */
function shiftFlags(mnemonic: Mnemonic, bits: number, count: number): number {
  const masked = count & (bits === 64 ? 63 : 31);
  if (masked === 0) return 0;
  let flags = masked > 1 ? OF : 0;
  if (!ROTATES.has(mnemonic)) flags |= AF;
  if (mnemonic !== Mnemonic.Sar && !ROTATES.has(mnemonic) && masked >= bits) flags |= CF;
  if (DOUBLE.has(mnemonic) && masked > bits) flags |= CF | SF | ZF | PF;
  return flags;
}

/** Flags of this case whose value is not defined. */
export function undefinedFlags(instruction: Instruction, bits: number, c: Case): number {
  const mnemonic = instruction.mnemonic;
  if (SHIFTS.has(mnemonic) || DOUBLE.has(mnemonic) || ROTATES.has(mnemonic)) {
    const last = instruction.opCount - 1;
    const rcx = c.gpr.get(1) ?? backgrounds[c.background]!.gpr[1]!;
    const byImmediate = instruction.opKind(last) !== OpKind.Register;
    return shiftFlags(mnemonic, bits, byImmediate ? Number(instruction.immediate(last)) & 0xff : Number(rcx & 0xffn));
  }
  return ALWAYS[mnemonic] ?? 0;
}

/** General registers of this case whose value is not defined, as a mask; `zf` is ZF of the outcome. */
export function undefinedRegisters(instruction: Instruction, destination: number, zf: boolean): number {
  const scan = instruction.mnemonic === Mnemonic.Bsf || instruction.mnemonic === Mnemonic.Bsr;
  const swap16 = instruction.mnemonic === Mnemonic.Bswap && instruction.code === Code.Bswap_r16;
  return (scan && zf) || swap16 ? 1 << destination : 0;
}
