// Guest registers as locals of a region's function: loaded once on entry, stored once on exit.

import { CPU_BASE } from '../../memory/layout.ts';
import { GPR, XMM } from '../state.ts';
import type { FunctionBuilder } from '../wasm/function-builder.ts';

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
  emitStores(): void {
    for (const file of [this.general, this.vector])
      for (const [n, local] of file.locals.entries())
        if (file.written[n])
          this.f
            .i32(0)
            .get(local)
            .mem(`${file.type}.store`, file.base + n * file.bytes);
  }

  private local(file: RegisterFile, n: number): number {
    return (file.locals[n] ??= this.f.freshLocal(file.type));
  }
}
