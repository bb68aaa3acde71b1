// Programs with Debian's unmodified liburing, built here: the machine and this host's kernel must say the same.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { ringsOf } from '../../src/uring/report.ts';
import { run } from '../machine/run-guest.ts';
import { natively } from '../guests/natively.ts';

const directory = mkdtempSync(join(tmpdir(), 'liburing-'));
afterAll(() => rmSync(directory, { recursive: true }));

function build(source: string, output: string): boolean {
  return spawnSync('gcc', ['-O2', '-static', '-o', output, source, '-luring'], { stdio: 'ignore' }).status === 0;
}

/** Whether gcc and a static liburing are here at all: a program of ours that does not build is an error, not a reason to skip. */
function hasLiburing(): boolean {
  const source = join(directory, 'empty.c');
  writeFileSync(source, '#include <liburing.h>\nint main(void) { struct io_uring ring; return io_uring_queue_init(1, &ring, 0); }\n');
  return build(source, join(directory, 'empty'));
}

const available = hasLiburing();
if (!available) console.warn('SKIPPED: programs with liburing (needs gcc and a static liburing, Debian packages gcc and liburing-dev)');

describe.skipIf(!available).each(['basics'])('%s', (name) => {
  const program = join(directory, name);

  it('prints in a machine what it prints on this host', () => {
    expect(build(fileURLToPath(new URL(`liburing/${name}.c`, import.meta.url)), program)).toBe(true);
    const { status, stdout, stderr, machine } = run(new Uint8Array(readFileSync(program)), {}, { abi: 'none' });
    expect({ status, stderr, end: stdout.slice(-5), rings: ringsOf(machine.board.uring) }).toEqual({
      status: 0,
      stderr: '',
      end: 'done\n',
      rings: [],
    });
    const native = natively(program, (outcome) => outcome.status === 77 || outcome.stdout === stdout);
    if (native.status === 77) {
      console.warn('SKIPPED: this host does not permit io_uring, so the output was not compared with a real kernel');
      return;
    }
    expect({ stdout, stderr, status }).toEqual(native);
  });
});
