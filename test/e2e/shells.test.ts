// Real shells of the distribution, static and dynamically linked, natively and in a machine with the same scripts: equal output and exit code.

import { existsSync, readdirSync, statSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { have, hostFile } from './beside.ts';
import type { PackedNode } from '../../clients/cli/pack/tar-writer.ts';
import { type Case, type Outcomes, runCases } from './cases.ts';
import { BASH, POSIX } from './shells.ts';

interface Shell {
  readonly name: string;
  /** Of this host; the shell first. */
  readonly programs: readonly string[];
  readonly command: string;
  readonly cases: readonly Case[];
  readonly files?: readonly PackedNode[];
  /** What /bin/sh is. */
  readonly shell?: string;
}

const LOCALE = '/usr/lib/locale/C.utf8';
/** What setlocale(3) reads of it. */
const locale = existsSync(LOCALE)
  ? readdirSync(LOCALE, { recursive: true, encoding: 'utf8' })
      .map((name) => `${LOCALE}/${name}`)
      .filter((path) => statSync(path).isFile())
      .map(hostFile)
  : [];

const SHELLS: readonly Shell[] = [
  { name: 'busybox', programs: ['/bin/busybox'], command: 'busybox sh $1', cases: POSIX },
  { name: 'bash-static', programs: ['/bin/bash-static'], command: '/bin/bash-static --norc $1', cases: [...POSIX, ...BASH], files: locale },
  { name: 'dash', programs: ['/bin/dash'], command: '/bin/dash $1', cases: POSIX, shell: 'dash' },
];

for (const { name, programs, cases, ...setting } of SHELLS)
  describe.runIf(have(name, '/bin/busybox', ...programs))(name, () => {
    let outcomes: Outcomes[];
    beforeAll(async () => {
      outcomes = await runCases(cases, { programs, ...setting });
    }, 120_000);

    test.each(cases.map(([what], n) => [what, n] as const))('%s', (_what, n) => {
      expect(outcomes[n]!.inMachine).toBe(outcomes[n]!.natively);
      expect(outcomes[n]!.natively).not.toContain('no outcome');
    });
  });
