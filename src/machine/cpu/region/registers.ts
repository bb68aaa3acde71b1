// Guest registers as locals of a region's function: loaded once on entry, stored once on exit.

import { CPU_BASE } from '../../memory/layout.ts';
import type { Value, Width } from '../semantics/context.ts';
import { bitsOf } from '../semantics/integer/values.ts';
import { GPR, XMM } from '../state.ts';
import type { FunctionBuilder } from '../wasm/function-builder.ts';

const MASKS: Readonly<Record<Width, bigint>> = { 1: 0xffn, 2: 0xffffn, 4: 0xffff_ffffn, 8: -1n };

interface RegisterFile {
  readonly type: 'i64' | 'v128';
  readonly base: number;
  readonly bytes: number;
  readonly locals: number[];
  readonly written: boolean[];
}

export class RegionRegisters {
  private readonly f: FunctionBuilder;
  private readonly general: RegisterFile = { type: 'i64', base: CPU_BASE + GPR, bytes: 8, locals: [], written: [] };
  /** By general register: its upper half is zero here. */
  private narrow: readonly boolean[] = [];
  private readonly vector: RegisterFile = { type: 'v128', base: CPU_BASE + XMM, bytes: 16, locals: [], written: [] };

  constructor(f: FunctionBuilder) {
    this.f = f;
  }

  /** Local of general register `n`. */
  read(n: number): number {
    return this.local(this.general, n);
  }
  /** The same, to be changed. */
  write(n: number): number {
    this.general.written[n] = true;
    return this.local(this.general, n);
  }
  readVector(n: number): number {
    return this.local(this.vector, n);
  }
  writeVector(n: number): number {
    this.vector.written[n] = true;
    return this.local(this.vector, n);
  }

  /** What is known of registers at a place in the code: to be given back at the next place that control comes to from there. */
  known(): readonly boolean[] {
    return this.narrow;
  }
  restore(known: readonly boolean[]): void {
    this.narrow = known;
  }
  /** Where control comes from elsewhere, too. */
  meet(others: readonly boolean[]): void {
    this.narrow = this.narrow.map((is, n) => is && others[n] === true);
  }

  /** The low `width` bytes of the register at an offset in the CPU block, odd for AH to BH, as zero-extended i64. */
  value(slot: number, width: Width): Value {
    const local = this.read(slot >> 3);
    const isNarrow = this.narrow[slot >> 3] === true;
    return {
      emit: (f) => {
        f.get(local);
        if (slot & 1) f.i64(8n).op('i64.shr_u');
        if (width < 4 || (width === 4 && !isNarrow)) f.i64(MASKS[width]).op('i64.and');
      },
      bits: isNarrow ? Math.min(32, width * 8) : width * 8,
    };
  }

  /** A write of 4 bytes clears the upper half, one of 1 or 2 keeps the rest. */
  setGeneral(slot: number, width: Width, value: Value): void {
    const { f } = this;
    const n = slot >> 3;
    const local = this.write(n);
    const bits = bitsOf(value);
    if (width >= 4) {
      value.emit(f);
      if (width === 4 && bits > 32) f.i64(MASKS[4]).op('i64.and');
      f.set(local);
      const isNarrow = width === 4 || bits <= 32;
      this.narrow = Array.from({ length: 16 }, (_, i) => (i === n ? isNarrow : this.narrow[i] === true));
      return;
    }
    const shift = slot & 1 ? 8n : 0n;
    f.get(local)
      .i64(~(MASKS[width] << shift))
      .op('i64.and');
    value.emit(f);
    if (bits > width * 8) f.i64(MASKS[width]).op('i64.and');
    if (shift !== 0n) f.i64(shift).op('i64.shl');
    f.op('i64.or').set(local);
  }

  /** Pushes the low `width` bytes of the XMM register at an offset in its file, as zero-extended i64. */
  emitVectorBits(slot: number, width: Width): void {
    const { f } = this;
    f.get(this.readVector(slot >> 4));
    if (width === 8) f.lane('i64x2.extract_lane', 0);
    else if (width === 4) f.lane('i32x4.extract_lane', 0).op('i64.extend_i32_u');
    else f.lane('i64x2.extract_lane', 0).i64(MASKS[width]).op('i64.and');
  }

  /** Keeps the rest. */
  setVectorBits(slot: number, width: Width, value: Value): void {
    const { f } = this;
    const local = this.writeVector(slot >> 4);
    f.get(local);
    value.emit(f);
    if (width === 8) f.lane('i64x2.replace_lane', 0);
    else {
      f.op('i32.wrap_i64');
      f.lane(width === 4 ? 'i32x4.replace_lane' : width === 2 ? 'i16x8.replace_lane' : 'i8x16.replace_lane', 0);
    }
    f.set(local);
  }

  /** Once all instructions are emitted. */
  emitLoads(): void {
    for (const file of [this.general, this.vector])
      for (const [n, local] of file.locals.entries())
        if (local !== undefined)
          this.f
            .i32(0)
            .mem(`${file.type}.load`, file.base + n * file.bytes)
            .set(local);
  }
  /** Of the changed general registers those whose bits are set in `written`. */
  emitStores(written: number): void {
    for (const file of [this.general, this.vector])
      for (const [n, local] of file.locals.entries())
        if (file.written[n] && (file === this.vector || (written >> n) & 1))
          this.f
            .i32(0)
            .get(local)
            .mem(`${file.type}.store`, file.base + n * file.bytes);
  }

  /** The same in the midst of the code, where some of the changes are yet to be emitted. */
  emitStoresAtOnce(written: number): void {
    for (let n = 0; n < 16; n++)
      if ((written >> n) & 1)
        this.f
          .i32(0)
          .get(this.write(n))
          .mem('i64.store', this.general.base + n * 8);
  }

  private local(file: RegisterFile, n: number): number {
    return (file.locals[n] ??= this.f.freshLocal(file.type));
  }
}
