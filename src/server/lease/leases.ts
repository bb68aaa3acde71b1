// Who has which machine to themselves, and who is next. A lease ends when its time is over, when it is released or revoked, or when its
// machine is gone; then the first in the queue becomes active.

import { randomUUID } from 'node:crypto';
import { MachineError } from '../../machine/errors.ts';
import { KeptMap } from '../store/kept-map.ts';
import { leaseName, ownerOf } from '../resource-name.ts';
import { Bell } from '../signal.ts';
import { isAllowed } from './lease.ts';
import type { Store } from '../store/store.ts';
import type { Lease, LeaseWish } from './lease.ts';

export interface LeaseOptions {
  /** Milliseconds after which an active lease ends, whatever is asked for. */
  readonly longest: number;
  /** Of a machine that is there. */
  readonly uidOf: (machine: string) => string | undefined;
  readonly onBegin: (lease: Lease) => void;
  readonly onEnd: (lease: Lease, why: string, revoked: boolean) => void;
}

/** Where a look was in vain, the next is not at once. */
const SHORTEST_TIMER = 100;
const LONGEST_TIMER = 2 ** 31 - 1;

export class Leases {
  private readonly kept: KeptMap<Lease>;
  private readonly active = new Map<string, Lease>();
  private readonly options: LeaseOptions;
  private timer: NodeJS.Timeout | undefined;
  /** Rings when a lease begins or ends. */
  readonly bell = new Bell();

  constructor(store: Store, options: LeaseOptions) {
    this.options = options;
    this.kept = new KeptMap(store, 'leases');
    for (const lease of this.kept.values()) if (lease.state === 'active') this.active.set(lease.machine, lease);
    this.schedule();
  }

  get longest(): number {
    return this.options.longest;
  }

  get counts(): { readonly active: number; readonly queued: number } {
    return { active: this.active.size, queued: this.kept.size - this.active.size };
  }

  /** Throws LEASED if others have the machine to themselves. */
  check(machine: string, user: string): void {
    if (this.active.size === 0) return;
    const lease = this.active.get(machine);
    if (!lease || isAllowed(lease, user)) return;
    if (this.endIfOver(lease)) return this.check(machine, user);
    const until = new Date(lease.expireTime).toISOString();
    throw new MachineError('LEASED', `${machine} is leased by ${lease.holder} until ${until}; wait for it with "uintrctl lease take"`, {
      name: machine,
      lease: lease.name,
      holder: lease.holder,
      until,
    });
  }

  /** Somebody has the machine, or waits for it. */
  isLeased(machine: string): boolean {
    return this.list().some((lease) => lease.machine === machine);
  }

  /** Of one project, or all; in the order of creation. */
  list(project?: string): Lease[] {
    this.endAllOver();
    return this.kept.values().filter(({ name }) => project === undefined || ownerOf(name) === project);
  }

  get(name: string): Lease {
    const lease = this.kept.get(name);
    if (!lease || this.endIfOver(lease)) throw new MachineError('LEASE_NOT_FOUND', `there is no lease ${name}, or it has ended`, { name });
    return this.kept.get(name)!;
  }

  /** In its queue, from 1; 0 if it is active. */
  positionOf(lease: Lease): number {
    return lease.state === 'active' ? 0 : this.queue(lease.machine).findIndex(({ name }) => name === lease.name) + 1;
  }

  create({ id, queueTtl, ...wish }: LeaseWish): Lease {
    this.endAllOver();
    const uid = randomUUID();
    const name = leaseName(ownerOf(wish.machine), id === '' ? `l-${uid.slice(0, 8)}` : id);
    if (this.kept.get(name)) throw new MachineError('ALREADY_EXISTS', `there is a lease ${name} already`, { name });
    const ordinal = Math.max(0, ...this.kept.values().map((lease) => lease.ordinal)) + 1;
    const now = Date.now();
    const queued: Lease = { ...wish, name, uid, ordinal, createTime: now, state: 'queued', startTime: 0, expireTime: now + queueTtl };
    this.keep(queued);
    this.begin(wish.machine);
    return this.kept.get(name)!;
  }

  update(name: string, change: Partial<Pick<Lease, 'sharedWith' | 'displayName'>>): Lease {
    return this.keep({ ...this.get(name), ...change });
  }

  /** Never shortens; never beyond the longest. `ttl` from now. */
  extend(name: string, ttl: number): Lease {
    const lease = this.get(name);
    const wanted = Date.now() + ttl;
    const latest = lease.state === 'active' ? lease.startTime + this.options.longest : wanted;
    return this.keep({ ...lease, expireTime: Math.max(lease.expireTime, Math.min(wanted, latest)) });
  }

  /** `why` continues a sentence that begins with the lease. */
  end(name: string, why: string, revoked = false): void {
    const lease = this.kept.get(name);
    if (!lease) return;
    this.kept.delete(name);
    if (this.active.get(lease.machine)?.name === name) this.active.delete(lease.machine);
    this.options.onEnd(lease, why, revoked);
    this.begin(lease.machine);
    this.schedule();
    this.bell.ring();
  }

  close(): void {
    clearTimeout(this.timer);
  }

  /** Makes the first in the queue active if the machine is free. */
  private begin(machine: string): void {
    if (this.active.has(machine)) return;
    const first = this.queue(machine).find((lease) => !this.endIfOver(lease));
    if (!first || this.active.has(machine)) return;
    const startTime = Date.now();
    const expireTime = startTime + Math.min(first.ttl, this.options.longest);
    this.options.onBegin(this.keep({ ...first, state: 'active', startTime, expireTime }));
    this.bell.ring();
  }

  private queue(machine: string): Lease[] {
    return this.kept
      .values()
      .filter((lease) => lease.machine === machine && lease.state === 'queued')
      .sort((a, b) => b.priority - a.priority || a.ordinal - b.ordinal);
  }

  private keep(lease: Lease): Lease {
    this.kept.set(lease.name, lease);
    if (lease.state === 'active') this.active.set(lease.machine, lease);
    this.schedule();
    return lease;
  }

  private endIfOver(lease: Lease): boolean {
    const gone = this.options.uidOf(lease.machine) !== lease.machineUid;
    if (!gone && lease.expireTime > Date.now()) return false;
    this.end(lease.name, gone ? 'has ended: its machine is gone' : lease.state === 'active' ? 'has expired' : 'has waited for too long');
    return true;
  }

  private endAllOver(): void {
    for (const lease of this.kept.values()) this.endIfOver(lease);
  }

  private schedule(): void {
    clearTimeout(this.timer);
    const next = Math.min(...this.kept.values().map(({ expireTime }) => expireTime));
    if (!Number.isFinite(next)) return;
    const delay = Math.min(Math.max(SHORTEST_TIMER, next - Date.now() + 1), LONGEST_TIMER);
    this.timer = setTimeout(() => {
      try {
        this.endAllOver();
      } catch {
        // The store cannot be written: what is over is ended with the next call that asks, or the next look.
      }
      this.schedule();
    }, delay);
    this.timer.unref();
  }
}
