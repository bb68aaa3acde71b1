// The ways out of a region. In the code a way out is a number put into one local and a branch: what it means (the record to
// go on at, cycles given back, where the flags are) is emitted once, behind the region's body.

import { CPU_BASE } from '../../memory/layout.ts';
import type { FunctionBuilder, Label } from '../wasm/function-builder.ts';
import { type FlagSite, type FlagState, emitSite } from './flag-state.ts';

interface RegionExit {
  /** 0: it is in its local already. */
  readonly record: number;
  /** Added to the meter. */
  readonly refund: bigint;
  readonly flags: FlagState;
}

export class RegionExits {
  /** Where a way out branches to; set while the body is emitted. */
  label: Label = { depth: 0 };
  /** Local that names the way out. */
  readonly number: number;
  /** Local of the record to go on at. */
  readonly record: number;
  /** Local of the id of the site that the flags come from. */
  readonly flagId: number;
  private readonly f: FunctionBuilder;
  private readonly exits: RegionExit[] = [];
  private readonly numbers = new Map<string, number>();
  private readonly sites: FlagSite[] = [];

  constructor(f: FunctionBuilder) {
    this.f = f;
    this.number = f.local('i32');
    this.record = f.local('i32');
    this.flagId = f.local('i32');
  }

  /** Number of a site among those that exits name. */
  idOf(site: FlagSite): number {
    if (site.id === 0) site.id = this.sites.push(site);
    return site.id;
  }

  /** Number of a way out. */
  to(record: number, refund: bigint, flags: FlagState): number {
    const site = flags.kind === 'site' ? this.idOf(flags.site) : flags.kind === 'dynamic' ? -1 : 0;
    const key = `${record} ${refund} ${site}`;
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    const number = this.exits.push({ record, refund, flags }) - 1;
    this.numbers.set(key, number);
    return number;
  }

  /** Sets the record, adds to `meter`, brings the flags into memory. */
  emit(meter: number): void {
    const { f } = this;
    // A site's operands are in locals that have been released behind the last instruction that knew it.
    f.retireLocals();
    f.block((done) => {
      const arms = (index: number, inner: (labels: readonly Label[]) => void, labels: readonly Label[] = []): void => {
        if (index === 0) {
          inner(labels);
          return;
        }
        f.block((label) => arms(index - 1, inner, [label, ...labels]));
        if (index <= this.sites.length) {
          emitSite(f, this.sites[index - 1]!);
          f.br(done);
        }
      };
      // Sites' arms are numbered from 1; the innermost block ends before site 1's arm.
      arms(this.sites.length, (siteLabels) => {
        const siteLabel = (id: number): Label => (id === 0 ? done : siteLabels[id - 1]!);
        this.emitExits(meter, (exit) => {
          if (exit.flags.kind === 'site') f.br(siteLabel(exit.flags.site.id));
          else if (exit.flags.kind !== 'dynamic') f.br(done);
          else f.get(this.flagId).brTable([done, ...siteLabels], done);
        });
      });
    });
  }

  private emitExits(meter: number, leave: (exit: RegionExit) => void): void {
    const { f } = this;
    const open = (index: number, labels: readonly Label[]): void => {
      if (index === 0) {
        f.get(this.number).brTable(labels.slice(0, -1), labels.at(-1)!);
        return;
      }
      f.block((label) => open(index - 1, [label, ...labels]));
      const exit = this.exits[index - 1]!;
      if (exit.record !== 0) f.i32(exit.record).set(this.record);
      if (exit.refund !== 0n) f.get(meter).i64(exit.refund).op('i64.add').set(meter);
      leave(exit);
    };
    open(this.exits.length, []);
  }
}

/** The record that stands for "look RIP up", in the CPU block: its RIP is set by whoever goes there. */
export const LOOKUP_RECORD = CPU_BASE + 0x380;
