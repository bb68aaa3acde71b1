// A small table that is wholly in memory, in the order of creation, and written through to the store: what is read at every call and
// changed by people. One JSON document a row.

import type { StatementSync } from 'node:sqlite';
import type { Store } from './store.ts';

export class KeptMap<T extends object> {
  private readonly byName = new Map<string, T>();
  private readonly write: StatementSync;
  private readonly erase: StatementSync;

  /** `table` has the columns ordinal, name and body. */
  constructor(store: Store, table: 'projects' | 'users' | 'tokens' | 'leases' | 'artifacts') {
    const { database } = store;
    this.write = database.prepare(`INSERT INTO ${table} (name, body) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET body = excluded.body`);
    this.erase = database.prepare(`DELETE FROM ${table} WHERE name = ?`);
    for (const { name, body } of database.prepare(`SELECT name, body FROM ${table} ORDER BY ordinal`).all())
      this.byName.set(name as string, JSON.parse(body as string) as T);
  }

  get size(): number {
    return this.byName.size;
  }

  get(name: string): T | undefined {
    return this.byName.get(name);
  }

  values(): T[] {
    return [...this.byName.values()];
  }

  set(name: string, value: T): void {
    this.write.run(name, JSON.stringify(value));
    this.byName.set(name, value);
  }

  delete(name: string): void {
    this.erase.run(name);
    this.byName.delete(name);
  }
}
