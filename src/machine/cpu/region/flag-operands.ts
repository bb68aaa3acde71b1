// Where control comes to a place by different ways, each with flags of another operation, the operands are brought into locals that all
// share, with the number of what was done with them: only these are at hand round a loop, and not those of every operation.

import type { Flags, Value } from '../semantics/context.ts';
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
    const { f, x, y } = this;
    const { flags, before } = site;
    const { kind } = flags;
    if ((kind !== 'add' && kind !== 'sub') || flags.carryIn) {
      if (kind === 'logic' || kind === 'result' || kind === 'increment' || kind === 'decrement') {
        if (before) emitSite(f, before);
        this.emitTo(x, flags.result);
        if (kind !== 'result') return this.numberOf(`${kind} ${flags.width}`, { kind, width: flags.width, result: this.value(x) });
        const { carry, overflow, adjust, width } = flags;
        const bits = [carry, overflow, adjust];
        this.emitBits(bits);
        const name = `${kind} ${width} ${bits.map((bit) => (bit ? 1 : 0))}`;
        return this.numberOf(name, {
          kind,
          width,
          result: this.value(x),
          ...(carry && { carry: this.bit(0) }),
          ...(overflow && { overflow: this.bit(1) }),
          ...(adjust && { adjust: this.bit(2) }),
        });
      }
      emitSite(f, site);
      return 0;
    }
    this.emitTo(x, flags.x);
    this.emitTo(y, flags.y);
    const result: Value = { emit: (g) => void g.get(x).get(y).op(`i64.${kind}`) };
    return this.numberOf(`${kind} ${flags.width}`, { kind, width: flags.width, x: this.value(x), y: this.value(y), result });
  }

  private emitTo(local: number, value: Value): void {
    value.emit(this.f);
    this.f.set(local);
  }

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
