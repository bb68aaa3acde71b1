// Builds and runs generate.c on this processor and writes processor.bin.gz:
//   node test/vectors/x87/build.ts
// The file is gzip of one line of JSON, {"operations": [{code, sti, bytes, store}]}, and then records, little-endian:
//   u8 operation, u16 fcw, u16 fsw, u8 ftw, u16 rflags, 10 bytes ST(0), 10 bytes ST(1), memory operand if it is read;
//   u16 fcw, u16 fsw, u8 ftw, u16 rflags, u8 mask of changed physical registers, 10 bytes each of those, memory if it is written.
// ST(2) to ST(7) start as significand 0xc000000000000000 + i, exponent 0x4000 + i.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const here = import.meta.dirname;
const directory = mkdtempSync(join(tmpdir(), 'x87-'));
const program = join(directory, 'generate');
execFileSync('gcc', ['-O1', '-mno-red-zone', '-Wall', join(here, 'generate.c'), '-o', program], { stdio: 'inherit' });
const records = execFileSync(program, { maxBuffer: 64 << 20 });
writeFileSync(join(here, 'processor.bin.gz'), gzipSync(records, { level: 9 }));
rmSync(directory, { recursive: true });
