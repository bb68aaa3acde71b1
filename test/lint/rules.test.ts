// The linter's own test: each wall and each rule of determinism fires where it must, and nowhere else.

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { wallBetween } from '../../scripts/lint/walls.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

describe('walls', () => {
  it.each([
    ['src/server/a.ts', 'src/machine/protocol.ts', true],
    ['src/server/a.ts', 'src/machine/errors.ts', true],
    ['src/server/a.ts', 'src/machine/machine.ts', false],
    ['src/server/a.ts', 'src/kernel/kernel.ts', false],
    ['src/server/a.ts', 'clients/ts/client.ts', false],
    ['clients/cli/a.ts', 'src/gen/api.ts', true],
    ['clients/cli/a.ts', 'src/text/table.ts', true],
    ['src/server/upkeep/a.ts', 'src/text/table.ts', true],
    ['src/text/a.ts', 'src/wire/encode.ts', false],
    ['clients/cli/a.ts', 'clients/ts/client.ts', true],
    ['clients/cli/a.ts', 'src/server/main.ts', false],
    ['clients/cli/a.ts', 'src/machine/protocol.ts', false],
    ['clients/experiments/a.ts', 'clients/cli/run.ts', false],
    ['src/machine/machine.ts', 'src/kernel/kernel.ts', true],
    ['src/machine/machine.ts', 'src/server/main.ts', false],
    ['src/machine/cpu/a.ts', 'src/machine/memory/layout.ts', true],
    ['src/machine/cpu/a.ts', 'src/kernel/kernel.ts', false],
    ['src/machine/cpu/deep/a.ts', 'src/machine/machine.ts', false],
    ['src/machine/uintr/a.ts', 'src/machine/cpu/exit.ts', true],
    ['src/machine/uintr/a.ts', 'src/machine/cpu/cpu.ts', false],
    ['src/machine/memory/a.ts', 'src/machine/cpu/cpu.ts', false],
    ['src/machine/events/a.ts', 'src/machine/memory/layout.ts', false],
    ['src/kernel/a.ts', 'src/machine/cpu/state.ts', true],
    ['src/kernel/a.ts', 'src/machine/machine.ts', false],
    ['src/kernel/a.ts', 'src/uring/ring.ts', false],
    ['src/kernel/abi/a.ts', 'src/kernel/kernel.ts', false],
    ['src/uring/a.ts', 'src/kernel/kernel.ts', true],
    ['src/uring/a.ts', 'src/machine/machine.ts', false],
    ['test/a.ts', 'src/kernel/kernel.ts', true],
  ])('%s -> %s: %s', (file, target, allowed) => {
    expect(wallBetween(file, target) === undefined).toBe(allowed);
  });
});

describe('the configured linter', () => {
  // A small copy of the tree with bad files in it, under the real configuration.
  const tree = mkdtempSync(join(tmpdir(), 'uintrd-lint-'));
  afterAll(() => rmSync(tree, { recursive: true }));
  for (const name of readdirSync(ROOT))
    if (['node_modules', '.oxlintrc.json'].includes(name)) symlinkSync(join(ROOT, name), join(tree, name));
  mkdirSync(join(tree, 'scripts'));
  // The plugin takes the repository from its own place, so it is copied, not linked.
  mkdirSync(join(tree, 'scripts/lint'));
  writeFileSync(join(tree, 'scripts/lint/walls.js'), readFile('scripts/lint/walls.js'));

  function readFile(path: string): string {
    return String(spawnSync('cat', [join(ROOT, path)]).stdout);
  }

  function lint(file: string, source: string): string {
    mkdirSync(dirname(join(tree, file)), { recursive: true });
    writeFileSync(join(tree, file), source);
    const { stdout, stderr } = spawnSync(process.execPath, [join(ROOT, 'node_modules/oxlint/bin/oxlint'), '--format', 'unix', file], {
      cwd: tree,
      encoding: 'utf8',
    });
    rmSync(join(tree, file));
    return stdout + stderr;
  }

  it.each([
    ['src/kernel/a.ts', 'export const now = (): number => Date.now();', /'Date'.*virtual time/],
    ['src/machine/a.ts', 'export const now = (): number => performance.now();', /'performance'/],
    ['src/machine/cpu/a.ts', 'export const x = (): number => Math.random();', /Math\.random/],
    ['src/uring/a.ts', 'export const later = (f: () => void): unknown => setTimeout(f, 1);', /'setTimeout'/],
    ['src/machine/a.ts', 'export const id = (): string => crypto.randomUUID();', /'crypto'/],
    ['src/kernel/a.ts', "import { randomBytes } from 'node:crypto';\nexport const x = randomBytes(1);", /node:crypto/],
    ['src/kernel/a.ts', "import { readFileSync } from 'node:fs';\nexport const x = readFileSync('x');", /'node:fs' import is restricted/],
    ['src/machine/a.ts', 'export const pid = (): number => process.pid;', /'process'/],
    ['src/kernel/a.ts', "import { x } from '../uring/x.ts';\nexport const y = x;", /src\/kernel\/ may import.*walls/],
    ['src/server/a.ts', "import type { X } from '../kernel/x.ts';\nexport const y: X = 1;", /src\/server\/ may import.*walls/],
    ['src/machine/cpu/a.ts', "export * from '../machine.ts';", /src\/machine\/cpu\/ may import.*walls/],
    ['clients/ts/a.ts', "export const y = await import('../../src/server/main.ts');", /clients\/ may import.*walls/],
    ['src/server/a.ts', 'export default 1;', /no-default-export/],
  ])('%s: %s', (file, source, message) => {
    expect(lint(file, source)).toMatch(message);
  });

  it.each([
    ['src/server/a.ts', 'export const now = (): number => Date.now();'],
    ['clients/cli/a.ts', "import { readFileSync } from 'node:fs';\nexport const x = readFileSync('x');"],
    ['src/machine/worker.ts', "import { parentPort } from 'node:worker_threads';\nexport const p = parentPort;\nsetImmediate(() => {});"],
    ['src/kernel/a.ts', "import type { X } from '../machine/memory/x.ts';\nexport const y: X = Math.floor(1);"],
  ])('%s may: %s', (file, source) => {
    expect(lint(file, source)).toMatch(/^\s*$|0 problems|Found 0/);
  });
});
