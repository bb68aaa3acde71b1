// /proc/PID/fdinfo/N.

import { O_CLOEXEC } from '../../abi/fcntl.ts';
import type { Kernel } from '../../kernel.ts';
import type { FdEntry } from '../../vfs/fd-table.ts';
import { mountId } from './mount-texts.ts';

export function descriptorText(kernel: Kernel, entry: FdEntry): string {
  const { file, closeOnExec } = entry;
  const flags = file.flags | (closeOnExec ? O_CLOEXEC : 0);
  const mount = file.inode ? mountId(kernel, file.inode.fileSystem) : 0;
  return `pos:\t${file.position}\nflags:\t0${flags.toString(8)}\nmnt_id:\t${mount}\nino:\t${file.inode?.ino ?? 0}\n${file.fdinfo(kernel)}`;
}
