// A folder of this host as nodes of an archive: in the order of names, with symbolic links as they are, hard links as hard links.

import { type BigIntStats, constants } from 'node:fs';
import { type FileHandle, lstat, open, readdir, readlink } from 'node:fs/promises';
import { UsageError } from '../usage-error.ts';
import type { PackedNode } from './tar-writer.ts';

/** As many as a machine takes (docs/root-file-systems.md). */
const MOST_NODES = 1 << 17;
/** A machine has its own. */
const OWN = ['dev', 'proc', 'sys'];

export interface PackedFolder {
  readonly nodes: readonly PackedNode[];
  /** Of files. */
  readonly bytes: number;
  /** Sockets and devices, which no archive can bring to a machine. */
  readonly skipped: readonly string[];
}

const latin = (bytes: Buffer): string => bytes.toString('latin1');
const shown = (path: string): string => Buffer.from(path, 'latin1').toString();
/** Whoever runs this is root in the machine, as under fakeroot(1). */
const owner = (id: bigint, own: number | undefined): number => (Number(id) === own ? 0 : Number(id));

export async function packFolder(folder: string, exitCode: number, onNode: (nodes: number) => void = () => {}): Promise<PackedFolder> {
  const root = Buffer.from(folder).toString('latin1').replace(/\/+$/, '');
  const nodes: PackedNode[] = [];
  const skipped: string[] = [];
  const links = new Map<string, string>();
  let bytes = 0;

  const fail = (path: string, error: unknown): never => {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UsageError(
      `--sysroot: ${shown(path)}: ${code === 'EACCES' ? 'permission denied: make it readable, or leave it out' : message}`,
      exitCode,
    );
  };

  const visit = async (below: string): Promise<void> => {
    const names = await readdir(Buffer.from(`${root}/${below}`, 'latin1'), { encoding: 'buffer' }).catch((error) =>
      fail(`${root}/${below}`, error),
    );
    for (const name of names.map(latin).sort()) {
      const path = below === '' ? name : `${below}/${name}`;
      const host = Buffer.from(`${root}/${path}`, 'latin1');
      const found = await lstat(host, { bigint: true }).catch((error) => fail(`${root}/${path}`, error));
      const node = await nodeOf(path, host, found);
      if (!node) {
        skipped.push(shown(path));
        continue;
      }
      if (nodes.length === MOST_NODES)
        throw new UsageError(`--sysroot: ${folder} has more than ${MOST_NODES} files and folders: name a smaller one`, exitCode);
      nodes.push(node);
      bytes += node.size;
      onNode(nodes.length);
      if (node.kind === 'directory' && !OWN.includes(path)) await visit(path);
    }
  };

  const nodeOf = async (path: string, host: Buffer, found: BigIntStats): Promise<PackedNode | null> => {
    const node = {
      path,
      mode: Number(found.mode & 0o7777n),
      uid: owner(found.uid, process.getuid?.()),
      gid: owner(found.gid, process.getgid?.()),
      modified: Number(found.mtimeNs / 1_000_000_000n),
      size: 0,
      target: '',
      read: async () => {},
    };
    if (found.isDirectory()) return { ...node, kind: 'directory' };
    if (found.isSymbolicLink()) {
      const target = await readlink(host, { encoding: 'buffer' }).catch((error) => fail(`${root}/${path}`, error));
      return { ...node, kind: 'symlink', target: latin(target) };
    }
    if (found.isFIFO()) return { ...node, kind: 'fifo' };
    if (!found.isFile()) return null;
    const identity = `${found.dev}:${found.ino}`;
    const first = links.get(identity);
    if (first !== undefined) return { ...node, kind: 'hardlink', target: first };
    if (found.nlink > 1n) links.set(identity, path);
    const size = Number(found.size);
    return { ...node, kind: 'file', size, read: (into) => readWhole(host, into).catch((error) => fail(`${root}/${path}`, error)) };
  };

  await visit('');
  return { nodes, bytes, skipped };
}

/** All of a file, which must be as long as `into`. */
export async function readWhole(path: Buffer | string, into: Uint8Array): Promise<void> {
  const file: FileHandle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    let at = 0;
    while (at < into.length) {
      const { bytesRead } = await file.read(into, at, into.length - at, at);
      if (bytesRead === 0) break;
      at += bytesRead;
    }
    if (at < into.length || (await file.stat()).size !== into.length) throw new Error('it changed while it was read: try again');
  } finally {
    await file.close();
  }
}
