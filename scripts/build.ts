// Compiles src and clients to dist, for the published package: Node strips no types below node_modules.

import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
rmSync(new URL('../dist', import.meta.url), { recursive: true, force: true });
const { status } = spawnSync(
  process.execPath,
  [fileURLToPath(new URL('../bin/launch.js', import.meta.url)), '--tool', 'tsc', '-p', 'tsconfig.build.json'],
  { cwd: root, stdio: 'inherit' },
);
process.exitCode = status ?? 1;
