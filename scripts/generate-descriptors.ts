// Writes src/gen/descriptors.ts, the descriptors of proto/ that server reflection serves. `--check` compares instead.

import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isMain } from './is-main.ts';

export const DESCRIPTORS_MODULE = new URL('../src/gen/descriptors.ts', import.meta.url);
const ROOT = fileURLToPath(new URL('../', import.meta.url));
const BUF = fileURLToPath(import.meta.resolve('@bufbuild/buf/bin/buf'));
const COLUMNS = 120;

export function descriptorsModule(): string {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [BUF, 'build', '--as-file-descriptor-set', '--exclude-source-info', '-o', '-#format=binpb'],
    { cwd: ROOT, maxBuffer: 64 << 20 },
  );
  if (status !== 0) throw new Error(`buf build failed: ${String(stderr)}`);
  const lines = stdout.toString('base64').match(new RegExp(`.{1,${COLUMNS}}`, 'g'))!;
  return `// Generated from proto/ by scripts/generate-descriptors.ts: change the protos instead.

/** A google.protobuf.FileDescriptorSet of the API and all that it imports, as base64. */
export const DESCRIPTOR_SET = [
${lines.map((line) => `  '${line}',`).join('\n')}
].join('');
`;
}

if (isMain(import.meta.url)) {
  if (!process.argv.includes('--check')) writeFileSync(DESCRIPTORS_MODULE, descriptorsModule());
  else if (readFileSync(DESCRIPTORS_MODULE, 'utf8') !== descriptorsModule()) {
    console.error('src/gen/descriptors.ts differs from proto/: run scripts/generate-descriptors.ts');
    process.exitCode = 1;
  }
}
