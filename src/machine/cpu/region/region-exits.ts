// The ways out of a region. A way out is a block around the region's body: what it means (the record to go on at, cycles given
// back, where the flags are) is emitted behind that block's end, so that only what this way needs has to be at hand there.

import { CPU_BASE } from '../../memory/layout.ts';
import type { FunctionBuilder, Label } from '../wasm/function-builder.ts';
import { type FlagSite, type FlagState, emitSite } from './flag-state.ts';
import { FlagOperands } from './flag-operands.ts';

interface RegionExit {
  /** 0: it is in its local already. */
  readonly record: number;
  /** Added to the meter. */
  readonly refund: bigint;
  readonly flags: FlagState;
  /** General registers to be stored, a bit each. */
  readonly written: number;
  /** It brings all into memory by itself; others share what they have to do. */
  readonly isAlone: boolean;
}

export class RegionExits {
  /** Local of the record to go on at. */
  readonly record: number;
  /** The flags of whoever comes to a place by different ways. */
  readonly operands: FlagOperands;
  private readonly f: FunctionBuilder;
  private readonly exits: RegionExit[] = [];
  private readonly labels = new Map<string, Label>();
  private readonly siteNumbers = new Map<FlagSite, number>();

  constructor(f: FunctionBuilder) {
    this.f = f;
    this.record = f.local('i32');
    this.operands = new FlagOperands(f);
  }

  /** `isOften`: it is worth some code of its own. */
  to(record: number, refund: bigint, flags: FlagState, written: number, isOften = false): Label {
    const isAlone = isOften && flags.kind !== 'dynamic';
    const key = `${record} ${refund} ${this.nameOf(flags)} ${written} ${isAlone}`;
    const known = this.labels.get(key);
    if (known) return known;
    const label = this.f.around(this.exits.push({ record, refund, flags, written, isAlone }) - 1);
    this.labels.set(key, label);
    return label;
  }

  private nameOf(flags: FlagState): string {
    if (flags.kind !== 'site') return flags.kind;
    const number = this.siteNumbers.get(flags.site) ?? this.siteNumbers.size;
    this.siteNumbers.set(flags.site, number);
    return `${number}`;
  }

  /** Behind the body: sets the record, adds to `meter`, brings the flags and, by `store`, the registers into memory. */
  emit(meter: number, store: (written: number) => void): void {
    const { f, exits, operands } = this;
    // A site's operands are in locals that have been released behind the last instruction that knew it.
    f.retireLocals();
    const masks = [...new Set(exits.filter(({ isAlone }) => !isAlone).map(({ written }) => written))];
    const storing = (written: number): Label => f.around(exits.length + masks.indexOf(written));
    const stored = f.around(exits.length + masks.length);
    const done = f.around(exits.length + masks.length + 1);
    for (const { record, refund, flags, written, isAlone } of exits) {
      f.closeAround();
      if (record !== 0) f.i32(record).set(this.record);
      if (refund !== 0n) f.get(meter).i64(refund).op('i64.add').set(meter);
      if (isAlone) {
        store(written);
        if (flags.kind === 'site') emitSite(f, flags.site);
        f.br(done);
        continue;
      }
      if (flags.kind !== 'dynamic') operands.emitBring(flags.kind === 'site' ? flags.site : null);
      f.br(storing(written));
    }
    for (const written of masks) {
      f.closeAround();
      store(written);
      f.br(stored);
    }
    f.closeAround();
    operands.emitSettle();
    f.closeAround();
  }
}

/** The record that stands for "look RIP up", in the CPU block: its RIP is set by whoever goes there. */
export const LOOKUP_RECORD = CPU_BASE + 0x380;
