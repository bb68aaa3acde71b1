// The tree is fixed when the machine is set up: calls that would change what is mounted are refused.

import { ERRNO } from '../abi/errno.ts';
import type { SyscallRow } from './row.ts';

const MOUNTS = 'file systems are mounted when the machine is set up, and only then';

export const mountRows: readonly SyscallRow[] = [
  { number: 155, name: 'pivot_root', arguments: ['path', 'path'], unsupported: MOUNTS, error: ERRNO.EPERM },
  { number: 165, name: 'mount', arguments: ['path', 'path', 'path', 'flags', 'pointer'], unsupported: MOUNTS, error: ERRNO.EPERM },
  { number: 166, name: 'umount2', arguments: ['path', 'flags'], unsupported: MOUNTS, error: ERRNO.EPERM },
];
