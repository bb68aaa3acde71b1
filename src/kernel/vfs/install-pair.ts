// Two new descriptors at once, told to the caller through memory (pipe, socketpair): both or none.

import { ERRNO } from '../abi/errno.ts';
import type { Kernel } from '../kernel.ts';
import type { Task } from '../task/task.ts';
import { dropReference } from './fd-table.ts';
import type { FileDescription } from './file.ts';

/** 0, -EMFILE or -EFAULT; takes over one reference of each. */
export function putPair(
  kernel: Kernel,
  task: Task,
  address: number,
  one: FileDescription,
  other: FileDescription,
  closeOnExec: boolean,
): number {
  const first = task.files.allocate(one, closeOnExec);
  if (first < 0) {
    dropReference(kernel, one);
    dropReference(kernel, other);
    return first;
  }
  const second = task.files.allocate(other, closeOnExec);
  if (second < 0) {
    task.files.close(kernel, first);
    dropReference(kernel, other);
    return second;
  }
  const numbers = new Uint8Array(Int32Array.of(first, second).buffer);
  if (task.mm.user.copyOut(address, numbers)) return 0;
  task.files.close(kernel, first);
  task.files.close(kernel, second);
  return -ERRNO.EFAULT;
}
