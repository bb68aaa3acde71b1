// PR_SET_VMA: names of anonymous memory, for /proc/PID/maps.

import { PAGE_SIZE } from '../../machine/memory/layout.ts';
import { ERRNO } from '../abi/errno.ts';
import { TASK_SIZE } from '../abi/layout.ts';
import { pageUp } from '../mm/mapping.ts';
import { SharedPages } from '../mm/page-source.ts';
import type { Vma } from '../mm/vma.ts';
import type { Task } from '../task/task.ts';
import { byteString } from '../vfs/byte-streams.ts';
import type { SyscallArguments } from './row.ts';

const ANON_NAME = 0n;
const LONGEST_NAME = 80;
/** Printable, but none of \ ` $ [ ]. */
const VALID = /^[ -~]*$/;
const FORBIDDEN = /[\\`$[\]]/;

export function nameMemory(task: Task, args: SyscallArguments): number {
  if (args.u64(1) !== ANON_NAME) return -ERRNO.EINVAL;
  const name = readName(task, args.number(4));
  if (typeof name === 'number') return name;
  const start = args.number(2);
  const end = start + pageUp(args.number(3));
  if (start % PAGE_SIZE !== 0 || end > TASK_SIZE) return -ERRNO.EINVAL;
  if (end === start) return 0;
  const { mm } = task;
  for (const vma of mm.isolate(start, end)) {
    if (!isAnonymous(vma)) {
      mm.mergeAround(start, end);
      return -ERRNO.EBADF;
    }
    vma.name = shownName(vma, name);
  }
  const whole = mm.covers(start, end);
  mm.mergeAround(start, end);
  return whole ? 0 : -ERRNO.ENOMEM;
}

/** Null takes the name away. */
function readName(task: Task, address: number): string | null | number {
  if (address === 0) return null;
  const raw = task.mm.user.copyInString(address, LONGEST_NAME);
  if (raw === null) return -ERRNO.EFAULT;
  if (raw === 'too long') return -ERRNO.EINVAL;
  const name = byteString(raw);
  return VALID.test(name) && !FORBIDDEN.test(name) ? name : -ERRNO.EINVAL;
}

function isAnonymous(vma: Vma): boolean {
  return vma.source === null || vma.source instanceof SharedPages;
}

/** Heap and stack are shown as such whatever they are called. */
function shownName(vma: Vma, name: string | null): string {
  if (vma.name === '[heap]' || vma.name === '[stack]') return vma.name;
  if (vma.shared) return name === null ? '/dev/zero (deleted)' : `[anon_shmem:${name}]`;
  return name === null ? '' : `[anon:${name}]`;
}
