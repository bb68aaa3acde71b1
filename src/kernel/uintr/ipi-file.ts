// The descriptor of a process's whole UITT (uipi_fd): another process may make that table its own.

import { ERRNO } from '../abi/errno.ts';
import { O_NONBLOCK, O_RDONLY } from '../abi/fcntl.ts';
import type { Kernel } from '../kernel.ts';
import type { Task } from '../task/task.ts';
import { FileDescription } from '../vfs/file.ts';
import { programTable } from './sender.ts';
import { putUitt, type UittContext } from './uitt-context.ts';

/** _IO('u', 0). */
export const UIPI_SET_TARGET_TABLE = 0x7500;

export class IpiFile extends FileDescription {
  readonly table: UittContext;

  /** Takes a reference of the table. */
  constructor(table: UittContext) {
    super(O_RDONLY | O_NONBLOCK, null);
    this.table = table;
    table.references++;
  }

  override describe(): string {
    return 'anon_inode:[uipi_fd]';
  }

  override seek(): number {
    return this.position;
  }

  override ioctl(kernel: Kernel, task: Task, request: number): number {
    if (request !== UIPI_SET_TARGET_TABLE) return -ERRNO.EINVAL;
    if (task.mm.uitt) return -ERRNO.EBUSY;
    this.table.references++;
    task.mm.uitt = this.table;
    programTable(kernel, task, kernel.hardware.vcpus[task.vcpu]!, this.table, 'uipi_fd');
    return 0;
  }

  override release(kernel: Kernel): void {
    putUitt(kernel, this.table);
  }
}
