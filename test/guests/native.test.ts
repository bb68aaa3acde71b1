// Guest programs on this machine's own kernel and processor. Where there is a compiler the sources are built anew, with musl and
// with glibc, and plain ones run: their output is what the machine must print too (guests/expected). Elsewhere the built ones run.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { type Guest, guests } from '../../guests/guests.ts';
import { buildGuest } from '../../scripts/build-guests.ts';
import type { Abi } from '../../src/machine/machine-spec.ts';
import { run } from '../machine/run-guest.ts';

const root = fileURLToPath(new URL('../../guests/', import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'guests-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Version of a gcc that has -muintr, or null. */
function compiler(command: string): string | null {
  const result = spawnSync(command, ['-dumpversion'], { encoding: 'utf8' });
  return result.status === 0 && Number.parseInt(result.stdout, 10) >= 11 ? command : null;
}

const native = process.platform === 'linux' && process.arch === 'x64';
const compilers = ['musl-gcc', 'gcc'].filter((command) => native && compiler(command));
if (!native) console.warn('SKIPPED: guest programs run natively on x86-64 Linux only');
for (const command of ['musl-gcc', 'gcc'])
  if (!compilers.includes(command)) console.warn(`SKIPPED: guests are not rebuilt with ${command}, which is not here or older than 11`);

const isRoot = process.getuid?.() === 0;
if (native && !isRoot) console.warn('SKIPPED: guest programs that change users are judged natively only as root');

/** Plain programs that end by themselves with output that depends on nothing. */
const runnable = guests.filter(
  (guest) => !guest.uintr && !/^(bench|uring|ipc|calibrate|fuzz)\/|^(fault|errno)$/.test(guest.name) && (!guest.needsRoot || isRoot),
);

function expected(name: string): string {
  return readFileSync(join(root, 'expected', `${name}.txt`), 'utf8');
}

describe.runIf(native)('built guests on this kernel', () => {
  it.each(runnable.map((guest) => guest.name))('%s prints what is expected', (name) => {
    const result = spawnSync(join(root, 'bin', name), [], { encoding: 'utf8', timeout: 20_000 });
    expect(result.stdout).toBe(expected(name));
    expect(result.status).toBe(0);
  });

  it.each([
    ['null-write', 'SIGSEGV'],
    ['null-call', 'SIGSEGV'],
    ['divide', 'SIGFPE'],
    ['ud2', 'SIGILL'],
    ['privileged', 'SIGSEGV'],
    ['misaligned', 'SIGSEGV'],
    ['non-canonical', 'SIGSEGV'],
    ['stack-overflow', 'SIGSEGV'],
    ['not-executable', 'SIGSEGV'],
    ['breakpoint', 'SIGTRAP'],
    ['abort', 'SIGABRT'],
  ])('fault %s dies by %s', (way, signal) => {
    const result = spawnSync(join(root, 'bin/fault'), [way], { encoding: 'utf8' });
    expect(result.stdout).toBe(`dying by ${way}\n`);
    expect(result.signal).toBe(signal);
  });
});

/** With glibc one ABI is enough: the system calls differ by their numbers. */
const rebuilt = (command: string): readonly Guest[] =>
  command === 'gcc' ? guests.filter((guest) => !/\.(rfc|k518)$|-O0$/.test(guest.name)) : guests;

describe.each(compilers)('guests built anew with %s', (command) => {
  it.each(rebuilt(command).map((guest) => [guest.name, guest] as const))(
    '%s',
    (name, guest) => {
      const output = join(directory, command, name);
      buildGuest(guest, command, output);
      const header = readFileSync(output).subarray(0, 20);
      expect(header.toString('latin1', 0, 4)).toBe('\x7fELF');
      expect(header.readUInt16LE(18)).toBe(62);
      const image = new Uint8Array(readFileSync(output));
      if (runnable.includes(guest)) {
        expect(execFileSync(output, { encoding: 'utf8', timeout: 20_000 })).toBe(expected(name));
        expect(run(image)).toMatchObject({ stdout: expected(name), stderr: '', status: 0 });
      } else if (guest.uintr && !/^(ipc|calibrate)\/|^(fatal|quiescent|latency)\./.test(name)) {
        const { stdout, status } = run(image, {}, { abi: name.split('.')[1] as Abi });
        expect(stdout).not.toMatch(/^FAILED/m);
        expect(status).toBe(0);
      }
    },
    60_000,
  );
});
