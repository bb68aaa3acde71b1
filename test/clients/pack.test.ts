// What uintrctl packs for a machine: folders as tar of this host sees them, and libraries as the dynamic linker of this host finds them.

import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, linkSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { packFolder } from '../../clients/cli/pack/folder.ts';
import { HostLibraries } from '../../clients/cli/pack/host-libraries.ts';
import { readDynamic } from '../../clients/cli/pack/elf-dynamic.ts';
import { writeTar } from '../../clients/cli/pack/tar-writer.ts';
import { hostTree, guestTree } from '../machine/archive/tree.ts';
import { newMachine } from '../machine/run-guest.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'uintrd-pack-')));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function fill(root: string): void {
  const deep = join(root, 'top', ...Array.from({ length: 12 }, (_, n) => `directory-number-${n}-of-many`));
  mkdirSync(deep, { recursive: true });
  writeFileSync(join(deep, 'n'.repeat(200)), 'long');
  symlinkSync('t'.repeat(300), join(deep, 'link'));
  linkSync(join(deep, 'n'.repeat(200)), join(root, 'top/other'));
  writeFileSync(join(root, 'top/ünï'), 'utf-8');
  writeFileSync(Buffer.concat([Buffer.from(join(root, 'top/')), Buffer.from([0xff, 0x80])]), 'no utf-8');
  writeFileSync(join(root, 'top/large'), Buffer.alloc(1_000_001, 'x'));
  writeFileSync(join(root, 'top/set'), '');
  chmodSync(join(root, 'top/set'), 0o6755);
  execFileSync('mkfifo', [join(root, 'top/fifo')]);
  symlinkSync('/nowhere', join(root, 'top/dangling'));
  utimesSync(join(root, 'top/set'), 12, 12);
  utimesSync(join(root, 'top'), 34, 34);
}

/** Whole seconds are what is packed. */
const seconds = (lines: readonly string[]): string[] =>
  lines.map((line) => line.replace(/(\d{9,}) /, (_, time: string) => `${time.slice(0, -9)} `));

test('a folder is packed the same way every time, as tar and a machine unpack it', async () => {
  const source = join(folder, 'source');
  mkdirSync(source);
  fill(source);
  const { nodes, bytes, skipped } = await packFolder(source, 2);
  expect(skipped).toEqual([]);
  expect(bytes).toBe(1_000_001 + 4 + 5 + 8);
  const archive = await writeTar(nodes);
  expect(Buffer.compare(archive, await writeTar((await packFolder(source, 2)).nodes))).toBe(0);

  const unpacked = join(folder, 'unpacked');
  mkdirSync(unpacked);
  execFileSync('tar', ['-x', '-p', '-C', unpacked], { input: archive });
  const expected = seconds(hostTree(source));
  expect(seconds(hostTree(unpacked))).toEqual(expected);
  const { kernel } = newMachine({ root: { artifact: 'it', sha256: '', archive } }).board;
  const top = kernel.vfs.root.inode.lookup(kernel, null, kernel.vfs.root, 'top')!;
  const order = (lines: readonly string[]): string[] => [...lines].sort();
  expect(order(seconds(guestTree(kernel, top, 'top')))).toEqual(order(expected.slice(1)));
});

test("sockets are left out and named, what is below /dev, /proc and /sys is the machine's own", async () => {
  const source = join(folder, 'special');
  for (const path of ['dev/shm', 'proc/1', 'sys/kernel', 'run', 'usr/dev']) mkdirSync(join(source, path), { recursive: true });
  const server = createServer().listen(join(source, 'run/socket'));
  await new Promise((resolve) => server.once('listening', resolve));
  const { nodes, skipped } = await packFolder(source, 2);
  server.close();
  expect(nodes.map(({ path }) => path)).toEqual(['dev', 'proc', 'run', 'sys', 'usr', 'usr/dev']);
  expect(skipped).toEqual(['run/socket']);
});

test('a file that changes while it is packed is refused by name', async () => {
  const source = join(folder, 'changing');
  mkdirSync(source);
  for (const size of [5, 15]) {
    writeFileSync(join(source, 'log'), Buffer.alloc(10));
    const { nodes } = await packFolder(source, 2);
    writeFileSync(join(source, 'log'), Buffer.alloc(size));
    await expect(writeTar(nodes)).rejects.toThrow(/--sysroot: .*changing\/log: it changed while it was read/);
  }
});

const compiler = spawnSync('gcc', ['--version']).error === undefined;
if (!compiler) console.warn('SKIPPED: libraries of dynamic programs (no gcc on this machine)');

function compile(output: string, source: string, ...options: readonly string[]): string {
  execFileSync('gcc', ['-x', 'c', '-', '-o', join(folder, output), ...options], { input: source, cwd: folder });
  return join(folder, output);
}

