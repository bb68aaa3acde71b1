// True for the file that was started, by node itself or through bin/launch.js, which only import.meta.main of the first kind tells.

import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export function isMain(url: string): boolean {
  const started = process.argv[1];
  return started !== undefined && realpathSync(started) === realpathSync(fileURLToPath(url));
}
