// Trees as text, one line a node, of a folder of this host and of a machine's file system: to compare what tar -x makes of an archive.

import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { S_IFDIR, S_IFLNK, S_IFMT, S_IFREG } from '../../../src/kernel/abi/stat.ts';
import type { Kernel } from '../../../src/kernel/kernel.ts';
import { TmpfsFile } from '../../../src/kernel/fs/tmpfs-file.ts';
import { BufferSink } from '../../../src/kernel/vfs/byte-streams.ts';
import type { Dentry } from '../../../src/kernel/vfs/dentry.ts';

const sum = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex').slice(0, 16);

interface Node {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly nlink: number;
  readonly modified: bigint;
  readonly contents: string;
}

function line(path: string, { mode, uid, gid, nlink, modified, contents }: Node): string {
  const isFile = (mode & S_IFMT) === S_IFREG;
  return `${path} ${mode.toString(8)} ${uid}:${gid} ${isFile ? nlink : '-'} ${modified} ${contents}`;
}

/** Names are byte strings, as in the machine. */
export function hostTree(folder: string, below = ''): string[] {
  const lines: string[] = [];
  const host = (path: string): Buffer => Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(path, 'latin1')]);
  const names = readdirSync(host(below), { encoding: 'buffer' }).map((name) => name.toString('latin1'));
  for (const name of names.sort()) {
    const path = below === '' ? name : `${below}/${name}`;
    const found = lstatSync(host(path), { bigint: true });
    const mode = Number(found.mode);
    const type = mode & S_IFMT;
    const contents = type === S_IFLNK ? readlinkSync(host(path), 'latin1') : type === S_IFREG ? sum(readFileSync(host(path))) : '';
    const { uid, gid, nlink, mtimeNs } = found;
    lines.push(line(path, { mode, uid: Number(uid), gid: Number(gid), nlink: Number(nlink), modified: mtimeNs, contents }));
    if (type === S_IFDIR) lines.push(...hostTree(folder, path));
  }
  return lines;
}

/** Below the directory `at`, which is in the machine's root file system. */
export function guestTree(kernel: Kernel, at: Dentry, below = ''): string[] {
  const lines: string[] = [];
  const names = at.inode.list(kernel, null, 0).map(({ name }) => name);
  for (const name of names.sort()) {
    const path = below === '' ? name : `${below}/${name}`;
    const entry = at.inode.lookup(kernel, null, at, name)!;
    const { inode } = entry;
    lines.push(line(path, { ...inode, mode: inode.mode, nlink: inode.nlink, contents: contentsOf(kernel, entry) }));
    if (inode.isDirectory) lines.push(...guestTree(kernel, entry, path));
  }
  return lines;
}

function contentsOf(kernel: Kernel, { inode }: Dentry): string {
  if (inode.isSymlink) return String(inode.readLink(kernel, null));
  if (!(inode instanceof TmpfsFile)) return '';
  const sink = new BufferSink(inode.size);
  inode.contents.read(sink, 0);
  return sum(sink.bytes);
}
