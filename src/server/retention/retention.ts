// The sweeper: once at the start and then every minute it removes what is too old or too much, oldest first, a bounded amount at a time, and
// never what is still needed. Each removal is whole by itself, so that an abrupt end leaves at most a leftover.

import { MachineError } from '../../machine/errors.ts';
import type { Logger } from 'pino';
import type { AuditLog } from '../audit/audit-log.ts';
import { type Bounds, choose, type Item } from './choose.ts';
import type { Reason } from './removals.ts';

export interface Removable extends Item {
  /** Answers the bytes that it had; null: it has come to be needed. */
  remove(why: Reason): Promise<number | null>;
}

export const RETAINED = ['events', 'artifacts', 'snapshots', 'recordings', 'machines', 'audit_entries', 'leftovers'] as const;
export type Retained = (typeof RETAINED)[number];

/** What there is of one kind, and how much of it stays. */
export interface Kind {
  readonly what: Retained;
  readonly bounds: Bounds;
  /** The flags of the bounds. */
  readonly flags: Readonly<Record<keyof Bounds, string>>;
  /** What is younger is not removed for its size, in milliseconds: somebody is about to use it. */
  readonly grace: number;
  /** Removals in one sweep. */
  readonly most: number;
  /** With a name of its own, which is remembered, and in the audit log. */
  readonly isNamed: boolean;
  look(now: number): Promise<{ readonly held: number; readonly items: readonly Removable[] }>;
}

export interface RetentionOptions {
  readonly kinds: readonly Kind[];
  readonly audit: AuditLog;
  /** Entries of the audit log go after so long; 0: never. */
  readonly auditSeconds: number;
  /** Removes leftovers until it answers null: there are no more. */
  readonly tidy: () => Promise<number | null>;
  readonly milliseconds: number;
  readonly log: Logger;
}

/** Entries of the audit log in one sweep. */
const MOST_ENTRIES = 4096;
/** Names in a line of the log. */
const MOST_NAMES = 20;

/** Null where somebody else has removed it meanwhile. */
function ifThere(error: unknown): null {
  if (error instanceof MachineError && error.code.endsWith('_NOT_FOUND')) return null;
  throw error;
}

export class Retention {
  /** Removed so far. */
  readonly counts: Readonly<Record<Retained, { items: number; bytes: number }>>;
  private readonly options: RetentionOptions;
  private timer: NodeJS.Timeout | undefined;
  private sweeping: Promise<void> | null = null;
  private isTidy = false;
  private isStopped = false;

  constructor(options: RetentionOptions) {
    this.options = options;
    this.counts = Object.fromEntries(RETAINED.map((what) => [what, { items: 0, bytes: 0 }])) as Retention['counts'];
  }

  start(): void {
    this.timer = setInterval(() => void this.sweep(), this.options.milliseconds).unref();
    void this.sweep();
  }

  /** What is being removed is removed when it resolves. */
  async stop(): Promise<void> {
    this.isStopped = true;
    clearInterval(this.timer);
    await this.sweeping;
  }

  /** One at a time. Never rejects. */
  sweep(now = Date.now()): Promise<void> {
    this.sweeping ??= this.sweepOnce(now).finally(() => (this.sweeping = null));
    return this.sweeping;
  }

  private async sweepOnce(now: number): Promise<void> {
    const { kinds, log } = this.options;
    const removed: Partial<Record<Retained, number>> = {};
    const names: string[] = [];
    let bytes = 0;
    const attempt = async (what: Retained, work: () => Promise<number>): Promise<void> => {
      if (this.isStopped) return;
      const before = this.counts[what].bytes;
      let items = 0;
      try {
        items = await work();
      } catch (error) {
        log.error({ what, err: error }, 'retention could not remove what it should');
      }
      if (items > 0) removed[what] = items;
      bytes += this.counts[what].bytes - before;
    };
    for (const kind of kinds) await attempt(kind.what, () => this.sweepKind(kind, now, names));
    await attempt('audit_entries', () => Promise.resolve(this.sweepAudit(now)));
    await attempt('leftovers', () => this.sweepLeftovers());
    if (Object.keys(removed).length > 0) log.info({ ...removed, bytes, ...(names.length > 0 ? { names } : {}) }, 'removed by retention');
  }

  private async sweepKind(kind: Kind, now: number, names: string[]): Promise<number> {
    const { bounds, flags, grace, most, what } = kind;
    const counts = this.counts[what];
    const start = counts.items;
    if (bounds.seconds === 0 && bounds.bytes === 0) return 0;
    for (let n = 0; n < most && !this.isStopped; n++) {
      const { held, items } = await kind.look(now);
      const choice = choose(items, held, bounds, now, grace);
      if (!choice) break;
      const { item, by } = choice;
      const bytes = await item.remove({ setting: flags[by], value: bounds[by], time: now }).catch(ifThere);
      if (bytes === null) break;
      counts.items++;
      counts.bytes += bytes;
      if (kind.isNamed && names.length < MOST_NAMES) names.push(item.name);
      if (kind.isNamed) this.audit(item.name, flags[by]);
    }
    return counts.items - start;
  }

  private sweepAudit(now: number): number {
    const { audit, auditSeconds } = this.options;
    const items = auditSeconds === 0 ? 0 : audit.dropBefore(now - auditSeconds * 1000, MOST_ENTRIES);
    this.counts.audit_entries.items += items;
    return items;
  }

  private async sweepLeftovers(): Promise<number> {
    const items = this.isTidy ? null : await this.options.tidy();
    this.isTidy = items === null;
    this.counts.leftovers.items += items ?? 0;
    return items ?? 0;
  }

  private audit(resource: string, reason: string): void {
    this.options.audit.add({ user: 'uintrd', token: '', peer: '', method: 'retention', resource, code: 'OK', reason }, '', false);
  }
}
