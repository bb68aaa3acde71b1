// Records mmx.bin.gz on this machine's processor: node test/vectors/mmx/generate.ts

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { BUFFER_BYTES, mmxCases } from './cases.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'mmx-'));
try {
  execFileSync('gcc', ['-O1', '-Wall', '-Wextra', '-o', join(directory, 'harness'), join(here, 'harness.c')]);
  const input = Buffer.concat(
    mmxCases().flatMap(({ bytes, input: buffer }) => {
      const length = Buffer.alloc(4);
      length.writeUInt32LE(bytes.length);
      return [length, Buffer.from(bytes), buffer];
    }),
  );
  const output = execFileSync(join(directory, 'harness'), { input, maxBuffer: 1 << 26 });
  writeFileSync(join(here, 'mmx.bin.gz'), gzipSync(output, { level: 9 }));
  console.log(`${output.length / BUFFER_BYTES} cases`);
} finally {
  rmSync(directory, { recursive: true });
}
