// Which executor runs changes nothing, for every guest program, for shells and for the tests of liburing (LIBURING_TESTS names a folder of
// static ones): each choice of executors, each size of budget, interrupted at random.

import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { guests } from '../../guests/guests.ts';
import type { Abi, MachineSpec } from '../../src/machine/machine-spec.ts';
import { RandomGenerator } from '../../src/machine/random-generator.ts';
import { guest } from '../machine/run-guest.ts';
import { REFERENCE, SETTINGS, type TierProgram, tierOutcome } from '../machine/tier-runs.ts';

const SEEDS = [1n];
const SCRIPTS: readonly (readonly [name: string, script: string])[] = [
  ['loops and pipes', 'for i in 1 2 3; do echo $i | busybox sed s/1/one/; done; echo $((6 * 7))'],
  ['a long pipeline', 'busybox seq 1 60 | busybox grep 7 | busybox sort -rn | busybox head -n 3'],
  ['signals', "trap 'echo caught' USR1; kill -USR1 $$; (sleep 0.001; echo late) & wait; echo $?"],
  [
    'text',
    'x=path/to/file.tar.gz; echo ${x##*/} ${x%%.*}; busybox printf "b 2\\na 10\\n" | busybox sort | busybox awk "{ s += \\$2 } END { print s }"',
  ],
  [
    'sums',
    'busybox head -c 20000 /bin/busybox | busybox md5sum; busybox head -c 20000 /bin/busybox | busybox gzip | busybox gunzip | busybox sha256sum',
  ],
];

let turn = 0;

/** Each program by half of the settings, the next one by the other half. */
function compare(program: Omit<TierProgram, 'seed'>): void {
  const settings = SETTINGS.filter((_, i) => i % 2 === turn % 2);
  turn++;
  for (const seed of SEEDS) {
    const expected = tierOutcome({ ...program, seed }, REFERENCE);
    for (const setting of settings)
      expect({ ...setting, ...tierOutcome({ ...program, seed }, setting) }).toEqual({ ...setting, ...expected });
  }
}

const random = new RandomGenerator(20_250_901n);
/** Each program has a flight of its own, so that user interrupts arrive anywhere. */
const specOf = (name: string): Partial<MachineSpec> => ({
  abi: (/\.(poc|k518|rfc)$/.exec(name)?.[1] ?? 'none') as Abi,
  vcpus: 1 + (random.next() % 3),
  cost_overrides: { ipi_flight: 500 + (random.next() % 300) },
});

describe('guest programs', () => {
  const names = guests.map(({ name }) => name).filter((name) => !/^(bench\/|fault$|fatal)/.test(name));
  test.each(names)('%s', (name) => compare({ image: guest(name), spec: specOf(name), end: 3_000_000, stops: 4 }));
  const benches = guests.map(({ name }) => name).filter((name) => name.startsWith('bench/'));
  test.each(benches)('%s', (name) => compare({ image: guest(name), spec: specOf(name), end: 3_000_000, stops: 4 }));
});

const BUSYBOX = '/bin/busybox';
const SHELLS = [BUSYBOX, '/bin/bash-static'].filter((path) => existsSync(path));
if (SHELLS.length < 2) console.warn('SKIPPED: shells that are not here (Debian packages busybox-static, bash-static)');
describe.each(SHELLS)('%s', (shell) => {
  test.each(SCRIPTS)('%s', (_name, script) => {
    const files = existsSync(BUSYBOX) ? [{ path: '/bin/busybox', bytes: new Uint8Array(readFileSync(BUSYBOX)), mode: 0o755 }] : [];
    const argv = shell === BUSYBOX ? ['busybox', 'sh', '-c', script] : ['bash', '-c', script];
    compare({
      image: new Uint8Array(readFileSync(shell)),
      options: { arguments: argv, files },
      spec: specOf('none'),
      end: 8_000_000,
      stops: 3,
    });
  });
});

const liburing = process.env['LIBURING_TESTS'];
if (!liburing) console.warn('SKIPPED: the tests of liburing (LIBURING_TESTS names no folder)');
describe.runIf(liburing)('tests of liburing', () => {
  const files = liburing ? readdirSync(liburing).filter((name) => name.endsWith('.t') && statSync(join(liburing, name)).isFile()) : [];
  test.each(files)('%s', (name) =>
    compare({ image: new Uint8Array(readFileSync(join(liburing!, name))), spec: specOf(name), end: 20_000_000, stops: 2 }),
  );
});
