// Archives that are wrong, hostile or too large: each is refused with the entry, the reason and what to do, or handled as tar -x does.

import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { MachineError } from '../../../src/machine/errors.ts';
import { newMachine } from '../run-guest.ts';
import { END, header, record, tar } from './make-tar.ts';
import { guestTree } from './tree.ts';

const made = (archive: Uint8Array, ram = 64) =>
  newMachine({ ram_bytes: ram << 20, root: { artifact: 'ROOT', sha256: '', archive: new Uint8Array(archive) } }).board.kernel;

function refusal(archive: Uint8Array, ram?: number): string {
  try {
    made(archive, ram);
  } catch (error) {
    if (error instanceof MachineError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'accepted';
}

const pax = (...records: string[]) => ({ name: 'PaxHeader', type: 'x', data: records.join('') });
const directory = { name: 'd/', type: '5', mode: '0000755\0' };

const REFUSED: [what: string, archive: Buffer, ...says: string[]][] = [
  ['nothing', Buffer.alloc(0), 'BAD_ARCHIVE', 'not a tar archive'],
  ['text', Buffer.from('no archive'.repeat(100)), 'BAD_ARCHIVE', 'not a tar archive'],
  ['xz', Buffer.from('fd377a585a000004', 'hex'), 'compressed by xz', 'unpack it'],
  ['broken gzip', gzipSync(tar({ name: 'f', data: 'x'.repeat(1000) })).subarray(0, 60), 'corrupt: gzip'],
  ['a wrong checksum', tar(directory, { name: 'f', checksum: '000000\0 ' }), 'header at byte 512', 'checksum'],
  ['truncated in a file', tar({ name: 'f', data: 'x'.repeat(5000) }).subarray(0, 2000), 'f: ', 'truncated: 1488 of its 5000 bytes'],
  ['truncated between entries', header({ name: 'f' }), 'truncated', 'without the mark of its end'],
  ['truncated in a header', tar(directory, { name: 'f' }).subarray(0, 700), 'truncated'],
  ['"..": out of the root', tar({ name: '../etc/passwd', data: 'x' }), '../etc/passwd: ', 'leads out', 'tar -C FOLDER'],
  ['".." within', tar(directory, { name: 'd/../../x' }), 'd/../../x: ', 'leads out'],
  ['a name of pax with ".."', tar(pax(record('path', 'a/../../b')), { name: 'f' }), 'a/../../b: ', 'leads out'],
  ['a GNU name with ".."', tar({ name: '././@LongLink', type: 'L', data: '../x\0' }, { name: 'f' }), '../x: ', 'leads out'],
  ['an empty name', tar({ name: '' }), 'empty name'],
  ['a NUL in a name of pax', tar(pax(record('path', 'a\0b')), { name: 'f' }), 'a\\x00b: ', 'NUL'],
  ['a component of 256 bytes', tar(pax(record('path', 'n'.repeat(256))), { name: 'f' }), 'LIMIT_EXCEEDED', '256 bytes, and 255'],
  ['a path of 5000 bytes', tar(pax(record('path', 'abc/'.repeat(1250))), { name: 'f' }), 'LIMIT_EXCEEDED', '4095'],
  ['300 directories deep', tar(pax(record('path', 'a/'.repeat(300))), { name: 'f', type: '5' }), 'LIMIT_EXCEEDED', '256'],
  ['a character device', tar({ name: 'etc/null', type: '3' }), 'etc/null: ', 'character device', '--exclude'],
  ['a block device', tar({ name: 'disk', type: '4' }), 'disk: ', 'block device'],
  ['a device disguised as one of /dev', tar({ name: 'dev/../etc/x', type: '3' }), 'dev/../etc/x: ', 'character device'],
  ['an unknown type', tar({ name: 'f', type: 'Q' }), 'f: ', 'unknown type "Q"'],
  ['sparse, old GNU', tar({ name: 'f', type: 'S' }), 'f: ', 'sparse', '--sparse'],
  ['sparse, pax', tar(pax(record('GNU.sparse.major', '1'), record('GNU.sparse.name', 'big')), { name: 'f' }), 'big: ', 'sparse'],
  ['a continued volume', tar({ name: 'f', type: 'M' }), 'another volume'],
  ['a hard link to nothing', tar({ name: 'l', type: '1', link: 'none' }), 'l: ', 'hard link to, none, is not in the archive'],
  ['a hard link to outside', tar({ name: 'l', type: '1', link: '../../etc/shadow' }), 'l: ', 'leads out'],
  ['a hard link to a directory', tar(directory, { name: 'l', type: '1', link: 'd' }), 'l: ', 'is a directory'],
  ['a hard link into /proc', tar({ name: 'l', type: '1', link: 'proc/version' }), 'l: ', "machine's own"],
  ['a hard link with contents', tar({ name: 'f' }, { name: 'l', type: '1', link: 'f', data: 'x' }), 'l: ', 'contents of its own'],
  ['a symlink to nothing', tar({ name: 'l', type: '2' }), 'l: ', 'without a target'],
  ['a loop of symlinks', tar({ name: 'a', type: '2', link: 'b' }, { name: 'b', type: '2', link: 'a' }, { name: 'a/f' }), 'a/f: ', 'loop'],
  ['through a symlink into /dev', tar({ name: 'x', type: '2', link: '/dev' }, { name: 'x/null' }), 'x/null: ', "machine's own /dev"],
  ['a file over a directory with files', tar(directory, { name: 'd/f' }, { name: 'd' }), 'd: ', 'not empty'],
  ['a file below a file', tar({ name: 'f' }, { name: 'f/g' }), 'f/g: ', 'not a directory'],
  ['a negative size', tar({ name: 'f', size: '\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff' }), 'f: ', 'size is -1'],
  ['a size beyond all numbers', tar({ name: 'f', size: '\x80\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff' }), 'f: ', 'size is no number'],
  ['a size beyond the archive', tar({ name: 'f', size: '77777777777\0' }), 'f: ', 'truncated'],
  ['a size that is no number', tar({ name: 'f', size: '12z\0' }), 'f: ', 'size is no number'],
  ['a size of pax that is no number', tar(pax(record('size', '-1')), { name: 'f' }), 'f: ', 'wrong size'],
  ['a uid that nobody can have', tar(pax(record('uid', '4294967295')), { name: 'f' }), 'f: ', 'uid is 4294967295'],
  ['a time beyond all', tar(pax(record('mtime', '99999999999')), { name: 'f' }), 'f: ', 'time of modification'],
  [
    'an extended header that is no record',
    tar({ name: 'PaxHeader', type: 'x', data: 'nonsense' }, { name: 'f' }),
    'PaxHeader: ',
    'corrupt',
  ],
  ['an extended header with a wrong length', tar({ name: 'P', type: 'x', data: '99 path=f\n' }, { name: 'f' }), 'P: ', 'corrupt'],
  ['an extended header of 2 MiB', tar({ name: 'P', type: 'x', data: 'x'.repeat(2 << 20) }), 'LIMIT_EXCEEDED', 'P: '],
  [
    'an attribute larger than Linux stores',
    tar(pax(record('SCHILY.xattr.user.a', 'x'.repeat(65_537))), { name: 'f' }),
    'f: ',
    '65537 bytes',
  ],
  ['an extended header and no entry', tar(pax(record('path', 'x'))), 'followed by no entry'],
];

test.each<(typeof REFUSED)[number]>(REFUSED)('refuses %s', (_what, archive, ...says) => {
  const said = refusal(archive);
  for (const part of says) expect(said).toContain(part);
  // What is wrong; what to do about it.
  expect(said).toMatch(/^[A-Z_]+: root file system ROOT: .*; [^;]+$/s);
});

test('a bomb of gzip is refused before it goes off, and so is a file larger than the files of a machine may be', () => {
  const bomb = gzipSync(Buffer.alloc(400 << 20));
  expect(bomb.length).toBeLessThan(1 << 20);
  expect(refusal(bomb)).toMatch(/LIMIT_EXCEEDED.*unpacked, the archive has more than \d+ bytes; give the machine more RAM/);
  const large = tar({ name: 'small', data: 'x' }, { name: 'large', data: Buffer.alloc(9 << 20) });
  expect(refusal(large, 16)).toMatch(
    /LIMIT_EXCEEDED.*large: there is no room left: files may take half of RAM, here 8 MiB; give it more RAM/,
  );
  expect(refusal(large)).toBe('accepted');
});

test('more entries than a machine may have', () => {
  const one = header({ name: 'f' });
  const many = Buffer.alloc((131_073 + 2) * 512);
  for (let n = 0; n < 131_073; n++) one.copy(many, n * 512);
  expect(refusal(gzipSync(many), 512)).toMatch(/LIMIT_EXCEEDED.*more than 131072 entries/);
});

test('more files than the RAM of a machine has inodes for', () => {
  const names = Array.from({ length: 2100 }, (_, n) => ({ name: `f${n}` }));
  expect(refusal(tar(...names), 16)).toMatch(
    /LIMIT_EXCEEDED.*f20\d\d: there is no room left: by its RAM, a machine has 2048 files and directories/,
  );
});

test('extended attributes of pax that a machine stores; others are passed over', () => {
  const attributes = [
    record('SCHILY.xattr.user.mime', 'text'),
    record('SCHILY.xattr.system.posix_acl_access', 'x'),
    record('SCHILY.xattr.other.a', 'x'),
  ];
  const kernel = made(tar(pax(...attributes), { name: 'f' }));
  const { attributes: stored } = kernel.vfs.root.inode.lookup(kernel, null, kernel.vfs.root, 'f')!.inode;
  expect([...stored!].map(([name, value]) => [name, Buffer.from(value).toString()])).toEqual([['user.mime', 'text']]);
});

const HANDLED: [what: string, archive: Buffer, has: string, hasNot?: string][] = [
  ['an absolute name', tar({ name: '/abs', data: 'x' }), 'abs 100644 0:0 1'],
  ['a name twice: the last one counts', tar({ name: 'f', data: 'one' }, { name: 'f', mode: '0000600\0' }), 'f 100600'],
  [
    'a link replaced, not written through',
    tar({ name: 'a' }, { name: 'b', type: '1', link: 'a' }, { name: 'b', data: 'x' }),
    'a 100644 0:0 1',
  ],
  ['a symlink replaced, not written through', tar({ name: 'l', type: '2', link: 'etc/passwd' }, { name: 'l' }), 'l 100644'],
  ['an entry through a symlink', tar(directory, { name: 'l', type: '2', link: 'd' }, { name: 'l/f' }), 'd/f 100644'],
  ['a symlink to outside of any tree', tar({ name: 'l', type: '2', link: '../../../../etc/shadow' }), 'l 120777'],
  ['devices of /dev, which the machine has', tar({ name: './dev/null', type: '3' }, { name: 'f' }), 'f 100644'],
  ['a label', tar({ name: 'Volume', type: 'V' }, { name: 'f' }), 'f 100644', 'Volume'],
  ['trailing rubbish', Buffer.concat([tar({ name: 'f' }), Buffer.from('rubbish')]), 'f 100644'],
  ['one block at the end', tar({ name: 'f' }).subarray(0, 1024), 'f 100644'],
  ['missing directories', tar({ name: 'a/b/c' }), 'a/b 40755'],
  ['a global header', tar({ name: 'g', type: 'g', data: record('uid', '7') }, { name: 'f' }), 'f 100644 7:0'],
  ['a signed checksum', Buffer.concat([signed(), END]), '\xe9\xe9 100644'],
];

/** As some old tars summed it. */
function signed(): Buffer {
  const block = header({ name: '\xe9\xe9' });
  const sum = Number.parseInt(block.toString('latin1', 148, 154), 8) - 2 * 256;
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

test.each<(typeof HANDLED)[number]>(HANDLED)('handles %s', (_what, archive, has, hasNot = 'rubbish') => {
  const kernel = made(archive);
  const tree = guestTree(kernel, kernel.vfs.root);
  expect(tree.filter((node) => node.startsWith(has))).toHaveLength(1);
  expect(tree.join('\n')).not.toContain(hasNot);
});

test('any cut and any flipped byte of an archive ends in a machine or a refusal', () => {
  const whole = tar(pax(record('path', 'some/where'), record('mtime', '1.5')), { name: 'f', data: 'x'.repeat(700) }, directory);
  for (let at = 0; at < whole.length; at += 37) {
    expect(refusal(whole.subarray(0, at), 16)).not.toBe('');
    const flipped = Buffer.from(whole);
    flipped[at]! ^= 1 << (at % 8);
    expect(refusal(flipped, 16)).not.toBe('');
  }
});
