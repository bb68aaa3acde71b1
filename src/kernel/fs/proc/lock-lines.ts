// /proc/locks (proc_locks(5)). A lock lives as long as a description of its file is open, so that descriptors lead to all of them.

import { F_WRLCK } from '../../abi/fcntl.ts';
import { deviceMajor, deviceMinor } from '../../abi/stat.ts';
import type { Kernel } from '../../kernel.ts';
import type { Inode } from '../../vfs/inode.ts';

function lockedInodes(kernel: Kernel): Inode[] {
  const inodes = new Set<Inode>();
  for (const process of kernel.pids.processes.values())
    for (const task of process.tasks)
      for (const fd of task.files.list()) {
        const inode = task.files.get(fd)?.inode;
        if (inode?.locks) inodes.add(inode);
      }
  return [...inodes];
}

function describe(kind: string, writes: boolean, pid: number, inode: Inode, range: string): string {
  const { device } = inode.fileSystem;
  const hex = (value: number): string => value.toString(16).padStart(2, '0');
  const file = `${hex(deviceMajor(device))}:${hex(deviceMinor(device))}:${inode.ino}`;
  return `${kind} ADVISORY  ${writes ? 'WRITE' : 'READ '} ${pid} ${file} ${range}`;
}

export function lockLines(kernel: Kernel): string {
  const lines: string[] = [];
  for (const inode of lockedInodes(kernel)) {
    const { records, whole } = inode.locks!.list();
    for (const { pid, type, start, end } of records)
      lines.push(
        describe(pid < 0 ? 'OFDLCK' : 'POSIX ', type === F_WRLCK, pid, inode, `${start} ${end === Number.POSITIVE_INFINITY ? 'EOF' : end}`),
      );
    for (const { pid, exclusive } of whole) lines.push(describe('FLOCK ', exclusive, pid, inode, '0 EOF'));
  }
  return lines.map((line, i) => `${i + 1}: ${line}\n`).join('');
}
