// Which engine this is: a sum over the files that decide what a machine does. Another engine may do otherwise, so what was recorded with
// one is replayed by the same one alone. (A checkout runs its sources and a package what they were compiled to: two engines.)

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FOLDERS = ['kernel', 'machine', 'uring'];
let fingerprint = '';

/** 16 hexadecimal digits; the files are read by the first call. */
export function engineFingerprint(): string {
  if (fingerprint !== '') return fingerprint;
  const root = fileURLToPath(new URL('../', import.meta.url));
  const sum = createHash('sha256');
  for (const folder of FOLDERS)
    for (const name of (readdirSync(join(root, folder), { recursive: true }) as string[]).sort())
      if (/\.[jt]s$/.test(name)) sum.update(`${folder}/${name}\n`).update(readFileSync(join(root, folder, name)));
  return (fingerprint = sum.digest('hex').slice(0, 16));
}
