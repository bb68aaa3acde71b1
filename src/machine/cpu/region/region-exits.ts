// The ways out of a region. A way out is a block around the region's body: what it means (the record to go on at, cycles given
// back, where the flags are) is emitted behind that block's end, so that only what this way needs has to be at hand there.

import { CPU_BASE } from '../../memory/layout.ts';
import type { FunctionBuilder, Label } from '../wasm/function-builder.ts';
import { type FlagSite, type FlagState, emitSite } from './flag-state.ts';

interface RegionExit {
  /** 0: it is in its local already. */
  readonly record: number;
  /** Added to the meter. */
  readonly refund: bigint;
  readonly flags: FlagState;
  /** General registers to be stored, a bit each; null: all that the region changes. */
  readonly written: number | null;
}

export class RegionExits {
  /** Local of the record to go on at. */
  readonly record: number;
  /** Local of the id of the site that the flags come from. */
  readonly flagId: number;
  private readonly f: FunctionBuilder;
  private readonly exits: RegionExit[] = [];
  private readonly labels = new Map<string, Label>();
  private readonly sites: FlagSite[] = [];

  constructor(f: FunctionBuilder) {
    this.f = f;
    this.record = f.local('i32');
    this.flagId = f.local('i32');
  }

  /** Number of a site among those that exits name. */
  idOf(site: FlagSite): number {
    if (site.id === 0) site.id = this.sites.push(site);
    return site.id;
  }

  /** Where a way out is branched to. Often taken ones say what was `written`, and have stores of their own. */
  to(record: number, refund: bigint, flags: FlagState, written: number | null = null): Label {
    const site = flags.kind === 'site' ? this.idOf(flags.site) : flags.kind === 'dynamic' ? -1 : 0;
    const key = `${record} ${refund} ${site} ${written}`;
    const known = this.labels.get(key);
    if (known) return known;
    const label = this.f.around(this.exits.push({ record, refund, flags, written }) - 1);
    this.labels.set(key, label);
    return label;
  }

  /** Behind the body: sets the record, adds to `meter`, brings the flags and, by `store`, the registers into memory. */
  emit(meter: number, store: (written: number | null) => void): void {
    const { f, exits, sites } = this;
    // A site's operands are in locals that have been released behind the last instruction that knew it.
    f.retireLocals();
    const siteLabel = (id: number): Label => f.around(exits.length + id - 1);
    const done = f.around(exits.length + sites.length);
    const stored = f.around(exits.length + sites.length + 1);
    for (const { record, refund, flags, written } of exits) {
      f.closeAround();
      if (record !== 0) f.i32(record).set(this.record);
      if (refund !== 0n) f.get(meter).i64(refund).op('i64.add').set(meter);
      if (written !== null && flags.kind !== 'dynamic') {
        store(written);
        if (flags.kind === 'site') emitSite(f, flags.site);
        f.br(stored);
      } else if (flags.kind === 'site') f.br(siteLabel(flags.site.id));
      else if (flags.kind === 'dynamic') f.get(this.flagId).brTable([done, ...sites.map(({ id }) => siteLabel(id))], done);
      else f.br(done);
    }
    for (const site of sites) {
      f.closeAround();
      emitSite(f, site);
      f.br(done);
    }
    f.closeAround();
    store(null);
    f.closeAround();
  }
}

/** The record that stands for "look RIP up", in the CPU block: its RIP is set by whoever goes there. */
export const LOOKUP_RECORD = CPU_BASE + 0x380;
