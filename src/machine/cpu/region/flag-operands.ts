// Where control comes to a place by different ways, each with flags of another operation, the operands are brought into locals that all
// share, with the number of what was done with them: only these are at hand round a loop, and not those of every operation.

import type { Flags, Value, Width } from '../semantics/context.ts';
import { emitSetFlags } from '../step/flags.ts';
import type { FunctionBuilder, Label } from '../wasm/function-builder.ts';
import { type FlagSite, emitSite } from './flag-state.ts';

export class FlagOperands {
  private readonly f: FunctionBuilder;
  /** i32 local: number of the operation among `operations`, from 1; 0: the flags are in memory. */
  private readonly operation: number;
  private readonly x: number;
  private readonly y: number;
  private readonly operations: { readonly name: string; readonly flags: Flags }[] = [];

  constructor(f: FunctionBuilder) {
    this.f = f;
    this.operation = f.freshLocal('i32');
    this.x = f.freshLocal('i64');
    this.y = f.freshLocal('i64');
  }

  /** Has the flags of `site` here, null: of memory. */
  emitBring(site: FlagSite | null): void {
    this.f.i32(site ? this.emitOperands(site) : 0).set(this.operation);
  }

  /** Brings whatever they are into memory. */
  emitSettle(): void {
    const { f, operations } = this;
    if (operations.length === 0) return;
    f.block((done) => {
      const labels: Label[] = [];
      const within = (n: number): void => {
        if (n < 0) {
          f.get(this.operation).brTable([done, ...labels.toReversed()], done);
          return;
        }
        f.block((label) => {
          labels.push(label);
          within(n - 1);
        });
        emitSetFlags(f, operations[n]!.flags);
        f.br(done);
      };
      within(operations.length - 1);
    });
  }

  /** The operation's number, 0 where the flags have been brought into memory at once. */
  private emitOperands(site: FlagSite): number {
    const { flags, before } = site;
    switch (flags.kind) {
      case 'add':
      case 'sub':
        if (flags.carryIn) break;
        return this.emitSum(flags);
      case 'increment':
      case 'decrement':
        // What they keep of the flags is looked for in memory.
        if (before) emitSite(this.f, before);
        return this.emitResult(flags.kind, flags.width, flags.result);
      case 'logic':
        return this.emitResult(flags.kind, flags.width, flags.result);
      case 'result':
        return this.emitResultAndBits(flags);
      case 'carries':
      case 'explicit':
        break;
    }
    emitSite(this.f, site);
    return 0;
  }

  private emitSum({ kind, width, x, y }: Flags & { kind: 'add' | 'sub' }): number {
    this.emitTo(this.x, x);
    this.emitTo(this.y, y);
    const result: Value = { emit: (f) => void f.get(this.x).get(this.y).op(`i64.${kind}`) };
    return this.numberOf(`${kind} ${width}`, { kind, width, x: this.value(this.x), y: this.value(this.y), result });
  }

  private emitResult(kind: 'logic' | 'increment' | 'decrement', width: Width, result: Value): number {
    this.emitTo(this.x, result);
    return this.numberOf(`${kind} ${width}`, { kind, width, result: this.value(this.x) });
  }

  private emitResultAndBits({ kind, width, result, carry, overflow, adjust }: Flags & { kind: 'result' }): number {
    const bits = [carry, overflow, adjust];
    this.emitTo(this.x, result);
    this.emitBits(bits);
    return this.numberOf(`${kind} ${width} ${bits.map((bit) => (bit ? 1 : 0)).join('')}`, {
      kind,
      width,
      result: this.value(this.x),
      ...(carry && { carry: this.bit(0) }),
      ...(overflow && { overflow: this.bit(1) }),
      ...(adjust && { adjust: this.bit(2) }),
    });
  }

  private emitTo(local: number, value: Value): void {
    value.emit(this.f);
    this.f.set(local);
  }

  /** Those that there are, from bit 0 of `y` on. */
  private emitBits(bits: readonly (Value | undefined)[]): void {
    const { f } = this;
    f.i32(0);
    for (const [n, bit] of bits.entries()) {
      if (!bit) continue;
      bit.emit(f);
      f.i32(n).ops('i32.shl', 'i32.or');
    }
    f.op('i64.extend_i32_u').set(this.y);
  }

  private value(local: number): Value {
    return { emit: (f) => void f.get(local) };
  }

  private bit(n: number): Value {
    return { emit: (f) => void f.get(this.y).op('i32.wrap_i64').i32(n).op('i32.shr_u').i32(1).op('i32.and') };
  }

  private numberOf(name: string, flags: Flags): number {
    const known = this.operations.findIndex((operation) => operation.name === name);
    return known >= 0 ? known + 1 : this.operations.push({ name, flags });
  }
}
