// AF_UNIX sockets (unix(7)): names are entries of the file tree, or abstract.

import { ERRNO } from '../../abi/errno.ts';
import { AF_UNIX } from '../../abi/socket.ts';
import { MAY_WRITE, S_IFSOCK } from '../../abi/stat.ts';
import { SpecialInode } from '../../fs/special-inode.ts';
import type { Kernel } from '../../kernel.ts';
import type { Task } from '../../task/task.ts';
import { makeNode } from '../../vfs/open.ts';
import { resolve, walk } from '../../vfs/path.ts';
import { checkPermission, identityOf } from '../../vfs/permission.ts';
import { Socket } from '../socket.ts';
import { encodeUnixAddress, parseUnixAddress, type UnixAddress } from './unix-address.ts';

/** net.unix.max_dgram_qlen. */
const MAX_DATAGRAMS = 10;
/** Automatic names are five hexadecimal digits. */
const AUTOMATIC_NAMES = 0x100000;

export class UnixSocket extends Socket {
  private address: UnixAddress = { kind: 'unnamed' };
  private node: SpecialInode | null = null;

  override readonly domain = AF_UNIX;
  override readonly protocol = 0;

  override sibling(kernel: Kernel): UnixSocket {
    const socket = new UnixSocket(kernel, 0, this.type);
    socket.address = this.address;
    socket.passCredentials = this.passCredentials;
    return socket;
  }

  override get isNamed(): boolean {
    return this.address.kind !== 'unnamed';
  }

  override encodeName(): Uint8Array {
    return encodeUnixAddress(this.address);
  }

  override isUnspecified(address: Uint8Array): boolean {
    return address.length >= 2 && address[0] === 0 && address[1] === 0;
  }

  override bind(kernel: Kernel, task: Task, raw: Uint8Array): number {
    const address = parseUnixAddress(raw);
    if (typeof address === 'number') return address;
    if (address.kind === 'unnamed') return this.isNamed ? -ERRNO.EINVAL : this.bindAutomatically(kernel);
    if (this.isNamed) return -ERRNO.EINVAL;
    if (address.kind === 'abstract') {
      const { abstractSockets } = kernel.vfs;
      if (abstractSockets.has(address.name)) return -ERRNO.EADDRINUSE;
      abstractSockets.set(address.name, this);
    } else {
      const made = this.makeNode(kernel, task, address.path);
      if (made < 0) return made;
    }
    this.address = address;
    return 0;
  }

  override bindAutomatically(kernel: Kernel): number {
    const { abstractSockets } = kernel.vfs;
    for (let i = 0; i < AUTOMATIC_NAMES; i++) {
      const name = i.toString(16).padStart(5, '0');
      if (abstractSockets.has(name)) continue;
      abstractSockets.set(name, this);
      this.address = { kind: 'abstract', name };
      return 0;
    }
    return -ERRNO.ENOSPC;
  }

  override listen(kernel: Kernel, task: Task, backlog: number): number {
    if (this.isConnectionBased && !this.isNamed) return -ERRNO.EINVAL;
    return super.listen(kernel, task, backlog);
  }

  override find(kernel: Kernel, task: Task, raw: Uint8Array): Socket | number {
    const address = parseUnixAddress(raw);
    if (typeof address === 'number') return address;
    if (address.kind === 'unnamed') return -ERRNO.EINVAL;
    if (address.kind === 'abstract') return kernel.vfs.abstractSockets.get(address.name) ?? -ERRNO.ECONNREFUSED;
    const entry = resolve(kernel, { task, root: task.fs.root, start: task.fs.cwd }, address.path, { follow: true });
    if (typeof entry === 'number') return entry;
    const denied = checkPermission(identityOf(task), entry.inode, MAY_WRITE);
    if (denied < 0) return denied;
    return (entry.inode instanceof SpecialInode && entry.inode.socket) || -ERRNO.ECONNREFUSED;
  }

  override unbind(kernel: Kernel): void {
    if (this.node) this.node.socket = null;
    this.node = null;
    const { address } = this;
    if (address.kind === 'abstract' && kernel.vfs.abstractSockets.get(address.name) === this)
      kernel.vfs.abstractSockets.delete(address.name);
  }

  protected override get datagramBacklog(): number {
    return MAX_DATAGRAMS;
  }

  private makeNode(kernel: Kernel, task: Task, path: string): number {
    const walked = walk(kernel, { task, root: task.fs.root, start: task.fs.cwd }, path, { follow: false, forChange: true });
    if (typeof walked === 'number') return walked;
    if (walked.target) return -ERRNO.EADDRINUSE;
    const entry = makeNode(kernel, task, walked.parent, walked.name, S_IFSOCK | 0o777);
    if (typeof entry === 'number') return entry;
    this.node = entry.inode as SpecialInode;
    this.node.socket = this;
    return 0;
  }
}
