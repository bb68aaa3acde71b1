// The launcher: finds what it needs, hands on arguments, exit codes and signals.

import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'uintrd-launch-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** A copy of the launcher in a tree of our making. */
function tree(name: string, files: Readonly<Record<string, string>>, modules = true): string {
  const root = join(directory, name);
  mkdirSync(join(root, 'bin'), { recursive: true });
  cpSync(join(ROOT, 'bin/launch.js'), join(root, 'bin/launch.js'));
  for (const [path, content] of Object.entries({ 'package.json': '{"type":"module"}', ...files })) {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  if (modules) symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  return root;
}

const CHECKOUT = { 'tsconfig.json': '{}', 'package-lock.json': '{}' };
const launch = (root: string, ...args: string[]) =>
  spawnSync(process.execPath, [join(root, 'bin/launch.js'), ...args], {
    encoding: 'utf8',
    env: { ...process.env, NODE_COMPILE_CACHE: '' },
  });

describe('bin/launch.js', () => {
  const show = 'const argv: string[] = process.argv.slice(2); console.log(JSON.stringify(argv)); process.exitCode = 7;';

  it('runs the source in a checkout, with arguments and exit code', () => {
    const root = tree('checkout', { ...CHECKOUT, 'src/x.ts': show, 'dist/src/x.js': 'console.log("dist")' });
    expect(launch(root, 'src/x.ts', '--flag', 'a b', '')).toMatchObject({ status: 7, stdout: '["--flag","a b",""]\n' });
  });

  it('runs dist in a package', () => {
    const root = tree('package', { 'src/x.ts': 'console.log("src")', 'dist/src/x.js': 'console.log("dist")' });
    expect(launch(root, 'src/x.ts')).toMatchObject({ status: 0, stdout: 'dist\n' });
  });

  it('runs tools of node_modules, with their exit code', () => {
    const root = tree('tools', CHECKOUT);
    expect(launch(root, '--tool', 'tsc', '--version').stdout).toMatch(/^Version \d/);
    expect(launch(root, '--tool', 'tsc', '--nonsense').status).not.toBe(0);
    expect(launch(root, '--tool', 'no-such-tool')).toMatchObject({
      status: 125,
      stderr: expect.stringContaining('no tool no-such-tool') as string,
    });
  });

  it('says what is missing', () => {
    const root = tree('missing', CHECKOUT);
    expect(launch(root, 'src/none.ts')).toMatchObject({
      status: 125,
      stderr: expect.stringMatching(/there is no .*src\/none\.ts/) as string,
    });
    expect(launch(root)).toMatchObject({ status: 125, stderr: expect.stringContaining('usage') as string });
  });

  it('hands signals to a tool it started, and dies of what the tool dies of', async () => {
    const root = tree('signals', { ...CHECKOUT }, false);
    mkdirSync(join(root, 'node_modules/.bin'), { recursive: true });
    writeFileSync(join(root, 'node_modules/.package-lock.json'), '{}');
    writeFileSync(join(root, 'node_modules/.bin/wait'), '#!/usr/bin/env node\nconsole.log("ready"); setInterval(() => {}, 1000);\n');
    const child = spawn(process.execPath, [join(root, 'bin/launch.js'), '--tool', 'wait'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = new Promise((resolve) => child.once('exit', (code, signal) => resolve([code, signal])));
    await new Promise((resolve) => child.stdout.once('data', resolve));
    child.kill('SIGTERM');
    expect(await ended).toEqual([null, 'SIGTERM']);
  });

  it('is written so that an old Node can parse it', () => {
    // Nothing newer than ES2020: no class fields, ??=, top-level await or private names.
    const source = String(spawnSync('cat', [join(ROOT, 'bin/launch.js')]).stdout);
    expect(source).not.toMatch(/\?\?=|\|\|=|&&=|#\w+\(|^await |\.at\(|Object\.hasOwn|from 'node:/m);
  });
});
