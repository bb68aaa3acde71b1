// The tree is fixed when the machine is set up: calls that would change what is mounted are refused.

import { ERRNO } from '../abi/errno.ts';
import type { SyscallRow } from './row.ts';

const MOUNTS = 'file systems are mounted when the machine is set up, and only then';
const ATTRIBUTES = 'files have no extended attributes';

export const mountRows: readonly SyscallRow[] = [
  { number: 155, name: 'pivot_root', arguments: ['path', 'path'], unsupported: MOUNTS, error: ERRNO.EPERM },
  { number: 165, name: 'mount', arguments: ['path', 'path', 'path', 'flags', 'pointer'], unsupported: MOUNTS, error: ERRNO.EPERM },
  { number: 166, name: 'umount2', arguments: ['path', 'flags'], unsupported: MOUNTS, error: ERRNO.EPERM },
  {
    number: 188,
    name: 'setxattr',
    arguments: ['path', 'path', 'pointer', 'size', 'flags'],
    unsupported: ATTRIBUTES,
    error: ERRNO.EOPNOTSUPP,
  },
  {
    number: 189,
    name: 'lsetxattr',
    arguments: ['path', 'path', 'pointer', 'size', 'flags'],
    unsupported: ATTRIBUTES,
    error: ERRNO.EOPNOTSUPP,
  },
  {
    number: 190,
    name: 'fsetxattr',
    arguments: ['fd', 'path', 'pointer', 'size', 'flags'],
    unsupported: ATTRIBUTES,
    error: ERRNO.EOPNOTSUPP,
  },
  { number: 191, name: 'getxattr', arguments: ['path', 'path', 'pointer', 'size'], unsupported: ATTRIBUTES, error: ERRNO.EOPNOTSUPP },
  { number: 192, name: 'lgetxattr', arguments: ['path', 'path', 'pointer', 'size'], unsupported: ATTRIBUTES, error: ERRNO.EOPNOTSUPP },
  { number: 193, name: 'fgetxattr', arguments: ['fd', 'path', 'pointer', 'size'], unsupported: ATTRIBUTES, error: ERRNO.EOPNOTSUPP },
  { number: 194, name: 'listxattr', arguments: ['path', 'pointer', 'size'], unsupported: ATTRIBUTES, error: ERRNO.EOPNOTSUPP },
  { number: 195, name: 'llistxattr', arguments: ['path', 'pointer', 'size'], unsupported: ATTRIBUTES, error: ERRNO.EOPNOTSUPP },
  { number: 196, name: 'flistxattr', arguments: ['fd', 'pointer', 'size'], unsupported: ATTRIBUTES, error: ERRNO.EOPNOTSUPP },
  { number: 197, name: 'removexattr', arguments: ['path', 'path'], unsupported: ATTRIBUTES, error: ERRNO.EOPNOTSUPP },
  { number: 198, name: 'lremovexattr', arguments: ['path', 'path'], unsupported: ATTRIBUTES, error: ERRNO.EOPNOTSUPP },
  { number: 199, name: 'fremovexattr', arguments: ['fd', 'path'], unsupported: ATTRIBUTES, error: ERRNO.EOPNOTSUPP },
];
