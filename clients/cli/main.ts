// uintrctl.

import { existsSync, readFileSync } from 'node:fs';
import { main } from './program.ts';

/** From clients/cli/ in a checkout, from dist/clients/cli/ in the package. */
const manifest = ['../../package.json', '../../../package.json']
  .map((path) => new URL(path, import.meta.url))
  .find((url) => existsSync(url))!;
const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };

// A reader that goes away shows in the writes; it must not end us with a stack trace.
process.stdout.on('error', () => {});
process.stderr.on('error', () => {});
process.exitCode = await main(process.argv.slice(2), version);
// Nothing is left to do; once all is written, handles that linger (a terminal's input) must not keep us.
if (!process.stdout.destroyed) await new Promise((resolve) => process.stdout.write('', resolve));
process.exit();
