// `npm run check`: types, lint with walls, format, protos and what is generated from them. Runs everything, then fails if anything did.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const LAUNCH = fileURLToPath(new URL('../bin/launch.js', import.meta.url));
const ROOT = fileURLToPath(new URL('../', import.meta.url));

const CHECKS: readonly (readonly [what: string, ...command: string[]])[] = [
  ['types', '--tool', 'tsc', '-p', 'tsconfig.json'],
  ['lint and walls', '--tool', 'oxlint', '--type-aware', 'src', 'clients', 'test', 'bench', 'fuzz', 'scripts', 'guests'],
  ['format', '--tool', 'biome', 'format'],
  ['buf lint', '--tool', 'buf', 'lint'],
  ['event.proto', 'scripts/generate-event-proto.ts', '--check'],
  ['src/gen/api.ts', 'scripts/generate-api.ts', '--check'],
  ['src/gen/descriptors.ts', 'scripts/generate-descriptors.ts', '--check'],
  ['src/machine/snapshot/classes.ts', 'scripts/generate-state-classes.ts', '--check'],
  ['docs/compatibility.md', 'scripts/generate-compatibility.ts', '--check'],
];

const failed = CHECKS.filter(([what, ...command]) => {
  console.log(`== ${what}`);
  return spawnSync(process.execPath, [LAUNCH, ...command], { cwd: ROOT, stdio: 'inherit' }).status !== 0;
});
if (failed.length > 0) console.error(`check: failed: ${failed.map(([what]) => what).join(', ')}`);
process.exitCode = failed.length > 0 ? 1 : 0;
