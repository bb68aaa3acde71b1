// vhangup(2): the only call about terminals that is no ioctl.

import { CAP } from '../abi/capability.ts';
import { ERRNO } from '../abi/errno.ts';
import { isCapable } from '../task/credentials.ts';
import { hangUp } from '../tty/hang-up.ts';
import type { SyscallRow } from './row.ts';

export const TERMINAL_ROWS: readonly SyscallRow[] = [
  {
    number: 153,
    name: 'vhangup',
    arguments: [],
    handler: (kernel, task) => {
      if (!isCapable(task.credentials, CAP.SYS_TTY_CONFIG)) return -ERRNO.EPERM;
      if (task.process.terminal) hangUp(kernel, task.process.terminal);
      return 0;
    },
  },
];
