// A root file system that is unpacked in a machine is what tar -x makes of the archive on this host, for every format of the tars here.

import { execFileSync, spawnSync } from 'node:child_process';
import { linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Machine } from '../../../src/machine/machine.ts';
import { newMachine, stepModule } from '../run-guest.ts';
import { guestTree, hostTree } from './tree.ts';

const folder = mkdtempSync(join(tmpdir(), 'uintrd-tar-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const has = (program: string): boolean => spawnSync(program, ['--version']).error === undefined;

/** All that goes into a v7 archive, too. */
function plainTree(root: string): void {
  mkdirSync(join(root, 'top/a/b'), { recursive: true });
  writeFileSync(join(root, 'top/a/file'), 'contents\n');
  writeFileSync(join(root, 'top/a/empty'), '');
  writeFileSync(join(root, 'top/large'), Buffer.alloc(300_001, 'pattern'));
  writeFileSync(join(root, 'top/block'), Buffer.alloc(512, 7));
  linkSync(join(root, 'top/a/file'), join(root, 'top/linked'));
  symlinkSync('a/file', join(root, 'top/soft'));
  symlinkSync('/absolute/../nowhere', join(root, 'top/dangling'));
  writeFileSync(join(root, 'top/program'), '#!/bin/sh\n');
  chmodSync(join(root, 'top/program'), 0o4751);
  chmodSync(join(root, 'top/a/b'), 0o1777);
  for (const [name, time] of [
    ['file', 1_000_000_000],
    ['b', 5],
    ['empty', 1_700_000_000],
  ] as const)
    utimesSync(join(root, 'top/a', name), time, time);
  utimesSync(join(root, 'top/a'), 86_400, 86_400);
}

function fifoTree(root: string): void {
  plainTree(root);
  execFileSync('mkfifo', [join(root, 'top/fifo')]);
}

function longTree(root: string): void {
  fifoTree(root);
  const deep = join(root, 'top', ...Array.from({ length: 12 }, (_, n) => `directory-number-${n}-of-many`));
  mkdirSync(deep, { recursive: true });
  writeFileSync(join(deep, 'n'.repeat(200)), 'long');
  symlinkSync('t'.repeat(300), join(deep, 'link'));
  linkSync(join(deep, 'n'.repeat(200)), join(deep, 'm'.repeat(150)));
  writeFileSync(join(root, 'top', 'naïve – ünïcode'), 'utf-8');
}

const FORMATS: readonly (readonly [name: string, program: string, options: readonly string[], tree: (root: string) => void])[] = [
  ['v7', 'tar', ['--format=v7'], plainTree],
  ['ustar', 'tar', ['--format=ustar'], fifoTree],
  ['oldgnu', 'tar', ['--format=oldgnu'], longTree],
  ['gnu', 'tar', ['--format=gnu'], longTree],
  ['pax', 'tar', ['--format=pax'], longTree],
  ['gnu, gzip', 'tar', ['--format=gnu', '--gzip'], longTree],
  ['pax, zstd', 'tar', ['--format=pax', '--zstd'], longTree],
  ['pax of bsdtar', 'bsdtar', ['--format=pax'], longTree],
  ['ustar of bsdtar', 'bsdtar', ['--format=ustar'], fifoTree],
  ['gnutar of bsdtar', 'bsdtar', ['--format=gnutar'], longTree],
];

for (const [name, program, options, tree] of FORMATS)
  test.skipIf(!has(program) || (options.includes('--zstd') && !has('zstd')))(name, () => {
    const source = mkdtempSync(join(folder, 'source-'));
    tree(source);
    utimesSync(join(source, 'top'), 172_800, 172_800);
    const file = `${source}.tar`;
    execFileSync(program, ['-c', ...options, '-f', file, '-C', source, '.'], { stdio: ['ignore', 'ignore', 'pipe'] });
    const unpacked = mkdtempSync(join(folder, 'unpacked-'));
    execFileSync(program, ['-x', '-p', '--numeric-owner', '-f', file, '-C', unpacked], { stdio: ['ignore', 'ignore', 'pipe'] });

    const archive = new Uint8Array(readFileSync(file));
    const { kernel } = newMachine({ root: { artifact: 'it', sha256: '', archive } }).board;
    const top = kernel.vfs.root.inode.lookup(kernel, null, kernel.vfs.root, 'top')!;
    expect(guestTree(kernel, top, 'top')).toEqual(hostTree(unpacked).slice(1));
    expect(top.inode.modified).toBe(172_800_000_000_000n);
  });

test('the initial tree stays, but gives way', () => {
  const source = mkdtempSync(join(folder, 'usr-'));
  for (const path of ['usr/bin', 'usr/lib64', 'etc', 'dev', 'var']) mkdirSync(join(source, path), { recursive: true });
  symlinkSync('usr/bin', join(source, 'bin'));
  symlinkSync('usr/lib64', join(source, 'lib64'));
  symlinkSync('/run', join(source, 'var/run'));
  writeFileSync(join(source, 'usr/bin/tool'), 'tool');
  writeFileSync(join(source, 'etc/passwd'), 'me:x:0:0:::\n');
  writeFileSync(join(source, 'dev/null'), 'no device');
  const file = join(folder, 'usr.tar.gz');
  execFileSync('tar', ['-czf', file, '-C', source, '.']);
  const spec = { root: { artifact: 'it', sha256: '', archive: new Uint8Array(readFileSync(file)) } };
  const machine = newMachine(spec);
  const { kernel } = machine.board;
  const tree = guestTree(kernel, kernel.vfs.root).map((node) => node.split(' ', 2).join(' '));
  for (const node of ['bin 120777', 'lib64 120777', 'usr/bin/tool 100644', 'var/run 120777', 'etc/group 100644', 'tmp 41777', 'sbin 40755'])
    expect(tree).toContain(node);
  const devices = kernel.vfs.root.inode.lookup(kernel, null, kernel.vfs.root, 'dev')!.top();
  expect(devices.inode.lookup(kernel, null, devices, 'null')!.inode.mode).toBe(0o20666);

  const replayed = Machine.replay(machine.spec, stepModule(), machine.journal.entries);
  expect(replayed.hash()).toBe(machine.hash());
  expect(newMachine().hash()).not.toBe(machine.hash());
});
