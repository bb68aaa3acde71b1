// Names of AF_UNIX sockets: entries of the file tree, or abstract ones, of which each type of socket has its own set.

import { ERRNO } from '../../abi/errno.ts';
import { MAY_WRITE, S_IFSOCK } from '../../abi/stat.ts';
import { SpecialInode } from '../../fs/special-inode.ts';
import type { Kernel } from '../../kernel.ts';
import type { Task } from '../../task/task.ts';
import { makeNode } from '../../vfs/open.ts';
import { resolve, walk } from '../../vfs/path.ts';
import { checkPermission, identityOf } from '../../vfs/permission.ts';
import { parseUnixAddress } from './unix-address.ts';
import type { UnixSocket } from './unix-socket.ts';

/** Automatic names are five hexadecimal digits. */
const AUTOMATIC_NAMES = 0x100000;

const keyOf = (type: number, name: string): string => `${type}:${name}`;

/** bind(2): 0 or a negated errno. */
export function bindName(kernel: Kernel, task: Task, socket: UnixSocket, raw: Uint8Array): number {
  const address = parseUnixAddress(raw);
  if (typeof address === 'number') return address;
  if (address.kind === 'unnamed') return bindAutomatically(kernel, socket);
  if (address.kind === 'abstract') return socket.isNamed ? -ERRNO.EINVAL : bindAbstract(kernel, socket, address.name);
  const origin = { task, root: task.fs.root, start: task.fs.cwd };
  const walked = walk(kernel, origin, address.path, { follow: false, forChange: true });
  if (typeof walked === 'number') return walked;
  if (walked.target || walked.kind !== 'name') return -ERRNO.EADDRINUSE;
  if (walked.trailingSlash) return -ERRNO.ENOENT;
  if (socket.isNamed) return -ERRNO.EINVAL;
  const entry = makeNode(kernel, task, walked.parent, walked.name, S_IFSOCK | (socket.inode!.mode & 0o777));
  if (typeof entry === 'number') return entry;
  const node = entry.inode as SpecialInode;
  node.socket = socket;
  socket.setName(address, node);
  return 0;
}

/** A free name of the kernel's choice, unless the socket has one. */
export function bindAutomatically(kernel: Kernel, socket: UnixSocket): number {
  if (socket.isNamed) return 0;
  for (let i = 0; i < AUTOMATIC_NAMES; i++) {
    const bound = bindAbstract(kernel, socket, i.toString(16).padStart(5, '0'));
    if (bound === 0) return 0;
  }
  return -ERRNO.ENOSPC;
}

function bindAbstract(kernel: Kernel, socket: UnixSocket, name: string): number {
  const { abstractNames } = kernel.network;
  const key = keyOf(socket.type, name);
  if (abstractNames.has(key)) return -ERRNO.EADDRINUSE;
  abstractNames.set(key, socket);
  socket.setName({ kind: 'abstract', name }, null);
  return 0;
}

/** The name becomes free; the entry of a path stays and leads nowhere. */
export function freeName(kernel: Kernel, socket: UnixSocket): void {
  if (socket.node?.socket === socket) socket.node.socket = null;
  if (socket.address.kind !== 'abstract') return;
  const key = keyOf(socket.type, socket.address.name);
  if (kernel.network.abstractNames.get(key) === socket) kernel.network.abstractNames.delete(key);
}

/** The socket an address names, for someone of the same type; a negated errno. */
export function findByName(kernel: Kernel, task: Task, raw: Uint8Array, type: number): UnixSocket | number {
  const address = parseUnixAddress(raw);
  if (typeof address === 'number') return address;
  if (address.kind === 'unnamed') return -ERRNO.EINVAL;
  if (address.kind === 'abstract') return kernel.network.abstractNames.get(keyOf(type, address.name)) ?? -ERRNO.ECONNREFUSED;
  const entry = resolve(kernel, { task, root: task.fs.root, start: task.fs.cwd }, address.path, { follow: true });
  if (typeof entry === 'number') return entry;
  const denied = checkPermission(identityOf(task), entry.inode, MAY_WRITE);
  if (denied < 0) return denied;
  const found = entry.inode instanceof SpecialInode ? entry.inode.socket : null;
  if (!found) return -ERRNO.ECONNREFUSED;
  return found.type === type ? found : -ERRNO.EPROTOTYPE;
}
