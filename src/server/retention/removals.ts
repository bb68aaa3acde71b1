// What retention has removed, and why, so that whoever asks for it hears that it was there: the latest of them, until their names are used again.

import type { StatementSync } from 'node:sqlite';
import { MachineError, type MachineErrorCode } from '../../machine/errors.ts';
import type { Store } from '../store/store.ts';

export interface Reason {
  /** The flag of the setting, and its value. */
  readonly setting: string;
  readonly value: number;
  /** Milliseconds since 1970. */
  readonly time: number;
}

const MOST = 10_000;

export class Removals {
  private readonly insert: StatementSync;
  private readonly trim: StatementSync;
  private readonly erase: StatementSync;
  private readonly eraseProject: StatementSync;
  private readonly find: StatementSync;

  /** `most` are remembered. */
  constructor({ database }: Store, most = MOST) {
    this.insert = database.prepare('INSERT OR REPLACE INTO removals (name, time, setting, value) VALUES (?, ?, ?, ?)');
    this.trim = database.prepare(`DELETE FROM removals WHERE ordinal <= (SELECT max(ordinal) FROM removals) - ${most}`);
    this.erase = database.prepare('DELETE FROM removals WHERE name = ?');
    // "0" is what follows "/".
    this.eraseProject = database.prepare("DELETE FROM removals WHERE name > ? || '/' AND name < ? || '0'");
    this.find = database.prepare('SELECT time, setting, value FROM removals WHERE name = ?');
  }

  /** In the transaction that removes it. */
  note(name: string, { time, setting, value }: Reason): void {
    this.insert.run(name, time, setting, value);
    this.trim.run();
  }

  /** There is something of that name again. */
  forget(name: string): void {
    this.erase.run(name);
  }

  /** The project is gone, with all names in it. */
  forgetProject(project: string): void {
    this.eraseProject.run(project, project);
  }

  /** Null if it was not removed by retention. */
  reasonOf(name: string): Reason | null {
    return (this.find.get(name) as Reason | undefined) ?? null;
  }
}

/** `what` as in "snapshot". */
export function notFound(removals: Removals | null, code: MachineErrorCode, what: string, name: string): MachineError {
  const removed = removals?.reasonOf(name);
  if (!removed) return new MachineError(code, `there is no ${what} ${name}`, { name });
  const { time, setting, value } = removed;
  const when = new Date(time).toISOString();
  const message = `there is no ${what} ${name} any more: it was removed by retention at ${when}, because ${setting} was ${value}`;
  return new MachineError(code, message, { name, removed_by: setting, removed_time: when });
}