/** As ldd says: name -> path. */
function ldd(program: string, environment: Readonly<Record<string, string>> = {}): Record<string, string> {
  const lines = execFileSync('ldd', [program], { encoding: 'utf8', env: { ...process.env, ...environment } }).split('\n');
  return Object.fromEntries(
    lines.map((line) => /^\s*(\S+) => (\S+)/.exec(line)).flatMap((match) => (match ? [[match[1]!, match[2]!]] : [])),
  );
}

const libgcc = /libgcc_s/;
const collected = (program: string, libraryPath = ''): string[] => {
  const libraries = new HostLibraries(libraryPath, 2);
  libraries.addNeedsOf(program, program);
  return libraries.nodes.map(({ path }) => `/${path}`).filter((path) => !libgcc.test(path));
};

test.skipIf(!compiler)('libraries are those that ldd names, by RUNPATH, RPATH, $ORIGIN and LD_LIBRARY_PATH', () => {
  for (const path of ['lib/deep', 'elsewhere']) mkdirSync(join(folder, path), { recursive: true });
  compile('lib/deep/libinner.so', 'int inner(void) { return 7; }', '-shared', '-fPIC');
  compile(
    'lib/libouter.so',
    'int inner(void); int outer(void) { return inner(); }',
    '-shared',
    '-fPIC',
    '-Llib/deep',
    '-linner',
    '-Wl,--enable-new-dtags,-rpath,$ORIGIN/deep',
  );
  compile('elsewhere/libfar.so', 'int far(void) { return 1; }', '-shared', '-fPIC');
  const main = 'int outer(void); int far(void); int main(void) { return outer() + far(); }';
  const libraries = ['-Llib', '-louter', '-Lelsewhere', '-lfar', '-Wl,-rpath-link,lib/deep'];
  const programs = [
    compile('runpath', main, ...libraries, '-Wl,--enable-new-dtags,-rpath,$ORIGIN/lib:${ORIGIN}/elsewhere'),
    compile('rpath', main, ...libraries, `-Wl,--disable-new-dtags,-rpath,$ORIGIN/lib:${folder}/elsewhere`),
  ];
  for (const program of programs) {
    const expected = Object.values(ldd(program));
    expect(expected).toHaveLength(4);
    expect(collected(program)).toEqual([...expected, '/lib64/ld-linux-x86-64.so.2'].sort());
  }
  const bare = compile('bare', main, ...libraries);
  const path = `${folder}/lib:${folder}/elsewhere`;
  expect(collected(bare, path)).toEqual([...Object.values(ldd(bare, { LD_LIBRARY_PATH: path })), '/lib64/ld-linux-x86-64.so.2'].sort());
  expect(() => collected(bare)).toThrow(/bare needs libouter\.so, which is not on this host: name its folder by --env LD_LIBRARY_PATH=/);
  // What is given another place looks for its libraries there.
  const moved = new HostLibraries('', 2);
  moved.addNeedsOf(programs[0]!, '/opt/bin/program');
  const places = moved.nodes.map(({ path: place }) => `/${place}`);
  for (const place of ['/opt/bin/lib/libouter.so', '/opt/bin/lib/deep/libinner.so', '/opt/bin/elsewhere/libfar.so'])
    expect(places).toContain(place);
  for (const program of ['/bin/dash', '/usr/bin/perl', '/usr/bin/git'])
    if (spawnSync(program, ['--version']).error === undefined)
      expect(collected(program)).toEqual([...new Set([...Object.values(ldd(program)), '/lib64/ld-linux-x86-64.so.2'])].sort());
});

test('a program below /dev, where a machine has its own, is put elsewhere', () => {
  const program = `/dev/shm/uintrd-pack-${process.pid}`;
  writeFileSync(program, '#!/bin/sh\n');
  try {
    const libraries = new HostLibraries('', 2);
    expect(libraries.add(program)).toBe(`/bin/uintrd-pack-${process.pid}`);
    expect(libraries.nodes.map(({ path }) => path)).toContain(`bin/uintrd-pack-${process.pid}`);
  } finally {
    rmSync(program);
  }
});

test('a file that is cut short or is something else has no libraries', () => {
  const whole = Buffer.alloc(200);
  whole.write('\x7fELF\x02\x01', 'latin1');
  whole.writeUInt16LE(62, 18);
  whole.writeUInt16LE(1, 56);
  whole.writeBigUInt64LE(64n, 32);
  for (let at = 0; at <= whole.length; at += 8) expect(readDynamic(whole.subarray(0, at))?.needed ?? []).toEqual([]);
  whole.writeBigUInt64LE((1n << 64n) - 1n, 32);
  expect(readDynamic(whole)).toBeNull();
  expect(readDynamic(Buffer.from('#!/bin/sh\n'))).toBeNull();
});
