// A new pipe with one description for each end.

import { O_RDONLY, O_WRONLY } from '../abi/fcntl.ts';
import { S_IFIFO } from '../abi/stat.ts';
import { SpecialInode } from '../fs/special-inode.ts';
import type { Kernel } from '../kernel.ts';
import { ownedByCaller } from '../vfs/anonymous.ts';
import { Pipe } from './pipe.ts';
import { PipeFile } from './pipe-file.ts';

/** `flags`: O_NONBLOCK and O_DIRECT. Each end has one reference. */
export function createPipe(kernel: Kernel, flags: number): { readonly reader: PipeFile; readonly writer: PipeFile } {
  const { pipes } = kernel.vfs;
  const inode = ownedByCaller(kernel, new SpecialInode(pipes, pipes.allocateInode(), S_IFIFO | 0o600, kernel.realtime()));
  const pipe = new Pipe();
  inode.pipe = pipe;
  return { reader: new PipeFile(kernel, O_RDONLY | flags, inode, pipe), writer: new PipeFile(kernel, O_WRONLY | flags, inode, pipe) };
}
