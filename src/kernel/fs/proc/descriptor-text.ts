// /proc/PID/fdinfo/N.

import { O_CLOEXEC } from '../../abi/fcntl.ts';
import type { FdEntry } from '../../vfs/fd-table.ts';

export function descriptorText(entry: FdEntry): string {
  const { file, closeOnExec } = entry;
  const flags = file.flags | (closeOnExec ? O_CLOEXEC : 0);
  const device = file.inode?.fileSystem.device ?? 0;
  return `pos:\t${file.position}\nflags:\t0${flags.toString(8)}\nmnt_id:\t${device}\nino:\t${file.inode?.ino ?? 0}\n${file.fdinfo()}`;
}
