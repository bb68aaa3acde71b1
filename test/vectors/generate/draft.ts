// A case in the making: registers, memory and flags are set while its operands are chosen, then it is frozen.

import { imageOffset, CODE_OFFSET } from '../layout.ts';
import type { Random } from '../random.ts';
import type { Case, Patch } from '../vector.ts';
import { BACKGROUNDS, backgrounds } from '../background.ts';
import { littleEndian } from './values.ts';

export class Draft {
  readonly background: number;
  readonly gpr = new Map<number, bigint>();
  readonly xmm = new Map<number, Uint8Array>();
  readonly patches: Patch[] = [];
  rflags = 0x202;
  mxcsr = 0x1f80;
  codeOffset = CODE_OFFSET;
  prefixes: number[] = [];

  constructor(random: Random) {
    this.background = random.below(BACKGROUNDS);
  }

  register(n: number): bigint {
    return this.gpr.get(n) ?? backgrounds[this.background]!.gpr[n]!;
  }

  /** Sets the whole register. */
  setRegister(n: number, value: bigint): void {
    this.gpr.set(n, BigInt.asUintN(64, value));
  }

  /** Sets the low `bits` of a register (16..19 are AH CH DH BH) and keeps the rest. */
  setPart(n: number, bits: number, value: bigint): void {
    const whole = n >= 16 ? n - 16 : n;
    const shift = n >= 16 ? 8n : 0n;
    const mask = ((1n << BigInt(bits)) - 1n) << shift;
    this.setRegister(whole, (this.register(whole) & ~mask) | ((value << shift) & mask));
  }

  /** Bytes in memory; those outside the windows are left out. */
  setMemory(address: number, bytes: Uint8Array): void {
    let start = -1;
    for (let i = 0; i <= bytes.length; i++) {
      const inside = i < bytes.length && imageOffset(address + i) >= 0;
      if (inside && start < 0) start = i;
      if (!inside && start >= 0) {
        this.patches.push({ offset: imageOffset(address + start), bytes: bytes.subarray(start, i) });
        start = -1;
      }
    }
  }

  setQuad(address: number, value: bigint): void {
    this.setMemory(address, littleEndian(value, 8));
  }

  freeze(code: Uint8Array): Case {
    const { codeOffset, background, gpr, xmm, rflags, mxcsr, patches } = this;
    return { codeOffset, code, background, gpr, xmm, rflags, mxcsr, patches };
  }
}
