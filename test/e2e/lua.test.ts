// Lua, built statically with both C libraries, natively and in a machine with scripts of ours: equal output and exit code. Nothing of Lua is in this
// repository: the library is the distribution's (liblua5.4-dev), the sources for musl are what .ci/run fetches as Debian's source package.

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { have, which } from './beside.ts';
import { type Outcomes, runCases } from './cases.ts';
import { luaScripts } from './lua.ts';

const SCRIPTS = fileURLToPath(new URL('./lua/', import.meta.url));
const SOURCES = fileURLToPath(new URL('../../.cache/sources/lua5.4/src', import.meta.url));
const cases = luaScripts();

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'uintrd-lua-')));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const compiles = (...command: readonly string[]): boolean =>
  spawnSync(command[0]!, [...command.slice(1), '-E', '-x', 'c', '-'], { input: '#include <lua.h>' }).status === 0;

interface Build {
  readonly name: string;
  readonly isPossible: boolean;
  /** Makes the program and returns its path. */
  readonly make: () => string;
}

function built(name: string, ...command: readonly string[]): string {
  const path = join(folder, name);
  execFileSync(command[0]!, [...command.slice(1), '-o', path]);
  return path;
}

const host = join(SCRIPTS, 'host.c');
const hasLibrary = compiles('gcc', '-I/usr/include/lua5.4');
const librarySources = (): string[] =>
  readdirSync(SOURCES)
    .filter((name) => name.endsWith('.c') && name !== 'luac.c')
    .map((name) => join(SOURCES, name));

const BUILDS: readonly Build[] = [
  {
    name: 'static, glibc',
    isPossible: hasLibrary,
    // What it says of dlopen in a static program is not our business.
    make: () => built('glibc', 'gcc', '-w', '-Wl,-w', '-O2', '-static', '-I/usr/include/lua5.4', host, '-llua5.4', '-lm', '-ldl'),
  },
  {
    name: 'static, musl',
    isPossible: existsSync(SOURCES) && which('musl-gcc') !== undefined,
    make: () => built('musl', 'musl-gcc', '-O1', '-static', '-DLUA_USE_POSIX', ...librarySources(), '-lm'),
  },
];

for (const { name, isPossible, make } of BUILDS) {
  if (!isPossible) console.warn(`SKIPPED: Lua, ${name} (needs liblua5.4-dev, or musl-gcc and the source package in .cache/sources)`);
  describe.runIf(isPossible && have('scripts of Lua', '/bin/busybox'))(`Lua, ${name}`, () => {
    let outcomes: Outcomes[];
    beforeAll(async () => {
      const program = make();
      outcomes = await runCases(cases, { command: `${program} $1`, programs: [program] });
    }, 120_000);

    test.each(cases.map(([script], n) => [script, n] as const))('%s', (_script, n) => {
      expect(outcomes[n]!.inMachine).toBe(outcomes[n]!.natively);
      expect(outcomes[n]!.natively).not.toContain('no outcome');
    });
  });
}
