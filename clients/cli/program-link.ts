// Where a program of this host lies in a machine: at /bin, so that others find it, and as a link where its argument 0 says, as programs start
// themselves anew by that.

import { posix } from 'node:path';
import { ApiError } from '../ts/api-error.ts';

export interface ProgramLink {
  readonly path: string;
  readonly symlink: string;
}

/** Of a program at `path`, started as `program` in the folder /. None where the name leads to what every machine has. */
export function linkOf(program: string, path: string): readonly ProgramLink[] {
  const link = posix.join('/', program);
  return program.includes('/') && link !== path && !/^\/(dev|proc|sys)(\/|$)/.test(link) ? [{ path: link, symlink: path }] : [];
}

/** `spawn` with `links` among the files, and without where their names are taken. */
export async function withLinks<T>(links: readonly ProgramLink[], spawn: (links: readonly ProgramLink[]) => Promise<T>): Promise<T> {
  try {
    return await spawn(links);
  } catch (error) {
    if (links.length === 0 || !(error instanceof ApiError) || error.reason !== 'FILE_ERROR') throw error;
    return spawn([]);
  }
}
