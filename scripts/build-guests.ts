// Builds the guest programs into guests/bin: npm run build:guests [-- NAME...]
// Needs musl-gcc over gcc 11 or newer (for -muintr). Everything is static; symbols stay, so that events can name functions.

import { execFileSync } from 'node:child_process';
import { mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Guest, guests } from '../guests/guests.ts';
import { isMain } from './is-main.ts';

const root = fileURLToPath(new URL('../guests/', import.meta.url));

/** Compiles one guest with `compiler` to `output`. */
export function buildGuest(guest: Guest, compiler: string, output: string): void {
  mkdirSync(dirname(output), { recursive: true });
  const flags = ['-static', '-g0', '-Wall', '-Wextra', '-Wno-unused-function', '-I', join(root, 'include'), ...guest.flags];
  const sources = [guest.source, ...(guest.also ?? [])].map((source) => join(root, source));
  execFileSync(compiler, [...flags, '-o', output, ...sources, '-lm', '-lpthread'], { stdio: 'inherit' });
}

if (isMain(import.meta.url)) {
  const wanted = process.argv.slice(2);
  for (const guest of guests) {
    if (wanted.length > 0 && !wanted.includes(guest.name)) continue;
    const output = join(root, 'bin', guest.name);
    buildGuest(guest, 'musl-gcc', output);
    console.log(`${guest.name} ${statSync(output).size}`);
  }
}
