// The log of what was changed. A call costs a look into a map: calls that differ in nothing but their time are one entry a second, and
// the entries of a second are written together. What manages access is written at once; of the rest, the death of the host may take the
// last second. Where the store cannot be written, calls go on; entries wait for better times, up to a bound.

import { ownerOf } from '../resource-name.ts';
import type { StatementSync } from 'node:sqlite';
import type { Store } from '../store/store.ts';
import type { Condition } from '../filter/sql.ts';

/** What identifies an entry. */
export interface AuditedCall {
  readonly user: string;
  readonly token: string;
  readonly peer: string;
  readonly method: string;
  readonly resource: string;
  readonly code: string;
  readonly reason: string;
}

export interface AuditEntry extends AuditedCall {
  readonly id: number;
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly last_time: number;
  readonly count: number;
  readonly request_id: string;
}

interface Pending {
  readonly call: AuditedCall;
  readonly time: number;
  lastTime: number;
  count: number;
  requestId: string;
}

const COLUMNS = 'id, time, last_time, count, user, token, peer, method, resource, code, reason, request_id';
const FLUSH_MILLISECONDS = 1000;
const MOST_PENDING = 4096;
const MOST_OF_ONE = 64;
const MOST_WAITING = 4 * MOST_PENDING;
/** So many entries are dropped together. */
const TRIM_STEP = 256;

const isSame = (a: AuditedCall, b: AuditedCall): boolean =>
  a.method === b.method && a.code === b.code && a.user === b.user && a.token === b.token && a.peer === b.peer && a.reason === b.reason;

export class AuditLog {
  private readonly store: Store;
  private readonly most: number;
  private readonly insert: StatementSync;
  private readonly trim: StatementSync;
  private readonly trimOld: StatementSync;
  /** By resource: a short list to go through costs less than a long key. */
  private readonly pending = new Map<string, Pending[]>();
  private size = 0;
  private readonly flushing: NodeJS.Timeout;
  private untrimmed = TRIM_STEP;
  /** Milliseconds since the epoch; 0 while all is well. */
  private retryTime = 0;
  private readonly onTrouble: (error: Error | null) => void;
  /** Entries that were never written. */
  lost = 0;

  /** `most`: entries that are kept. `onTrouble`: the store cannot be written, or (null) it can again. */
  constructor(store: Store, most: number, onTrouble: (error: Error | null) => void = () => {}) {
    this.onTrouble = onTrouble;
    this.store = store;
    this.most = most;
    const { database } = store;
    this.insert = database.prepare(
      `INSERT INTO audit (time, last_time, count, project, user, token, peer, method, resource, code, reason, request_id)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.trim = database.prepare('DELETE FROM audit WHERE id <= (SELECT max(id) FROM audit) - ?');
    // The oldest come first: those that count until later have to wait for one more look.
    this.trimOld = database.prepare(
      'DELETE FROM audit WHERE id IN (SELECT id FROM (SELECT id, last_time FROM audit ORDER BY id LIMIT ?) WHERE last_time < ?)',
    );
    this.flushing = setInterval(() => this.flush(), FLUSH_MILLISECONDS);
    this.flushing.unref();
  }

  add(call: AuditedCall, requestId: string, atOnce: boolean): void {
    const now = Date.now();
    let its = this.pending.get(call.resource);
    if (!its) this.pending.set(call.resource, (its = []));
    const known = its.find((other) => isSame(other.call, call));
    if (known) {
      known.count++;
      known.lastTime = now;
      known.requestId = requestId;
    } else {
      its.push({ call, time: now, lastTime: now, count: 1, requestId });
      this.size++;
    }
    // A long list would no longer be short to go through.
    if (atOnce || this.size >= MOST_PENDING || its.length >= MOST_OF_ONE) this.flush();
  }

  /** Newest first, those with smaller ids than `before`. `project` '': all. */
  read(project: string, condition: Condition | null, before: number, limit: number): AuditEntry[] {
    this.flush();
    const where = ['id < ?', ...(project === '' ? [] : ['project = ?']), ...(condition ? [`(${condition.sql})`] : [])].join(' AND ');
    const parameters = [before, ...(project === '' ? [] : [project]), ...(condition?.parameters ?? []), limit];
    const rows = this.store.database.prepare(`SELECT ${COLUMNS} FROM audit WHERE ${where} ORDER BY id DESC LIMIT ?`).all(...parameters);
    return rows as unknown as AuditEntry[];
  }

  /** Of the oldest `most`, those that were last counted before `time` go. Answers how many. */
  dropBefore(time: number, most: number): number {
    return Number(this.trimOld.run(most, time).changes);
  }

  /** Never throws. */
  flush(): void {
    if (this.size === 0 || Date.now() < this.retryTime) return;
    try {
      this.write([...this.pending.values()].flat().sort((a, b) => a.lastTime - b.lastTime));
    } catch (error) {
      this.retryTime = Date.now() + FLUSH_MILLISECONDS;
      this.onTrouble(error as Error);
      if (this.size < MOST_WAITING) return;
      this.lost += this.size;
      this.clear();
      return;
    }
    this.clear();
    if (this.retryTime > 0) this.onTrouble(null);
    this.retryTime = 0;
  }

  private clear(): void {
    this.pending.clear();
    this.size = 0;
  }

  private write(entries: readonly Pending[]): void {
    this.store.transaction(() => {
      for (const { call, time, lastTime, count, requestId } of entries) {
        const { user, token, peer, method, resource, code, reason } = call;
        const project = resource.startsWith('projects/') ? ownerOf(resource) : '';
        this.insert.run(time, lastTime, count, project, user, token, peer, method, resource, code, reason, requestId);
      }
      this.untrimmed += entries.length;
      if (this.untrimmed < TRIM_STEP) return;
      this.untrimmed = 0;
      this.trim.run(this.most);
    });
  }

  close(): void {
    clearInterval(this.flushing);
    this.retryTime = 0;
    this.flush();
  }
}
