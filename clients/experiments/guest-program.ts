// The guest programs that come along, built.

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** From clients/experiments/ in a checkout, from dist/clients/experiments/ in the package. */
const DIRECTORIES = ['../../guests/bin/', '../../../guests/bin/'];

export interface GuestProgram {
  readonly name: string;
  readonly image: Uint8Array;
  readonly sha256: string;
}

export async function guestProgram(name: string): Promise<GuestProgram> {
  const path = DIRECTORIES.map((directory) => fileURLToPath(new URL(directory + name, import.meta.url))).find((file) => existsSync(file));
  if (path === undefined) throw new Error(`the guest program ${name} is not built: npm run build:guests -- ${name}`);
  const image = await readFile(path);
  return { name, image, sha256: createHash('sha256').update(image).digest('hex') };
}
