// The first administrator of a data directory: a user and a token, whose secret goes into a file for the daemon's owner alone.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StoreError } from '../store/store-error.ts';
import { EVERY_PROJECT } from '../resource-name.ts';
import type { Tokens } from './tokens.ts';
import type { Users } from './users.ts';

const FILE = 'admin-token';

/** The path of the file if it was written now; undefined if there are users already. */
export function makeFirstAdmin(users: Users, tokens: Tokens, directory: string): string | undefined {
  if (users.list().length > 0) return undefined;
  const path = join(directory, FILE);
  const { name } = users.create('admin', {
    displayName: 'First administrator',
    roles: [{ project: EVERY_PROJECT, role: 'ROLE_ADMIN' }],
  });
  const { secret } = tokens.create(name, 'made at the first start');
  try {
    writeFileSync(path, `${secret}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    tokens.deleteOf(name);
    users.forget(name);
    throw new StoreError(path, `cannot be written: ${(error as Error).message}`, 'move what is there away, and start again');
  }
  return path;
}
