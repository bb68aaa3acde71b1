// Guest programs built anew by a compiler of this machine: natively and in a machine they print what the built ones do.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { type Guest, guests, MODELLED_RELEASE } from '../../guests/guests.ts';
import { buildGuest } from '../../scripts/build-guests.ts';
import type { Abi } from '../../src/machine/machine-spec.ts';
import { run } from '../machine/run-guest.ts';
import { expectNatively } from './natively.ts';

export const root = fileURLToPath(new URL('../../guests/', import.meta.url));
export const native = process.platform === 'linux' && process.arch === 'x64';

/** Of this processor, as Linux names it. */
const maker = native ? /^vendor_id\s*: (.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1] : undefined;

const isRoot = process.getuid?.() === 0;
if (!native) console.warn('SKIPPED: guest programs run natively on x86-64 Linux only');
else {
  if (!isRoot) console.warn('SKIPPED: guest programs that change users are judged natively only as root');
  const elsewhere = guests.filter((guest) => guest.release && !release().startsWith(guest.release)).length;
  if (elsewhere > 0)
    console.warn(`SKIPPED: ${elsewhere} guest programs are judged natively on Linux ${MODELLED_RELEASE}x, this is ${release()}`);
}

/** Ends by itself with output that depends on nothing. */
function repeatable({ name, uintr }: Guest): boolean {
  return !uintr && !/^(bench|uring|ipc|calibrate|fuzz)\/|^(fault|errno)$/.test(name);
}

/** Whether what it prints here is what is expected. */
export function judgedHere(guest: Guest): boolean {
  if (!native || !repeatable(guest) || (guest.maker && guest.maker !== maker)) return false;
  return (!guest.needsRoot || isRoot) && (!guest.release || release().startsWith(guest.release));
}

export function expected(name: string): string {
  return readFileSync(join(root, 'expected', `${name}.txt`), 'utf8');
}

/** Whether it is a gcc that has -muintr. */
function usable(command: string): boolean {
  const { status, stdout } = spawnSync(command, ['-dumpversion'], { encoding: 'utf8' });
  return status === 0 && Number.parseInt(stdout, 10) >= 11;
}

export function describeRebuilt(command: string, given: readonly Guest[]): void {
  const there = native && usable(command);
  if (native && !there) console.warn(`SKIPPED: guests are not rebuilt with ${command}, which is not here or older than 11`);
  const directory = mkdtempSync(join(tmpdir(), 'guests-'));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  describe.runIf(there)(`guests built anew with ${command}`, () => {
    it.each(given.map((guest) => [guest.name, guest] as const))(
      '%s',
      (name, guest) => {
        const output = join(directory, command, name);
        buildGuest(guest, command, output);
        const image = new Uint8Array(readFileSync(output));
        expect(Buffer.from(image.subarray(0, 4)).toString('latin1')).toBe('\x7fELF');
        expect(Buffer.from(image).readUInt16LE(18)).toBe(62);
        if (judgedHere(guest)) expectNatively(output, expected(name));
        if (repeatable(guest)) {
          expect(run(image)).toMatchObject({ stdout: expected(name), stderr: '', status: 0 });
        } else if (guest.uintr && !/^(async-io|ipc|calibrate)\/|^(fatal|quiescent|latency)\./.test(name)) {
          const { stdout, status } = run(image, {}, { abi: name.split('.')[1] as Abi });
          expect(stdout).not.toMatch(/^FAILED/m);
          expect(status).toBe(0);
        }
      },
      60_000,
    );
  });
}
